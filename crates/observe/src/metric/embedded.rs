//! Our own store and engine behind the seam.

use std::{
    collections::BTreeSet,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use evenkeel_core::{Clock, id::TenantId};
use evenkeel_tsdb::{
    batch::Batch,
    promql::{self, Control, Engine, QueryError, QueryResult},
    source::{Labels, Matcher, Source as _},
    store::{Store, StoreError, Taken},
};
use jiff::SignedDuration;
use tokio::sync::Semaphore;

use super::{Ask, BackendError, Metadata, MetadataStore, MetricOptions, PromBackend, Select, Span};

/// Our own store and engine.
pub struct Embedded {
    store: Arc<Store>,
    metadata: Arc<MetadataStore>,
    clock: Arc<dyn Clock>,
    engine: Engine,
    timeout: Duration,
    slots: Arc<Semaphore>,
}

/// Tells a query that nobody waits for it any more.
struct Waiting(Arc<AtomicBool>);

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl Embedded {
    /// Over an open store.
    pub fn new(store: Arc<Store>, metadata: Arc<MetadataStore>, clock: Arc<dyn Clock>, options: &MetricOptions) -> Self {
        Self {
            store,
            metadata,
            clock,
            engine: Engine::new(options.limits.clone()),
            timeout: options.query_timeout,
            slots: Arc::new(Semaphore::new(options.queries_max)),
        }
    }

    fn engine(&self, ask: Ask) -> Engine {
        let mut engine = self.engine.clone();
        if let Some(lookback_ms) = ask.lookback_ms {
            engine.limits.lookback_ms = lookback_ms;
        }
        engine
    }

    /// Runs work that blocks: on a thread for it, when there is a place, until it is done, late or not waited for.
    async fn run<T, W>(&self, timeout: Option<Duration>, work: W) -> Result<T, BackendError>
    where
        T: Send + 'static,
        W: FnOnce(&Store, &Control) -> Result<T, QueryError> + Send + 'static,
    {
        let timeout = timeout.map_or(self.timeout, |timeout| timeout.min(self.timeout));
        let deadline = self.clock.now().saturating_add(SignedDuration::try_from(timeout).unwrap_or(SignedDuration::MAX));
        let deadline = deadline.unwrap_or(jiff::Timestamp::MAX);
        let slot = tokio::time::timeout(timeout, Arc::clone(&self.slots).acquire_owned()).await;
        let Ok(Ok(slot)) = slot else {
            return Err(BackendError::Busy("all places for queries are taken (limit queries_max); ask again later".to_owned()));
        };
        let waiting = Waiting(Arc::new(AtomicBool::new(false)));
        let control = Control { cancelled: Some(Arc::clone(&waiting.0)), deadline: Some((Arc::clone(&self.clock), deadline)) };
        let store = Arc::clone(&self.store);
        let done = tokio::task::spawn_blocking(move || {
            let done = work(&store, &control);
            drop(slot);
            done
        })
        .await;
        drop(waiting);
        match done {
            Ok(done) => done.map_err(BackendError::Query),
            Err(error) => Err(BackendError::Failed(format!("the query broke off: {error}"))),
        }
    }
}

/// The matchers of each selector.
fn matchers(select: &Select) -> Result<Vec<Vec<Matcher>>, QueryError> {
    select.selectors.iter().map(|text| promql::selector(text).map_err(QueryError::Parse)).collect()
}

fn stopped(control: &Control) -> Result<(), QueryError> {
    if control.cancelled.as_ref().is_some_and(|flag| flag.load(Ordering::Relaxed)) { Err(QueryError::Cancelled) } else { Ok(()) }
}

/// Names or values of all selectors together.
fn terms(
    selectors: &[Vec<Matcher>],
    control: &Control,
    find: impl Fn(&[Matcher]) -> Result<Vec<String>, evenkeel_tsdb::source::ReadError>,
) -> Result<Vec<String>, QueryError> {
    if let [] | [_] = selectors {
        return Ok(find(selectors.first().map_or(&[], Vec::as_slice))?);
    }
    let mut all = BTreeSet::new();
    for matchers in selectors {
        stopped(control)?;
        all.extend(find(matchers)?);
    }
    Ok(all.into_iter().collect())
}

#[async_trait]
impl PromBackend for Embedded {
    async fn query(&self, tenant: TenantId, query: &str, at_ms: i64, ask: Ask) -> Result<QueryResult, BackendError> {
        let (engine, query) = (self.engine(ask), query.to_owned());
        self.run(ask.timeout, move |store, control| {
            let expr = promql::parse(&query)?;
            engine.instant_expr(store, tenant, &query, &expr, at_ms, control)
        })
        .await
    }

    async fn query_range(&self, tenant: TenantId, query: &str, span: Span, ask: Ask) -> Result<QueryResult, BackendError> {
        let (engine, query) = (self.engine(ask), query.to_owned());
        self.run(ask.timeout, move |store, control| {
            let expr = promql::parse(&query)?;
            engine.range_expr(store, tenant, &query, &expr, (span.start_ms, span.end_ms, span.step_ms), control)
        })
        .await
    }

    async fn series(&self, tenant: TenantId, select: Select) -> Result<Vec<Labels>, BackendError> {
        let most = self.engine.limits.series_max;
        self.run(None, move |store, control| {
            let mut all = Vec::new();
            for matchers in matchers(&select)? {
                stopped(control)?;
                let found = store.select(tenant, &matchers, select.from_ms, select.to_ms, most)?;
                all.extend(found.iter().map(|cursor| cursor.labels().clone()));
            }
            all.sort_unstable();
            all.dedup();
            Ok(all)
        })
        .await
    }

    async fn labels(&self, tenant: TenantId, select: Select) -> Result<Vec<String>, BackendError> {
        self.run(None, move |store, control| {
            terms(&matchers(&select)?, control, |matchers| store.label_names(tenant, matchers, select.from_ms, select.to_ms))
        })
        .await
    }

    async fn label_values(&self, tenant: TenantId, label: &str, select: Select) -> Result<Vec<String>, BackendError> {
        let label = label.to_owned();
        self.run(None, move |store, control| {
            terms(&matchers(&select)?, control, |matchers| store.label_values(tenant, &label, matchers, select.from_ms, select.to_ms))
        })
        .await
    }

    async fn metadata(&self, tenant: TenantId, metric: Option<&str>) -> Result<Vec<(String, Metadata)>, BackendError> {
        Ok(self.metadata.list(tenant, metric))
    }

    async fn write(&self, tenant: TenantId, batch: Batch) -> Result<Taken, BackendError> {
        let (store, metadata) = (Arc::clone(&self.store), Arc::clone(&self.metadata));
        let done = tokio::task::spawn_blocking(move || {
            let taken = batch.with_incoming(|samples| store.append(tenant, samples))?;
            metadata.note(tenant, &batch);
            Ok(taken)
        });
        match done.await {
            Ok(Ok(taken)) => Ok(taken),
            Ok(Err(error @ StoreError::Full { .. })) => Err(BackendError::Full(error.to_string())),
            Ok(Err(error)) => Err(BackendError::Failed(error.to_string())),
            Err(error) => Err(BackendError::Failed(format!("the write broke off: {error}"))),
        }
    }
}
