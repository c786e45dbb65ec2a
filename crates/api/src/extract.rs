//! Extractors whose refusals are problems: [`Json`], [`Query`], [`Path`]. Named like axum's, so that the document knows them.

use axum::{
    body::Bytes,
    extract::{FromRequest, FromRequestParts, Request, rejection::BytesRejection},
    response::{IntoResponse, Response},
};
use evenkeel_core::{ErrorCode, Failure};
use http::{header, request::Parts};
use serde::{Serialize, de::DeserializeOwned};
use serde_path_to_error::{Path as Place, Segment};

use crate::Problem;

/// A JSON body, in both directions. An empty body reads as `{}`; the size is bounded by the server.
#[derive(Debug, Clone, Copy)]
pub struct Json<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = Problem;
    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let declared = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).map(ToOwned::to_owned);
        let bytes = Bytes::from_request(request, state).await.map_err(|error| too_large_or_torn(&error))?;
        if bytes.is_empty() {
            return read(b"{}");
        }
        if !declared.as_deref().is_some_and(is_json) {
            return Err(Problem::new(ErrorCode::BadRequest, "send the body as `Content-Type: application/json`"));
        }
        read(&bytes)
    }
}

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        axum::Json(self.0).into_response()
    }
}

fn is_json(content_type: &str) -> bool {
    let essence = content_type.split(';').next().unwrap_or_default().trim();
    essence.eq_ignore_ascii_case("application/json") || essence.to_ascii_lowercase().ends_with("+json")
}

/// Tells a body over the limit from a connection that broke.
pub fn too_large_or_torn(error: &BytesRejection) -> Problem {
    if error.status() == http::StatusCode::PAYLOAD_TOO_LARGE {
        Problem::new(
            ErrorCode::TooLarge,
            "the body is over this server's limit; nothing was saved. Send less at once, or raise `body_limit_bytes`",
        )
    } else {
        Problem::new(ErrorCode::BadRequest, "the body ended before it was complete")
    }
}

fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<Json<T>, Problem> {
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
        let at = pointer(error.path());
        let inner = error.into_inner();
        match inner.classify() {
            serde_json::error::Category::Data => {
                let text = inner.to_string();
                let words = text.rsplit_once(" at line ").map_or(text.as_str(), |(words, _)| words);
                Problem::invalid(at, words)
            }
            _ => Problem::new(ErrorCode::BadRequest, format!("the body is not JSON: {inner}")),
        }
    })?;
    deserializer.end().map_err(|error| Problem::new(ErrorCode::BadRequest, format!("something follows the JSON: {error}")))?;
    Ok(Json(value))
}

/// A JSON pointer (RFC 6901) to where reading failed.
fn pointer(place: &Place) -> String {
    let mut text = String::new();
    for segment in place {
        text.push('/');
        match segment {
            Segment::Map { key } => text.push_str(&key.replace('~', "~0").replace('/', "~1")),
            Segment::Seq { index } => text.push_str(&index.to_string()),
            Segment::Enum { variant } => text.push_str(variant),
            Segment::Unknown => text.push('?'),
        }
    }
    text
}

/// Query parameters. Several may be taken by one handler (a filter and a [`crate::PageQuery`]); unknown ones are ignored.
#[derive(Debug, Clone, Copy)]
pub struct Query<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        axum::extract::Query::<T>::from_request_parts(parts, state).await.map(|axum::extract::Query(value)| Self(value)).map_err(|error| {
            let text = error.body_text();
            let words = text.strip_prefix("Failed to deserialize query string: ").unwrap_or(&text).to_owned();
            let at = words.split_once(": ").map(|(name, _)| name.to_owned());
            let failure = Failure::new(ErrorCode::Invalid, format!("a query parameter is not acceptable: {words}"));
            match at {
                Some(at) => failure.at(at).into(),
                None => failure.into(),
            }
        })
    }
}

/// Path parameters. What is no id cannot name anything: 404.
#[derive(Debug, Clone, Copy)]
pub struct Path<T>(pub T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Path<T> {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        axum::extract::Path::<T>::from_request_parts(parts, state)
            .await
            .map(|axum::extract::Path(value)| Self(value))
            .map_err(|error| Problem::new(ErrorCode::NotFound, format!("nothing has this address: {}", error.body_text())))
    }
}

#[cfg(test)]
mod tests;
