//! The OpenAPI document: what the console's client is generated from and what the denial test walks.

use std::sync::Arc;

use axum::{Router, body::Bytes, response::IntoResponse, routing::get};
use evenkeel_api::routes::Descriptions;
use http::header;
use tokio::sync::OnceCell;
use utoipa::openapi::OpenApi;

/// The whole document.
pub(super) fn document(descriptions: &Descriptions) -> OpenApi {
    let mut document = descriptions.written_into(evenkeel_api::document::base());
    env!("CARGO_PKG_VERSION").clone_into(&mut document.info.version);
    document
}

/// Serves the document, made when it is asked for first. It holds no secret and needs no sign-in.
pub(super) fn router(descriptions: Descriptions) -> Router {
    let made = Arc::new(OnceCell::<Bytes>::new());
    let answer = move || {
        let (made, descriptions) = (made.clone(), descriptions.clone());
        async move {
            let text = made.get_or_init(|| async move {
                let text = tokio::task::spawn_blocking(move || document(&descriptions).to_pretty_json().unwrap_or_default()).await;
                Bytes::from(text.unwrap_or_default())
            });
            ([(header::CONTENT_TYPE, "application/json")], text.await.clone()).into_response()
        }
    };
    Router::new().route("/api/v1/openapi.json", get(answer))
}
