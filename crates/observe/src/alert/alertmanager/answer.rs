//! Answers and errors in Alertmanager's shape.

use axum::response::{IntoResponse, Response};
use evenkeel_api::Problem;
use evenkeel_store::StoreError;
use http::StatusCode;
use utoipa::{IntoResponses, ToSchema};

/// Whatever Alertmanager's API answers; its own document describes it.
#[derive(Debug, ToSchema)]
#[schema(as = AlertmanagerAnswer, value_type = Object)]
pub(super) struct Answer(());

/// Why a request has no answer.
#[derive(Debug)]
pub(super) enum Trouble {
    /// It cannot be understood.
    Bad(String),
    /// There is no such thing.
    Missing(String),
    /// For who asks, or our side: as elsewhere.
    Problem(Problem),
}

impl IntoResponse for Trouble {
    fn into_response(self) -> Response {
        match self {
            Self::Bad(what) => (StatusCode::BAD_REQUEST, axum::Json(what)).into_response(),
            Self::Missing(what) => (StatusCode::NOT_FOUND, axum::Json(what)).into_response(),
            Self::Problem(problem) => problem.into_response(),
        }
    }
}

impl From<Problem> for Trouble {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

impl From<StoreError> for Trouble {
    fn from(error: StoreError) -> Self {
        match error {
            // A refusal of what was asked is the asker's to read.
            StoreError::Failure(failure) if failure.code == evenkeel_core::ErrorCode::Invalid => Self::Bad(failure.detail),
            other => Self::Problem(other.into()),
        }
    }
}

/// For the document.
#[derive(IntoResponses)]
#[allow(dead_code, reason = "read by the document alone")]
pub(super) enum Troubles {
    /// It cannot be understood.
    #[response(status = 400)]
    Bad(String),
    /// Sign in.
    #[response(status = 401)]
    Unauthenticated,
    /// Not allowed.
    #[response(status = 403)]
    Forbidden,
    /// There is no such thing.
    #[response(status = 404)]
    Missing(String),
}
