//! `GET /api/v1/metrics/engine`: how exactly the other metric engine follows Prometheus.

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, Json, Permission, Refusals, Routes, routes};
use evenkeel_observe::metric::remote::profile::{self, Outcome};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;

pub(super) fn router() -> Routes<App> {
    Routes::default().routes(routes!(metric_engine_get))
}

/// The other metric engine and how exactly it follows Prometheus 3. Rules and objectives are not touched by it: they ask our own store.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MetricEngine {
    /// Which: `VictoriaMetrics`, `Mimir` …; null when there is none and our own answers everything.
    pub engine: Option<String>,
    /// Its version; null when it keeps it to itself or was not asked yet.
    pub version: Option<String>,
    /// When it was asked; null before.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub asked_at: Option<Timestamp>,
    /// How many answers were exact.
    pub exact: i64,
    /// Every question; none before it was asked.
    pub checks: Vec<EngineCheck>,
    /// Why it could not be asked last; null while all is well.
    pub error: Option<String>,
}

/// A question whose right answer is known.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct EngineCheck {
    /// What it is about: a function, an operator, a construct of the language.
    pub feature: String,
    /// The query, over samples of names that begin with `evenkeel_profile`.
    pub query: String,
    /// `exact`, `differs` or `refused`.
    pub outcome: String,
    /// What Prometheus 3 answers; null unless it differs.
    pub expected: Option<String>,
    /// What the engine answers, or its words when it refuses; null when it is exact.
    pub got: Option<String>,
}

impl EngineCheck {
    fn of(check: &profile::Check) -> Self {
        let (outcome, expected, got) = match &check.outcome {
            Outcome::Exact => ("exact", None, None),
            Outcome::Differs { expected, got } => ("differs", Some(expected.clone()), Some(got.clone())),
            Outcome::Refused(words) => ("refused", None, Some(words.clone())),
        };
        Self { feature: check.feature.to_owned(), query: check.query.to_owned(), outcome: outcome.to_owned(), expected, got }
    }
}

/// How exactly the other metric engine follows Prometheus: what it was asked, and what it answered.
#[utoipa::path(get, path = "/api/v1/metrics/engine", tag = "health", operation_id = "metric_engine_get", responses((status = 200, body = MetricEngine), Refusals))]
async fn metric_engine_get(State(app): State<App>, caller: Caller) -> ApiResult<Json<MetricEngine>> {
    caller.require(Permission::HealthRead)?;
    let known = app.remote_known().unwrap_or_default();
    let profile = known.profile.as_deref();
    Ok(Json(MetricEngine {
        engine: app.remote_metrics().map(|(options, _)| options.engine.name().to_owned()),
        version: profile.map(|profile| profile.version.clone()).filter(|version| !version.is_empty()),
        asked_at: profile.and_then(|profile| Timestamp::from_millisecond(profile.at_ms).ok()),
        exact: profile.map_or(0, |profile| i64::try_from(profile.exact()).unwrap_or(i64::MAX)),
        checks: profile.iter().flat_map(|profile| &profile.checks).map(EngineCheck::of).collect(),
        error: known.trouble,
    }))
}
