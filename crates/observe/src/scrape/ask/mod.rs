//! Asking a target over HTTP/1.1: connections are kept, addresses are judged by the policy of probes, answers are bounded.

pub(crate) mod body;
mod connect;
mod down;
mod proof;
mod tls;

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use evenkeel_tsdb::exposition;
use http::{HeaderValue, Request, Response, StatusCode, header};
use http_body_util::Empty;
use hyper::body::Incoming;
use hyper_util::{
    client::legacy::Client,
    rt::{TokioExecutor, TokioTimer},
};
use url::Url;

pub(crate) use connect::Connector;
pub use down::Down;
pub(crate) use proof::prove;
pub(crate) use tls::Tls;
pub use tls::load;

use super::config::{Ask, BODY_BYTES_MAX, HttpOptions, Protocol, units::duration_text};
use crate::probe::kind::net::Net;

/// Who asks.
pub(crate) const USER_AGENT: &str = concat!("Evenkeel/", env!("CARGO_PKG_VERSION"));
/// Bytes of status line and headers at most.
pub(crate) const HEAD_BYTES_MAX: usize = 64 << 10;
/// Redirects followed at most.
const REDIRECTS_MAX: usize = 10;
/// A connection that nobody used for so long is closed.
const IDLE: Duration = Duration::from_mins(5);

/// Who asks the targets of a job, or an address of discovery.
pub struct Asker {
    client: Client<Connector, Empty<Bytes>>,
    http: HttpOptions,
    accept: String,
    compression: bool,
    body_bytes_max: u64,
}

/// An answer.
#[derive(Debug)]
pub struct Answer {
    /// What it says it is; empty when it does not.
    pub content_type: String,
    /// The body, unpacked.
    pub body: Vec<u8>,
}

impl Asker {
    /// For the targets of a job.
    pub fn new(net: Arc<Net>, ask: &Ask) -> Self {
        let words: Vec<&str> = ask.protocols.iter().map(|protocol| Protocol::word(*protocol)).collect();
        let body_bytes_max = if ask.body_bytes_max == 0 { BODY_BYTES_MAX } else { ask.body_bytes_max };
        Self::with(net, ask.http.clone(), exposition::accept(&words, "allow-utf-8"), ask.compression, body_bytes_max)
    }

    /// For an address that answers with JSON.
    pub fn for_json(net: Arc<Net>, http: HttpOptions, body_bytes_max: u64) -> Self {
        Self::with(net, http, "application/json".to_owned(), true, body_bytes_max)
    }

    fn with(net: Arc<Net>, http: HttpOptions, accept: String, compression: bool, body_bytes_max: u64) -> Self {
        let client = Client::builder(TokioExecutor::new())
            .pool_idle_timeout(IDLE)
            .pool_timer(TokioTimer::new())
            .pool_max_idle_per_host(1)
            .http1_max_buf_size(HEAD_BYTES_MAX)
            .build(Connector::new(net, Tls::new(http.tls.clone())));
        Self { client, http, accept, compression, body_bytes_max }
    }

    /// Asks once. `room` is how long the answer was before.
    ///
    /// # Errors
    /// Why there is no whole answer.
    pub async fn ask(&self, url: &Url, timeout: Duration, room: usize) -> Result<Answer, Down> {
        let mut stage = Stage { what: "connecting and waiting for the answer", bytes: 0 };
        match tokio::time::timeout(timeout, self.follow(url, timeout, room, &mut stage)).await {
            Ok(answer) => answer,
            Err(_) => {
                let came = if stage.bytes > 0 { format!(" ({} bytes had come)", stage.bytes) } else { String::new() };
                let text = format!(
                    "timed out after {} while {}{came}; is the target slow, or scrape_timeout short?",
                    duration_text(timeout),
                    stage.what
                );
                Err(Down::new("timeout", text))
            }
        }
    }

