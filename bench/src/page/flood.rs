//! A great many alerts: how long a list of them takes, and whether a hundred thousand in a minute are kept while people work.

use std::{
    collections::HashSet,
    fmt::Write as _,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use evenkeel_stories::database;
use serde_json::{Value, json};

use super::{
    chain::{self, Chain},
    quantile,
    sink::Sink,
};
use crate::report::{Goal, Report};

const LISTED: usize = 20_000;
const LISTS: usize = 5;
const FLOOD: usize = 100_000;
const FLOOD_SECS: u64 = 60;
const SERVICES: usize = 100;
/// As a Prometheus of this version sends them.
const BATCH: usize = 64;
/// Senders at once.
const SENDERS: usize = 4;

const LIST: &str = "page/list-of-20000";

/// Longer nobody waits for a list.
const PATIENCE: Duration = Duration::from_mins(1);

fn services() -> String {
    (0..SERVICES).fold(String::from("services:\n"), |mut text, number| {
        let _ = writeln!(text, "  - {}", chain::service(&format!("service-{number}"), ""));
        text
    })
}

/// Twenty thousand alerts and an inhibition rule.
pub async fn list(report: &mut Report) {
    if !report.wants(LIST) {
        return;
    }
    let sink = Sink::start().await;
    // What is grave silences what is less so in its cluster.
    let grave = "inhibit_rules: [{ source_matchers: [severity=\"critical\"], target_matchers: [severity=\"warning\"], equal: [cluster] }]";
    let chain = chain::peers(None, &sink, grave).await;
    let theirs = tokio::time::timeout(PATIENCE, listed(&chain, 1)).await.unwrap_or_else(|_| {
        println!("# alertmanager's list was given up after {PATIENCE:?}");
        PATIENCE.as_secs_f64()
    });
    drop(chain);
    let grave = "inhibitions: [{ name: grave, source: ['severity=\"critical\"'], target: ['severity=\"warning\"'], equal: [cluster] }]";
    let chain = chain::ours(None, &sink, &format!("{}{grave}\n", services())).await;
    let ours = listed(&chain, LISTS).await;
    report.line(LIST, ours, Some(("alertmanager", theirs)), "s", Goal::AtMost(0.5));
}

async fn listed(chain: &Chain, times: usize) -> f64 {
    let alerts: Vec<Value> = (0..LISTED)
        .map(|number| {
            let severity = if number % 3 == 0 { "critical" } else { "warning" };
            json!({ "labels": { "alertname": "Load", "instance": format!("host-{number}"), "cluster": format!("c-{}", number % 500),
                "service": format!("service-{}", number % SERVICES), "severity": severity } })
        })
        .collect();
    for batch in alerts.chunks(1_000) {
        chain.alerts.post(batch).await;
    }
    if chain.admin.is_some() {
        chain.caught_up().await;
    }
    let mut took = Vec::new();
    for _ in 0..times {
        let began = Instant::now();
        let text = chain.alerts.list().await;
        took.push(began.elapsed().as_secs_f64());
        assert_eq!(text.matches("\"alertname\":").count(), LISTED, "a list of all");
    }
    quantile(&mut took, 0.5)
}

/// A hundred thousand alerts, evenly over a minute, while somebody works with the console; on both databases.
pub async fn minute(report: &mut Report) {
    for (postgres, kept, api) in
        [(false, "page/flood-lost", "page/flood-api-p99"), (true, "page/flood-postgres-lost", "page/flood-postgres-api-p99")]
    {
        if report.wants(kept) || report.wants(api) {
            let database = if postgres { database::fresh().await } else { None };
            if postgres && database.is_none() {
                println!("# {kept}: no PostgreSQL was named");
                continue;
            }
            flood(report, database, kept, api).await;
        }
    }
}

async fn flood(report: &mut Report, database: Option<String>, kept_line: &str, api_line: &str) {
    let sink = Sink::start().await;
    let chain = chain::ours_on(database, None, &sink, &services()).await;
    let over = Arc::new(AtomicBool::new(false));
    let asking = tokio::spawn(ask(chain.admin.clone().expect("ours"), Arc::clone(&over)));
    let alerts: Vec<Value> = (0..FLOOD)
        .map(|number| {
            json!({ "labels": { "alertname": "Load", "instance": format!("host-{number}"), "service": format!("service-{}", number % SERVICES),
                "severity": "critical" }, "annotations": { "summary": format!("host {number} is under load") } })
        })
        .collect();
    let batches: Vec<Vec<Value>> = alerts.chunks(BATCH).map(<[Value]>::to_vec).collect();
    let began = tokio::time::Instant::now();
    let count = u32::try_from(batches.len()).expect("some hundreds");
    let step = Duration::from_secs(FLOOD_SECS) / count;
    let batches = Arc::new(batches);
    let senders: Vec<_> = (0..SENDERS)
        .map(|sender| {
            let (api, batches) = (chain.alerts.clone(), Arc::clone(&batches));
            tokio::spawn(async move {
                let mut took = Vec::new();
                for number in (sender..batches.len()).step_by(SENDERS) {
                    tokio::time::sleep_until(began + step * u32::try_from(number).expect("some hundreds")).await;
                    let sent = Instant::now();
                    api.post(&batches[number]).await;
                    took.push(sent.elapsed().as_secs_f64() * 1000.0);
                }
                took
            })
        })
        .collect();
    let mut took = Vec::new();
    for sender in senders {
        took.extend(sender.await.expect("a sender ends"));
    }
    let sent_secs = began.elapsed().as_secs_f64();
    over.store(true, Ordering::Relaxed);
    let mut asked = asking.await.expect("it ends");
    chain.caught_up().await;
    let done_secs = began.elapsed().as_secs_f64();
    println!(
        "# {FLOOD} alerts in {count} requests: sent within {sent_secs:.1} s, all acted upon after {done_secs:.1} s, {:.0} CPU-seconds, {:.0} MB; \
         p50 of a request with alerts {:.1} ms, of a question {:.1} ms; p99 {:.1} and {:.1}; {} pages",
        chain.cpu_secs(),
        chain.resident_bytes() / 1e6,
        quantile(&mut took, 0.5),
        quantile(&mut asked, 0.5),
        quantile(&mut took, 0.99),
        quantile(&mut asked, 0.99),
        sink.pages().len(),
    );
    let kept: HashSet<String> = serde_json::from_str::<Vec<Value>>(&chain.alerts.list().await)
        .expect("JSON")
        .iter()
        .filter_map(|alert| alert["labels"]["instance"].as_str().map(str::to_owned))
        .collect();
    #[allow(clippy::cast_precision_loss, reason = "counts below 2^53")]
    report.line(kept_line, (FLOOD - kept.len()) as f64, None, "alerts", Goal::AtMost(0.0));
    took.append(&mut asked);
    report.line(api_line, quantile(&mut took, 0.99), None, "ms", Goal::AtMost(100.0));
}

/// What the console asks, ten questions a second; milliseconds of each.
async fn ask(admin: evenkeel_stories::client::Client, over: Arc<AtomicBool>) -> Vec<f64> {
    let questions = ["/api/v1/incidents?state=open", "/api/v1/health", "/api/v1/services", "/api/v1/suppressions/summary"];
    let mut took = Vec::new();
    let mut turn = 0;
    while !over.load(Ordering::Relaxed) {
        let began = Instant::now();
        admin.get(questions[turn % questions.len()]).await;
        took.push(began.elapsed().as_secs_f64() * 1000.0);
        turn += 1;
        tokio::time::sleep(Duration::from_millis(100).saturating_sub(began.elapsed())).await;
    }
    took
}
