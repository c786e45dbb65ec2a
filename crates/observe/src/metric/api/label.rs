//! Series, labels, and what is known of metric families.

use std::collections::BTreeMap;

use axum::{extract::State, response::Response};
use evenkeel_api::{Caller, Path, Permission};
use serde::Serialize;

use super::{ApiError, ErrorType, Params, PromRefusals, Refused, answer, document::PromAnswer};
use crate::metric::Metrics;

async fn series(metrics: Metrics, caller: Caller, params: Params) -> Result<Response, Refused> {
    caller.require(Permission::MetricRead)?;
    let limit = params.limit("limit")?;
    let select = params.select()?;
    if select.selectors.is_empty() {
        return Err(ApiError::new(ErrorType::BadData, "no match[] parameter provided").into());
    }
    let mut found = metrics.backend.series(caller.tenant, select).await?;
    let warnings = answer::cut(&mut found, limit);
    Ok(answer::label_sets(found, &warnings))
}

async fn labels(metrics: Metrics, caller: Caller, params: Params) -> Result<Response, Refused> {
    caller.require(Permission::MetricRead)?;
    let limit = params.limit("limit")?;
    let mut found = metrics.backend.labels(caller.tenant, params.select()?).await?;
    let warnings = answer::cut(&mut found, limit);
    Ok(answer::texts(found, &warnings))
}

/// The label sets of series: `match[]` (once or more), `start`, `end`, `limit`.
#[utoipa::path(get, path = "/prometheus/api/v1/series", tag = "metric", responses((status = 200, body = PromAnswer), PromRefusals))]
pub(super) async fn metric_series(State(metrics): State<Metrics>, caller: Caller, params: Params) -> Result<Response, Refused> {
    series(metrics, caller, params).await
}

/// The same, with the parameters as a form in the body.
#[utoipa::path(post, path = "/prometheus/api/v1/series", tag = "metric", responses((status = 200, body = PromAnswer), PromRefusals))]
pub(super) async fn metric_series_post(State(metrics): State<Metrics>, caller: Caller, params: Params) -> Result<Response, Refused> {
    series(metrics, caller, params).await
}

/// Label names: `match[]`, `start`, `end`, `limit`.
#[utoipa::path(get, path = "/prometheus/api/v1/labels", tag = "metric", responses((status = 200, body = PromAnswer), PromRefusals))]
pub(super) async fn metric_labels(State(metrics): State<Metrics>, caller: Caller, params: Params) -> Result<Response, Refused> {
    labels(metrics, caller, params).await
}

/// The same, with the parameters as a form in the body.
#[utoipa::path(post, path = "/prometheus/api/v1/labels", tag = "metric", responses((status = 200, body = PromAnswer), PromRefusals))]
pub(super) async fn metric_labels_post(State(metrics): State<Metrics>, caller: Caller, params: Params) -> Result<Response, Refused> {
    labels(metrics, caller, params).await
}

/// A name with the escapes of Prometheus 3: `U__` before it, `_2e_` for a dot, `__` for an underscore. `None`: not escaped.
fn unescaped(name: &str) -> Option<String> {
    let mut rest = name.strip_prefix("U__")?;
    let mut plain = String::new();
    while let Some((before, after)) = rest.split_once('_') {
        plain.push_str(before);
        if let Some(after) = after.strip_prefix('_') {
            plain.push('_');
            rest = after;
            continue;
        }
        let (code, after) = after.split_once('_')?;
        plain.push(char::from_u32(u32::from_str_radix(code, 16).ok()?)?);
        rest = after;
    }
    plain.push_str(rest);
    Some(plain)
}

/// The values of a label: `match[]`, `start`, `end`, `limit`.
#[utoipa::path(get, path = "/prometheus/api/v1/label/{name}/values", tag = "metric", params(("name" = String, Path)), responses((status = 200, body = PromAnswer), PromRefusals))]
pub(super) async fn metric_label_values(
    State(metrics): State<Metrics>,
    caller: Caller,
    Path(name): Path<String>,
    params: Params,
) -> Result<Response, Refused> {
    caller.require(Permission::MetricRead)?;
    let limit = params.limit("limit")?;
    let name = unescaped(&name).unwrap_or(name);
    let mut found = metrics.backend.label_values(caller.tenant, &name, params.select()?).await?;
    let warnings = answer::cut(&mut found, limit);
    Ok(answer::texts(found, &warnings))
}

#[derive(Debug, Serialize)]
struct Known {
    #[serde(rename = "type")]
    kind: &'static str,
    help: String,
    unit: String,
}

/// Type, help and unit of metric families: `metric`, `limit`, `limit_per_metric`.
#[utoipa::path(get, path = "/prometheus/api/v1/metadata", tag = "metric", responses((status = 200, body = PromAnswer), PromRefusals))]
pub(super) async fn metric_metadata(State(metrics): State<Metrics>, caller: Caller, params: Params) -> Result<Response, Refused> {
    caller.require(Permission::MetricRead)?;
    let limit = params.limit("limit")?;
    params.limit("limit_per_metric")?;
    let found = metrics.backend.metadata(caller.tenant, params.get("metric")).await?;
    // One a family is kept: what was said last.
    let known: BTreeMap<String, [Known; 1]> = found
        .into_iter()
        .take(limit.unwrap_or(usize::MAX))
        .map(|(name, known)| (name, [Known { kind: known.kind.word(), help: known.help, unit: known.unit }]))
        .collect();
    Ok(answer::success(&known, &[]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_escaped_as_prometheus_3_does_are_plain_again() {
        for (name, wanted) in [
            ("U__http_2e_status__code", Some("http.status_code")),
            ("U__", Some("")),
            ("instance", None),
            ("U__bad_zz_", None),
            ("U__open_2e", None),
        ] {
            assert_eq!(unescaped(name).as_deref(), wanted, "{name}");
        }
    }
}
