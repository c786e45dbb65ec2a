//! Keep a view, change it, take it away, pin it.

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, Json, Path, Permission, Problem, Refusals};
use evenkeel_core::{
    ErrorCode, Failure,
    id::{PersonId, TeamId, TenantId, ViewId},
};
use evenkeel_store::{Sql, Tx};
use http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{
    list::{ViewView, shown},
    model::{Asks, View, name},
    table,
};
use crate::{Manage, party::teams_of, refuse};

/// A view as one wants it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ViewRequest {
    /// How it is called.
    name: String,
    /// Shares it with this team, which must be one's own; null = it is for oneself.
    team_id: Option<TeamId>,
    /// What it asks for.
    asks: Asks,
}

/// Which view the desk opens with.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PinRequest {
    /// Null = none.
    view_id: Option<ViewId>,
}

/// The person who keeps views.
fn keeper(caller: &Caller) -> ApiResult<PersonId> {
    caller.require(Permission::IncidentNoteInternal)?;
    let nobody = || Failure::new(ErrorCode::Forbidden, "this token has no person behind it who could keep views");
    Ok(caller.person.ok_or_else(nobody)?)
}

/// The view, when it is this person's or of one of their teams.
async fn own(sql: &mut dyn Sql, tenant: TenantId, person: PersonId, id: ViewId) -> ApiResult<View> {
    let teams = teams_of(sql, tenant, person).await?;
    let found = table::find(sql, tenant, id).await?.filter(|view| view.is_of(person, &teams));
    found.ok_or_else(|| Problem::not_found("view", id))
}

/// The view as it was asked for.
async fn asked(tx: &mut Tx, caller: &Caller, (id, person): (ViewId, PersonId), request: ViewRequest) -> ApiResult<View> {
    request.asks.filter.check()?;
    let view = View { id, person, team: request.team_id, name: name(&request.name)?, asks: request.asks };
    if let Some(team) = view.team
        && !teams_of(tx, caller.tenant, caller.person.unwrap_or(person)).await?.contains(&team)
    {
        return Err(refuse::invalid("/team_id", "a view is shared with a team of one's own; you are not in this one").into());
    }
    Ok(view)
}

async fn keep(mut tx: Tx, caller: &Caller, view: View) -> ApiResult<Json<ViewView>> {
    table::put(&mut tx, caller.tenant, &view).await?;
    let id = view.id;
    let shown = shown(&mut tx, caller, vec![view]).await?.pop().ok_or_else(|| Problem::not_found("view", id))?;
    tx.commit().await?;
    Ok(Json(shown))
}

/// Keeps a view: for oneself, or for one's team.
#[utoipa::path(post, path = "/api/v1/views", operation_id = "view_make", tag = "desk", request_body = ViewRequest,
    responses((status = 200, body = ViewView), Refusals))]
pub(super) async fn view_make(
    State(manage): State<Manage>,
    caller: Caller,
    request: Result<Json<ViewRequest>, Problem>,
) -> ApiResult<Json<ViewView>> {
    let person = keeper(&caller)?;
    let Json(request) = request?;
    let mut tx = manage.kit.db.write().await?;
    let id = ViewId::at(manage.kit.now(), tx.rng().as_ref());
    let view = asked(&mut tx, &caller, (id, person), request).await?;
    if table::count(&mut tx, caller.tenant, person, view.team).await? >= table::MOST {
        let detail = format!("there are {} views already; take one away first", table::MOST);
        return Err(Failure::new(ErrorCode::Conflict, detail).into());
    }
    keep(tx, &caller, view).await
}

/// Changes a view of one's own or of one's team.
#[utoipa::path(put, path = "/api/v1/views/{id}", operation_id = "view_change", tag = "desk", params(("id" = ViewId, Path)),
    request_body = ViewRequest, responses((status = 200, body = ViewView), Refusals))]
pub(super) async fn view_change(
    State(manage): State<Manage>,
    caller: Caller,
    Path(id): Path<ViewId>,
    request: Result<Json<ViewRequest>, Problem>,
) -> ApiResult<Json<ViewView>> {
    let person = keeper(&caller)?;
    let Json(request) = request?;
    let mut tx = manage.kit.db.write().await?;
    let old = own(&mut tx, caller.tenant, person, id).await?;
    let view = asked(&mut tx, &caller, (id, old.person), request).await?;
    keep(tx, &caller, view).await
}

/// Takes a view away: it shows nothing any more, what it showed stays.
#[utoipa::path(delete, path = "/api/v1/views/{id}", operation_id = "view_remove", tag = "desk", params(("id" = ViewId, Path)),
    responses((status = 204), Refusals))]
pub(super) async fn view_remove(State(manage): State<Manage>, caller: Caller, Path(id): Path<ViewId>) -> ApiResult<StatusCode> {
    let person = keeper(&caller)?;
    let mut tx = manage.kit.db.write().await?;
    let view = own(&mut tx, caller.tenant, person, id).await?;
    table::remove(&mut tx, caller.tenant, view.id).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Pins the view that the desk opens with, in place of any other.
#[utoipa::path(put, path = "/api/v1/views/pinned", operation_id = "view_pin", tag = "desk", request_body = PinRequest,
    responses((status = 204), Refusals))]
pub(super) async fn view_pin(
    State(manage): State<Manage>,
    caller: Caller,
    request: Result<Json<PinRequest>, Problem>,
) -> ApiResult<StatusCode> {
    let person = keeper(&caller)?;
    let Json(request) = request?;
    let mut tx = manage.kit.db.write().await?;
    if let Some(id) = request.view_id {
        own(&mut tx, caller.tenant, person, id).await?;
    }
    table::pin(&mut tx, caller.tenant, person, request.view_id).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
