//! Routes of posts.

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, Json, Page, PageQuery, Path, Permission, Problem, Query, Refusals};
use evenkeel_api::{Routes, routes};
use evenkeel_core::{
    definition::Bilingual,
    event::manage::Window,
    id::{IncidentId, MaintenanceId, StatusPostId, StatusUpdateId, TenantId},
};
use evenkeel_store::Sql;
use http::StatusCode;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    correct::correct,
    draft::{self, Draft},
    model::{Affected, Post, PostState, Update},
    publish::{self, About, Say},
    rows,
    view::{StatusPostView, views},
};
use crate::{
    Act, Manage, incident,
    status_page::{definition::StatusPageDefinition, state::Effect, store},
};

/// The routes.
pub fn router() -> Routes<Manage> {
    Routes::new()
        .routes(routes!(status_post_list, status_post_begin))
        .routes(routes!(status_post_go_on))
        .routes(routes!(status_update_correct, status_update_withdraw))
        .routes(routes!(incident_status))
}

/// A post that begins.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct StatusPostRequest {
    /// The incident it is about.
    incident_id: Option<IncidentId>,
    /// The maintenance it is about.
    maintenance_id: Option<MaintenanceId>,
    /// When work is planned; of maintenance only.
    window: Option<Window>,
    /// Its title.
    title: Bilingual,
    /// Where it stands.
    state: PostState,
    /// What is said.
    text: Bilingual,
    /// What is hurt.
    components: Vec<Affected>,
    /// When it is told; now when not given.
    at: Option<Timestamp>,
}

/// A further word of a post.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct StatusUpdateRequest {
    /// Where the post stands with it.
    state: PostState,
    /// What is said.
    text: Bilingual,
    /// What is hurt from now on.
    components: Vec<Affected>,
    /// When it is told; now when not given.
    at: Option<Timestamp>,
}

/// How a word reads from now on.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct StatusCorrectionRequest {
    /// What it says.
    text: Bilingual,
    /// The post's title; as it is when not given.
    title: Option<Bilingual>,
}

/// A page that an incident can be told on.
#[derive(Debug, Serialize, ToSchema)]
struct StatusOffer {
    /// The page's name.
    page: String,
    /// Its title.
    title: Bilingual,
    /// Every component, for choosing.
    components: Vec<StatusComponentName>,
    /// Those of the incident's service, and how they are hurt as far as we can tell.
    affected: Vec<Affected>,
    /// Words to begin with.
    drafts: Vec<Draft>,
}

/// A component's key and name.
#[derive(Debug, Serialize, ToSchema)]
struct StatusComponentName {
    /// What posts name it by.
    key: String,
    /// Its name for outsiders.
    name: Bilingual,
}

/// What outsiders were told of an incident, and what they can be told.
#[derive(Debug, Serialize, ToSchema)]
struct IncidentStatus {
    /// What they were told.
    posts: Vec<StatusPostView>,
    /// Where they can be told: pages with a component of its service first.
    offers: Vec<StatusOffer>,
    /// Whether its service is back while a post about it still says otherwise.
    resolve_offered: bool,
}

fn act(manage: &Manage, caller: &Caller) -> Act {
    Act { tenant: caller.tenant, actor: caller.actor.clone(), at: manage.kit.now(), source: "api" }
}

async fn page(sql: &mut dyn Sql, tenant: TenantId, name: &str) -> ApiResult<StatusPageDefinition> {
    let found = store::find(sql, tenant, name).await?.ok_or_else(|| Problem::not_found("status page", name))?;
    Ok(found.body)
}

async fn page_of(sql: &mut dyn Sql, tenant: TenantId, post: &Post) -> ApiResult<StatusPageDefinition> {
    let found = store::find_by_id(sql, tenant, post.page_id).await?;
    found.map(|found| found.body).ok_or_else(|| Problem::not_found("status page", post.page_id))
}

async fn shown(sql: &mut dyn Sql, tenant: TenantId, id: StatusPostId) -> ApiResult<Json<StatusPostView>> {
    let post = rows::find_post(sql, tenant, id).await?.ok_or_else(|| Problem::not_found("post", id))?;
    views(sql, tenant, vec![post]).await?.pop().map(Json).ok_or_else(|| Problem::not_found("post", id))
}

