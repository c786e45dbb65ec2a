//! HTTP and HTTPS looks, over one fresh HTTP/1.1 connection for each hop, so that every phase can be timed.

use std::{
    borrow::Cow,
    io,
    pin::{Pin, pin},
    task::{Context, Poll},
};

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, Request, Response, Uri, header};
use http_body_util::{BodyExt, Full};
use hyper::{body::Incoming, client::conn::http1};
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
    time::Instant,
};
use url::Url;

use super::{
    Prober,
    expect::{self, Answer},
    trust,
};
use crate::probe::{
    look::{Code, Fault, Trace},
    model::HttpCheck,
};

/// Bytes of status line and headers at most.
const HEAD_BYTES_MAX: usize = 64 << 10;
/// The metric of a look's phases.
pub(super) const PHASES: &str = "probe_http_duration_seconds";
const USER_AGENT: &str = concat!("Evenkeel/", env!("CARGO_PKG_VERSION"));

/// Looks once, following redirects as far as allowed.
pub(super) async fn look(prober: &Prober, check: &HttpCheck, trace: &mut Trace) -> Result<Cow<'static, str>, Fault> {
    let mut url = Url::parse(&check.url).map_err(|error| Fault::new(Code::Protocol, format!("{}: {error}", check.url)))?;
    let mut method = Method::from_bytes(check.method.as_bytes()).map_err(|error| Fault::new(Code::Protocol, error.to_string()))?;
    let mut hops = 0_u8;
    loop {
        let answer = hop(prober, check, &url, &method, hops, trace).await?;
        let Some(next) = answer.location else {
            trace.set("probe_http_redirects", f64::from(hops));
            let left = expiry(trace).map(|expiry| (expiry - prober.clock.now().as_second()).div_euclid(86_400));
            return expect::judge(check, &answer, trace, left);
        };
        hops += 1;
        trace.set("probe_http_redirects", f64::from(hops));
        if hops > check.redirects {
            return Err(Fault::new(Code::Redirects, format!("more than {} redirects, last to {next}", check.redirects)));
        }
        // RFC 9110, 15.4: after 301, 302 and 303 clients ask again with GET.
        if !matches!(answer.status.as_u16(), 307 | 308) && method != Method::HEAD {
            method = Method::GET;
        }
        url = url
            .join(&next)
            .ok()
            .filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
            .ok_or_else(|| Fault::new(Code::Redirects, format!("redirect to {next}")))?;
    }
}

async fn hop(prober: &Prober, check: &HttpCheck, url: &Url, method: &Method, hops: u8, trace: &mut Trace) -> Result<Answer, Fault> {
    let host = url.host_str().unwrap_or_default();
    // The URL type writes IPv6 hosts in brackets.
    let host = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(host);
    let port = url.port_or_known_default().unwrap_or(80);
    let secure = url.scheme() == "https";
    let request = request(check, url, method, hops)?;

    let begun = Instant::now();
    let ip = prober.net.resolve(host, trace).await?;
    phase(trace, "resolve", begun);
    let begun = Instant::now();
    let stream = prober.net.connect(ip, port, trace).await?;
    phase(trace, "connect", begun);
    trace.set("probe_http_ssl", if secure { 1.0 } else { 0.0 });
    if !secure {
        return exchange(Unshut(stream), request, check, trace).await;
    }
    // Boxed: a look without TLS does not carry the room for it.
    Box::pin(exchange_tls(prober, check, host, stream, request, trace)).await
}

async fn exchange_tls(
    prober: &Prober,
    check: &HttpCheck,
    host: &str,
    stream: TcpStream,
    request: Request<Full<Bytes>>,
    trace: &mut Trace,
) -> Result<Answer, Fault> {
    trace.step = "tls";
    let begun = Instant::now();
    let name =
        ServerName::try_from(host.to_owned()).map_err(|error| Fault::new(Code::Tls, format!("{host} is no name for TLS: {error}")))?;
    let connector = tokio_rustls::TlsConnector::from(prober.trust.config(check.insecure)?);
    let stream = connector.connect(name, stream).await.map_err(|error| trust::handshake_fault(&error))?;
    phase(trace, "tls", begun);
    let (_, session) = stream.get_ref();
    trust::note(trace, session.peer_certificates().unwrap_or_default(), session.protocol_version());
    exchange(stream, request, check, trace).await
}

fn phase(trace: &mut Trace, name: &'static str, begun: Instant) {
    trace.add_with(PHASES, ("phase", name), begun.elapsed().as_secs_f64());
}

fn request(check: &HttpCheck, url: &Url, method: &Method, hops: u8) -> Result<Request<Full<Bytes>>, Fault> {
    let refused = |error: http::Error| Fault::new(Code::Protocol, error.to_string());
    let path = match url.query() {
        Some(query) => Uri::try_from(format!("{}?{query}", url.path())),
        None => Uri::try_from(url.path()),
    };
    let keeps_body = hops == 0 || !matches!(*method, Method::GET | Method::HEAD);
    let body = check.body.as_ref().filter(|_| keeps_body).map_or_else(Bytes::new, |body| Bytes::copy_from_slice(body.as_bytes()));
    let mut request = Request::new(Full::new(body));
    *request.method_mut() = method.clone();
    *request.uri_mut() = path.map_err(|error| refused(error.into()))?;
    let headers = request.headers_mut();
    let authority = &url[url::Position::BeforeHost..url::Position::AfterPort];
    headers.insert(header::HOST, HeaderValue::from_str(authority).map_err(|error| refused(error.into()))?);
    headers.insert(header::USER_AGENT, HeaderValue::from_static(USER_AGENT));
    headers.insert(header::ACCEPT, HeaderValue::from_static("*/*"));
    // The other side closes first, so that waiting sockets (TIME_WAIT) do not pile up on ours.
    headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
    for (name, value) in &check.headers {
        // A host header given by hand is for the first hop alone.
        if hops > 0 && name.eq_ignore_ascii_case("host") {
            continue;
        }
        let name = header::HeaderName::from_bytes(name.as_bytes()).map_err(|error| refused(error.into()))?;
        headers.insert(name, HeaderValue::from_str(value).map_err(|error| refused(error.into()))?);
    }
    Ok(request)
}

