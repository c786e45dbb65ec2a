//! Metrics: stored by us or by another engine, asked for and taken over Prometheus' HTTP API.
//!
//! Everything that asks for metrics (console, rules, figures to be recorded, Grafana) asks a [`PromBackend`] and nothing
//! else. [`Embedded`] is our own store and engine; a remote one speaks HTTP. Invariants: a query runs on a thread for
//! blocking work and never on an async worker; it ends when nobody waits for it any more; what it may take is bounded.

pub mod api;
mod backend;
mod embedded;
mod metadata;
pub mod remote;

use std::{sync::Arc, time::Duration};

use evenkeel_api::Routes;
use evenkeel_core::{Clock, Rng, id::TenantId};
use evenkeel_tsdb::{promql, store::Store};
use jiff::Timestamp;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

pub use backend::{Ask, BackendError, PromBackend, Select, Span};
pub use embedded::Embedded;
pub use metadata::{Metadata, MetadataStore};
use remote::{Board, Forwarded, Remote, RemoteOptions};

/// What metrics run with.
#[derive(Debug, Clone)]
pub struct MetricOptions {
    /// What one query may take.
    pub limits: promql::Limits,
    /// Queries at once; others wait.
    pub queries_max: usize,
    /// A query that takes longer is given up.
    pub query_timeout: Duration,
    /// Requests with samples that are read at once; others wait.
    pub writes_max: usize,
    /// The largest request with samples as it comes, bytes.
    pub write_bytes_max: usize,
    /// Samples are kept so long, for whoever asks.
    pub retention: Duration,
}

impl Default for MetricOptions {
    fn default() -> Self {
        Self {
            limits: promql::Limits { samples_max: 50_000_000, points_max: 10_000_000, ..promql::Limits::default() },
            queries_max: 4,
            query_timeout: Duration::from_secs(25),
            writes_max: 4,
            write_bytes_max: 16 << 20,
            retention: Duration::from_hours(30 * 24),
        }
    }
}

/// Another engine and how it does.
#[derive(Clone)]
struct Engine {
    remote: Arc<Remote>,
    board: Arc<Board>,
}

/// Metrics as one thing. Cheap to clone.
#[derive(Clone)]
pub struct Metrics {
    store: Arc<Store>,
    /// Where people ask.
    backend: Arc<dyn PromBackend>,
    local: Arc<Embedded>,
    remote: Option<Engine>,
    metadata: Arc<MetadataStore>,
    clock: Arc<dyn Clock>,
    options: Arc<MetricOptions>,
    began: Timestamp,
    /// Places for requests with samples.
    writing: Arc<Semaphore>,
}

impl Metrics {
    /// Over our own store.
    pub fn new(store: Arc<Store>, clock: Arc<dyn Clock>, options: MetricOptions) -> Self {
        let metadata = Arc::new(MetadataStore::default());
        let backend = Arc::new(Embedded::new(Arc::clone(&store), Arc::clone(&metadata), Arc::clone(&clock), &options));
        Self {
            store,
            backend: backend.clone(),
            local: backend,
            remote: None,
            metadata,
            began: clock.now(),
            clock,
            writing: Arc::new(Semaphore::new(options.writes_max)),
            options: Arc::new(options),
        }
    }

    /// The same with another engine for the samples of `tenant`: people ask it, rules and objectives ask our own store.
    #[must_use]
    pub fn with_remote(mut self, options: RemoteOptions, tenant: TenantId) -> Self {
        let remote = Arc::new(Remote::new(options, tenant, Arc::clone(&self.local)));
        self.backend = remote.clone();
        self.remote = Some(Engine { remote, board: Arc::default() });
        self
    }

    /// The other engine, when there is one, and how passing samples on to it goes.
    pub fn remote(&self) -> Option<(&RemoteOptions, Forwarded)> {
        self.remote.as_ref().map(|engine| (engine.remote.options(), engine.board.look()))
    }

    /// What is known of the other engine's exactness, when there is one.
    pub fn known(&self) -> Option<remote::profile::State> {
        self.remote.as_ref().map(|engine| engine.remote.known())
    }

    /// Passes samples on to the other engine and finds out how exact it is, until `cancel`; without one the log is kept for nobody.
    pub async fn forward(&self, rng: Arc<dyn Rng>, cancel: CancellationToken) {
        let store = Arc::clone(&self.store);
        if let Some(engine) = &self.remote {
            let board = Arc::clone(&engine.board);
            tokio::select! {
                () = engine.remote.forwarder(store, Arc::clone(&self.clock), rng, board).run(cancel.clone()) => {}
                () = engine.remote.profiler(Arc::clone(&self.clock)).run() => {}
            }
        } else if let Ok(Err(error)) = tokio::task::spawn_blocking(move || store.unfollow()).await {
            tracing::error!(%error, "the metric log is kept for another engine that there is no more");
        }
    }

    /// Our own store and engine: what must go on when another engine is away asks here.
    pub fn local(&self) -> Arc<dyn PromBackend> {
        self.local.clone()
    }

    /// Where people ask.
    pub fn backend(&self) -> Arc<dyn PromBackend> {
        Arc::clone(&self.backend)
    }

    /// Our own store: what is measured here goes there first, whatever engine answers.
    pub fn store(&self) -> &Arc<Store> {
        &self.store
    }

    /// What is known of metric families.
    pub fn metadata(&self) -> &Arc<MetadataStore> {
        &self.metadata
    }

    /// What it runs with.
    pub fn options(&self) -> &MetricOptions {
        &self.options
    }

    /// The routes of Prometheus' HTTP API.
    pub fn router(&self) -> Routes {
        api::router(self.clone())
    }
}

#[cfg(test)]
mod tests;
