//! Another engine behind the seam: VictoriaMetrics, Mimir, Thanos, GreptimeDB or Prometheus, asked by Prometheus' HTTP API.
//!
//! Console and API ask it; rules and objectives ask our own store, which has everything of the last day. What is written goes
//! into our own store first, and from its log to the engine ([`forward`]): so nothing waits for an engine that is away, and
//! nothing is lost by it. Invariants: answers are bounded; every error names the engine, the address and what to do.

mod answer;
mod api;
mod board;
mod client;
mod config;
mod error;
mod forward;
mod histogram;
pub mod profile;

use std::{collections::BTreeMap, sync::Arc};

use async_trait::async_trait;
use evenkeel_core::{Clock, Rng, id::TenantId};
use evenkeel_tsdb::{
    batch::Batch,
    promql::QueryResult,
    source::Labels,
    store::{Store, Taken},
};
use http::Method;

pub use api::Api;
pub use board::{Board, Forwarded};
pub use config::{EngineKind, RemoteOptions, read, read_text};

use super::{Ask, BackendError, Embedded, Metadata, PromBackend, Select, Span};
use answer::{Described, Envelope, Pairs};
use api::{Params, secs};
use forward::Forwarder;
use profile::{Known, Profiler};

/// The other engine.
pub struct Remote {
    api: Api,
    /// Whose samples the engine has.
    tenant: TenantId,
    /// What is written goes there.
    local: Arc<Embedded>,
    /// What is known of its exactness.
    known: Arc<Known>,
}

impl Remote {
    /// Nothing is opened before the first question. The engine has the samples of `tenant` and of nobody else.
    pub fn new(options: RemoteOptions, tenant: TenantId, local: Arc<Embedded>) -> Self {
        Self { api: Api::new(options), tenant, local, known: Arc::default() }
    }

    /// Who passes on what `store` takes; told on `board`.
    pub(super) fn forwarder(&self, store: Arc<Store>, clock: Arc<dyn Clock>, rng: Arc<dyn Rng>, board: Arc<Board>) -> Forwarder {
        Forwarder { client: Arc::clone(&self.api.0), store, tenant: self.tenant, clock, rng, board }
    }

    /// Who finds out how exact the engine is.
    pub(super) fn profiler(&self, clock: Arc<dyn Clock>) -> Profiler {
        Profiler { api: self.api.clone(), clock, known: Arc::clone(&self.known) }
    }

    /// Where and how it is asked.
    pub fn options(&self) -> &RemoteOptions {
        self.api.options()
    }

    /// How exact the engine is, as far as it is known.
    pub fn known(&self) -> profile::State {
        self.known.look()
    }

    /// The engine, for a question about the samples of `tenant`.
    fn of(&self, tenant: TenantId) -> Result<&Api, BackendError> {
        if tenant == self.tenant {
            Ok(&self.api)
        } else {
            let who = self.api.0.who(&self.options().query_url);
            Err(BackendError::Failed(format!("{who} has no samples of this tenant")))
        }
    }

    /// With a warning for everything in the query that the engine is known not to answer as Prometheus does.
    fn warned(&self, query: &str, mut result: QueryResult) -> QueryResult {
        result.warnings.extend(self.known.look().warnings(self.options().engine, query));
        result
    }

    fn selection(&self, select: &Select) -> Params {
        let mut params: Params = select.selectors.iter().map(|text| ("match[]", text.clone())).collect();
        if select.from_ms != i64::MIN {
            params.push(("start", secs(select.from_ms)));
        } else if self.api.is_victoria() {
            // It takes no start for the last day.
            params.push(("start", "0".to_owned()));
        }
        if select.to_ms != i64::MAX {
            params.push(("end", secs(select.to_ms)));
        }
        params
    }

    async fn texts(&self, tenant: TenantId, path: &str, select: &Select, by: Method) -> Result<Vec<String>, BackendError> {
        let answer: Envelope<Vec<String>> = self.of(tenant)?.ask(path, self.selection(select), by, None).await?;
        let mut found = answer.data.unwrap_or_default();
        found.sort_unstable();
        Ok(found)
    }
}

#[async_trait]
impl PromBackend for Remote {
    async fn query(&self, tenant: TenantId, query: &str, at_ms: i64, ask: Ask) -> Result<QueryResult, BackendError> {
        Ok(self.warned(query, self.of(tenant)?.query(query, at_ms, ask).await?))
    }

    async fn query_range(&self, tenant: TenantId, query: &str, span: Span, ask: Ask) -> Result<QueryResult, BackendError> {
        Ok(self.warned(query, self.of(tenant)?.query_range(query, span, ask).await?))
    }

    async fn series(&self, tenant: TenantId, select: Select) -> Result<Vec<Labels>, BackendError> {
        let answer: Envelope<Vec<Pairs>> = self.of(tenant)?.ask("series", self.selection(&select), Method::POST, None).await?;
        let mut found: Vec<Labels> = answer.data.unwrap_or_default().into_iter().map(answer::labels).collect();
        found.sort_unstable();
        Ok(found)
    }

    async fn labels(&self, tenant: TenantId, select: Select) -> Result<Vec<String>, BackendError> {
        self.texts(tenant, "labels", &select, Method::POST).await
    }

    async fn label_values(&self, tenant: TenantId, label: &str, select: Select) -> Result<Vec<String>, BackendError> {
        let name: String = label
            .bytes()
            .map(|byte| if byte.is_ascii_alphanumeric() || byte == b'_' { char::from(byte).to_string() } else { format!("%{byte:02X}") })
            .collect();
        self.texts(tenant, &format!("label/{name}/values"), &select, Method::GET).await
    }

    /// What the engine says, and what we know beside it: most engines forget what families are.
    async fn metadata(&self, tenant: TenantId, metric: Option<&str>) -> Result<Vec<(String, Metadata)>, BackendError> {
        let params = metric.map(|metric| ("metric", metric.to_owned())).into_iter().collect();
        let answer: Envelope<BTreeMap<String, Vec<Described>>> = self.of(tenant)?.ask("metadata", params, Method::GET, None).await?;
        let mut known: BTreeMap<String, Metadata> = self.local.metadata(tenant, metric).await?.into_iter().collect();
        known.extend(answer::metadata(answer.data.unwrap_or_default()));
        Ok(known.into_iter().collect())
    }

    async fn write(&self, tenant: TenantId, batch: Batch) -> Result<Taken, BackendError> {
        self.local.write(tenant, batch).await
    }
}
