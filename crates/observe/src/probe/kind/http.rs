//! HTTP and HTTPS looks, over one fresh HTTP/1.1 connection for each hop, so that every phase can be timed.

use std::{
    borrow::Cow,
    io::{self, Read as _},
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
    cookie::Jar,
    expect::{self, Answer},
    fill, trust,
};
use crate::probe::{
    look::{Code, Fault, Trace},
    model::HttpCheck,
};

/// Bytes of status line and headers at most.
const HEAD_BYTES_MAX: usize = 64 << 10;
/// The metric of a look's phases.
pub(super) const PHASES: &str = "probe_http_duration_seconds";
pub(super) const USER_AGENT: &str = concat!("Evenkeel/", env!("CARGO_PKG_VERSION"));

/// What is sent, and how: a check whose references are filled in.
pub(super) struct Ask<'a> {
    /// The request and what its answer must be.
    pub check: Cow<'a, HttpCheck>,
    /// Headers that go to the origin alone that they were written for.
    pub bound: Vec<String>,
    /// The body is for that origin alone.
    pub is_body_bound: bool,
    /// The header of basic authentication; for that origin alone.
    pub basic: Option<HeaderValue>,
    /// Cookies, where they are kept.
    pub jar: Option<Jar>,
    /// Keep the body, whatever the check asks about it.
    pub keeps_body: bool,
}

/// Looks once.
pub(super) async fn look(prober: &Prober, check: &HttpCheck, trace: &mut Trace) -> Result<Cow<'static, str>, Fault> {
    let mut ask = fill::plain(prober, check, trace)?;
    let answer = fetch(prober, &mut ask, trace).await?;
    judge(prober, &ask.check, &answer, trace)
}

/// Whether the answer is as it should be.
pub(super) fn judge(prober: &Prober, check: &HttpCheck, answer: &Answer, trace: &mut Trace) -> Result<Cow<'static, str>, Fault> {
    let left = expiry(trace).map(|expiry| (expiry - prober.clock.now().as_second()).div_euclid(86_400));
    expect::judge(check, answer, trace, left, &prober.patterns)
}

/// Asks, following redirects as far as allowed.
pub(super) async fn fetch(prober: &Prober, ask: &mut Ask<'_>, trace: &mut Trace) -> Result<Answer, Fault> {
    let parsed = |text: &str| Url::parse(text).map_err(|error| Fault::new(Code::Protocol, format!("{text}: {error}")));
    let first = parsed(&ask.check.url)?;
    let mut url = first.clone();
    let mut method = Method::from_bytes(ask.check.method.as_bytes()).map_err(|error| Fault::new(Code::Protocol, error.to_string()))?;
    let mut passed: Vec<Url> = Vec::new();
    let mut hops = 0_u8;
    loop {
        let answer = hop(prober, ask, (&url, url.origin() == first.origin()), &method, hops, trace).await?;
        let Some(next) = &answer.location else {
            trace.set("probe_http_redirects", f64::from(hops));
            return Ok(answer);
        };
        hops += 1;
        trace.set("probe_http_redirects", f64::from(hops));
        let from = url.clone();
        url = url
            .join(next)
            .ok()
            .filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
            .ok_or_else(|| Fault::new(Code::Redirects, format!("redirect to {next}")))?;
        if hops > ask.check.redirects {
            let circle = if passed.contains(&url) { ", going round in a circle" } else { "" };
            return Err(Fault::new(Code::Redirects, format!("more than {} redirects{circle}, last to {next}", ask.check.redirects)));
        }
        passed.push(from);
        // RFC 9110, 15.4: after 301, 302 and 303 clients ask again with GET.
        if !matches!(answer.status.as_u16(), 307 | 308) && method != Method::HEAD {
            method = Method::GET;
        }
        if ask.is_body_bound && method != Method::GET && url.origin() != first.origin() {
            return Err(Fault::new(Code::Redirects, format!("redirect to {next}: the body holds a secret, which goes to no other host")));
        }
    }
}

async fn hop(
    prober: &Prober,
    ask: &mut Ask<'_>,
    (url, at_home): (&Url, bool),
    method: &Method,
    hops: u8,
    trace: &mut Trace,
) -> Result<Answer, Fault> {
    let host = url.host_str().unwrap_or_default();
    // The URL type writes IPv6 hosts in brackets.
    let host = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(host);
    let port = url.port_or_known_default().unwrap_or(80);
    let secure = url.scheme() == "https";
    let request = request(ask, (url, at_home), method, hops)?;

    let begun = Instant::now();
    let ip = prober.net.resolve(host, trace).await?;
    phase(trace, "resolve", begun);
    let begun = Instant::now();
    let stream = prober.net.connect(ip, port, trace).await?;
    phase(trace, "connect", begun);
    trace.set("probe_http_ssl", if secure { 1.0 } else { 0.0 });
    let mut answer = if secure {
        // Boxed: a look without TLS does not carry the room for it.
        Box::pin(exchange_tls(prober, ask, host, stream, request, trace)).await?
    } else {
        exchange(Unshut(stream), request, ask, trace).await?
    };
    answer.is_secure = secure;
    if let Some(jar) = &mut ask.jar {
        jar.take(url, &answer.headers, prober.clock.now());
    }
    Ok(answer)
}

