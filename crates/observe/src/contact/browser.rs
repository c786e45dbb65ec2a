//! Browsers as ways: the key to subscribe with, adding the browser that asks, removing a way, and another key.

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, Json, Path, Permission, Problem, Refusals, Routes, routes};
use evenkeel_core::id::ContactMethodId;
use http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    add_browser,
    mine::{ContactView, me, view},
    remove, renew_key, start_drill,
};
use crate::page::{
    PageState,
    push::{HouseKey, Subscription, SubscriptionDraft},
};

/// The routes.
pub(super) fn router() -> Routes<PageState> {
    Routes::new().routes(routes!(browser_key_get, browser_key_renew)).routes(routes!(browser_add)).routes(routes!(contact_remove))
}

/// What a browser subscribes with.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BrowserKey)]
pub struct BrowserKeyView {
    /// The house's public key: a point of P-256, uncompressed, base64url; the `applicationServerKey` of `subscribe()`.
    pub public_key: String,
}

/// What a browser subscribes with.
#[utoipa::path(get, path = "/api/v1/browser-key", tag = "on_call", responses((status = 200, body = BrowserKeyView), Refusals))]
async fn browser_key_get(State(state): State<PageState>, caller: Caller) -> ApiResult<Json<BrowserKeyView>> {
    me(&caller)?;
    let key = HouseKey::of(&state.kit.db, caller.tenant).await?;
    Ok(Json(BrowserKeyView { public_key: key.public() }))
}

/// Makes another key, when somebody else may have the old one. Every browser has to be added again: until then its way is gone.
#[utoipa::path(post, path = "/api/v1/browser-key", tag = "on_call", responses((status = 200, body = BrowserKeyView), Refusals))]
async fn browser_key_renew(State(state): State<PageState>, caller: Caller) -> ApiResult<Json<BrowserKeyView>> {
    caller.require(Permission::DefinitionWrite)?;
    let mut tx = state.kit.db.write().await?;
    renew_key(&mut tx, caller.tenant).await?;
    tx.commit().await?;
    tracing::warn!(actor = %caller.actor.id, "the key for browser push was renewed; every browser has to be added again");
    let key = HouseKey::of(&state.kit.db, caller.tenant).await?;
    Ok(Json(BrowserKeyView { public_key: key.public() }))
}

/// Adds a browser as a way of one's own, beside those that are tried first, and sends a drill over it. One that is a way already is not
/// added again.
#[utoipa::path(post, path = "/api/v1/me/contact/browsers", tag = "on_call",
    request_body = SubscriptionDraft, responses((status = 200, body = ContactView), Refusals))]
async fn browser_add(State(state): State<PageState>, caller: Caller, Json(draft): Json<SubscriptionDraft>) -> ApiResult<Json<ContactView>> {
    let person = me(&caller)?;
    let subscription = Subscription::try_from(draft).map_err(|error| Problem::invalid("/", error))?;
    let mut tx = state.kit.db.write().await?;
    let way = add_browser(&mut tx, state.directory.as_ref(), caller.tenant, person, &subscription).await?;
    start_drill(&mut tx, caller.tenant, &way, "proof").await?;
    let shown = view(&state, &mut tx, caller.tenant, person).await?;
    tx.commit().await?;
    Ok(Json(shown))
}

/// Removes one of one's own ways.
#[utoipa::path(delete, path = "/api/v1/me/contact/{id}", tag = "on_call",
    params(("id" = ContactMethodId, Path, description = "The way.")),
    responses((status = 204), Refusals))]
async fn contact_remove(State(state): State<PageState>, caller: Caller, Path(id): Path<ContactMethodId>) -> ApiResult<StatusCode> {
    let person = me(&caller)?;
    let mut tx = state.kit.db.write().await?;
    remove(&mut tx, state.directory.as_ref(), caller.tenant, person, id).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
