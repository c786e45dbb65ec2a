//! Routes of this host.

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, Json, Permission, Problem, Query, Refusals, Routes, routes};
use evenkeel_core::ErrorCode;
use evenkeel_tsdb::{Selector, Series};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::HostView;
use crate::{
    Observe,
    series::{self, Line},
};

pub(crate) fn router(state: Observe) -> Routes {
    Routes::new().routes(routes!(host_find)).routes(routes!(host_series)).with_state(state)
}

/// Which metric, and which stretch of time.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct HostSeriesQuery {
    /// A metric of this host, by `node_exporter`'s name; a name that ends in `_total` gives its growth per second.
    metric: String,
    /// From; an hour ago when not given.
    #[param(value_type = Option<String>, format = DateTime)]
    from: Option<Timestamp>,
    /// To; now when not given.
    #[param(value_type = Option<String>, format = DateTime)]
    to: Option<Timestamp>,
    /// Points of a line, about; 300 when not given, 2,000 at most.
    points: Option<usize>,
}

/// A metric's lines.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HostSeries {
    /// The metric.
    metric: String,
    /// Its lines.
    series: Vec<Line>,
}

/// This machine right now.
#[utoipa::path(get, path = "/api/v1/host", tag = "host", responses((status = 200, body = HostView), Refusals))]
async fn host_find(State(observe): State<Observe>, caller: Caller) -> ApiResult<Json<HostView>> {
    caller.require(Permission::HostRead)?;
    let view = observe.host.view();
    Ok(Json(view.ok_or_else(|| Problem::new(ErrorCode::NotFound, "this host has not been sampled yet; ask again in five seconds"))?))
}

/// A metric of this machine over time.
#[utoipa::path(get, path = "/api/v1/host/series", tag = "host", params(HostSeriesQuery), responses((status = 200, body = HostSeries), Refusals))]
async fn host_series(State(observe): State<Observe>, caller: Caller, Query(query): Query<HostSeriesQuery>) -> ApiResult<Json<HostSeries>> {
    caller.require(Permission::HostRead)?;
    if !query.metric.starts_with("node_") {
        return Err(Problem::invalid("metric", "metrics of this host begin with node_"));
    }
    let to = query.to.unwrap_or_else(|| observe.kit.now());
    let from = query.from.unwrap_or_else(|| to.saturating_sub(SignedDuration::from_hours(1)).unwrap_or(Timestamp::MIN));
    let (from_ms, to_ms) = (from.as_millisecond(), to.as_millisecond());
    // Other hosts may be scraped under the same names.
    let selector = Selector::metric(&query.metric).with("job", super::JOB).with("instance", super::name());
    let mut found = series::read(&observe.samples, caller.tenant, selector, from_ms, to_ms).await?;
    found.retain(|series| !series.label("device").is_some_and(super::is_inner));
    let points = query.points.unwrap_or(series::POINTS_DEFAULT);
    let lines = found
        .into_iter()
        .map(|found| {
            let counted = query.metric.ends_with("_total");
            let found = if counted { Series { points: series::rate(&found.points), ..found } } else { found };
            Line::of(&found, from_ms, to_ms, points)
        })
        .collect();
    Ok(Json(HostSeries { metric: query.metric, series: lines }))
}
