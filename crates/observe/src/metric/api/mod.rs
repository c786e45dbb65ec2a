//! Prometheus' HTTP API: paths, parameters, answers and error codes as Prometheus 3 has them, so that Grafana, promtool
//! and whatever else speaks it connect.
//!
//! Refusals for who asks (401, 403) are problems as everywhere else here; everything else that goes wrong has Prometheus'
//! shape. What other nouns serve under the same path (targets, rules, alerts) answers with [`answer`] and [`ApiError`].

pub mod answer;
mod document;
mod error;
pub mod json;
mod label;
mod param;
mod query;
mod status;
pub mod time;
mod write;

use evenkeel_api::{Routes, routes};

pub use document::{PromAnswer, PromRefusals};
pub use error::{ApiError, ErrorType, Refused};
pub use param::Params;

use super::Metrics;

/// Paths of requests with samples: their bodies have a limit of their own.
pub const WRITE_PATHS: [&str; 3] = ["/prometheus/api/v1/write", "/prometheus/api/v1/otlp/v1/metrics", "/otlp/v1/metrics"];

/// All routes, with their state applied.
pub(super) fn router(metrics: Metrics) -> Routes {
    let writes = Routes::new()
        .routes(routes!(write::metric_write))
        .routes(routes!(write::metric_otlp))
        .routes(routes!(write::metric_otlp_prometheus))
        .body_limit(metrics.options.write_bytes_max);
    Routes::new()
        .routes(routes!(query::metric_query, query::metric_query_post))
        .routes(routes!(query::metric_query_range, query::metric_query_range_post))
        .routes(routes!(query::metric_exemplars, query::metric_exemplars_post))
        .routes(routes!(query::metric_format_query, query::metric_format_query_post))
        .routes(routes!(label::metric_series, label::metric_series_post))
        .routes(routes!(label::metric_labels, label::metric_labels_post))
        .routes(routes!(label::metric_label_values))
        .routes(routes!(label::metric_metadata))
        .routes(routes!(status::metric_build_info))
        .routes(routes!(status::metric_runtime_info))
        .routes(routes!(status::metric_cardinality))
        .routes(routes!(status::metric_flags))
        .routes(routes!(status::metric_config))
        .merge(writes)
        .with_state(metrics)
}
