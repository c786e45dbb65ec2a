//! Write down what is to be done, and tick it.

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, IfMatch, Json, Path, Permission, Problem, Refusals};
use evenkeel_core::{
    ErrorCode, Failure,
    event::desk::{ChecklistAdded, ChecklistChecked},
    id::{ChecklistItemId, IncidentId},
};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{
    table,
    view::{ChecklistItem, list},
};
use crate::{
    Manage,
    incident::request::{act, begin},
    ticket::words,
};

/// What is to be done.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ChecklistRequest {
    /// In one line, at most 300 characters.
    text: String,
}

/// Whether it is done.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CheckRequest {
    /// True = it is done; false = it is not done after all.
    done: bool,
}

/// Writes down one more thing to be done.
#[utoipa::path(post, path = "/api/v1/incidents/{id}/checklist", operation_id = "checklist_add", tag = "incident",
    params(("id" = IncidentId, Path)), request_body = ChecklistRequest,
    responses((status = 200, body = Vec<ChecklistItem>), Refusals))]
pub(super) async fn checklist_add(
    State(manage): State<Manage>,
    caller: Caller,
    Path(id): Path<IncidentId>,
    request: Result<Json<ChecklistRequest>, Problem>,
) -> ApiResult<Json<Vec<ChecklistItem>>> {
    caller.require(Permission::IncidentWrite)?;
    let Json(request) = request?;
    let text = words::title(&request.text).map_err(|failure| failure.at("/text"))?;
    let (mut tx, _) = begin(&manage, &caller, id, &IfMatch::Any).await?;
    if table::of(&mut tx, caller.tenant, id).await?.len() >= table::MOST {
        return Err(Failure::new(ErrorCode::Conflict, format!("this incident has {} things to be done already", table::MOST)).into());
    }
    let act = act(&manage, &caller);
    let item_id = ChecklistItemId::at(act.at, tx.rng().as_ref());
    let text = tx.put_text(caller.tenant, &text).await?;
    table::insert(&mut tx, caller.tenant, id, item_id, &text).await?;
    tx.append(&act.event(id, &ChecklistAdded { item_id, text })?).await?;
    let items = list(&mut tx, &caller, id).await?;
    tx.commit().await?;
    Ok(Json(items))
}

/// Ticks something, or takes the tick away. The same again changes nothing.
#[utoipa::path(put, path = "/api/v1/incidents/{id}/checklist/{item}", operation_id = "checklist_check", tag = "incident",
    params(("id" = IncidentId, Path), ("item" = ChecklistItemId, Path)), request_body = CheckRequest,
    responses((status = 200, body = Vec<ChecklistItem>), Refusals))]
pub(super) async fn checklist_check(
    State(manage): State<Manage>,
    caller: Caller,
    Path((id, item)): Path<(IncidentId, ChecklistItemId)>,
    request: Result<Json<CheckRequest>, Problem>,
) -> ApiResult<Json<Vec<ChecklistItem>>> {
    caller.require(Permission::IncidentWrite)?;
    let Json(CheckRequest { done }) = request?;
    let (mut tx, _) = begin(&manage, &caller, id, &IfMatch::Any).await?;
    if !table::of(&mut tx, caller.tenant, id).await?.iter().any(|known| known.id == item) {
        return Err(Problem::not_found("checklist item", item));
    }
    let act = act(&manage, &caller);
    if table::check(&mut tx, caller.tenant, id, item, done.then_some((act.at, caller.person))).await? {
        tx.append(&act.event(id, &ChecklistChecked { item_id: item, done })?).await?;
    }
    let items = list(&mut tx, &caller, id).await?;
    tx.commit().await?;
    Ok(Json(items))
}
