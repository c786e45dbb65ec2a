//! How the checklist looks.

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, Json, Path, Permission, Problem, Refusals};
use evenkeel_core::id::{ChecklistItemId, IncidentId};
use evenkeel_store::{Sql, StoreError, ledger};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::table;
use crate::{
    Manage, incident,
    party::{PersonRef, Wanted, load_names},
};

/// One thing to be done.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ChecklistItem {
    id: ChecklistItemId,
    /// What; empty when it was erased.
    text: String,
    /// When it was done; null while it is not.
    done_at: Option<Timestamp>,
    /// By whom.
    done_by: Option<PersonRef>,
}

/// The checklist of an incident.
pub(super) async fn list(sql: &mut dyn Sql, caller: &Caller, id: IncidentId) -> Result<Vec<ChecklistItem>, StoreError> {
    let items = table::of(sql, caller.tenant, id).await?;
    let digests: Vec<String> = items.iter().map(|item| item.text.clone()).collect();
    let texts = ledger::texts(sql, &digests).await?;
    let mut wanted = Wanted::default();
    wanted.people.extend(items.iter().filter_map(|item| item.done_by));
    let names = load_names(sql, caller.tenant, &wanted).await?;
    Ok(items
        .into_iter()
        .map(|item| ChecklistItem {
            id: item.id,
            text: texts.get(&item.text).cloned().flatten().unwrap_or_default(),
            done_at: item.done_at,
            done_by: item.done_by.map(|id| names.person(id)),
        })
        .collect())
}

/// What is to be done on an incident, and what of it is done.
#[utoipa::path(get, path = "/api/v1/incidents/{id}/checklist", operation_id = "checklist_show", tag = "incident",
    params(("id" = IncidentId, Path)), responses((status = 200, body = Vec<ChecklistItem>), Refusals))]
pub(super) async fn checklist_show(
    State(manage): State<Manage>,
    caller: Caller,
    Path(id): Path<IncidentId>,
) -> ApiResult<Json<Vec<ChecklistItem>>> {
    caller.require(Permission::IncidentNoteInternal)?;
    let mut sql = manage.kit.db.read().await?;
    let found = incident::find(&mut sql, caller.tenant, id).await?.ok_or_else(|| Problem::not_found("incident", id))?;
    caller.authorise(Permission::IncidentRead, &found.organisations(), ("incident", id), ())?;
    Ok(Json(list(&mut sql, &caller, id).await?))
}
