//! Another engine behind the seam: VictoriaMetrics, Mimir, Thanos, GreptimeDB or Prometheus, asked by Prometheus' HTTP API.
//!
//! Console and API ask it; rules and objectives ask our own store, which has everything of the last day. What is written goes
//! into our own store first, and from its log to the engine ([`forward`]): so nothing waits for an engine that is away, and
//! nothing is lost by it. Invariants: answers are bounded; every error names the engine, the address and what to do.

mod answer;
mod board;
mod client;
mod config;
mod error;
mod forward;
mod histogram;

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use async_trait::async_trait;
use evenkeel_core::{Clock, Rng, id::TenantId};
use evenkeel_tsdb::{
    batch::Batch,
    promql::QueryResult,
    source::Labels,
    store::{Store, Taken},
};
use http::Method;
use serde::de::DeserializeOwned;

pub use board::{Board, Forwarded};
pub use config::{EngineKind, RemoteOptions, read, read_text};

use super::{Ask, BackendError, Embedded, Metadata, PromBackend, Select, Span, api::json};
use crate::probe::{address::AddressPolicy, kind::net::Net};
use answer::{Data, Described, Envelope, Pairs};
use client::Client;
use forward::Forwarder;

/// The other engine.
pub struct Remote {
    client: Arc<Client>,
    /// Whose samples the engine has.
    tenant: TenantId,
    /// What is written goes there.
    local: Arc<Embedded>,
}

/// Parameters of a question.
type Params = Vec<(&'static str, String)>;

/// An instant as the API takes it: seconds.
fn secs(ms: i64) -> String {
    let mut out = Vec::new();
    json::instant(&mut out, ms);
    String::from_utf8(out).unwrap_or_default()
}

impl Remote {
    /// Nothing is opened before the first question. The engine has the samples of `tenant` and of nobody else.
    pub fn new(options: RemoteOptions, tenant: TenantId, local: Arc<Embedded>) -> Self {
        let client = Arc::new(Client::new(options, Arc::new(Net::new(AddressPolicy::default()))));
        Self { client, tenant, local }
    }

    /// Who passes on what `store` takes; told on `board`.
    pub(super) fn forwarder(&self, store: Arc<Store>, clock: Arc<dyn Clock>, rng: Arc<dyn Rng>, board: Arc<Board>) -> Forwarder {
        Forwarder { client: Arc::clone(&self.client), store, tenant: self.tenant, clock, rng, board }
    }

    /// Where and how it is asked.
    pub fn options(&self) -> &RemoteOptions {
        &self.client.options
    }

    fn is_victoria(&self) -> bool {
        self.client.options.engine == EngineKind::VictoriaMetrics
    }

    async fn ask<T: DeserializeOwned + Send + 'static>(
        &self,
        tenant: TenantId,
        path: &str,
        mut params: Params,
        by: Method,
        timeout: Option<Duration>,
    ) -> Result<Envelope<T>, BackendError> {
        let options = &self.client.options;
        if tenant != self.tenant {
            return Err(BackendError::Failed(format!("{} has no samples of this tenant", self.client.who(&options.query_url))));
        }
        if self.is_victoria() {
            // Else it hides the newest half minute.
            params.push(("nocache", "1".to_owned()));
        }
        let timeout = timeout.unwrap_or(options.query_timeout).min(options.query_timeout);
        let who = self.client.who(&options.query_url);
        let reply = self.client.ask(path, &params, by, timeout).await.map_err(|down| error::unreachable(&who, &down))?;
        let read = tokio::task::spawn_blocking(move || {
            let status = reply.status;
            match serde_json::from_slice::<Envelope<T>>(&reply.body) {
                Ok(answer) if status.is_success() && answer.status == "success" => Ok(answer),
                Ok(answer) => Err(error::refused(&who, status, &answer.error_type, &answer.error)),
                Err(_) if !status.is_success() => Err(error::refused(&who, status, "", &String::from_utf8_lossy(&reply.body))),
                Err(broken) => Err(error::nonsense(&who, &broken.to_string())),
            }
        });
        read.await.unwrap_or_else(|broken| Err(BackendError::Failed(format!("the answer could not be read: {broken}"))))
    }

    async fn evaluate(&self, tenant: TenantId, path: &str, mut params: Params, ask: Ask) -> Result<QueryResult, BackendError> {
        if let Some(timeout) = ask.timeout {
            params.push(("timeout", format!("{}ms", timeout.as_millis().max(1))));
        }
        if let Some(lookback) = ask.lookback_ms {
            params.push((if self.is_victoria() { "max_lookback" } else { "lookback_delta" }, format!("{lookback}ms")));
        }
        let answer: Envelope<Data> = self.ask(tenant, path, params, Method::POST, ask.timeout).await?;
        answer.read().map_err(|what| error::nonsense(&self.client.who(&self.client.options.query_url), &what))
    }

    fn selection(&self, select: &Select) -> Params {
        let mut params: Params = select.selectors.iter().map(|text| ("match[]", text.clone())).collect();
        if select.from_ms != i64::MIN {
            params.push(("start", secs(select.from_ms)));
        } else if self.is_victoria() {
            // It takes no start for the last day.
            params.push(("start", "0".to_owned()));
        }
        if select.to_ms != i64::MAX {
            params.push(("end", secs(select.to_ms)));
        }
        params
    }

    async fn texts(&self, tenant: TenantId, path: &str, select: &Select, by: Method) -> Result<Vec<String>, BackendError> {
        let answer: Envelope<Vec<String>> = self.ask(tenant, path, self.selection(select), by, None).await?;
        let mut found = answer.data.unwrap_or_default();
        found.sort_unstable();
        Ok(found)
    }
}

#[async_trait]
impl PromBackend for Remote {
    async fn query(&self, tenant: TenantId, query: &str, at_ms: i64, ask: Ask) -> Result<QueryResult, BackendError> {
        self.evaluate(tenant, "query", vec![("query", query.to_owned()), ("time", secs(at_ms))], ask).await
    }

    async fn query_range(&self, tenant: TenantId, query: &str, span: Span, ask: Ask) -> Result<QueryResult, BackendError> {
        let params =
            vec![("query", query.to_owned()), ("start", secs(span.start_ms)), ("end", secs(span.end_ms)), ("step", secs(span.step_ms))];
        self.evaluate(tenant, "query_range", params, ask).await
    }

    async fn series(&self, tenant: TenantId, select: Select) -> Result<Vec<Labels>, BackendError> {
        let answer: Envelope<Vec<Pairs>> = self.ask(tenant, "series", self.selection(&select), Method::POST, None).await?;
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
        let answer: Envelope<BTreeMap<String, Vec<Described>>> = self.ask(tenant, "metadata", params, Method::GET, None).await?;
        let mut known: BTreeMap<String, Metadata> = self.local.metadata(tenant, metric).await?.into_iter().collect();
        known.extend(answer::metadata(answer.data.unwrap_or_default()));
        Ok(known.into_iter().collect())
    }

    async fn write(&self, tenant: TenantId, batch: Batch) -> Result<Taken, BackendError> {
        self.local.write(tenant, batch).await
    }
}
