//! Reports: `…/heartbeats/ping/{token}`, `/start`, `/fail`, or an exit code. The address is the proof; it needs no session.

use axum::{
    body::Bytes,
    extract::{FromRequest, Request, State},
};
use evenkeel_api::{ApiResult, Path, Problem, Refusals, Routes, extract::too_large_or_torn, routes};
use evenkeel_core::ErrorCode;

use super::{
    Heartbeats,
    intake::unknown,
    machine::Signal,
    store::{TOKEN_CHARS, digest},
    table,
};

/// Where addresses begin.
pub const PATH: &str = "/api/v1/heartbeats/ping/";
/// Of what a report says so much is kept, bytes: the end, where the error stands.
pub(super) const BODY_BYTES_MAX: usize = 10 << 10;

pub(super) fn router(state: Heartbeats) -> Routes {
    Routes::new()
        .routes(routes!(heartbeat_ping, heartbeat_ping_get))
        .routes(routes!(heartbeat_signal, heartbeat_signal_get))
        .with_state(state)
}

/// What a report says, by the last part of its address.
fn signal(word: &str) -> Option<Signal> {
    match word {
        "start" => Some(Signal::Start),
        "fail" => Some(Signal::Fail(None)),
        code => match code.parse().ok()? {
            0 => Some(Signal::Good),
            code => Some(Signal::Fail(Some(code))),
        },
    }
}

/// What a report says beside; over the server's limit it is refused as any body is.
struct Said(Bytes);

impl<S: Send + Sync> FromRequest<S> for Said {
    type Rejection = Problem;
    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        Bytes::from_request(request, state).await.map(Self).map_err(|error| too_large_or_torn(&error))
    }
}

/// The end of a body as text.
pub(super) fn evidence(body: &[u8]) -> Option<String> {
    let cut = body.len().saturating_sub(BODY_BYTES_MAX);
    let tail = body.get(cut..).unwrap_or_default();
    // Not from the middle of a character on.
    let begin = if cut == 0 { 0 } else { tail.iter().take(3).take_while(|byte| (**byte & 0xc0) == 0x80).count() };
    // PostgreSQL keeps no NUL.
    let text = String::from_utf8_lossy(tail.get(begin..).unwrap_or_default()).replace('\0', "\u{fffd}");
    (!text.trim().is_empty()).then_some(text)
}

async fn take(state: &Heartbeats, token: &str, signal: Signal, body: &[u8]) -> ApiResult<&'static str> {
    if token.len() != TOKEN_CHARS {
        return Err(unknown().into());
    }
    let found = table::addressed(&mut state.kit.db.read().await?, &digest(token)).await?;
    let heartbeat = found.ok_or_else(unknown)?;
    if !state.shared.admits(heartbeat) {
        return Err(Problem::new(ErrorCode::RateLimited, "this heartbeat reports too often; once a second is enough"));
    }
    state.shared.take(heartbeat, signal, evidence(body)).await?;
    Ok("ok\n")
}

/// A report: all is well, or a run ended well. A body is kept as evidence, the last 10 KiB of it.
#[utoipa::path(post, path = "/api/v1/heartbeats/ping/{token}", tag = "heartbeat", security(()),
    params(("token" = String, Path, description = "The secret part of the address.")),
    request_body(content = String, content_type = "text/plain"),
    responses((status = 200, body = String, content_type = "text/plain"), Refusals))]
async fn heartbeat_ping(State(state): State<Heartbeats>, Path(token): Path<String>, Said(body): Said) -> ApiResult<&'static str> {
    take(&state, &token, Signal::Good, &body).await
}

/// The same without a body; `HEAD` too.
#[utoipa::path(get, path = "/api/v1/heartbeats/ping/{token}", tag = "heartbeat", security(()),
    params(("token" = String, Path, description = "The secret part of the address.")),
    responses((status = 200, body = String, content_type = "text/plain"), Refusals))]
async fn heartbeat_ping_get(State(state): State<Heartbeats>, Path(token): Path<String>) -> ApiResult<&'static str> {
    take(&state, &token, Signal::Good, &[]).await
}

/// A report: `start` of a run, `fail`, or the exit code of what ended; 0 is well.
#[utoipa::path(post, path = "/api/v1/heartbeats/ping/{token}/{signal}", tag = "heartbeat", security(()),
    params(("token" = String, Path, description = "The secret part of the address."), ("signal" = String, Path, description = "`start`, `fail`, or 0 to 255.")),
    request_body(content = String, content_type = "text/plain"),
    responses((status = 200, body = String, content_type = "text/plain"), Refusals))]
async fn heartbeat_signal(
    State(state): State<Heartbeats>,
    Path((token, word)): Path<(String, String)>,
    Said(body): Said,
) -> ApiResult<&'static str> {
    let signal = signal(&word).ok_or_else(unknown)?;
    take(&state, &token, signal, &body).await
}

/// The same without a body; `HEAD` too.
#[utoipa::path(get, path = "/api/v1/heartbeats/ping/{token}/{signal}", tag = "heartbeat", security(()),
    params(("token" = String, Path, description = "The secret part of the address."), ("signal" = String, Path, description = "`start`, `fail`, or 0 to 255.")),
    responses((status = 200, body = String, content_type = "text/plain"), Refusals))]
async fn heartbeat_signal_get(State(state): State<Heartbeats>, Path((token, word)): Path<(String, String)>) -> ApiResult<&'static str> {
    let signal = signal(&word).ok_or_else(unknown)?;
    take(&state, &token, signal, &[]).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_exit_codes_are_read() {
        assert_eq!(signal("start"), Some(Signal::Start));
        assert_eq!(signal("fail"), Some(Signal::Fail(None)));
        assert_eq!(signal("0"), Some(Signal::Good));
        assert_eq!(signal("255"), Some(Signal::Fail(Some(255))));
        for nonsense in ["256", "-1", "", "stop", "1.0"] {
            assert_eq!(signal(nonsense), None, "{nonsense}");
        }
    }

    #[test]
    fn of_a_long_body_the_end_is_kept_in_whole_characters() {
        let long = "坏".repeat(10_000) + "last words";
        let kept = evidence(long.as_bytes()).unwrap_or_default();
        assert!(kept.len() <= BODY_BYTES_MAX && kept.ends_with("last words") && !kept.contains('\u{fffd}'));
        assert_eq!(evidence(b" \n"), None);
        assert_eq!(evidence(b"a\0b").as_deref(), Some("a\u{fffd}b"));
        assert_eq!(evidence(&[0xff, b'x']).as_deref(), Some("\u{fffd}x"));
    }
}