/// Posts of a page, the newest first.
#[utoipa::path(get, path = "/api/v1/status-pages/{name}/posts", operation_id = "status_post_list", tag = "status page",
    params(("name" = String, Path), PageQuery), responses((status = 200, body = Page<StatusPostView>), Refusals))]
async fn status_post_list(
    State(manage): State<Manage>,
    caller: Caller,
    Path(name): Path<String>,
    Query(query): Query<PageQuery>,
) -> ApiResult<Json<Page<StatusPostView>>> {
    caller.require(Permission::StatusPageRead)?;
    let mut sql = manage.kit.db.read().await?;
    page(&mut sql, caller.tenant, &name).await?;
    let id = evenkeel_core::id::StatusPageId::named(&name);
    let found = rows::page_of(&mut sql, caller.tenant, id, query.key()?, query.fetch()).await?;
    let found = query.page(found, |post| (post.started_at, post.id));
    Ok(Json(Page { items: views(&mut sql, caller.tenant, found.items).await?, next: found.next }))
}

/// Begins a post: tells outsiders now, or at a later instant.
#[utoipa::path(post, path = "/api/v1/status-pages/{name}/posts", operation_id = "status_post_begin", tag = "status page",
    params(("name" = String, Path)), request_body = StatusPostRequest, responses((status = 201, body = StatusPostView), Refusals))]
async fn status_post_begin(
    State(manage): State<Manage>,
    caller: Caller,
    Path(name): Path<String>,
    request: Result<Json<StatusPostRequest>, Problem>,
) -> ApiResult<(StatusCode, Json<StatusPostView>)> {
    let grant = caller.require(Permission::StatusPagePost)?;
    let Json(request) = request?;
    let mut tx = manage.kit.db.write().await?;
    let page = page(&mut tx, caller.tenant, &name).await?;
    if let Some(id) = request.incident_id
        && incident::find(&mut tx, caller.tenant, id).await?.is_none()
    {
        return Err(Problem::invalid("/incident_id", "there is no such incident"));
    }
    let about =
        About { incident_id: request.incident_id, maintenance_id: request.maintenance_id, window: request.window, title: request.title };
    let say = Say { state: request.state, text: request.text, components: request.components, at: request.at };
    let page = (evenkeel_core::id::StatusPageId::named(&name), &page);
    let id = publish::begin(&mut tx, &grant, &act(&manage, &caller), page, about, say).await?;
    let body = shown(&mut tx, caller.tenant, id).await?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, body))
}

/// Says a further word of a post that is not over.
#[utoipa::path(post, path = "/api/v1/status-posts/{id}/updates", operation_id = "status_post_go_on", tag = "status page",
    params(("id" = StatusPostId, Path)), request_body = StatusUpdateRequest, responses((status = 201, body = StatusPostView), Refusals))]
async fn status_post_go_on(
    State(manage): State<Manage>,
    caller: Caller,
    Path(id): Path<StatusPostId>,
    request: Result<Json<StatusUpdateRequest>, Problem>,
) -> ApiResult<(StatusCode, Json<StatusPostView>)> {
    let grant = caller.require(Permission::StatusPagePost)?;
    let Json(request) = request?;
    let mut tx = manage.kit.db.write().await?;
    let post = rows::hold_post(&mut tx, caller.tenant, id).await?.ok_or_else(|| Problem::not_found("post", id))?;
    let page = page_of(&mut tx, caller.tenant, &post).await?;
    let say = Say { state: request.state, text: request.text, components: request.components, at: request.at };
    publish::go_on(&mut tx, &grant, &act(&manage, &caller), &page, post, say).await?;
    let body = shown(&mut tx, caller.tenant, id).await?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, body))
}

async fn hold_update(tx: &mut evenkeel_store::Tx, tenant: TenantId, id: StatusUpdateId) -> ApiResult<(Post, Update)> {
    let missing = || Problem::not_found("word of a post", id);
    let update = rows::find_update(tx, tenant, id).await?.ok_or_else(missing)?;
    let post = rows::hold_post(tx, tenant, update.post_id).await?.ok_or_else(missing)?;
    // Read again under the lock: its time may have come meanwhile.
    let update = rows::find_update(tx, tenant, id).await?.ok_or_else(missing)?;
    Ok((post, update))
}