    async fn follow(&self, url: &Url, timeout: Duration, room: usize, stage: &mut Stage) -> Result<Answer, Down> {
        let mut at = url.clone();
        for _ in 0..=REDIRECTS_MAX {
            // What proves who we are is for the host that was configured and for no other.
            let same = at.host_str() == url.host_str()
                && at.port_or_known_default() == url.port_or_known_default()
                && (at.scheme() == url.scheme() || at.scheme() == "https");
            let request = self.request(&at, timeout, same)?;
            let address = authority(&at);
            let response = self.client.request(request).await.map_err(|error| Down::of_http(&error, &address))?;
            if let Some(next) = self.redirect(&response, &at)? {
                at = next;
                continue;
            }
            if response.status() != StatusCode::OK {
                return Err(status(response.status()));
            }
            stage.what = "reading the answer";
            return self.read(response, &address, room, stage).await;
        }
        Err(Down::new("redirects", format!("more than {REDIRECTS_MAX} redirects")))
    }

    fn redirect(&self, response: &Response<Incoming>, at: &Url) -> Result<Option<Url>, Down> {
        if !self.http.redirects || !matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308) {
            return Ok(None);
        }
        let place = response.headers().get(header::LOCATION).and_then(|place| place.to_str().ok());
        let next = place.and_then(|place| at.join(place).ok()).filter(|next| matches!(next.scheme(), "http" | "https") && next.has_host());
        next.map(Some).ok_or_else(|| Down::new("redirects", format!("HTTP {} that leads nowhere", response.status().as_u16())))
    }

    fn request(&self, url: &Url, timeout: Duration, proven: bool) -> Result<Request<Empty<Bytes>>, Down> {
        let wrong = |what: &str| Down::new("request", format!("{what} cannot be sent in a header of HTTP"));
        let mut request = Request::new(Empty::new());
        *request.uri_mut() = url.as_str().parse().map_err(|_| Down::new("request", "the target's address is no URL"))?;
        let headers = request.headers_mut();
        headers.insert(header::ACCEPT, HeaderValue::from_str(&self.accept).map_err(|_| wrong("scrape_protocols"))?);
        headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static(if self.compression { "gzip" } else { "identity" }));
        headers.insert(header::USER_AGENT, HeaderValue::from_static(USER_AGENT));
        let secs = HeaderValue::from_str(&timeout.as_secs_f64().to_string()).map_err(|_| wrong("scrape_timeout"))?;
        headers.insert("x-prometheus-scrape-timeout-seconds", secs);
        if proven {
            proof::prove(&self.http, headers)?;
        }
        Ok(request)
    }

    async fn read(&self, response: Response<Incoming>, address: &str, room: usize, stage: &mut Stage) -> Result<Answer, Down> {
        let content_type = response.headers().get(header::CONTENT_TYPE).and_then(|text| text.to_str().ok()).unwrap_or_default().to_owned();
        let limit = body::Limit { bytes: self.body_bytes_max, name: "body_size_limit" };
        let body = body::read(response, address, limit, room, |bytes| stage.bytes = bytes).await?;
        Ok(Answer { content_type, body })
    }
}

/// How far an answer has come.
struct Stage {
    what: &'static str,
    bytes: usize,
}

/// Host and port of an address, without what may be secret in it.
pub(crate) fn authority(url: &Url) -> String {
    url[url::Position::BeforeHost..url::Position::AfterPort].to_owned()
}

fn status(status: StatusCode) -> Down {
    let advice = match status.as_u16() {
        401 => "; the target wants to know who asks: set basic_auth or authorization",
        403 => "; the target does not let us: check basic_auth or authorization, and its own rules",
        404 => "; nothing is at this path: check metrics_path",
        500..=599 => "; see the target's own log",
        300..=399 => "; a redirect that follow_redirects does not let us follow",
        _ => "",
    };
    let reason = status.canonical_reason().map_or(String::new(), |reason| format!(" {reason}"));
    Down::new("status", format!("the target answered HTTP {}{reason}{advice}", status.as_u16()))
}

#[cfg(test)]
mod tests;
