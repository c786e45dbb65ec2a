//! HTTP with the other engine: bounded, and what goes wrong is told with the engine, the address and what to do.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use evenkeel_tsdb::remote::Version;
use http::{HeaderValue, Method, Request, StatusCode, header};
use http_body_util::Full;
use hyper_util::{
    client::legacy::Client as Hyper,
    rt::{TokioExecutor, TokioTimer},
};
use url::Url;

use super::RemoteOptions;
use crate::{
    probe::kind::net::Net,
    scrape::{
        ask::{Connector, Down, HEAD_BYTES_MAX, Tls, USER_AGENT, authority, body, prove},
        config::units::duration_text,
    },
};

/// A connection that nobody used for so long is closed.
const IDLE: Duration = Duration::from_mins(1);
/// Bytes that are read of an answer to samples: an error's text.
const REFUSAL_BYTES_MAX: u64 = 64 << 10;

/// Who talks to the engine.
pub struct Client {
    /// Where and how.
    pub options: RemoteOptions,
    http: Hyper<Connector, Full<Bytes>>,
}

/// An answer as it came.
#[derive(Debug)]
pub struct Reply {
    /// HTTP's.
    pub status: StatusCode,
    /// Seconds after which to come again, when it says so.
    pub retry_after: Option<Duration>,
    /// Unpacked.
    pub body: Vec<u8>,
}

impl Client {
    /// Nothing is opened before the first question.
    pub fn new(options: RemoteOptions, net: Arc<Net>) -> Self {
        let http = Hyper::builder(TokioExecutor::new())
            .pool_idle_timeout(IDLE)
            .pool_timer(TokioTimer::new())
            .http1_max_buf_size(HEAD_BYTES_MAX)
            .build(Connector::new(net, Tls::new(options.http.tls.clone())));
        Self { options, http }
    }

    /// Asks a path below `/api/v1/`: with parameters in the body, or in the address where the API takes no body.
    ///
    /// # Errors
    /// Why there is no whole answer; an answer that says no is one.
    pub async fn ask(&self, path: &str, params: &[(&str, String)], by: Method, timeout: Duration) -> Result<Reply, Down> {
        let mut url = self.options.query_url.clone();
        url.set_path(&format!("{}/api/v1/{path}", url.path().trim_end_matches('/')));
        let form = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(params).finish();
        let body = if by == Method::GET {
            url.set_query(Some(&form));
            Bytes::new()
        } else {
            Bytes::from(form)
        };
        let mut request = request(&url, by, body)?;
        let headers = request.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"));
        headers.insert(header::ACCEPT, HeaderValue::from_static("application/json"));
        headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static("gzip"));
        let limit = body::Limit { bytes: self.options.answer_bytes_max, name: "answer_size_limit; ask for less, or raise it" };
        self.exchange(request, &url, limit, timeout.min(self.options.query_timeout), "query_timeout").await
    }

    /// Sends samples that are encoded already.
    ///
    /// # Errors
    /// Why there is no whole answer; an answer that says no is one.
    pub async fn send(&self, samples: Bytes) -> Result<Reply, Down> {
        let url = self.options.write_url.clone();
        let mut request = request(&url, Method::POST, samples)?;
        let headers = request.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(Version::V1.content_type()));
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("snappy"));
        headers.insert("x-prometheus-remote-write-version", HeaderValue::from_static(Version::V1.header()));
        let limit = body::Limit { bytes: REFUSAL_BYTES_MAX, name: "what an answer to samples may have" };
        self.exchange(request, &url, limit, self.options.write_timeout, "write_timeout").await
    }

    async fn exchange(
        &self,
        mut request: Request<Full<Bytes>>,
        url: &Url,
        limit: body::Limit,
        timeout: Duration,
        timeout_name: &str,
    ) -> Result<Reply, Down> {
        prove(&self.options.http, request.headers_mut())?;
        let address = authority(url);
        let done = tokio::time::timeout(timeout, async {
            let response = self.http.request(request).await.map_err(|error| Down::of_http(&error, &address))?;
            let status = response.status();
            let after = response.headers().get(header::RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse().ok());
            let body = body::read(response, &address, limit, 0, |_| {}).await?;
            Ok(Reply { status, retry_after: after.map(Duration::from_secs), body })
        });
        done.await.unwrap_or_else(|_| {
            let text = format!("no answer within {} ({timeout_name}); is it overloaded, or the limit short?", duration_text(timeout));
            Err(Down::new("timeout", text))
        })
    }

    /// Which engine, where: how every error begins.
    pub fn who(&self, url: &Url) -> String {
        format!("{} at {url}", self.options.engine.name())
    }
}

fn request(url: &Url, method: Method, body: Bytes) -> Result<Request<Full<Bytes>>, Down> {
    let mut request = Request::new(Full::new(body));
    *request.method_mut() = method;
    *request.uri_mut() = url.as_str().parse().map_err(|_| Down::new("request", "the address is no URL"))?;
    request.headers_mut().insert(header::USER_AGENT, HeaderValue::from_static(USER_AGENT));
    Ok(request)
}
