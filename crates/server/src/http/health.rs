//! How the server is: `GET /api/v1/health` for staff, and the counters behind `/metrics`.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use axum::{
    extract::{MatchedPath, Request, State},
    middleware::Next,
    response::Response,
};
use evenkeel_api::{ApiResult, Caller, Json, Permission, Refusals, Routes, routes};
use evenkeel_manage::automation::rule::{Cuts, cuts};
use evenkeel_observe::{
    contact::{Findings, findings},
    metric::remote::{Forwarded, RemoteOptions},
};
use evenkeel_store::{Result, Sql, consumer, ledger, outbox, timer};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{app::App, metric_store::DAMAGED_MAX};

pub(super) fn router() -> Routes<App> {
    Routes::default().routes(routes!(health_get))
}

/// How the server is.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Health {
    /// Of this binary.
    pub version: String,
    /// `sqlite` or `postgresql`.
    pub database: String,
    /// The ledger.
    pub ledger: LedgerHealth,
    /// Outgoing messages.
    pub outbox: OutboxHealth,
    /// Timers.
    pub timers: TimerHealth,
    /// Readers of the ledger.
    pub consumers: Vec<ConsumerHealth>,
    /// The schedule of probes.
    pub probes: ProbeHealth,
    /// The metric store.
    pub metrics: MetricHealth,
    /// What will go wrong with on-call.
    pub on_call: Findings,
    /// Rules of the desk that went round in a circle or on for too long and were cut off.
    pub rules: Cuts,
}

/// The metric store.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MetricHealth {
    /// Active series.
    pub series: i64,
    /// How many there may be.
    pub series_max: i64,
    /// Samples taken since the start.
    pub samples: i64,
    /// Samples turned away since the start.
    pub refused: i64,
    /// Bytes in memory, by the store's own count.
    pub memory_bytes: i64,
    /// Bytes on the disk: log, blocks, roll-ups.
    pub disk_bytes: i64,
    /// The oldest sample there is.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub oldest_at: Option<Timestamp>,
    /// Damaged parts; the rest is served.
    pub damaged: Vec<String>,
    /// What upkeep runs into; null while all is well.
    pub error: Option<String>,
    /// The other engine that samples are passed on to; null when there is none.
    pub remote: Option<RemoteHealth>,
}

/// Another engine for metrics.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RemoteHealth {
    /// Which: `VictoriaMetrics`, `Mimir` …
    pub engine: String,
    /// Where it is asked.
    pub query_url: String,
    /// Samples that it took since the start.
    pub sent: i64,
    /// Samples that it calls wrong since the start; they were not sent again.
    pub refused: i64,
    /// Samples dropped since the start because more waited than `queue_size_limit` allows.
    pub overflowed: i64,
    /// Requests that failed since the start and were sent again.
    pub failed: i64,
    /// Bytes of the log that wait for it.
    pub waiting_bytes: i64,
    /// How far it is behind, seconds.
    pub lag_secs: i64,
    /// Why it takes no samples; null while all is well.
    pub error: Option<String>,
    /// Why samples were dropped last; null when none were.
    pub last_drop: Option<String>,
}

impl RemoteHealth {
    fn of(options: &RemoteOptions, look: Forwarded) -> Self {
        let count = |value: u64| i64::try_from(value).unwrap_or(i64::MAX);
        Self {
            engine: options.engine.name().to_owned(),
            query_url: options.query_url.to_string(),
            sent: count(look.sent),
            refused: count(look.refused),
            overflowed: count(look.overflowed),
            failed: count(look.failed),
            waiting_bytes: count(look.waiting_bytes),
            lag_secs: look.lag_ms / 1000,
            error: look.trouble,
            last_drop: look.last_drop,
        }
    }
}

impl MetricHealth {
    fn of(app: &App) -> Self {
        let count = |value: usize| i64::try_from(value).unwrap_or(i64::MAX);
        let bytes = |value: u64| i64::try_from(value).unwrap_or(i64::MAX);
        let store = &app.metrics.store;
        let (stats, tenant) = (store.stats(), store.tenant_stats(app.tenant));
        Self {
            series: count(stats.series),
            series_max: count(tenant.series_max),
            samples: bytes(stats.samples),
            refused: bytes(stats.refused),
            memory_bytes: count(stats.memory_bytes.saturating_add(stats.cache_bytes)),
            disk_bytes: bytes(stats.log_bytes + stats.block_bytes + stats.rollup_bytes),
            oldest_at: tenant.oldest_ms.and_then(|ms| Timestamp::from_millisecond(ms).ok()),
            damaged: store.damaged().iter().take(DAMAGED_MAX).map(ToString::to_string).collect(),
            error: app.metrics.trouble(),
            remote: app.remote_metrics().map(|(options, look)| RemoteHealth::of(options, look)),
        }
    }
}

