//! What goes wrong with the other engine, as our own API says it.

use evenkeel_tsdb::promql::QueryError;
use http::StatusCode;

use crate::{metric::BackendError, probe::look::clean, scrape::ask::Down};

/// Bytes of an engine's own words at most.
const WORDS_BYTES_MAX: usize = 2_000;

fn words(text: &str) -> String {
    clean(&text[..text.floor_char_boundary(WORDS_BYTES_MAX)])
}

/// There is no whole answer.
pub fn unreachable(who: &str, down: &Down) -> BackendError {
    match down.code {
        "timeout" => BackendError::Query(QueryError::TimedOut),
        "body_size_limit" => BackendError::Query(QueryError::Evaluation(format!("{who}: {down}"))),
        "file" | "request" | "certificate" | "tls" => BackendError::Failed(format!("{who}: {down}")),
        _ => BackendError::Away(format!("{who} cannot be asked: {down}. Rules and objectives go on with our own store")),
    }
}

/// It says no.
pub fn refused(who: &str, status: StatusCode, kind: &str, text: &str) -> BackendError {
    let text = words(text.trim());
    match (kind, status.as_u16()) {
        ("timeout", _) => BackendError::Query(QueryError::TimedOut),
        ("canceled", _) => BackendError::Query(QueryError::Cancelled),
        ("execution" | "too_many_series", _) | (_, 422) => BackendError::Query(QueryError::Evaluation(text)),
        ("bad_data", _) | (_, 400) => BackendError::Unreadable(text),
        (_, 401 | 403) => BackendError::Failed(format!(
            "{who} does not let us ask (HTTP {status}): check basic_auth, authorization and tenant in the file of --metric-remote"
        )),
        (_, 404) => BackendError::Failed(format!(
            "{who} has nothing at this path (HTTP {status}): query_url ends before /api/v1; see the addresses of engines in the documentation"
        )),
        (_, 429) => BackendError::Busy(format!("{who} has too much to do (HTTP {status}): ask again later. {text}")),
        (_, 500..) => BackendError::Away(format!("{who} cannot answer (HTTP {status}): {text}; see its own log")),
        _ => BackendError::Failed(format!("{who} answered HTTP {status}: {text}")),
    }
}

/// It says something that nobody understands.
pub fn nonsense(who: &str, what: &str) -> BackendError {
    BackendError::Failed(format!("{who} gave an answer that is none of Prometheus' API ({}): is query_url right?", words(what)))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn what_the_engine_says_is_what_our_api_says() {
        let told = |status: u16, kind: &str| refused("Mimir at http://m", StatusCode::from_u16(status).unwrap(), kind, "words");
        assert!(matches!(told(400, "bad_data"), BackendError::Unreadable(text) if text == "words"));
        assert!(matches!(told(422, "execution"), BackendError::Query(QueryError::Evaluation(_))));
        // As VictoriaMetrics has it.
        assert!(matches!(told(422, "422"), BackendError::Query(QueryError::Evaluation(_))));
        assert!(matches!(told(503, "timeout"), BackendError::Query(QueryError::TimedOut)));
        assert!(matches!(told(401, ""), BackendError::Failed(text) if text.contains("basic_auth")));
        assert!(matches!(told(404, ""), BackendError::Failed(text) if text.contains("query_url")));
        assert!(matches!(told(429, ""), BackendError::Busy(_)));
        assert!(matches!(told(502, ""), BackendError::Away(text) if text.contains("Mimir at http://m")));
    }
}
