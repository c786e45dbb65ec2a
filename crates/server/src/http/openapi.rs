//! The OpenAPI document: what the console's client is generated from and what the denial test walks.

use std::sync::Arc;

use axum::{Router, response::IntoResponse, routing::get};
use http::header;
use utoipa::openapi::OpenApi;

/// The document without paths.
pub(super) fn base() -> OpenApi {
    evenkeel_api::document::base()
}

/// What can only be said when every path is there.
pub(super) fn finish(mut document: OpenApi) -> OpenApi {
    env!("CARGO_PKG_VERSION").clone_into(&mut document.info.version);
    document
}

/// Serves the document. It holds no secret and needs no sign-in.
pub(super) fn router(document: &OpenApi) -> Router {
    let text: Arc<str> = document.to_pretty_json().unwrap_or_default().into();
    Router::new().route(
        "/api/v1/openapi.json",
        get(move || {
            let text = text.clone();
            async move { ([(header::CONTENT_TYPE, "application/json")], text.to_string()).into_response() }
        }),
    )
}
