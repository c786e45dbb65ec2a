//! What the engine says of itself.

use std::{collections::BTreeMap, time::Duration};

use axum::{extract::State, response::Response};
use evenkeel_api::{Caller, Permission};
use evenkeel_tsdb::store::Count;
use serde_json::{Value, json};

use super::{Params, PromRefusals, Refused, answer, document::PromAnswer};
use crate::metric::Metrics;

/// The Prometheus whose semantics this is: clients decide by it what they may ask.
const PROMETHEUS: &str = "3.14.0";
/// Entries of each list of `status/tsdb`, when nobody says, and at most.
const TOP: usize = 10;
const TOP_MAX: usize = 10_000;

/// The Prometheus whose semantics this has, and our own version.
#[utoipa::path(get, path = "/prometheus/api/v1/status/buildinfo", tag = "metric", responses((status = 200, body = PromAnswer), PromRefusals))]
pub(super) async fn metric_build_info(caller: Caller) -> Result<Response, Refused> {
    caller.require(Permission::MetricRead)?;
    let data = json!({
        "version": PROMETHEUS, "revision": format!("evenkeel-{}", env!("CARGO_PKG_VERSION")), "branch": "", "buildUser": "", "buildDate": "",
        "goVersion": "",
    });
    Ok(answer::success(&data, &[]))
}

/// Since when it runs, and how long samples are kept.
#[utoipa::path(get, path = "/prometheus/api/v1/status/runtimeinfo", tag = "metric", responses((status = 200, body = PromAnswer), PromRefusals))]
pub(super) async fn metric_runtime_info(State(metrics): State<Metrics>, caller: Caller) -> Result<Response, Refused> {
    caller.require(Permission::MetricRead)?;
    let stats = metrics.store.stats();
    let data = json!({
        "startTime": metrics.began, "serverTime": metrics.clock.now(), "CWD": "", "hostname": "",
        "reloadConfigSuccess": true, "lastConfigTime": metrics.began, "corruptionCount": stats.damaged,
        "goroutineCount": 0, "GOMAXPROCS": metrics.options.limits.threads, "GOMEMLIMIT": 0, "GOGC": "", "GODEBUG": "",
        "storageRetention": spelled(metrics.options.retention),
    });
    Ok(answer::success(&data, &[]))
}

/// Days, or seconds.
fn spelled(duration: Duration) -> String {
    let secs = duration.as_secs();
    if secs.is_multiple_of(86_400) { format!("{}d", secs / 86_400) } else { format!("{secs}s") }
}

fn list(counts: Vec<Count>) -> Vec<Value> {
    counts.into_iter().map(|count| json!({ "name": count.name, "value": count.count })).collect()
}

/// What makes series many: metrics, labels and label pairs with the most of them: `limit`.
#[utoipa::path(get, path = "/prometheus/api/v1/status/tsdb", tag = "metric", responses((status = 200, body = PromAnswer), PromRefusals))]
pub(super) async fn metric_cardinality(State(metrics): State<Metrics>, caller: Caller, params: Params) -> Result<Response, Refused> {
    caller.require(Permission::MetricRead)?;
    let most = params.limit("limit")?.unwrap_or(TOP).min(TOP_MAX);
    let (store, tenant) = (metrics.store.clone(), caller.tenant);
    let looked = tokio::task::spawn_blocking(move || (store.cardinality(tenant, most), store.tenant_stats(tenant))).await;
    let (found, stats) = looked.map_err(|error| crate::metric::BackendError::Failed(error.to_string()))?;
    let data = json!({
        "headStats": {
            "numSeries": found.series, "numLabelPairs": found.pairs, "chunkCount": found.series,
            "minTime": found.oldest_ms.unwrap_or(0), "maxTime": found.newest_ms.unwrap_or(0),
        },
        // Ours, beside what Prometheus has: how near the limit it is.
        "seriesLimit": stats.series_max,
        "seriesCountByMetricName": list(found.by_metric),
        "labelValueCountByLabelName": list(found.values_by_label),
        "memoryInBytesByLabelName": list(found.bytes_by_label),
        "seriesCountByLabelValuePair": list(found.by_pair),
    });
    Ok(answer::success(&data, &[]))
}

/// The limits that queries and storage have, under Prometheus' names for them.
#[utoipa::path(get, path = "/prometheus/api/v1/status/flags", tag = "metric", responses((status = 200, body = PromAnswer), PromRefusals))]
pub(super) async fn metric_flags(State(metrics): State<Metrics>, caller: Caller) -> Result<Response, Refused> {
    caller.require(Permission::MetricRead)?;
    let options = metrics.options();
    let flags = BTreeMap::from([
        ("query.lookback-delta", format!("{}s", options.limits.lookback_ms / 1000)),
        ("query.max-concurrency", options.queries_max.to_string()),
        ("query.max-samples", options.limits.samples_max.to_string()),
        ("query.timeout", spelled(options.query_timeout)),
        ("storage.tsdb.retention.time", spelled(options.retention)),
        ("web.enable-otlp-receiver", "true".to_owned()),
        ("web.enable-remote-write-receiver", "true".to_owned()),
    ]);
    Ok(answer::success(&flags, &[]))
}

/// Prometheus' configuration file, of which there is none: what Evenkeel runs with is its own configuration as code.
#[utoipa::path(get, path = "/prometheus/api/v1/status/config", tag = "metric", responses((status = 200, body = PromAnswer), PromRefusals))]
pub(super) async fn metric_config(caller: Caller) -> Result<Response, Refused> {
    caller.require(Permission::MetricRead)?;
    Ok(answer::success(&json!({ "yaml": "global: {}\n" }), &[]))
}