/// A connection that is closed by being dropped: shutting it down first is one more system call, to the same effect.
struct Unshut(TcpStream);

impl AsyncRead for Unshut {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(context, buffer)
    }
}

impl AsyncWrite for Unshut {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(context, bytes)
    }
    fn poll_write_vectored(mut self: Pin<&mut Self>, context: &mut Context<'_>, parts: &[io::IoSlice<'_>]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write_vectored(context, parts)
    }
    fn is_write_vectored(&self) -> bool {
        self.0.is_write_vectored()
    }
    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(context)
    }
    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

async fn exchange<S>(stream: S, request: Request<Full<Bytes>>, check: &HttpCheck, trace: &mut Trace) -> Result<Answer, Fault>
where
    S: AsyncRead + AsyncWrite + Unpin + Send,
{
    trace.step = "processing";
    let (mut sender, connection) =
        http1::Builder::new().max_buf_size(HEAD_BYTES_MAX).handshake(TokioIo::new(stream)).await.map_err(|error| http_fault(&error))?;
    let talk = async {
        let begun = Instant::now();
        let response = sender.send_request(request).await.map_err(|error| http_fault(&error))?;
        phase(trace, "processing", begun);
        trace.step = "transfer";
        let begun = Instant::now();
        let answer = read(response, check, trace).await;
        phase(trace, "transfer", begun);
        answer
    };
    // Both run in this task: spawning the connection would cost as much as the look itself.
    let mut talk = pin!(talk);
    let mut connection = pin!(connection);
    let mut open = true;
    loop {
        tokio::select! {
            biased;
            answer = &mut talk => return answer,
            _ = &mut connection, if open => open = false,
        }
    }
}

async fn read(response: Response<Incoming>, check: &HttpCheck, trace: &mut Trace) -> Result<Answer, Fault> {
    let status = response.status();
    trace.set("probe_http_status_code", f64::from(status.as_u16()));
    trace.set("probe_http_version", version(response.version()));
    trace.set("probe_http_content_length", content_length(response.headers()));
    let redirected = check.redirects > 0 && matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308);
    let location =
        response.headers().get(header::LOCATION).filter(|_| redirected).and_then(|location| location.to_str().ok()).map(str::to_owned);
    let body = check.asks_body().then(Vec::new);
    let mut answer = Answer { status, headers: response.headers().clone(), location, bytes: 0, body, is_cut: false };
    if answer.location.is_some() {
        return Ok(answer);
    }
    let mut body = response.into_body();
    // Reading stops at the limit: what is not asked about the rest of a long answer cannot make a look fail.
    loop {
        answer.is_cut = answer.bytes >= check.body_bytes_max;
        if answer.is_cut {
            break;
        }
        let Some(frame) = body.frame().await else { break };
        let frame = frame.map_err(|error| http_fault(&error))?;
        let Ok(mut data) = frame.into_data() else { continue };
        data.truncate(check.body_bytes_max - answer.bytes);
        answer.bytes += data.len();
        if let Some(kept) = &mut answer.body {
            kept.extend_from_slice(&data);
        }
    }
    trace.set("probe_failed_due_to_regex", 0.0);
    #[allow(clippy::cast_precision_loss)] // below 2^25
    trace.set("probe_http_uncompressed_body_length", answer.bytes as f64);
    Ok(answer)
}

/// When the certificate that was shown last ends, unix seconds.
fn expiry(trace: &Trace) -> Option<i64> {
    let shown = trace.samples.iter().find(|sample| sample.metric == "probe_ssl_earliest_cert_expiry")?;
    #[allow(clippy::cast_possible_truncation, reason = "unix seconds")]
    Some(shown.value as i64)
}

pub(super) fn holds(text: &[u8], wanted: &[u8]) -> bool {
    let Some(first) = wanted.first() else { return true };
    let mut rest = text;
    while let Some(at) = rest.iter().position(|byte| byte == first) {
        rest = &rest[at..];
        if rest.starts_with(wanted) {
            return true;
        }
        rest = &rest[1..];
    }
    false
}

fn version(version: http::Version) -> f64 {
    if version == http::Version::HTTP_10 { 1.0 } else { 1.1 }
}

/// As announced; −1 when it was not, as `blackbox_exporter` gives it.
fn content_length(headers: &HeaderMap) -> f64 {
    headers
        .get(header::CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok())
        .and_then(|length| length.parse::<f64>().ok())
        .unwrap_or(-1.0)
}

fn http_fault(error: &hyper::Error) -> Fault {
    let source = std::error::Error::source(error);
    if let Some(io) = source.and_then(|source| source.downcast_ref::<std::io::Error>()) {
        return Fault::io(io, "HTTP");
    }
    let code =
        if error.is_incomplete_message() || error.is_closed() || error.is_canceled() { Code::ConnectionClosed } else { Code::Protocol };
    Fault::new(code, format!("HTTP: {error}"))
}
