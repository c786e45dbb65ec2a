//! Asking a target over HTTP/1.1: connections are kept, addresses are judged by the policy of probes, answers are bounded.

mod connect;
mod down;
mod tls;

use std::{io::Read as _, sync::Arc, time::Duration};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use bytes::Bytes;
use evenkeel_tsdb::exposition;
use flate2::read::MultiGzDecoder;
use http::{HeaderMap, HeaderName, HeaderValue, Request, Response, StatusCode, header};
use http_body_util::{BodyExt as _, Empty};
use hyper::body::Incoming;
use hyper_util::{
    client::legacy::Client,
    rt::{TokioExecutor, TokioTimer},
};
use url::Url;

pub use down::Down;
pub use tls::load;

use connect::Connector;

use super::config::{Ask, BODY_BYTES_MAX, HttpOptions, Proof, Protocol, Text, units::duration_text};
use crate::probe::kind::net::Net;

const USER_AGENT: &str = concat!("Evenkeel/", env!("CARGO_PKG_VERSION"));
/// Bytes of status line and headers at most.
const HEAD_BYTES_MAX: usize = 64 << 10;
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
            .build(Connector::new(net, tls::Tls::new(http.tls.clone())));
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
            self.prove(headers)?;
        }
        Ok(request)
    }

    fn prove(&self, headers: &mut HeaderMap) -> Result<(), Down> {
        let (text, what) = match &self.http.proof {
            None => (None, ""),
            Some(Proof::Basic { user, password }) => {
                let pair = format!("{}:{}", load(user, "username")?, load(password, "password")?);
                (Some(format!("Basic {}", BASE64_STANDARD.encode(pair))), "basic_auth")
            }
            Some(Proof::Other { scheme, credentials }) => {
                (Some(format!("{scheme} {}", load(credentials, "credentials")?)), "authorization")
            }
        };
        let value = |text: &str, what: &str| {
            let mut value = HeaderValue::from_str(text)
                .map_err(|_| Down::new("request", format!("{what} holds characters that no header may have")))?;
            value.set_sensitive(true);
            Ok::<_, Down>(value)
        };
        if let Some(text) = text {
            headers.insert(header::AUTHORIZATION, value(&text, what)?);
        }
        for (name, texts) in &self.http.headers {
            let known = HeaderName::from_bytes(name.as_bytes()).map_err(|_| Down::new("request", format!("{name} is no header")))?;
            for text in texts {
                let loaded: &Text = text;
                headers.append(known.clone(), value(&load(loaded, name)?, name)?);
            }
        }
        Ok(())
    }

    async fn read(&self, response: Response<Incoming>, address: &str, room: usize, stage: &mut Stage) -> Result<Answer, Down> {
        let header = |name: HeaderName| response.headers().get(name).and_then(|text| text.to_str().ok()).unwrap_or_default().to_owned();
        let content_type = header(header::CONTENT_TYPE);
        let encoding = header(header::CONTENT_ENCODING).to_ascii_lowercase();
        let packed = match encoding.as_str() {
            "" | "identity" => false,
            "gzip" | "x-gzip" => true,
            _ => return Err(Down::new("protocol", format!("the answer is encoded as {encoding:?}; only gzip is unpacked"))),
        };
        let too_large =
            || Down::new("body_size_limit", format!("the answer has more than {} bytes (body_size_limit)", self.body_bytes_max));
        let limit = usize::try_from(self.body_bytes_max).unwrap_or(usize::MAX);
        let mut body = response.into_body();
        let mut bytes: Vec<u8> = Vec::with_capacity(room.min(limit));
        while let Some(frame) = body.frame().await {
            let frame = frame.map_err(|error| Down::of_http(&error, address))?;
            let Ok(data) = frame.into_data() else { continue };
            if bytes.len() + data.len() > limit {
                return Err(too_large());
            }
            bytes.extend_from_slice(&data);
            stage.bytes = bytes.len();
        }
        if packed {
            let mut plain = Vec::with_capacity(bytes.len().saturating_mul(8).min(limit));
            let mut unpack = MultiGzDecoder::new(bytes.as_slice()).take(self.body_bytes_max + 1);
            unpack
                .read_to_end(&mut plain)
                .map_err(|error| Down::new("protocol", format!("the answer's gzip cannot be unpacked: {error}")))?;
            if plain.len() > limit {
                return Err(too_large());
            }
            bytes = plain;
        }
        Ok(Answer { content_type, body: bytes })
    }
}

/// How far an answer has come.
struct Stage {
    what: &'static str,
    bytes: usize,
}

fn authority(url: &Url) -> String {
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
