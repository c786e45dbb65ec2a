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
    let span = tracing::info_span!("request", method = %request.method(), path = %shown(request.uri().path()), request_id = %id);
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

/// The path as it may be logged: an address that is itself the secret (a calendar feed, a heartbeat, a receipt) ends in hex
/// digits that no id of ours has.
fn shown(path: &str) -> String {
    let secret = |part: &str| {
        let digits = part.split('.').next().unwrap_or_default();
        digits.len() >= SECRET_CHARS && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
    };
    path.split('/').map(|part| if secret(part) { "…" } else { part }).collect::<Vec<_>>().join("/")
}

/// So many hex digits in a row are a secret; an id has dashes.
const SECRET_CHARS: usize = 40;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_that_is_a_secret_is_not_logged() {
        let secret = "0123456789abcdef".repeat(3);
        assert_eq!(shown(&format!("/api/v1/heartbeats/ping/{secret}/start")), "/api/v1/heartbeats/ping/…/start");
        assert_eq!(shown(&format!("/api/v1/on-call/feeds/{secret}.ics")), "/api/v1/on-call/feeds/…");
        let id = "/api/v1/incidents/01a2018b-81f9-7d86-8ea3-4e8dfeda79eb";
        assert_eq!(shown(id), id);
    }
}
