//! Routes of pages themselves.

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, IfMatch, Json, Path, Permission, Problem, Refusals, Tagged};
use evenkeel_api::{Routes, routes};
use evenkeel_core::{Language, id::StatusPageId};
use http::StatusCode;
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    board,
    definition::{Audience, StatusPageDefinition, slug},
    page,
    state::ComponentState,
    store, subscriber,
};
use crate::{Act, Manage};

/// The routes.
pub fn router() -> Routes<Manage> {
    Routes::new()
        .routes(routes!(status_page_list))
        .routes(routes!(status_page_show, status_page_put, status_page_retire))
        .routes(routes!(status_page_preview))
        .routes(routes!(status_page_link_make, status_page_link_revoke))
}

/// A page.
#[derive(Debug, Serialize, ToSchema)]
struct StatusPageView {
    /// The name that its address ends in.
    name: String,
    /// Grows by one with every change; what `If-Match` names.
    version: i64,
    /// What it is declared to be.
    definition: StatusPageDefinition,
    /// Its address.
    url: String,
    /// What it says now; null while it was never drawn.
    state: Option<ComponentState>,
    /// Whether it has a secret link.
    has_link: bool,
    /// Confirmed subscribers.
    subscribers: i64,
}

/// The secret link of a page.
#[derive(Debug, Serialize, ToSchema)]
struct StatusPageLink {
    /// Its address; shown this once.
    url: String,
}

/// A page to look at before it is put.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct StatusPreviewRequest {
    /// The name that its address will end in.
    name: String,
    /// What it would be.
    definition: StatusPageDefinition,
    /// In which language.
    language: Language,
}

/// A page as it would look.
#[derive(Debug, Serialize, ToSchema)]
struct StatusPreview {
    /// The whole document.
    html: String,
}

async fn view(
    manage: &Manage,
    sql: &mut dyn evenkeel_store::Sql,
    caller: &Caller,
    found: crate::definition::Version<StatusPageDefinition>,
) -> ApiResult<StatusPageView> {
    let id = StatusPageId::named(&found.name);
    let hour_ago = manage.kit.now().checked_sub(SignedDuration::from_hours(1)).unwrap_or_default();
    let drawn = manage.pages.board.pages().and_then(|pages| pages.get(&found.name).map(|page| page.snapshot.overall()));
    Ok(StatusPageView {
        url: format!("{}/status/{}", manage.pages.public_url, found.name),
        state: drawn,
        has_link: store::link(sql, caller.tenant, id).await?.is_some(),
        subscribers: subscriber::count(sql, caller.tenant, id, hour_ago).await?.0,
        name: found.name,
        version: found.version,
        definition: found.body,
    })
}

/// Every status page, by name.
#[utoipa::path(get, path = "/api/v1/status-pages", operation_id = "status_page_list", tag = "status page",
    responses((status = 200, body = Vec<StatusPageView>), Refusals))]
async fn status_page_list(State(manage): State<Manage>, caller: Caller) -> ApiResult<Json<Vec<StatusPageView>>> {
    caller.require(Permission::StatusPageRead)?;
    let mut sql = manage.kit.db.read().await?;
    let mut shown = Vec::new();
    for found in store::list(&mut sql, caller.tenant).await? {
        shown.push(view(&manage, &mut sql, &caller, found).await?);
    }
    Ok(Json(shown))
}

async fn shown(manage: &Manage, sql: &mut dyn evenkeel_store::Sql, caller: &Caller, name: &str) -> ApiResult<Tagged<StatusPageView>> {
    let found = store::find(sql, caller.tenant, name).await?.ok_or_else(|| Problem::not_found("status page", name))?;
    let body = view(manage, sql, caller, found).await?;
    Ok(Tagged { version: body.version, body })
}

/// One status page.
#[utoipa::path(get, path = "/api/v1/status-pages/{name}", operation_id = "status_page_show", tag = "status page",
    params(("name" = String, Path)), responses((status = 200, body = StatusPageView), Refusals))]
async fn status_page_show(State(manage): State<Manage>, caller: Caller, Path(name): Path<String>) -> ApiResult<Tagged<StatusPageView>> {
    caller.require(Permission::StatusPageRead)?;
    let mut sql = manage.kit.db.read().await?;
    shown(&manage, &mut sql, &caller, &name).await
}

fn act(manage: &Manage, caller: &Caller) -> Act {
    Act { tenant: caller.tenant, actor: caller.actor.clone(), at: manage.kit.now(), source: "api" }
}

