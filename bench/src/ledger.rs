//! Durable appends to the ledger, against bare inserts of the same row with the same indexes through the same SQLite
//! library with the same durability (WAL, `synchronous=FULL`, one transaction an insert).

use std::{path::Path, sync::Arc, time::Instant};

use evenkeel_core::{
    Actor, Clock, Id,
    event::{NewEvent, manage::Linked},
    id::TenantId,
    random::SeededRng,
    time::ManualClock,
};
use evenkeel_store::{Db, DbUrl, migration};

use crate::report::{Goal, Report};

const APPENDS: u32 = 2000;
const ROUNDS: usize = 7;

async fn ours(folder: &Path) -> f64 {
    let clock: Arc<dyn Clock> = Arc::new(ManualClock::at(jiff::Timestamp::UNIX_EPOCH));
    let db = Db::open(&DbUrl::Sqlite(folder.join("ours.db")), clock, Arc::new(SeededRng::new(1))).await.expect("open");
    migration::migrate(&db, evenkeel_store::migrations()).await.expect("migrate");
    let tenant: TenantId = Id::named("bench");
    let body = Linked { other: Id::named("other"), relation: "related".to_owned() };
    let started = Instant::now();
    for i in 0..APPENDS {
        let mut tx = db.write().await.expect("write");
        let event = NewEvent::of(tenant, tx.now(), Actor::system("bench"), "bench", i, &body).expect("event");
        tx.append(&event).await.expect("append");
        tx.commit().await.expect("commit");
    }
    let per_second = f64::from(APPENDS) / started.elapsed().as_secs_f64();
    db.close().await;
    per_second
}

fn peer(folder: &Path) -> rusqlite::Result<f64> {
    let db = rusqlite::Connection::open(folder.join("peer.db"))?;
    db.pragma_update(None, "journal_mode", "WAL")?;
    db.pragma_update(None, "synchronous", "FULL")?;
    db.execute_batch(
        "CREATE TABLE e (seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT, tenant TEXT, o BIGINT, r BIGINT, ak TEXT, ai TEXT, ob TEXT, s TEXT, sk TEXT, si TEXT, k TEXT, v BIGINT, p TEXT, ev TEXT);
         CREATE INDEX e1 ON e (si, seq); CREATE INDEX e2 ON e (ev, seq) WHERE ev IS NOT NULL;",
    )?;
    let mut insert = db.prepare("INSERT INTO e (id,tenant,o,r,ak,ai,ob,s,sk,si,k,v,p,ev) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?)")?;
    let id = Id::<evenkeel_core::id::Tenant>::named("bench").to_string();
    let payload = format!("{{\"other\":\"{id}\",\"relation\":\"related\"}}");
    let started = Instant::now();
    for i in 0..APPENDS {
        let none = Option::<String>::None;
        insert.execute(rusqlite::params![
            &id,
            &id,
            i,
            i,
            "system",
            "bench",
            &none,
            "bench",
            "incident",
            i.to_string(),
            "incident.linked",
            1,
            &payload,
            &none
        ])?;
    }
    Ok(f64::from(APPENDS) / started.elapsed().as_secs_f64())
}

fn median(rates: &mut [f64]) -> f64 {
    rates.sort_by(f64::total_cmp);
    rates[rates.len() / 2]
}

/// The group `ledger`.
pub fn run(report: &mut Report) {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("runtime");
    let (mut own, mut theirs) = (Vec::new(), Vec::new());
    // Taking turns: a noisy disk is noisy for both.
    for _ in 0..ROUNDS {
        let folder = tempfile::tempdir_in(".").expect("a folder on the disk of the checkout; /tmp may be memory");
        theirs.push(peer(folder.path()).expect("peer"));
        own.push(runtime.block_on(ours(folder.path())));
    }
    let name = format!("SQLite {} bare", rusqlite::version());
    report.line("ledger/append", median(&mut own), Some((&name, median(&mut theirs))), "appends/s", Goal::AtLeastRatio(0.7));
}
