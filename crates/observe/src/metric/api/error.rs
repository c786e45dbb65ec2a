//! What goes wrong, in Prometheus' shape: `{"status":"error","errorType":…,"error":…}`.

use std::fmt;

use axum::{
    Json,
    response::{IntoResponse, Response},
};
use evenkeel_api::Problem;
use evenkeel_tsdb::{
    promql::{LimitKind, QueryError},
    source::ReadError,
};
use http::{HeaderValue, StatusCode, header};
use serde::Serialize;
use utoipa::ToSchema;

use crate::metric::BackendError;

/// Prometheus' words for what goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ErrorType {
    /// A parameter or the query cannot be read.
    BadData,
    /// The query cannot be answered over this data.
    Execution,
    /// It took too long.
    Timeout,
    /// Whoever asked went away.
    Canceled,
    /// Nothing has this name.
    NotFound,
    /// Ask again later.
    Unavailable,
    /// Our side.
    Internal,
}

impl ErrorType {
    const fn status(self) -> StatusCode {
        match self {
            Self::BadData => StatusCode::BAD_REQUEST,
            Self::Execution => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Timeout | Self::Canceled | Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

/// An error in Prometheus' shape.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = PromError)]
pub struct ApiError {
    /// `error`
    status: &'static str,
    /// What kind.
    #[serde(rename = "errorType")]
    kind: ErrorType,
    /// What, where, what to do.
    error: String,
}

impl ApiError {
    /// An error of this kind.
    pub fn new(kind: ErrorType, error: impl Into<String>) -> Self {
        Self { status: "error", kind, error: error.into() }
    }

    /// A parameter that cannot be read.
    pub fn parameter(name: &str, error: impl fmt::Display) -> Self {
        Self::new(ErrorType::BadData, format!("invalid parameter \"{name}\": {error}"))
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let (status, later) = (self.kind.status(), self.kind == ErrorType::Unavailable);
        let mut response = (status, Json(self)).into_response();
        if later {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
        }
        response
    }
}

impl From<QueryError> for ApiError {
    fn from(error: QueryError) -> Self {
        let kind = match &error {
            QueryError::Parse(_) | QueryError::Range(_) | QueryError::Limit(LimitKind::Steps, _) => ErrorType::BadData,
            QueryError::Limit(..) | QueryError::Evaluation(_) | QueryError::Source(ReadError::Limit(_)) => ErrorType::Execution,
            QueryError::TimedOut => ErrorType::Timeout,
            QueryError::Cancelled => ErrorType::Canceled,
            QueryError::Source(ReadError::Damaged(_) | ReadError::Io(_)) => ErrorType::Internal,
        };
        match error {
            QueryError::Parse(error) => Self::parameter("query", error),
            error => Self::new(kind, error.to_string()),
        }
    }
}

impl From<BackendError> for ApiError {
    fn from(error: BackendError) -> Self {
        match error {
            BackendError::Query(error) => error.into(),
            BackendError::Unreadable(text) => Self::parameter("query", text),
            BackendError::Busy(text) | BackendError::Full(text) | BackendError::Away(text) => Self::new(ErrorType::Unavailable, text),
            BackendError::Failed(text) => {
                tracing::error!(error = %text, "the metric engine failed");
                Self::new(ErrorType::Internal, text)
            }
        }
    }
}

/// Why a request has no answer: for what it is, or for who asks.
#[derive(Debug)]
pub enum Refused {
    /// In Prometheus' shape.
    Api(ApiError),
    /// A problem, as elsewhere.
    Problem(Problem),
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        match self {
            Self::Api(error) => error.into_response(),
            Self::Problem(problem) => problem.into_response(),
        }
    }
}

impl<E: Into<ApiError>> From<E> for Refused {
    fn from(error: E) -> Self {
        Self::Api(error.into())
    }
}

impl From<Problem> for Refused {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}