/// Makes a status page, or changes it.
#[utoipa::path(put, path = "/api/v1/status-pages/{name}", operation_id = "status_page_put", tag = "status page",
    params(("name" = String, Path)), request_body = StatusPageDefinition, responses((status = 200, body = StatusPageView), Refusals))]
async fn status_page_put(
    State(manage): State<Manage>,
    caller: Caller,
    Path(name): Path<String>,
    if_match: IfMatch,
    request: Result<Json<StatusPageDefinition>, Problem>,
) -> ApiResult<Tagged<StatusPageView>> {
    let grant = caller.require(Permission::StatusPageWrite)?;
    let Json(definition) = request?;
    let mut tx = manage.kit.db.write().await?;
    if let Some(known) = store::find(&mut tx, caller.tenant, &name).await? {
        if_match.check(known.version)?;
    }
    store::put(&mut tx, &grant, &act(&manage, &caller), &name, &definition).await?;
    let answer = shown(&manage, &mut tx, &caller, &name).await?;
    tx.commit().await?;
    Ok(answer)
}

/// Takes a status page away; its posts stay in the ledger.
#[utoipa::path(delete, path = "/api/v1/status-pages/{name}", operation_id = "status_page_retire", tag = "status page",
    params(("name" = String, Path)), responses((status = 204), Refusals))]
async fn status_page_retire(State(manage): State<Manage>, caller: Caller, Path(name): Path<String>) -> ApiResult<StatusCode> {
    let grant = caller.require(Permission::StatusPageWrite)?;
    let mut tx = manage.kit.db.write().await?;
    if !store::retire(&mut tx, &grant, &act(&manage, &caller), &name).await? {
        return Err(Problem::not_found("status page", name));
    }
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The page as it would look with this definition; nothing is kept.
#[utoipa::path(post, path = "/api/v1/status-page-previews", operation_id = "status_page_preview", tag = "status page",
    request_body = StatusPreviewRequest, responses((status = 200, body = StatusPreview), Refusals))]
async fn status_page_preview(
    State(manage): State<Manage>,
    caller: Caller,
    request: Result<Json<StatusPreviewRequest>, Problem>,
) -> ApiResult<Json<StatusPreview>> {
    caller.require(Permission::StatusPageWrite)?;
    let Json(request) = request?;
    slug("/name", &request.name)?;
    request.definition.check()?;
    let (db, services) = (&manage.kit.db, manage.pages.services.as_ref());
    let snapshot = board::preview(db, services, caller.tenant, &request.name, &request.definition).await?;
    Ok(Json(StatusPreview { html: page::still(&snapshot, request.language).read(None) }))
}

/// Makes the page's secret link, and makes an earlier one worthless. Its address is shown this once.
#[utoipa::path(post, path = "/api/v1/status-pages/{name}/link", operation_id = "status_page_link_make", tag = "status page",
    params(("name" = String, Path)), responses((status = 201, body = StatusPageLink), Refusals))]
async fn status_page_link_make(
    State(manage): State<Manage>,
    caller: Caller,
    Path(name): Path<String>,
) -> ApiResult<(StatusCode, Json<StatusPageLink>)> {
    let grant = caller.require(Permission::StatusPageWrite)?;
    let mut tx = manage.kit.db.write().await?;
    let page = store::find(&mut tx, caller.tenant, &name).await?.ok_or_else(|| Problem::not_found("status page", &name))?;
    if page.body.audience == Audience::Public {
        return Err(Problem::invalid("/audience", "everybody may read this page: it needs no secret link"));
    }
    let key = store::make_link(&mut tx, &grant, &act(&manage, &caller), &name).await?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, Json(StatusPageLink { url: format!("{}/status/{name}?key={key}", manage.pages.public_url) })))
}

/// Takes the page's secret link away.
#[utoipa::path(delete, path = "/api/v1/status-pages/{name}/link", operation_id = "status_page_link_revoke", tag = "status page",
    params(("name" = String, Path)), responses((status = 204), Refusals))]
async fn status_page_link_revoke(State(manage): State<Manage>, caller: Caller, Path(name): Path<String>) -> ApiResult<StatusCode> {
    let grant = caller.require(Permission::StatusPageWrite)?;
    let mut tx = manage.kit.db.write().await?;
    if !store::revoke_link(&mut tx, &grant, &act(&manage, &caller), &name).await? {
        return Err(Problem::not_found("secret link of", name));
    }
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
