//! Versions: `ETag` out, `If-Match` in, so that nobody overwrites what they have not seen.

use std::convert::Infallible;

use axum::{
    extract::FromRequestParts,
    response::{IntoResponse, Response},
};
use evenkeel_core::{ErrorCode, Failure};
use http::{HeaderValue, header, request::Parts};
use serde::Serialize;

use crate::{Json, Problem};

/// What the caller's `If-Match` says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IfMatch {
    /// Not given, or `*`.
    Any,
    /// One of these versions.
    Versions(Vec<i64>),
    /// Given, but no version of ours: matches nothing.
    Foreign,
}

impl IfMatch {
    /// Refuses when the caller holds another version than the one now in force.
    ///
    /// # Errors
    /// [`ErrorCode::PreconditionFailed`].
    pub fn check(&self, version: i64) -> Result<(), Problem> {
        match self {
            Self::Any => Ok(()),
            Self::Versions(held) if held.contains(&version) => Ok(()),
            Self::Versions(_) | Self::Foreign => Err(Failure::new(
                ErrorCode::PreconditionFailed,
                format!("you hold an older version; it is version {version} now. Load it again and repeat"),
            )
            .allowed([version.to_string()])
            .into()),
        }
    }

    fn read(text: &str) -> Self {
        if text.trim() == "*" {
            return Self::Any;
        }
        let versions: Vec<i64> =
            text.split(',').filter_map(|tag| tag.trim().trim_start_matches("W/").trim_matches('"').parse().ok()).collect();
        if versions.is_empty() { Self::Foreign } else { Self::Versions(versions) }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Infallible;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(parts.headers.get(header::IF_MATCH).map_or(Self::Any, |value| value.to_str().map_or(Self::Foreign, Self::read)))
    }
}

/// A body with its version as `ETag`.
#[derive(Debug, Clone)]
pub struct Tagged<T> {
    /// The version.
    pub version: i64,
    /// The body.
    pub body: T,
}

impl<T: Serialize> IntoResponse for Tagged<T> {
    fn into_response(self) -> Response {
        let mut response = Json(self.body).into_response();
        if let Ok(tag) = HeaderValue::from_str(&format!("\"{}\"", self.version)) {
            response.headers_mut().insert(header::ETAG, tag);
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_version_held_now_passes() {
        assert!(IfMatch::Any.check(7).is_ok());
        assert!(IfMatch::read("*").check(7).is_ok());
        assert!(IfMatch::read("\"7\"").check(7).is_ok());
        assert!(IfMatch::read("W/\"6\", \"7\"").check(7).is_ok());
        assert!(IfMatch::read("\"6\"").check(7).is_err());
        assert!(IfMatch::read("\"abc\"").check(7).is_err());
    }
}
