//! The metric store: samples in, series out. It has never heard of a probe, an incident or a service; a tenant is an
//! opaque id.
//!
//! [`store::Store`] is the engine on disk: log, head by scrape group, blocks, roll-ups. Queries read it through
//! [`source::Source`]. [`SampleStore`] is the small trait of callers that measure a little.

pub mod batch;
pub mod exposition;
pub mod histogram;
pub mod model;
mod native;
pub mod openmetrics;
pub mod otlp;
pub mod promql;
mod proto;
pub mod remote;
pub mod script;
pub mod source;
pub mod store;

pub use model::{Appended, Point, Sample, Selector, Series};

use evenkeel_core::id::TenantId;

/// Where samples are kept. Calls are short and do not block on the network; instants are milliseconds since 1970 UTC, as
/// everywhere in the field.
pub trait SampleStore: Send + Sync + 'static {
    /// Takes samples of one instant. A sample that cannot be taken is counted, never an error: telemetry must not stop
    /// what it watches.
    fn append(&self, tenant: TenantId, at_ms: i64, samples: &[Sample<'_>]) -> Appended;

    /// Series that the selector names, with their points in `[from_ms, to_ms]`, oldest first. Series without a point there
    /// are left out; the result is sorted by labels.
    fn range(&self, tenant: TenantId, selector: &Selector, from_ms: i64, to_ms: i64) -> Vec<Series>;

    /// The newest point of each series that the selector names, not older than `not_before_ms`.
    fn latest(&self, tenant: TenantId, selector: &Selector, not_before_ms: i64) -> Vec<Series>;

    /// The values that `label` takes in series of `metric` (all metrics when `None`), sorted.
    fn label_values(&self, tenant: TenantId, metric: Option<&str>, label: &str) -> Vec<String>;
}
