//! The seam: what any engine that speaks `PromQL` can be asked.

use std::{fmt, time::Duration};

use async_trait::async_trait;
use evenkeel_core::id::TenantId;
use evenkeel_tsdb::{
    batch::Batch,
    promql::{QueryError, QueryResult},
    source::Labels,
    store::Taken,
};

use super::Metadata;

/// The steps of a range query, milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// The first.
    pub start_ms: i64,
    /// None is after this.
    pub end_ms: i64,
    /// Between two.
    pub step_ms: i64,
}

/// How a query is asked, beyond its text and times.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Ask {
    /// Given up after this; the engine's own limit when not given, and never more than that.
    pub timeout: Option<Duration>,
    /// How old a sample may be to count at an instant, milliseconds; the engine's own when not given.
    pub lookback_ms: Option<i64>,
}

/// Which series, for questions about labels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Select {
    /// Series selectors such as `up{job="a"}`; a series of any of them is meant, every series when there is none.
    pub selectors: Vec<String>,
    /// Series that have samples from here on, milliseconds since 1970 UTC.
    pub from_ms: i64,
    /// Until here.
    pub to_ms: i64,
}

/// Why there is no answer.
#[derive(Debug)]
pub enum BackendError {
    /// The query, or what it ran into.
    Query(QueryError),
    /// The other engine cannot read the query; its own words.
    Unreadable(String),
    /// More is asked than there are places for.
    Busy(String),
    /// There is no room on the disk: nothing was taken, and sending again later helps.
    Full(String),
    /// The other engine does not answer: asking again later helps.
    Away(String),
    /// Something outside of the request: the disk, what was configured.
    Failed(String),
}

impl fmt::Display for BackendError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Query(error) => error.fmt(f),
            Self::Unreadable(text) | Self::Busy(text) | Self::Full(text) | Self::Away(text) | Self::Failed(text) => f.write_str(text),
        }
    }
}

impl std::error::Error for BackendError {}

impl From<QueryError> for BackendError {
    fn from(error: QueryError) -> Self {
        Self::Query(error)
    }
}

/// An engine. Dropping a future of it ends the work behind it.
#[async_trait]
pub trait PromBackend: Send + Sync + 'static {
    /// Evaluates at an instant.
    ///
    /// # Errors
    /// As [`BackendError`] says.
    async fn query(&self, tenant: TenantId, query: &str, at_ms: i64, ask: Ask) -> Result<QueryResult, BackendError>;

    /// Evaluates at each step of a range.
    ///
    /// # Errors
    /// As [`BackendError`] says.
    async fn query_range(&self, tenant: TenantId, query: &str, span: Span, ask: Ask) -> Result<QueryResult, BackendError>;

    /// The label sets there are, sorted.
    ///
    /// # Errors
    /// As [`BackendError`] says.
    async fn series(&self, tenant: TenantId, select: Select) -> Result<Vec<Labels>, BackendError>;

    /// The label names there are, sorted.
    ///
    /// # Errors
    /// As [`BackendError`] says.
    async fn labels(&self, tenant: TenantId, select: Select) -> Result<Vec<String>, BackendError>;

    /// The values of a label, sorted.
    ///
    /// # Errors
    /// As [`BackendError`] says.
    async fn label_values(&self, tenant: TenantId, label: &str, select: Select) -> Result<Vec<String>, BackendError>;

    /// What is known of metric families, sorted by name: of one, or of all.
    ///
    /// # Errors
    /// As [`BackendError`] says.
    async fn metadata(&self, tenant: TenantId, metric: Option<&str>) -> Result<Vec<(String, Metadata)>, BackendError>;

    /// Takes samples. Those that cannot be taken are named in the answer, and the others are taken.
    ///
    /// # Errors
    /// As [`BackendError`] says; nothing was taken then, and sending the batch again does no harm.
    async fn write(&self, tenant: TenantId, batch: Batch) -> Result<Taken, BackendError>;
}
