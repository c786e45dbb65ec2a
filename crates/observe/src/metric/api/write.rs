//! Samples that others send: remote-write 1.0 and 2.0, and OTLP over HTTP.
//!
//! What can be taken is taken. Samples that cannot be are named in the answer (400, or OTLP's partial success): sending
//! them again would not help. When there is no room on the disk nothing is taken and the answer is 503: senders keep the
//! request and come again.

use std::io::Read as _;

use axum::{
    body::Bytes,
    extract::{FromRequest as _, Request, State},
    response::{IntoResponse as _, Response},
};
use evenkeel_api::{Caller, Permission, extract::too_large_or_torn};
use evenkeel_tsdb::{batch::Batch, otlp, remote, store::Taken};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use tokio::sync::OwnedSemaphorePermit;

use super::{ApiError, ErrorType, PromRefusals, Refused};
use crate::metric::{BackendError, Metrics};

/// Bytes of an OTLP body at most, once it is unpacked.
const OTLP_BYTES_MAX: u64 = 64 << 20;

/// A body with its headers, and the place it takes.
struct Received {
    headers: HeaderMap,
    body: Bytes,
    /// Given back when the request is answered.
    _place: OwnedSemaphorePermit,
}

impl Received {
    /// A header's text; empty when it is not there.
    fn header(&self, name: header::HeaderName) -> String {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned()
    }
}

/// Reads a body once there is a place for it: what waits costs no memory.
async fn receive(metrics: &Metrics, request: Request) -> Result<Received, Refused> {
    let place = metrics.writing.clone().acquire_owned().await;
    let place = place.map_err(|_| ApiError::new(ErrorType::Unavailable, "the server is stopping"))?;
    let headers = request.headers().clone();
    let body = Bytes::from_request(request, &()).await.map_err(|error| too_large_or_torn(&error))?;
    Ok(Received { headers, body, _place: place })
}

/// Runs a decoder on a thread for work that takes a while.
async fn decoded<T: Send + 'static>(decode: impl FnOnce() -> T + Send + 'static) -> Result<T, Refused> {
    let done = tokio::task::spawn_blocking(decode).await;
    Ok(done.map_err(|error| BackendError::Failed(format!("the request could not be read: {error}")))?)
}

fn words(status: StatusCode, text: &str) -> Response {
    (status, [(header::CONTENT_TYPE, "text/plain; charset=utf-8")], format!("{text}\n")).into_response()
}

/// What was turned away, in one text: how many for each reason, and the first of them by name.
fn refusals(taken: &Taken) -> String {
    let reasons: Vec<String> = taken.reasons().map(|(why, count)| format!("{count} {}", why.code())).collect();
    let named: Vec<String> = taken.named.iter().map(ToString::to_string).collect();
    format!("{} samples were not taken ({}), the others were. {}", taken.refused(), reasons.join(", "), named.join("; "))
}

fn put(response: &mut Response, name: &'static str, count: usize) {
    if let Ok(value) = HeaderValue::from_str(&count.to_string()) {
        response.headers_mut().insert(name, value);
    }
}

/// How much of a request was written, as 2.0 wants it said in every answer.
fn written(mut response: Response, samples: usize, histograms: usize) -> Response {
    put(&mut response, "x-prometheus-remote-write-samples-written", samples);
    put(&mut response, "x-prometheus-remote-write-histograms-written", histograms);
    // Exemplars are not kept.
    put(&mut response, "x-prometheus-remote-write-exemplars-written", 0);
    response
}

