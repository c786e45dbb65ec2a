//! Queries.

use std::time::Duration;

use axum::{extract::State, response::Response};
use evenkeel_api::{Caller, Permission};
use evenkeel_tsdb::promql::{self, Value};

use super::{ApiError, ErrorType, Params, PromRefusals, Refused, answer, document::PromAnswer};
use crate::metric::{Ask, Metrics, Span};

fn ask(params: &Params) -> Result<Ask, ApiError> {
    let timeout = match params.duration("timeout")? {
        Some(ms) => Some(Duration::from_millis(u64::try_from(ms).map_err(|_| ApiError::parameter("timeout", "it is negative"))?)),
        None => None,
    };
    let lookback_ms = params.duration("lookback_delta")?.filter(|ms| *ms > 0);
    Ok(Ask { timeout, lookback_ms })
}

fn limited(value: &mut Value, limit: Option<usize>) -> Vec<String> {
    match value {
        Value::Vector(samples) => answer::cut(samples, limit),
        Value::Matrix(series) => answer::cut(series, limit),
        Value::Scalar(_) | Value::Text(_) => Vec::new(),
    }
}

async fn instant(metrics: Metrics, caller: Caller, params: Params) -> Result<Response, Refused> {
    caller.require(Permission::MetricRead)?;
    let limit = params.limit("limit")?;
    let at_ms = params.instant("time")?.unwrap_or_else(|| metrics.clock.now().as_millisecond());
    let ask = ask(&params)?;
    let mut result = metrics.backend.query(caller.tenant, params.query()?, at_ms, ask).await?;
    result.warnings.extend(limited(&mut result.value, limit));
    Ok(answer::result(result, at_ms))
}

async fn range(metrics: Metrics, caller: Caller, params: Params) -> Result<Response, Refused> {
    caller.require(Permission::MetricRead)?;
    let limit = params.limit("limit")?;
    let wanted = |name: &str, found: Option<i64>, what: &str| {
        found.ok_or_else(|| ApiError::parameter(name, format!("cannot parse \"\" to a valid {what}")))
    };
    let start_ms = wanted("start", params.instant("start")?, "timestamp")?;
    let end_ms = wanted("end", params.instant("end")?, "timestamp")?;
    if end_ms < start_ms {
        return Err(ApiError::parameter("end", "end timestamp must not be before start time").into());
    }
    let step_ms = wanted("step", params.duration("step")?, "duration")?;
    if step_ms <= 0 {
        let text = "zero or negative query resolution step widths are not accepted. Try a positive integer";
        return Err(ApiError::parameter("step", text).into());
    }
    let most = metrics.options.limits.steps_max;
    if end_ms.saturating_sub(start_ms) / step_ms > i64::try_from(most).unwrap_or(i64::MAX) {
        let text = format!("exceeded maximum resolution of {most} points per timeseries. Try decreasing the query resolution (?step=XX)");
        return Err(ApiError::new(ErrorType::BadData, text).into());
    }
    let ask = ask(&params)?;
    let span = Span { start_ms, end_ms, step_ms };
    let mut result = metrics.backend.query_range(caller.tenant, params.query()?, span, ask).await?;
    result.warnings.extend(limited(&mut result.value, limit));
    Ok(answer::result(result, start_ms))
}

fn exemplars(caller: &Caller, params: &Params) -> Result<Response, Refused> {
    caller.require(Permission::MetricRead)?;
    promql::parse(params.query()?).map_err(|error| ApiError::parameter("query", error))?;
    // Exemplars are not kept: there are none.
    Ok(answer::success(&[(); 0], &[]))
}

fn formatted(caller: &Caller, params: &Params) -> Result<Response, Refused> {
    caller.require(Permission::MetricRead)?;
    let expr = promql::parse(params.query()?).map_err(|error| ApiError::parameter("query", error))?;
    Ok(answer::success(&expr.to_string(), &[]))
}

/// Evaluates a query at an instant: `query`, `time`, `timeout`, `limit`, `lookback_delta`.
#[utoipa::path(get, path = "/prometheus/api/v1/query", tag = "metric", responses((status = 200, body = PromAnswer), PromRefusals, (status = 422, body = ApiError, description = "execution")))]
pub(super) async fn metric_query(State(metrics): State<Metrics>, caller: Caller, params: Params) -> Result<Response, Refused> {
    instant(metrics, caller, params).await
}

/// The same, with the parameters as a form in the body.
#[utoipa::path(post, path = "/prometheus/api/v1/query", tag = "metric", responses((status = 200, body = PromAnswer), PromRefusals))]
pub(super) async fn metric_query_post(State(metrics): State<Metrics>, caller: Caller, params: Params) -> Result<Response, Refused> {
    instant(metrics, caller, params).await
}

/// Evaluates a query at each step of a range: `query`, `start`, `end`, `step`, `timeout`, `limit`, `lookback_delta`.
#[utoipa::path(get, path = "/prometheus/api/v1/query_range", tag = "metric", responses((status = 200, body = PromAnswer), PromRefusals))]
pub(super) async fn metric_query_range(State(metrics): State<Metrics>, caller: Caller, params: Params) -> Result<Response, Refused> {
    range(metrics, caller, params).await
}

/// The same, with the parameters as a form in the body.
#[utoipa::path(post, path = "/prometheus/api/v1/query_range", tag = "metric", responses((status = 200, body = PromAnswer), PromRefusals))]
pub(super) async fn metric_query_range_post(State(metrics): State<Metrics>, caller: Caller, params: Params) -> Result<Response, Refused> {
    range(metrics, caller, params).await
}

/// Exemplars of a query's series: `query`, `start`, `end`. None are kept yet, so the list is empty.
#[utoipa::path(get, path = "/prometheus/api/v1/query_exemplars", tag = "metric", responses((status = 200, body = PromAnswer), PromRefusals))]
pub(super) async fn metric_exemplars(caller: Caller, params: Params) -> Result<Response, Refused> {
    exemplars(&caller, &params)
}

/// The same, with the parameters as a form in the body.
#[utoipa::path(post, path = "/prometheus/api/v1/query_exemplars", tag = "metric", responses((status = 200, body = PromAnswer), PromRefusals))]
pub(super) async fn metric_exemplars_post(caller: Caller, params: Params) -> Result<Response, Refused> {
    exemplars(&caller, &params)
}

/// A query in its usual spelling: `query`.
#[utoipa::path(get, path = "/prometheus/api/v1/format_query", tag = "metric", responses((status = 200, body = PromAnswer), PromRefusals))]
pub(super) async fn metric_format_query(caller: Caller, params: Params) -> Result<Response, Refused> {
    formatted(&caller, &params)
}

/// The same, with the parameters as a form in the body.
#[utoipa::path(post, path = "/prometheus/api/v1/format_query", tag = "metric", responses((status = 200, body = PromAnswer), PromRefusals))]
pub(super) async fn metric_format_query_post(caller: Caller, params: Params) -> Result<Response, Refused> {
    formatted(&caller, &params)
}
