//! Problems as JSON (RFC 9457): one shape for everything that goes wrong.

use axum::response::{IntoResponse, Response};
use evenkeel_core::{ErrorCode, Failure};
use evenkeel_store::StoreError;
use http::{HeaderValue, StatusCode, header};
use serde::Serialize;
use utoipa::ToSchema;

/// What a handler answers.
pub type ApiResult<T> = Result<T, Problem>;

/// Something went wrong. Boxed, so that a `Result` of it stays small.
#[derive(Debug, Clone)]
pub struct Problem(Box<Failure>);

impl Problem {
    /// A problem with a sentence.
    pub fn new(code: ErrorCode, detail: impl Into<String>) -> Self {
        Failure::new(code, detail).into()
    }
    /// 404 for a thing of this kind.
    pub fn not_found(kind: &str, id: impl std::fmt::Display) -> Self {
        Self::new(ErrorCode::NotFound, format!("there is no {kind} {id}, or you may not see it"))
    }
    /// 422 for a value at this JSON pointer or parameter name.
    pub fn invalid(at: impl Into<String>, detail: impl Into<String>) -> Self {
        Failure::new(ErrorCode::Invalid, detail).at(at).into()
    }
    /// What it says.
    pub const fn failure(&self) -> &Failure {
        &self.0
    }
}

impl From<Failure> for Problem {
    fn from(failure: Failure) -> Self {
        Self(Box::new(failure))
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Failure(failure) => failure.into(),
            error => {
                // The caller gets no database text; the log gets all of it, under the request id.
                tracing::error!(error = %error, request_id = %crate::request_id::current(), "the store refused");
                error.to_failure().into()
            }
        }
    }
}

impl From<serde_json::Error> for Problem {
    fn from(error: serde_json::Error) -> Self {
        StoreError::Corrupt(error.to_string()).into()
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}
impl std::error::Error for Problem {}

/// The body of a problem (RFC 9457).
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Problem)]
pub struct ProblemBody {
    /// `urn:evenkeel:problem:<code>`.
    #[serde(rename = "type")]
    pub kind: String,
    /// A short English title of the code.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// The stable code; what a client translates.
    pub code: String,
    /// One sentence: what, where, what to do. English.
    pub detail: String,
    /// The field, as a JSON pointer or parameter name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
    /// What would have been accepted.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub allowed: Vec<String>,
    /// Also in the answer's `x-request-id`, and in the log.
    pub request_id: String,
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let failure = *self.0;
        let status = StatusCode::from_u16(failure.code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let body = ProblemBody {
            kind: format!("urn:evenkeel:problem:{}", failure.code.as_str()),
            title: failure.code.title().to_owned(),
            status: status.as_u16(),
            code: failure.code.as_str().to_owned(),
            detail: failure.detail,
            at: failure.at,
            allowed: failure.allowed,
            request_id: crate::request_id::current(),
        };
        let mut response = (status, axum::Json(body)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if failure.code == ErrorCode::Unauthenticated {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if matches!(failure.code, ErrorCode::StorageAway | ErrorCode::StorageFull | ErrorCode::RateLimited) {
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
        }
        response
    }
}
