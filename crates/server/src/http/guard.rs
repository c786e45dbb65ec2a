//! What holds for every answer: headers, limits, panics.

use std::any::Any;

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use evenkeel_api::Problem;
use evenkeel_core::ErrorCode;
use evenkeel_manage::attachment::FILE_BYTES_MAX;
use evenkeel_observe::metric::api::WRITE_PATHS;
use http::{HeaderValue, header};

use crate::app::App;

/// Scripts and styles are ours alone; the console's component library writes style elements, hence `unsafe-inline` there.
const CONTENT_POLICY: &str = "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; \
font-src 'self' data:; connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// Middleware: security headers. A handler that sets one of its own keeps it.
pub(super) async fn headers(State(app): State<App>, request: Request, next: Next) -> Response {
    let is_api = ["/api/", "/prometheus/", "/otlp/", "/alertmanager/"].iter().any(|prefix| request.uri().path().starts_with(prefix));
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    let mut put = |name, value: &'static str| {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    };
    put(header::CONTENT_SECURITY_POLICY, CONTENT_POLICY);
    put(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    put(header::X_FRAME_OPTIONS, "DENY");
    put(header::REFERRER_POLICY, "same-origin");
    put(http::HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    put(http::HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
    put(http::HeaderName::from_static("permissions-policy"), "camera=(), microphone=(), geolocation=(), payment=(), usb=()");
    if is_api {
        put(header::CACHE_CONTROL, "no-store");
    }
    if app.settings.public_url.starts_with("https://") {
        put(header::STRICT_TRANSPORT_SECURITY, "max-age=31536000");
    }
    response
}

/// Middleware: a body that says it is over the limit is refused before a byte of it is read; one that does not say so is
/// cut off by the extractors' limit.
pub(super) async fn body_limit(State(app): State<App>, request: Request, next: Next) -> Response {
    let declared =
        request.headers().get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()).and_then(|text| text.parse::<u64>().ok());
    let (limit, flag) = if WRITE_PATHS.contains(&request.uri().path()) {
        (app.settings.metric.write_limit_bytes, "--metric-write-limit-bytes")
    } else if request.uri().path().ends_with("/attachments") {
        // A file has a bound of its own, which no flag moves; `--body-limit-bytes` never makes it smaller than other bodies.
        (FILE_BYTES_MAX.max(app.settings.body_limit_bytes), "--body-limit-bytes")
    } else {
        (app.settings.body_limit_bytes, "--body-limit-bytes")
    };
    let limit = u64::try_from(limit).unwrap_or(u64::MAX);
    match declared {
        Some(bytes) if bytes > limit => {
            Problem::new(ErrorCode::TooLarge, format!("the body has {bytes} bytes; this server takes at most {limit}. Nothing was saved. Send less at once, or start it with a larger {flag}"))
                .into_response()
        }
        _ => next.run(request).await,
    }
}

/// Middleware: what takes too long is given up. The stream of changes answers its head at once and lives on.
pub(super) async fn time_limit(State(app): State<App>, request: Request, next: Next) -> Response {
    let limit = app.settings.request_timeout;
    match tokio::time::timeout(limit, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Problem::new(
            ErrorCode::TimedOut,
            format!("no answer within {} seconds; a write may or may not have been saved: look before you repeat it", limit.as_secs()),
        )
        .into_response(),
    }
}

/// A panic is a defect of ours: logged with its words, answered without them.
#[allow(clippy::needless_pass_by_value, reason = "the layer hands the box over")]
pub(super) fn panicked(panic: Box<dyn Any + Send + 'static>) -> Response {
    let words = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("a panic without words");
    tracing::error!(panic = words, request_id = %evenkeel_api::request_id::current(), "a handler panicked");
    Problem::new(ErrorCode::Internal, "something broke on our side; the log has the details under this request id").into_response()
}
