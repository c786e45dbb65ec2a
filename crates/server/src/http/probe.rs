//! What machines ask without signing in: is it alive, is it ready, how much does it do. Nothing here names a thing of the
//! business; whoever should not see even counts is kept away by the listening address.

use std::fmt::Write as _;

use axum::{
    Router,
    extract::State,
    response::{IntoResponse, Response},
    routing::get,
};
use evenkeel_store::Sql as _;
use http::{StatusCode, header};

use super::health;
use crate::app::App;

pub(super) fn router() -> Router<App> {
    Router::new().route("/healthz", get(alive)).route("/readyz", get(ready)).route("/metrics", get(metrics))
}

async fn alive() -> &'static str {
    "ok\n"
}

async fn ready(State(app): State<App>) -> Response {
    let asked = async {
        let mut read = app.kit.db.read().await?;
        read.row("SELECT 1 AS one", Vec::new()).await
    };
    if app.stopping.is_cancelled() {
        return (StatusCode::SERVICE_UNAVAILABLE, "stopping\n").into_response();
    }
    match asked.await {
        Ok(_) => "ok\n".into_response(),
        Err(error) => {
            tracing::warn!(%error, "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n").into_response()
        }
    }
}

async fn metrics(State(app): State<App>) -> Response {
    let mut text = format!(
        "# HELP evenkeel_build_info This binary.\n# TYPE evenkeel_build_info gauge\nevenkeel_build_info{{version=\"{}\"}} 1\n",
        env!("CARGO_PKG_VERSION")
    );
    let asked = async {
        let mut read = app.kit.db.read().await?;
        let health = health::look(&app, &mut read).await?;
        let directory = crate::port::ManageDirectory { public_url: String::new(), blobs: None };
        let canary = evenkeel_observe::contact::canary_figures(&mut read, &directory, app.tenant, app.kit.now()).await?;
        Ok::<_, evenkeel_store::StoreError>((health, canary))
    };
    let mut gauge = |name: &str, help: &str, value: f64| {
        let _ = writeln!(text, "# HELP evenkeel_{name} {help}\n# TYPE evenkeel_{name} gauge\nevenkeel_{name} {value}");
    };
    match asked.await {
        Ok((health, canary)) => {
            if let Some(canary) = canary {
                gauge("canary_runs", "Canary pages of the last 30 days.", as_float(canary.runs));
                gauge("canary_good", "Canary pages of the last 30 days that were taken in time.", as_float(canary.good));
                gauge("canary_target_ratio", "So much of the canary's runs must be good.", canary.target_percent / 100.0);
                if let Some(secs) = canary.last_secs {
                    gauge("canary_last_seconds", "How long the last canary page took.", secs);
                }
            }
            gauge("up", "Whether the database answers.", 1.0);
            gauge("on_call_gaps", "Stretches of the coming 30 days in which a team has nobody on call.", as_float(health.on_call.gaps));
            gauge("on_call_unproven", "Places on rotas whose person has proven no way lately.", as_float(health.on_call.unproven));
            gauge("on_call_unreachable", "Places on rotas whose person has no way at all.", as_float(health.on_call.unreachable));
            gauge("ledger_position", "Events decided.", as_float(health.ledger.position));
            gauge("ledger_sealed_to", "Events sealed.", as_float(health.ledger.sealed_to));
            gauge("outbox_queued", "Messages waiting or under way.", as_float(health.outbox.queued));
            gauge("outbox_dead", "Dead letters.", as_float(health.outbox.dead));
            gauge("timers_due", "Timers overdue.", as_float(health.timers.due));
            gauge("timers_late_seconds", "How late the oldest overdue timer is.", as_float(health.timers.late_secs));
            gauge("probes", "Probes run by this process.", as_float(health.probes.count));
            gauge("metric_series", "Active series of the metric store.", as_float(health.metrics.series));
            gauge("metric_samples", "Samples taken by the metric store since the start.", as_float(health.metrics.samples));
            gauge("metric_samples_refused", "Samples turned away by the metric store since the start.", as_float(health.metrics.refused));
            gauge("metric_memory_bytes", "Memory of the metric store, by its own count.", as_float(health.metrics.memory_bytes));
            gauge("metric_disk_bytes", "Log, blocks and roll-ups of the metric store.", as_float(health.metrics.disk_bytes));
            gauge(
                "metric_damaged",
                "Damaged parts of the metric store.",
                as_float(health.metrics.damaged.len().try_into().unwrap_or(i64::MAX)),
            );
            gauge("metric_up", "Whether the metric store keeps what it is given.", if health.metrics.error.is_none() { 1.0 } else { 0.0 });
            if let Some(remote) = &health.metrics.remote {
                gauge("metric_remote_up", "Whether the other engine takes samples.", if remote.error.is_none() { 1.0 } else { 0.0 });
                gauge("metric_remote_sent", "Samples that the other engine took since the start.", as_float(remote.sent));
                gauge("metric_remote_refused", "Samples that the other engine calls wrong since the start.", as_float(remote.refused));
                gauge("metric_remote_overflowed", "Samples dropped since the start because too many waited.", as_float(remote.overflowed));
                gauge("metric_remote_failed", "Requests to the other engine that failed since the start.", as_float(remote.failed));
                gauge("metric_remote_waiting_bytes", "Log that waits for the other engine.", as_float(remote.waiting_bytes));
                gauge("metric_remote_lag_seconds", "How far the other engine is behind.", as_float(remote.lag_secs));
            }
            if let Some(late) = health.probes.late_ms_p99 {
                gauge("probe_late_seconds_p99", "How late looks begin.", late / 1000.0);
            }
            text.push_str("# HELP evenkeel_consumer_lag Positions a reader of the ledger is behind.\n# TYPE evenkeel_consumer_lag gauge\n");
            for consumer in &health.consumers {
                let _ = writeln!(text, "evenkeel_consumer_lag{{name=\"{}\"}} {}", consumer.name, consumer.lag);
            }
        }
        Err(error) => {
            tracing::warn!(%error, "the metrics are without the database's");
            gauge("up", "Whether the database answers.", 0.0);
        }
    }
    for (metric, value) in app.own.gauges() {
        let _ = writeln!(text, "# HELP {metric} What the house found when it took its own pulse.\n# TYPE {metric} gauge\n{metric} {value}");
    }
    text.push_str(&app.counters.text());
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text).into_response()
}

/// Prometheus has floats only; what is lost beyond 2⁵³ does not matter here.
#[allow(clippy::cast_precision_loss)]
const fn as_float(value: i64) -> f64 {
    value as f64
}
