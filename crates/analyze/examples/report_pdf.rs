//! Sets a report over an existing SQLite database as PDF in both languages, to look at while the pages change:
//! `cargo run -p evenkeel-analyze --example report_pdf -- DATABASE FROM TO ZONE FOLDER`. Writes nothing into the database.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout, missing_docs)]

use std::{collections::BTreeMap, path::Path, sync::Arc};

use evenkeel_analyze::{
    figure::setting::Ask,
    live::Live,
    report::{collect::Plan, document::Block, gather, pdf},
    words::Words,
};
use evenkeel_core::{Language, id::TenantId, random::SeededRng, time::ManualClock};
use evenkeel_store::{Db, DbUrl, Sql, ledger, params};
use jiff::Timestamp;

#[tokio::main]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [database, from, to, zone, folder] = arguments.as_slice() else { panic!("DATABASE FROM TO ZONE FOLDER") };
    let clock = Arc::new(ManualClock::at(to.parse().unwrap()));
    let db = Db::open(&DbUrl::Sqlite(database.into()), clock, Arc::new(SeededRng::new(1))).await.unwrap();
    let tenant: TenantId = db
        .read()
        .await
        .unwrap()
        .row("SELECT tenant_id FROM ledger_event LIMIT 1", params![])
        .await
        .unwrap()
        .unwrap()
        .id("tenant_id")
        .unwrap();
    let began = tokio::time::Instant::now();
    let world = <Live>::default().catch_up(&db, tenant).await.unwrap();
    println!("folded up to {} in {:?}", world.position, began.elapsed());
    let (from, to): (Timestamp, Timestamp) = (from.parse().unwrap(), to.parse().unwrap());
    let services = gather::services(world.latest(), None, &[], from, to).expect("services");
    let plan = Plan {
        title: Words::new("服务报告", "Service report"),
        number: "SR-1".to_owned(),
        version: 1,
        customer: None,
        ask: Ask { services, from, to },
        zone: zone.clone(),
        restated: Vec::new(),
    };
    let began = tokio::time::Instant::now();
    let mut document = gather::gather(world, plan, Vec::new()).await.expect("a document").document;
    println!("collected in {:?}", began.elapsed());
    let digests: Vec<String> = document
        .sections
        .iter()
        .flat_map(|section| &section.blocks)
        .flat_map(|block| match block {
            Block::Timeline345(timeline) => timeline.title.iter().cloned().collect(),
            Block::Table(table) => serde_json::to_value(&table.rows)
                .unwrap()
                .as_array()
                .into_iter()
                .flatten()
                .flat_map(|row| row.as_array().cloned().unwrap_or_default())
                .filter_map(|cell| cell.get("title").and_then(|title| title.as_str().map(str::to_owned)))
                .collect::<Vec<_>>(),
            _ => Vec::new(),
        })
        .collect();
    let mut texts = BTreeMap::new();
    for some in digests.chunks(200) {
        let found = ledger::texts(&mut db.read().await.unwrap(), some).await.unwrap();
        texts.extend(found.into_iter().filter_map(|(digest, text)| Some((digest, text?))));
    }
    document.texts = texts;
    for language in [Language::Zh, Language::En] {
        let began = tokio::time::Instant::now();
        let pdf = pdf::render(&document, language, None).unwrap();
        println!("{}: {} bytes in {:?}", language.as_str(), pdf.len(), began.elapsed());
        write(&Path::new(folder).join(format!("{}.pdf", language.as_str())), &pdf);
    }
}

#[allow(clippy::disallowed_methods, reason = "a tool of the developer's")]
fn write(path: &Path, bytes: &[u8]) {
    std::fs::write(path, bytes).unwrap();
}
