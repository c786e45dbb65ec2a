//! `GET /probe?module=…&target=…`: what `blackbox_exporter` answers, so that a Prometheus that asks it goes on working.
//!
//! It is not there unless the server is started with a file of modules; who asks needs a permission that no role but the
//! administrator's has; and looks go where the address policy lets them.

use std::{collections::BTreeMap, fmt::Write as _, time::Duration};

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use evenkeel_api::{ApiResult, Caller, Permission, Problem, Query, Refusals, Routes, routes};
use evenkeel_core::{ErrorCode, id::ServiceId};
use evenkeel_observe::probe::{ProbeDefinition, look::Measured};
use http::{HeaderMap, header};
use serde::Deserialize;
use serde_json::json;
use utoipa::IntoParams;

use crate::{app::App, blackbox};

/// The module that is meant when none is named, as there.
const DEFAULT_MODULE: &str = "http_2xx";
/// A look takes no longer.
const LOOK_MAX: Duration = Duration::from_secs(20);
/// What is left of Prometheus' own limit for the way back, as there.
const WAY_BACK: Duration = Duration::from_millis(500);
/// The header in which Prometheus says its limit.
const LIMIT_HEADER: &str = "x-prometheus-scrape-timeout-seconds";
/// Characters of a target, at most.
const TARGET_CHARS_MAX: usize = 2048;

pub(super) fn router() -> Routes<App> {
    Routes::new().routes(routes!(blackbox_probe))
}

/// What is looked at, and how.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ProbeQuery {
    /// The module; `http_2xx` when not given.
    module: Option<String>,
    /// The target, as the module's prober takes it.
    target: Option<String>,
}

/// Looks at a target by a module of the file that the server was started with; answers in Prometheus' text format.
#[utoipa::path(get, path = "/probe", tag = "probe", params(ProbeQuery), responses((status = 200, body = String, content_type = "text/plain"), Refusals))]
async fn blackbox_probe(
    State(app): State<App>,
    caller: Caller,
    Query(query): Query<ProbeQuery>,
    headers: HeaderMap,
) -> ApiResult<Response> {
    caller.require(Permission::ProbeLook)?;
    let Some(file) = app.settings.blackbox.clone() else {
        return Err(Problem::new(ErrorCode::NotFound, "this server was started without modules: start it with --blackbox FILE"));
    };
    let read = tokio::task::spawn_blocking(move || std::fs::read_to_string(file)).await;
    let text = read.map_err(|error| error.to_string()).and_then(|read| read.map_err(|error| error.to_string()));
    let modules = text.and_then(|text| blackbox::modules(&text));
    let modules = modules.map_err(|error| Problem::new(ErrorCode::Internal, format!("the file of modules cannot be used: {error}")))?;
    let name = query.module.as_deref().unwrap_or(DEFAULT_MODULE);
    let module = modules.get(name).ok_or_else(|| Problem::invalid("module", format!("there is no module {name:?} in the file")))?;
    let target = query.target.as_deref().filter(|target| !target.is_empty() && target.len() <= TARGET_CHARS_MAX);
    let target = target.ok_or_else(|| Problem::invalid("target", format!("name a target of 1 to {TARGET_CHARS_MAX} characters")))?;
    let (kind, check) =
        module.at(target).ok_or_else(|| Problem::invalid("module", format!("module {name}: {}", module.left.join("; "))))?;
    let mut definition = json!({ "name": "probe", "service": "probe", (kind): check, "interval_secs": 86_400,
        "timeout_secs": limit(&headers, module.timeout_secs).as_secs_f64() });
    if let Some(ip) = module.ip {
        definition["ip"] = ip.into();
    }
    let definition: ProbeDefinition<String> =
        serde_json::from_value(definition).map_err(|error| Problem::invalid("module", error.to_string()))?;
    definition.validate()?;
    let look = app.observe().look_once(&definition.with_service(ServiceId::named("probe"))).await;
    let look = look.ok_or_else(|| Problem::invalid("module", "it makes no one check"))?;
    Ok(([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], exposition(&look.samples)).into_response())
}

/// The least of what the module, Prometheus and we ourselves allow.
fn limit(headers: &HeaderMap, of_module: Option<f64>) -> Duration {
    let secs = |secs: f64| Duration::try_from_secs_f64(secs).ok().filter(|limit| !limit.is_zero());
    let said = headers.get(LIMIT_HEADER).and_then(|value| value.to_str().ok()).and_then(|text| text.parse().ok()).and_then(secs);
    let said = said.map(|limit| limit.saturating_sub(WAY_BACK).max(Duration::from_millis(100)));
    [of_module.and_then(secs), said].into_iter().flatten().fold(LOOK_MAX, Duration::min)
}

/// Prometheus' text format, a metric's samples together.
fn exposition(samples: &[Measured]) -> String {
    let mut by_metric: BTreeMap<&str, Vec<&Measured>> = BTreeMap::new();
    for sample in samples {
        by_metric.entry(sample.metric).or_default().push(sample);
    }
    let mut text = String::new();
    for (metric, samples) in by_metric {
        let _ = writeln!(text, "# TYPE {metric} gauge");
        for sample in samples {
            // Names and values of labels are ours: none needs escaping.
            let label = sample.label.map_or_else(String::new, |(name, value)| format!("{{{name}=\"{value}\"}}"));
            let _ = writeln!(text, "{metric}{label} {}", sample.value);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_least_limit_holds() {
        let mut headers = HeaderMap::new();
        assert_eq!(limit(&headers, None), LOOK_MAX);
        assert_eq!(limit(&headers, Some(120.0)), LOOK_MAX);
        headers.insert(LIMIT_HEADER, http::HeaderValue::from_static("10"));
        assert_eq!(limit(&headers, Some(120.0)), Duration::from_millis(9_500));
        assert_eq!(limit(&headers, Some(5.0)), Duration::from_secs(5));
        headers.insert(LIMIT_HEADER, http::HeaderValue::from_static("-inf"));
        assert_eq!(limit(&headers, None), LOOK_MAX);
    }

    #[test]
    fn samples_of_a_metric_stand_together() {
        let sample = |metric, label, value| Measured { metric, label, value };
        let samples = [
            sample("probe_x", Some(("phase", "tls")), 0.5),
            sample("probe_success", None, 1.0),
            sample("probe_x", Some(("phase", "connect")), 0.25),
        ];
        assert_eq!(
            exposition(&samples),
            "# TYPE probe_success gauge\nprobe_success 1\n# TYPE probe_x gauge\nprobe_x{phase=\"tls\"} 0.5\nprobe_x{phase=\"connect\"} 0.25\n"
        );
    }
}
