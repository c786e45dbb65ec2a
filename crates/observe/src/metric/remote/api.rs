//! Questions to the other engine and samples for it, whosever they are.

use std::{sync::Arc, time::Duration};

use evenkeel_tsdb::{promql::QueryResult, source::Labels, store::Logged};
use http::Method;
use serde::{Deserialize, de::DeserializeOwned};

use super::{
    EngineKind, RemoteOptions,
    answer::{Data, Envelope},
    client::Client,
    error, forward,
};
use crate::{
    metric::{Ask, BackendError, Span, api::json},
    probe::{address::AddressPolicy, kind::net::Net, look::clean},
};

/// The HTTP API of an engine. Cheap to clone.
#[derive(Clone)]
pub struct Api(pub(super) Arc<Client>);

/// Parameters of a question.
pub(super) type Params = Vec<(&'static str, String)>;

/// An instant as the API takes it: seconds.
pub(super) fn secs(ms: i64) -> String {
    let mut out = Vec::new();
    json::instant(&mut out, ms);
    String::from_utf8(out).unwrap_or_default()
}

/// Characters of a version at most.
const VERSION_CHARS: usize = 40;

/// What an engine says of itself.
#[derive(Debug, Default, Deserialize)]
struct BuildInfo {
    #[serde(default)]
    version: String,
}

impl Api {
    /// Nothing is opened before the first question.
    pub fn new(options: RemoteOptions) -> Self {
        Self(Arc::new(Client::new(options, Arc::new(Net::new(AddressPolicy::default())))))
    }

    /// Where and how it is asked.
    pub fn options(&self) -> &RemoteOptions {
        &self.0.options
    }

    pub(super) fn is_victoria(&self) -> bool {
        self.0.options.engine == EngineKind::VictoriaMetrics
    }

    /// Asks a path below `/api/v1/`.
    pub(super) async fn ask<T: DeserializeOwned + Send + 'static>(
        &self,
        path: &str,
        mut params: Params,
        by: Method,
        timeout: Option<Duration>,
    ) -> Result<Envelope<T>, BackendError> {
        let options = &self.0.options;
        if self.is_victoria() {
            // Else it hides the newest half minute.
            params.push(("nocache", "1".to_owned()));
        }
        let timeout = timeout.unwrap_or(options.query_timeout).min(options.query_timeout);
        let who = self.0.who(&options.query_url);
        let reply = self.0.ask(path, &params, by, timeout).await.map_err(|down| error::unreachable(&who, &down))?;
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

    async fn evaluate(&self, path: &str, mut params: Params, ask: Ask) -> Result<QueryResult, BackendError> {
        if let Some(timeout) = ask.timeout {
            params.push(("timeout", format!("{}ms", timeout.as_millis().max(1))));
        }
        if let Some(lookback) = ask.lookback_ms {
            params.push((if self.is_victoria() { "max_lookback" } else { "lookback_delta" }, format!("{lookback}ms")));
        }
        let answer: Envelope<Data> = self.ask(path, params, Method::POST, ask.timeout).await?;
        answer.read().map_err(|what| error::nonsense(&self.0.who(&self.0.options.query_url), &what))
    }

    /// Evaluates at an instant.
    ///
    /// # Errors
    /// As [`BackendError`] says.
    pub async fn query(&self, query: &str, at_ms: i64, ask: Ask) -> Result<QueryResult, BackendError> {
        self.evaluate("query", vec![("query", query.to_owned()), ("time", secs(at_ms))], ask).await
    }

    /// Evaluates at each step of a range.
    ///
    /// # Errors
    /// As [`BackendError`] says.
    pub async fn query_range(&self, query: &str, span: Span, ask: Ask) -> Result<QueryResult, BackendError> {
        let params =
            vec![("query", query.to_owned()), ("start", secs(span.start_ms)), ("end", secs(span.end_ms)), ("step", secs(span.step_ms))];
        self.evaluate("query_range", params, ask).await
    }

    /// Sends samples by remote-write, past our own store.
    ///
    /// # Errors
    /// Why the engine did not take them, in words.
    pub async fn send(&self, samples: &[(Labels, i64, Logged)]) -> Result<(), String> {
        for part in samples.chunks(forward::SAMPLES_MAX) {
            let who = || self.0.who(&self.0.options.write_url);
            let reply = self.0.send(forward::encode(part)).await.map_err(|down| format!("{}: {down}", who()))?;
            if !reply.status.is_success() {
                return Err(format!("{} answered HTTP {}: {}", who(), reply.status, forward::words(&reply.body)));
            }
        }
        Ok(())
    }

    /// The version that it says; empty when it keeps it to itself, as VictoriaMetrics does.
    ///
    /// # Errors
    /// It cannot be asked.
    pub async fn version(&self) -> Result<String, BackendError> {
        let told: Result<Envelope<BuildInfo>, _> = self.ask("status/buildinfo", Params::new(), Method::GET, None).await;
        match told {
            Ok(told) => Ok(clean(&told.data.unwrap_or_default().version).chars().take(VERSION_CHARS).collect()),
            Err(away @ (BackendError::Away(_) | BackendError::Busy(_) | BackendError::Query(_))) => Err(away),
            // It has no such page.
            Err(_) => Ok(String::new()),
        }
    }
}
