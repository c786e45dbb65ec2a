//! Two thousand alerts of one cause: how many pages.

use std::{fmt::Write as _, time::Duration};

use serde_json::{Value, json};

use super::{
    PEER,
    chain::{self, Chain},
    sink::Sink,
};
use crate::report::{Goal, Report};

/// A switch, and what depends on it.
const DEPENDENTS: usize = 20;
const ALERTS: usize = 2_000;
/// As a Prometheus of this version sends them.
const BATCH: usize = 64;
/// Pages that come late still count.
const WAIT_SECS: u64 = 10;

const PAGES: &str = "page/storm-pages";

pub async fn measure(report: &mut Report) {
    if !report.wants(PAGES) {
        return;
    }
    let sink = Sink::start().await;
    // As far as their matchers can say it: a switch silences what names it as its upstream.
    let inhibit = "inhibit_rules: [{ source_matchers: [service=\"switch\"], target_matchers: [upstream=\"switch\"] }]";
    let theirs = pages(&chain::peers(None, &sink, inhibit).await, &sink).await;
    let sink = Sink::start().await;
    let mut services = format!("services:\n  - {}\n", chain::service("switch", ""));
    for number in 0..DEPENDENTS {
        let _ = writeln!(services, "  - {}", chain::service(&format!("service-{number}"), ", depends_on: [switch]"));
    }
    let chain = chain::ours(None, &sink, &services).await;
    let ours = pages(&chain, &sink).await;
    report.line(PAGES, ours, Some((PEER, theirs)), "pages", Goal::AtMost(1.0));
}

async fn pages(chain: &Chain, sink: &Sink) -> f64 {
    let alerts: Vec<Value> = (0..ALERTS).map(alert).collect();
    for batch in alerts.chunks(BATCH) {
        chain.alerts.post(batch).await;
    }
    if chain.admin.is_some() {
        chain.caught_up().await;
    }
    tokio::time::sleep(Duration::from_secs(WAIT_SECS)).await;
    let pages = sink.pages();
    assert!(!pages.is_empty(), "nobody was told");
    #[allow(clippy::cast_precision_loss, reason = "a few")]
    let count = pages.len() as f64;
    count
}

/// The switch's own alert is among the first to come, not the very first.
fn alert(number: usize) -> Value {
    if number == 5 {
        return json!({ "labels": { "alertname": "SwitchDown", "service": "switch", "cause": "unavailable", "severity": "critical" } });
    }
    let service = number % DEPENDENTS;
    json!({ "labels": { "alertname": "Unreachable", "instance": format!("host-{number}"), "service": format!("service-{service}"),
        "upstream": "switch", "cause": "unavailable", "severity": "critical" } })
}
