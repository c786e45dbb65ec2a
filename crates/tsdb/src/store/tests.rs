#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::float_cmp,
    clippy::cast_precision_loss,
    clippy::cast_possible_wrap
)]

mod basics;
mod cardinality;
mod faults;
mod follow;
mod history;
mod known;
mod model;
mod rollups;

use std::{path::Path, sync::Arc, time::Duration};

use evenkeel_core::{id::TenantId, time::ManualClock};
use jiff::{SignedDuration, Timestamp};

use super::{Config, Incoming, Store, Taken, Value};
use crate::source::{MatchOp, Matcher, Samples, Source as _};

/// The instant the tests begin at: 2026-11-22T08:00:00Z, the start of a window.
pub const START: i64 = 1_795_334_400_000;

pub fn clock() -> Arc<ManualClock> {
    Arc::new(ManualClock::at(Timestamp::from_millisecond(START).unwrap()))
}

pub fn advance(clock: &ManualClock, ms: i64) {
    clock.advance(SignedDuration::from_millis(ms));
}

pub fn config(folder: &Path) -> Config {
    // Most tests write ahead of a clock that stands still.
    Config { sync_every: Duration::from_secs(1), ahead_ms: 100 * 24 * 3_600_000, ..Config::new(folder) }
}

pub fn tenant() -> TenantId {
    TenantId::named("practice")
}

pub fn equal(name: &str, value: &str) -> Matcher {
    Matcher { name: name.into(), op: MatchOp::Equal, value: value.into(), regex: None }
}

pub fn regex(name: &str, value: &str) -> Matcher {
    let regex = regex::Regex::new(&format!("^(?:{value})$")).unwrap();
    Matcher { name: name.into(), op: MatchOp::Regex, value: value.into(), regex: Some(Arc::new(regex)) }
}

/// Takes floats of one instant: series named by metric and instance.
pub fn scrape(store: &Store, at_ms: i64, values: &[(&str, &str, f64)]) -> Taken {
    let labels: Vec<[(&str, &str); 2]> =
        values.iter().map(|(metric, instance, _)| [("__name__", *metric), ("instance", *instance)]).collect();
    let batch: Vec<Incoming<'_>> =
        values.iter().zip(&labels).map(|((.., value), labels)| Incoming { labels, at_ms, value: Value::Float(*value) }).collect();
    store.append(tenant(), &batch).unwrap()
}

/// All series that match, with their samples' bits, sorted.
pub fn read(store: &Store, matchers: &[Matcher], from_ms: i64, to_ms: i64) -> Vec<(String, Vec<(i64, u64)>)> {
    let mut all = Vec::new();
    let mut samples = Samples::default();
    for mut cursor in store.select(tenant(), matchers, from_ms, to_ms, usize::MAX).unwrap() {
        cursor.read(&mut samples).unwrap();
        let points: Vec<_> = samples.at_ms.iter().zip(&samples.values).map(|(at, value)| (*at, value.to_bits())).collect();
        if !points.is_empty() {
            all.push((format!("{:?}", cursor.labels()), points));
        }
    }
    all.sort();
    all
}
