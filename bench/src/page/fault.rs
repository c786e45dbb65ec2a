//! From a fault to its page: how long, and what the whole chain costs meanwhile.

use std::{collections::HashMap, time::Duration};

use super::{
    PEER,
    chain::{self, Chain, Confirm},
    quantile,
    services::Services,
    sink::Sink,
};
use crate::report::{Goal, Report};

const SERVICES: usize = 200;
/// Before the first fault: first looks, first verdicts.
const WARM_SECS: u64 = 10;
/// Over which the faults are spread.
const SPAN_SECS: u64 = 60;
/// After the last fault.
const LAST_SECS: u64 = 10;

const CPU: &str = "page/chain-cpu";
const MEMORY: &str = "page/chain-memory";

struct Figures {
    p50_ms: f64,
    p99_ms: f64,
    cpu_secs: f64,
    bytes: f64,
}

pub async fn measure(report: &mut Report) {
    for (confirm, p50, p99) in [
        (Confirm::First, "page/fault-to-page-p50", "page/fault-to-page-p99"),
        (Confirm::Second, "page/confirmed-fault-p50", "page/confirmed-fault-p99"),
    ] {
        let costs = confirm == Confirm::First && (report.wants(CPU) || report.wants(MEMORY));
        if !costs && !report.wants(p50) && !report.wants(p99) {
            continue;
        }
        let theirs = of(false, confirm).await;
        let ours = of(true, confirm).await;
        report.line(p50, ours.p50_ms, Some((PEER, theirs.p50_ms)), "ms", Goal::AtMostRatio(0.5));
        report.line(p99, ours.p99_ms, Some((PEER, theirs.p99_ms)), "ms", Goal::AtMostRatio(0.5));
        if costs {
            report.line(CPU, ours.cpu_secs, Some((PEER, theirs.cpu_secs)), "s/min", Goal::AtMostRatio(0.5));
            report.line(MEMORY, ours.bytes / 1e6, Some((PEER, theirs.bytes / 1e6)), "MB", Goal::AtMostRatio(0.5));
        }
    }
}

async fn of(is_ours: bool, confirm: Confirm) -> Figures {
    let services = Services::start(SERVICES);
    let sink = Sink::start().await;
    let chain: Chain = if is_ours {
        chain::ours(Some((&services, confirm)), &sink, "").await
    } else {
        chain::peers(Some((&services, confirm)), &sink, "").await
    };
    tokio::time::sleep(Duration::from_secs(WARM_SECS)).await;
    let cpu = chain.cpu_secs();
    let began = tokio::time::Instant::now();
    for (turn, number) in order().into_iter().enumerate() {
        tokio::time::sleep_until(began + moment(turn)).await;
        services.fail(number);
    }
    tokio::time::sleep_until(began + Duration::from_secs(SPAN_SECS)).await;
    let (cpu_secs, bytes, own) = (chain.cpu_secs() - cpu, chain.resident_bytes(), chain.anonymous_bytes());
    tokio::time::sleep(Duration::from_secs(LAST_SECS)).await;

    // The first page that names the service, after it began to fail.
    let mut first: HashMap<usize, f64> = HashMap::new();
    let pages = sink.pages();
    for (at, body) in &pages {
        for number in 0..SERVICES {
            let named = [format!("service-{number}\""), format!("service-{number} ")].iter().any(|name| body.contains(name.as_str()));
            if named && let Some(failed_at) = services.failed_at(number) {
                let millis = at.saturating_duration_since(failed_at).as_secs_f64() * 1000.0;
                first.entry(number).or_insert(millis);
            }
        }
    }
    let who = if is_ours { "ours" } else { "peers" };
    println!(
        "# {who}, {confirm:?}: {} of {SERVICES} faults were paged, {} pages; {:.0} MB resident, {:.0} MB of them not of a file",
        first.len(),
        pages.len(),
        bytes / 1e6,
        own / 1e6
    );
    assert_eq!(first.len(), SERVICES, "a fault without a page; the last page: {:?}", pages.last());
    let mut waits: Vec<f64> = first.into_values().collect();
    Figures { p50_ms: quantile(&mut waits, 0.5), p99_ms: quantile(&mut waits, 0.99), cpu_secs, bytes }
}

/// Every service once, the same mixed order for both.
fn order() -> Vec<usize> {
    let mut order: Vec<usize> = (0..SERVICES).collect();
    order.sort_by_key(|number| mix(*number as u64));
    order
}

/// When the fault of a turn begins: spread over the span, at any moment of a second.
fn moment(turn: usize) -> Duration {
    let step = Duration::from_secs(SPAN_SECS) / u32::try_from(SERVICES).unwrap_or(u32::MAX);
    let turn = turn as u64;
    step * u32::try_from(turn).unwrap_or(0) + step.mul_f64(f64::from(u16::try_from(mix(turn + 7_000) % 1000).unwrap_or(0)) / 1000.0)
}

/// A fixed scatter (splitmix64).
fn mix(value: u64) -> u64 {
    let value = value.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let value = (value ^ (value >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    value ^ (value >> 31)
}
