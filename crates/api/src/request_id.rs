//! One id per request: in the answer's header, in every problem and in the log.

use axum::{extract::Request, middleware::Next, response::Response};
use http::{HeaderName, HeaderValue};
use tracing::Instrument as _;

use crate::Kit;

/// The header it travels in, both ways.
pub const HEADER: HeaderName = HeaderName::from_static("x-request-id");

tokio::task_local! {
    static CURRENT: String;
}

/// The id of the request that this task serves; empty outside of one.
pub fn current() -> String {
    CURRENT.try_with(Clone::clone).unwrap_or_default()
}

/// Middleware: takes the caller's id when it is a plain short word, else makes one.
pub async fn layer(axum::extract::State(kit): axum::extract::State<Kit>, request: Request, next: Next) -> Response {
    let id = request
        .headers()
        .get(&HEADER)
        .and_then(|value| value.to_str().ok())
        .filter(|text| is_plain(text))
        .map_or_else(|| fresh(&kit), ToOwned::to_owned);
    let span = tracing::info_span!("request", method = %request.method(), path = %request.uri().path(), request_id = %id);
    let mut response = CURRENT.scope(id.clone(), next.run(request)).instrument(span).await;
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(HEADER, value);
    }
    response
}

/// Whether a caller's id can go into a log line as it is.
fn is_plain(text: &str) -> bool {
    (8..=64).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
}

fn fresh(kit: &Kit) -> String {
    let mut bytes = [0u8; 10];
    kit.rng.fill(&mut bytes);
    hex::encode(bytes)
}
