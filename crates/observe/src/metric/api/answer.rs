//! Answers, written piece by piece: a large result is never one text in memory, and goes out while it is written.

use std::convert::Infallible;

use axum::{
    body::{Body, Bytes},
    response::{IntoResponse as _, Response},
};
use evenkeel_tsdb::{
    promql::{QueryResult, Value},
    source::Labels,
};
use http::header;
use serde::Serialize;

use super::{ApiError, ErrorType, json};

/// Bytes of a piece, at least.
const PIECE_BYTES: usize = 64 << 10;

/// `{"status":"success","data":…}` of anything small.
pub fn success<T: Serialize>(data: &T, warnings: &[String]) -> Response {
    #[derive(Serialize)]
    struct Answer<'a, T> {
        status: &'static str,
        data: &'a T,
        #[serde(skip_serializing_if = "<[String]>::is_empty")]
        warnings: &'a [String],
    }
    match serde_json::to_vec(&Answer { status: "success", data, warnings }) {
        Ok(bytes) => whole(Body::from(bytes)),
        Err(error) => ApiError::new(ErrorType::Internal, error.to_string()).into_response(),
    }
}

fn whole(body: Body) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], body).into_response()
}

/// Head, items with commas between them, tail: made as the reader takes them.
fn pieces<T: Send + 'static>(
    head: Vec<u8>,
    items: impl Iterator<Item = T> + Send + 'static,
    one: impl Fn(&mut Vec<u8>, &T) + Send + 'static,
    tail: Vec<u8>,
) -> Response {
    let mut items = items.peekable();
    let (mut next, mut tail) = (Some(head), Some(tail));
    let stream = std::iter::from_fn(move || {
        let mut piece = next.take()?;
        while piece.len() < PIECE_BYTES {
            let Some(item) = items.next() else {
                piece.append(&mut tail.take().unwrap_or_default());
                return Some(Ok::<_, Infallible>(Bytes::from(piece)));
            };
            one(&mut piece, &item);
            if items.peek().is_some() {
                piece.push(b',');
            }
        }
        next = Some(Vec::with_capacity(PIECE_BYTES + PIECE_BYTES / 4));
        Some(Ok(Bytes::from(piece)))
    });
    whole(Body::from_stream(futures::stream::iter(stream)))
}

/// What follows the data: its closing brackets, what was said about it, the end.
fn tail(closing: &str, warnings: &[String], infos: &[String]) -> Vec<u8> {
    let mut out = closing.as_bytes().to_vec();
    for (name, texts) in [("warnings", warnings), ("infos", infos)] {
        if !texts.is_empty() {
            out.extend_from_slice(format!(",\"{name}\":").as_bytes());
            let _ = serde_json::to_writer(&mut out, texts);
        }
    }
    out.push(b'}');
    out
}

/// The answer to a query; `at_ms` is the instant of one that has an instant.
pub fn result(result: QueryResult, at_ms: i64) -> Response {
    let QueryResult { value, warnings, infos, .. } = result;
    let head =
        |kind: &str, open: &str| format!("{{\"status\":\"success\",\"data\":{{\"resultType\":\"{kind}\",\"result\":{open}").into_bytes();
    let single = |kind: &str, write: &dyn Fn(&mut Vec<u8>)| {
        let mut out = head(kind, "");
        write(&mut out);
        out.extend(tail("}", &warnings, &infos));
        whole(Body::from(out))
    };
    match value {
        Value::Scalar(value) => single("scalar", &|out| json::float_at(out, at_ms, value)),
        Value::Text(text) => single("string", &|out| json::text_at(out, at_ms, &text)),
        Value::Vector(samples) => pieces(
            head("vector", "["),
            samples.into_iter(),
            move |out, (labels, sample)| json::sample(out, labels, sample, at_ms),
            tail("]}", &warnings, &infos),
        ),
        Value::Matrix(series) => pieces(head("matrix", "["), series.into_iter(), json::series, tail("]}", &warnings, &infos)),
    }
}

/// A list of label sets.
pub fn label_sets(series: Vec<Labels>, warnings: &[String]) -> Response {
    pieces(b"{\"status\":\"success\",\"data\":[".to_vec(), series.into_iter(), json::labels, tail("]", warnings, &[]))
}

/// A list of texts.
pub fn texts(texts: Vec<String>, warnings: &[String]) -> Response {
    let head = b"{\"status\":\"success\",\"data\":[".to_vec();
    pieces(head, texts.into_iter(), |out, text: &String| json::text(out, text), tail("]", warnings, &[]))
}

/// Cuts a list; what is said when it was cut.
pub fn cut<T>(list: &mut Vec<T>, limit: Option<usize>) -> Vec<String> {
    match limit {
        Some(limit) if list.len() > limit => {
            list.truncate(limit);
            vec!["results truncated due to limit".to_owned()]
        }
        _ => Vec::new(),
    }
}