/// Corrects a word: subscribers are not told again, and the page says that it was edited.
#[utoipa::path(put, path = "/api/v1/status-updates/{id}", operation_id = "status_update_correct", tag = "status page",
    params(("id" = StatusUpdateId, Path)), request_body = StatusCorrectionRequest, responses((status = 200, body = StatusPostView), Refusals))]
async fn status_update_correct(
    State(manage): State<Manage>,
    caller: Caller,
    Path(id): Path<StatusUpdateId>,
    request: Result<Json<StatusCorrectionRequest>, Problem>,
) -> ApiResult<Json<StatusPostView>> {
    let grant = caller.require(Permission::StatusPagePost)?;
    let Json(request) = request?;
    let mut tx = manage.kit.db.write().await?;
    let (post, update) = hold_update(&mut tx, caller.tenant, id).await?;
    let post_id = post.id;
    correct(&mut tx, &grant, &act(&manage, &caller), post, update, &request.text, request.title.as_ref()).await?;
    let body = shown(&mut tx, caller.tenant, post_id).await?;
    tx.commit().await?;
    Ok(body)
}

/// Takes away a word that was written for later and not told yet.
#[utoipa::path(delete, path = "/api/v1/status-updates/{id}", operation_id = "status_update_withdraw", tag = "status page",
    params(("id" = StatusUpdateId, Path)), responses((status = 204), Refusals))]
async fn status_update_withdraw(State(manage): State<Manage>, caller: Caller, Path(id): Path<StatusUpdateId>) -> ApiResult<StatusCode> {
    let grant = caller.require(Permission::StatusPagePost)?;
    let mut tx = manage.kit.db.write().await?;
    let (_, update) = hold_update(&mut tx, caller.tenant, id).await?;
    publish::withdraw(&mut tx, &grant, caller.tenant, &update).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What outsiders were told of an incident, and what they can be told.
#[utoipa::path(get, path = "/api/v1/incidents/{id}/status", operation_id = "incident_status", tag = "status page",
    params(("id" = IncidentId, Path)), responses((status = 200, body = IncidentStatus), Refusals))]
async fn incident_status(State(manage): State<Manage>, caller: Caller, Path(id): Path<IncidentId>) -> ApiResult<Json<IncidentStatus>> {
    caller.require(Permission::StatusPageRead)?;
    let mut sql = manage.kit.db.read().await?;
    let incident = incident::find(&mut sql, caller.tenant, id).await?.ok_or_else(|| Problem::not_found("incident", id))?;
    let incident = caller.authorise(Permission::IncidentRead, &incident.organisations(), ("incident", id), incident)?;
    let posts = rows::of_incident(&mut sql, caller.tenant, id).await?;
    let resolve_offered = (incident.restored_at.is_some() || !incident.state.is_open()) && posts.iter().any(|post| post.ended_at.is_none());
    let mut offers: Vec<StatusOffer> =
        store::list(&mut sql, caller.tenant).await?.into_iter().map(|page| offer(page.name, &page.body, &incident)).collect();
    offers.sort_by_key(|offer| offer.affected.is_empty());
    Ok(Json(IncidentStatus { posts: views(&mut sql, caller.tenant, posts).await?, offers, resolve_offered }))
}

fn offer(name: String, page: &StatusPageDefinition, incident: &incident::Incident) -> StatusOffer {
    let effect = if incident.impact == evenkeel_core::priority::Level::HIGH { Effect::MajorOutage } else { Effect::PartialOutage };
    let hurt: Vec<_> = page.components().filter(|component| component.service == incident.service_id).collect();
    StatusOffer {
        page: name,
        title: page.title.clone(),
        components: page.components().map(|one| StatusComponentName { key: one.key.clone(), name: one.name.clone() }).collect(),
        affected: hurt.iter().map(|component| Affected { component: component.key.clone(), effect }).collect(),
        drafts: draft::of_incident(&hurt.iter().map(|component| &component.name).collect::<Vec<_>>())
            .into_iter()
            .chain(draft::of_maintenance(&hurt.iter().map(|component| &component.name).collect::<Vec<_>>()))
            .collect(),
    }
}
