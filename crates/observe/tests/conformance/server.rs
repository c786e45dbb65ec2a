//! Our own API over a store on disk, behind a real port and asked as any other engine. Each load makes a tenant of its own, with
//! everything that was loaded since the last `clear`, instant by instant: a store takes what happened in the order in which it happened.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use axum::{
    extract::{Request, State},
    middleware::{Next, from_fn_with_state},
    response::Response,
};
use evenkeel_api::{Caller, Role};
use evenkeel_core::{Actor, Clock, Language, id::PersonId, id::TenantId, time::ManualClock};
use evenkeel_observe::metric::{
    Ask, BackendError, MetricOptions, Metrics, Span,
    remote::{Api, EngineKind, RemoteOptions},
};
use evenkeel_tsdb::{
    promql::QueryResult,
    script::{Item, MemorySource, Subject, source},
    source::Labels,
    store::{Config, Incoming, Logged, Store, Value as Sample},
};
use jiff::Timestamp;
use tempfile::TempDir;

use crate::loaded;

pub struct Server {
    pub url: url::Url,
    api: Api,
    store: Arc<Store>,
    loaded: MemorySource,
    tenants: Arc<AtomicUsize>,
    _folder: TempDir,
}

fn tenant(tenants: &AtomicUsize) -> TenantId {
    TenantId::named(&format!("promqltest-{}", tenants.load(Ordering::SeqCst)))
}

async fn as_caller(State(tenants): State<Arc<AtomicUsize>>, mut request: Request, next: Next) -> Response {
    let person = PersonId::named("li");
    request.extensions_mut().insert(Caller {
        tenant: tenant(&tenants),
        actor: Actor::person(person),
        person: Some(person),
        organisation: None,
        roles: [Role::Engineer].into(),
        scopes: None,
        language: Language::En,
    });
    next.run(request).await
}

impl Server {
    pub async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock: Arc<dyn Clock> = Arc::new(ManualClock::at(Timestamp::from_second(1_795_334_400).unwrap()));
        let store = Arc::new(Store::open(Config::new(folder.path()), Arc::clone(&clock)).unwrap());
        let metrics = Metrics::new(Arc::clone(&store), clock, MetricOptions::default());
        let tenants = Arc::new(AtomicUsize::new(0));
        let (router, _) = metrics.router().split();
        let router = router.layer(from_fn_with_state(Arc::clone(&tenants), as_caller));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url: url::Url = format!("http://{}", listener.local_addr().unwrap()).parse().unwrap();
        tokio::spawn(async move { axum::serve(listener, router).await });
        let api = Api::new(RemoteOptions::new(EngineKind::Prometheus, url.join("/prometheus").unwrap(), url.clone()));
        Self { url, api, store, loaded: MemorySource::default(), tenants, _folder: folder }
    }

    /// Evaluates without a script.
    pub async fn ask(&self, query: &str, at_ms: i64) -> Result<QueryResult, BackendError> {
        self.api.query(query, at_ms, Ask::default()).await
    }
}

/// The error's words without where in the query it was.
fn words(error: &BackendError) -> String {
    let text = error.to_string();
    text.split_once("parse error: ").map_or(text.as_str(), |(_, words)| words).to_owned()
}

impl Subject for Server {
    async fn clear(&mut self) {
        self.loaded.clear();
        self.tenants.fetch_add(1, Ordering::SeqCst);
    }

    async fn load(&mut self, step_ms: i64, with_nhcb: bool, series: Vec<(Labels, Vec<Item>)>) {
        source::load(&mut self.loaded, step_ms, with_nhcb, series);
        self.tenants.fetch_add(1, Ordering::SeqCst);
        let samples = loaded::samples(&self.loaded);
        for samples in samples.chunk_by(|a, b| a.1 == b.1) {
            let labels: Vec<Vec<(&str, &str)>> =
                samples.iter().map(|(labels, ..)| labels.iter().map(|(name, value)| (name.as_ref(), value.as_ref())).collect()).collect();
            let batch: Vec<Incoming<'_>> = samples
                .iter()
                .zip(&labels)
                .map(|((_, at_ms, value), labels)| {
                    let value = match value {
                        Logged::Float(value) => Sample::Float(*value),
                        Logged::Histogram(histogram) => Sample::Histogram(histogram),
                    };
                    Incoming { labels, at_ms: *at_ms, value }
                })
                .collect();
            let taken = self.store.append(tenant(&self.tenants), &batch).unwrap();
            assert_eq!(taken.refused(), 0, "{:?}", taken.named);
        }
    }

    async fn query(&self, query: &str, at_ms: i64) -> Result<QueryResult, String> {
        self.ask(query, at_ms).await.map_err(|error| words(&error))
    }

    async fn query_range(&self, query: &str, (start_ms, end_ms, step_ms): (i64, i64, i64)) -> Result<QueryResult, String> {
        let span = Span { start_ms, end_ms, step_ms };
        self.api.query_range(query, span, Ask::default()).await.map_err(|error| words(&error))
    }
}