async fn exchange_tls(
    prober: &Prober,
    ask: &Ask<'_>,
    host: &str,
    stream: TcpStream,
    request: Request<Full<Bytes>>,
    trace: &mut Trace,
) -> Result<Answer, Fault> {
    trace.step = "tls";
    let begun = Instant::now();
    let terms = ask.check.tls.as_ref();
    let host = terms.and_then(|terms| terms.server_name.as_deref()).unwrap_or(host);
    let name =
        ServerName::try_from(host.to_owned()).map_err(|error| Fault::new(Code::Tls, format!("{host} is no name for TLS: {error}")))?;
    let config = match terms {
        None => prober.trust.config(ask.check.insecure)?,
        Some(terms) => prober.trust.by_terms(terms, &[b"http/1.1"], &prober.secrets, &mut trace.secrets)?.0,
    };
    let connector = tokio_rustls::TlsConnector::from(config);
    let stream = connector.connect(name, stream).await.map_err(|error| trust::handshake_fault(&error))?;
    phase(trace, "tls", begun);
    let (_, session) = stream.get_ref();
    trust::note(trace, session.peer_certificates().unwrap_or_default(), session.protocol_version());
    exchange(stream, request, ask, trace).await
}

fn phase(trace: &mut Trace, name: &'static str, begun: Instant) {
    trace.add_with(PHASES, ("phase", name), begun.elapsed().as_secs_f64());
}

fn request(ask: &Ask<'_>, (url, at_home): (&Url, bool), method: &Method, hops: u8) -> Result<Request<Full<Bytes>>, Fault> {
    let refused = |error: http::Error| Fault::new(Code::Protocol, error.to_string());
    let check = &ask.check;
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
    if let Some(compression) = check.compression {
        headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static(compression.as_str()));
    }
    if let Some(cookies) = ask.jar.as_ref().and_then(|jar| jar.header(url)) {
        headers.insert(header::COOKIE, cookies);
    }
    if let Some(basic) = ask.basic.as_ref().filter(|_| at_home) {
        headers.insert(header::AUTHORIZATION, basic.clone());
    }
    for (name, value) in &check.headers {
        // A host header given by hand is for the first hop alone, and a credential for whom it was meant for.
        if (hops > 0 && name.eq_ignore_ascii_case("host")) || (!at_home && ask.bound.contains(name)) {
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

async fn exchange<S>(stream: S, request: Request<Full<Bytes>>, ask: &Ask<'_>, trace: &mut Trace) -> Result<Answer, Fault>
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
        let answer = read(response, ask, trace).await;
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

async fn read(response: Response<Incoming>, ask: &Ask<'_>, trace: &mut Trace) -> Result<Answer, Fault> {
    let check = &ask.check;
    let status = response.status();
    trace.set("probe_http_status_code", f64::from(status.as_u16()));
    trace.set("probe_http_version", version(response.version()));
    trace.set("probe_http_content_length", content_length(response.headers()));
    let redirected = check.redirects > 0 && matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308);
    let location =
        response.headers().get(header::LOCATION).filter(|_| redirected).and_then(|location| location.to_str().ok()).map(str::to_owned);
    let body = (ask.keeps_body || check.asks_body()).then(Vec::new);
    let headers = response.headers().clone();
    let mut answer = Answer { status, headers, location, bytes: 0, body, is_cut: false, is_secure: false };
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
    if check.compression.is_some() {
        expand(&mut answer, check.body_bytes_max)?;
    }
    trace.set("probe_failed_due_to_regex", 0.0);
    #[allow(clippy::cast_precision_loss)] // below 2^25
    trace.set("probe_http_uncompressed_body_length", answer.bytes as f64);
    Ok(answer)
}

/// What is in a compressed body, as far as it is read.
fn expand(answer: &mut Answer, bytes_max: usize) -> Result<(), Fault> {
    let Some(packed) = &answer.body else { return Ok(()) };
    let mut out = Vec::new();
    let limit = bytes_max as u64;
    let read = match answer.headers.get(header::CONTENT_ENCODING).map(HeaderValue::as_bytes) {
        Some(b"gzip") => flate2::read::GzDecoder::new(packed.as_slice()).take(limit).read_to_end(&mut out),
        Some(b"deflate") => flate2::read::ZlibDecoder::new(packed.as_slice()).take(limit).read_to_end(&mut out),
        _ => return Ok(()),
    };
    // Of a body that was cut the beginning can be read all the same.
    if let Err(error) = read
        && !answer.is_cut
    {
        return Err(Fault::new(Code::Protocol, format!("the body is not compressed as its header says: {error}")));
    }
    answer.is_cut |= out.len() >= bytes_max;
    answer.bytes = out.len();
    answer.body = Some(out);
    Ok(())
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