/// Takes samples by Prometheus' remote-write, 1.0 or 2.0 as its headers say: 204, or 400 with the samples that were refused.
#[utoipa::path(post, path = "/prometheus/api/v1/write", tag = "metric", request_body(content_type = "application/x-protobuf", content = Vec<u8>), responses((status = 204), PromRefusals))]
pub(super) async fn metric_write(State(metrics): State<Metrics>, caller: Caller, request: Request) -> Result<Response, Refused> {
    caller.require(Permission::MetricWrite)?;
    let received = receive(&metrics, request).await?;
    let version = match remote::Version::from_headers(&received.header(header::CONTENT_TYPE), &received.header(header::CONTENT_ENCODING)) {
        Ok(version) => version,
        Err(error) => return Ok(words(StatusCode::UNSUPPORTED_MEDIA_TYPE, &error.to_string())),
    };
    let body = received.body.clone();
    let read = decoded(move || {
        let mut batch = Batch::new();
        remote::decode(version, &body, &remote::Bounds::default(), &mut batch).map(|got| (batch, got))
    });
    let (batch, got) = match read.await? {
        Ok(read) => read,
        Err(error) => {
            let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::BAD_REQUEST);
            return Ok(written(words(status, &error.to_string()), 0, 0));
        }
    };
    let taken = metrics.backend.write(caller.tenant, batch).await?;
    let mut wrong = Vec::new();
    if taken.refused() > 0 {
        wrong.push(refusals(&taken));
    }
    if got.refused_series > 0 {
        wrong.push(format!("{} series cannot be and were left out, such as: {}", got.refused_series, got.reason.unwrap_or_default()));
    }
    let response =
        if wrong.is_empty() { StatusCode::NO_CONTENT.into_response() } else { words(StatusCode::BAD_REQUEST, &wrong.join(". ")) };
    Ok(written(response, taken.accepted - taken.histograms + taken.duplicate, taken.histograms))
}

/// The body of an OTLP request without its packing.
fn unpacked(body: &[u8], encoding: &str) -> Result<Vec<u8>, (StatusCode, String)> {
    let mut plain = Vec::new();
    match encoding {
        "identity" | "" => return Ok(body.to_vec()),
        "gzip" => {
            let mut reader = flate2::read::GzDecoder::new(body).take(OTLP_BYTES_MAX + 1);
            reader.read_to_end(&mut plain).map_err(|error| (StatusCode::BAD_REQUEST, format!("the body is not gzip: {error}")))?;
        }
        other => return Err((StatusCode::UNSUPPORTED_MEDIA_TYPE, format!("Content-Encoding {other:?} is not taken; send gzip or none"))),
    }
    if plain.len() as u64 > OTLP_BYTES_MAX {
        return Err((StatusCode::PAYLOAD_TOO_LARGE, format!("the body unpacks to more than {OTLP_BYTES_MAX} bytes; send less at once")));
    }
    Ok(plain)
}

async fn otlp_write(metrics: Metrics, caller: Caller, request: Request) -> Result<Response, Refused> {
    caller.require(Permission::MetricWrite)?;
    let received = receive(&metrics, request).await?;
    let Some(encoding) = otlp::Encoding::from_content_type(&received.header(header::CONTENT_TYPE)) else {
        let text = "send OTLP metrics as Content-Type application/x-protobuf or application/json";
        return Ok(words(StatusCode::UNSUPPORTED_MEDIA_TYPE, text));
    };
    let (body, packing) = (received.body.clone(), received.header(header::CONTENT_ENCODING));
    let read = decoded(move || {
        let plain = unpacked(&body, &packing)?;
        let mut batch = Batch::new();
        let got = otlp::decode(encoding, &plain, &otlp::Options::default(), &mut batch);
        got.map(|got| (batch, got))
            .map_err(|error| (StatusCode::from_u16(error.status()).unwrap_or(StatusCode::BAD_REQUEST), error.to_string()))
    });
    let (batch, mut got) = match read.await? {
        Ok(read) => read,
        Err((status, text)) => return Ok(words(status, &text)),
    };
    let taken = metrics.backend.write(caller.tenant, batch).await?;
    if taken.refused() > 0 {
        got.rejected += taken.refused();
        got.message = [got.message, refusals(&taken)].into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join("; ");
    }
    Ok(([(header::CONTENT_TYPE, encoding.content_type())], otlp::respond(encoding, &got)).into_response())
}

/// Takes metrics by OTLP over HTTP, as protobuf or JSON, plain or gzip.
#[utoipa::path(post, path = "/otlp/v1/metrics", tag = "metric", request_body(content_type = "application/x-protobuf", content = Vec<u8>), responses((status = 200), PromRefusals))]
pub(super) async fn metric_otlp(State(metrics): State<Metrics>, caller: Caller, request: Request) -> Result<Response, Refused> {
    otlp_write(metrics, caller, request).await
}

/// The same under the path that Prometheus has for it.
#[utoipa::path(post, path = "/prometheus/api/v1/otlp/v1/metrics", tag = "metric", request_body(content_type = "application/x-protobuf", content = Vec<u8>), responses((status = 200), PromRefusals))]
pub(super) async fn metric_otlp_prometheus(State(metrics): State<Metrics>, caller: Caller, request: Request) -> Result<Response, Refused> {
    otlp_write(metrics, caller, request).await
}
