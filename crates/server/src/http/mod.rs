//! The HTTP surface: every hall's routes under one roof, with what holds for all of them around.
//!
//! From the outside in: request id → panics become problems → security headers → compression → time limit → body limit →
//! the gate (who calls) → idempotency keys → routes. No handler talks to the outside: it writes to the outbox or starts a run.

mod blackbox;
mod console;
mod engine;
mod guard;
mod health;
mod ledger;
mod openapi;
mod probe;
mod stream;

use axum::{Router, extract::DefaultBodyLimit, middleware};
use evenkeel_api::{Problem, Routes, idempotency, request_id};
use evenkeel_core::ErrorCode;
use tower_http::{catch_panic::CatchPanicLayer, compression::CompressionLayer};

pub use health::{Counters, ProbeHealth};

use crate::{app::App, definition, own, sign_in};

/// The API's routes with their descriptions.
fn api(app: &App) -> Routes {
    let own = Routes::default()
        .merge(sign_in::router())
        .merge(definition::router())
        .merge(health::router())
        .merge(engine::router())
        .merge(blackbox::router())
        .merge(ledger::router())
        .merge(stream::router())
        .merge(own::router())
        .with_state(app.clone());
    own.merge(app.halls())
}

/// The OpenAPI document.
pub fn document(app: &App) -> utoipa::openapi::OpenApi {
    openapi::document(&api(app).split().1)
}

/// What outsiders are answered: status pages. No gate, no limit and no layer of the API is around them, so that they answer
/// whatever the API has in hand.
pub fn public(app: &App) -> Router {
    app.public().layer(CompressionLayer::new())
}

/// Everything the server answers.
pub fn router(app: &App) -> Router {
    let (routes, descriptions) = api(app).split();
    let app = app.clone();
    let kit = app.kit.clone();
    routes
        .merge(openapi::router(descriptions))
        .merge(probe::router().with_state(app.clone()))
        .merge(console::router())
        .method_not_allowed_fallback(|| async { Problem::new(ErrorCode::MethodNotAllowed, "this address does not take this method") })
        .layer(middleware::from_fn_with_state(kit.clone(), idempotency::layer))
        .layer(middleware::from_fn_with_state(app.clone(), sign_in::gate))
        .layer(DefaultBodyLimit::max(app.settings.body_limit_bytes))
        .layer(middleware::from_fn_with_state(app.clone(), guard::body_limit))
        .layer(middleware::from_fn_with_state(app.clone(), guard::time_limit))
        .layer(CompressionLayer::new())
        .layer(middleware::from_fn_with_state(app.clone(), guard::headers))
        .merge(public(&app))
        .layer(middleware::from_fn_with_state(app, health::count))
        .layer(CatchPanicLayer::custom(guard::panicked))
        .layer(middleware::from_fn_with_state(kit, request_id::layer))
}

#[cfg(test)]
mod tests;