/// The ledger.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct LedgerHealth {
    /// The position up to which every event is decided.
    pub position: i64,
    /// The position up to which events are sealed.
    pub sealed_to: i64,
}

/// Outgoing messages.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct OutboxHealth {
    /// Waiting or under way.
    pub queued: i64,
    /// Given up.
    pub dead: i64,
}

/// Timers.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TimerHealth {
    /// Overdue now.
    pub due: i64,
    /// By how much the oldest, seconds.
    pub late_secs: i64,
}

/// A reader of the ledger.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ConsumerHealth {
    /// Its name.
    pub name: String,
    /// Positions it is behind.
    pub lag: i64,
    /// Events it could not handle and passed over.
    pub parked: i64,
}

/// The schedule of probes.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ProbeHealth {
    /// Probes that this process runs.
    pub count: i64,
    /// How late looks begin, milliseconds, 99th percentile; null before the first.
    pub late_ms_p99: Option<f64>,
}

/// Asks the mechanisms how they are.
pub(super) async fn look(app: &App, sql: &mut dyn Sql) -> Result<Health> {
    let position = ledger::horizon(sql).await?;
    let sealed_to = ledger::seal::last(sql).await?.map_or(0, |(seal, _)| seal.last_seq);
    let (queued, dead) = outbox::counts(sql).await?;
    let (due, late_secs) = timer::lateness(sql, app.kit.now()).await?;
    let consumers = consumer::positions(sql)
        .await?
        .into_iter()
        .map(|(name, at, parked)| ConsumerHealth { name, lag: (position - at).max(0), parked })
        .collect();
    let directory = crate::port::ManageDirectory { public_url: String::new(), blobs: None };
    let on_call = findings(sql, &directory, app.tenant, app.kit.now()).await?;
    Ok(Health {
        on_call,
        rules: cuts(sql, app.tenant, app.kit.now()).await?,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        database: app.kit.db.dialect().as_str().to_owned(),
        ledger: LedgerHealth { position, sealed_to },
        outbox: OutboxHealth { queued, dead },
        timers: TimerHealth { due, late_secs },
        consumers,
        probes: app.probe_health(),
        metrics: MetricHealth::of(app),
    })
}

/// How the server and its workers are.
#[utoipa::path(get, path = "/api/v1/health", tag = "health", operation_id = "health_get", responses((status = 200, body = Health), Refusals))]
async fn health_get(State(app): State<App>, caller: Caller) -> ApiResult<Json<Health>> {
    caller.require(Permission::HealthRead)?;
    let mut read = app.kit.db.read().await?;
    Ok(Json(look(&app, &mut read).await?))
}

/// Requests by method, route and status: bounded, because routes are ours and not the caller's words.
#[derive(Debug, Clone, Default)]
pub struct Counters(Arc<Mutex<BTreeMap<Answered, Counter>>>);

/// Method, route and status.
type Answered = (String, String, u16);

#[derive(Debug, Clone, Copy, Default)]
struct Counter {
    requests: u64,
    seconds: f64,
}

impl Counters {
    fn add(&self, method: &str, route: &str, status: u16, seconds: f64) {
        if let Ok(mut counters) = self.0.lock() {
            let counter = counters.entry((method.to_owned(), route.to_owned(), status)).or_default();
            counter.requests += 1;
            counter.seconds += seconds;
        }
    }

    /// In the Prometheus text format.
    pub(super) fn text(&self) -> String {
        use std::fmt::Write as _;
        let counters = self.0.lock().map(|counters| counters.clone()).unwrap_or_default();
        let mut text =
            String::from("# HELP evenkeel_http_requests_total Requests answered.\n# TYPE evenkeel_http_requests_total counter\n");
        for ((method, route, status), counter) in &counters {
            let _ = writeln!(
                text,
                "evenkeel_http_requests_total{{method=\"{method}\",route=\"{route}\",status=\"{status}\"}} {}",
                counter.requests
            );
        }
        text.push_str("# HELP evenkeel_http_request_seconds_total Time spent on requests until their head was answered.\n# TYPE evenkeel_http_request_seconds_total counter\n");
        for ((method, route, status), counter) in &counters {
            let _ = writeln!(
                text,
                "evenkeel_http_request_seconds_total{{method=\"{method}\",route=\"{route}\",status=\"{status}\"}} {:.6}",
                counter.seconds
            );
        }
        text
    }
}

/// Middleware: counts.
pub(super) async fn count(State(app): State<App>, request: Request, next: Next) -> Response {
    let began = tokio::time::Instant::now();
    let method = match request.method().as_str() {
        known @ ("GET" | "HEAD" | "POST" | "PUT" | "DELETE") => known.to_owned(),
        _ => "OTHER".to_owned(),
    };
    let route = request.extensions().get::<MatchedPath>().map_or("console", MatchedPath::as_str).to_owned();
    let response = next.run(request).await;
    app.counters.add(&method, &route, response.status().as_u16(), began.elapsed().as_secs_f64());
    response
}
