//! Everything that happened to a request, as the ledger has it.

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, Json, Path, Permission, Refusals};
use evenkeel_core::{
    event::{
        Body as _, Event,
        automation::{RequestMacroRun, RequestRuled, RequestStatusSet},
        request::{ApprovalAnswered, RatingAnswered, RequestNoted, RequestRated},
    },
    id::RequestId,
    state::Visibility,
};
use evenkeel_store::{Sql, StoreError, ledger};

use super::store;
use crate::{
    Manage,
    ticket::timeline::{self, TimelineEntry},
};

/// The digest of the words that go with an event. Answers of the form are not among them: they are shown with their fields.
fn digest_of(event: &Event) -> Result<Option<String>, StoreError> {
    if let Some(body) = event.read::<RequestNoted>() {
        return Ok(Some(body?.text));
    }
    if let Some(body) = event.read::<ApprovalAnswered>() {
        return Ok(body?.text);
    }
    if let Some(body) = event.read::<RequestRated>() {
        return Ok(body?.text);
    }
    if let Some(body) = event.read::<RatingAnswered>() {
        return Ok(Some(body?.text));
    }
    Ok(None)
}

fn is_internal(event: &Event) -> Result<bool, StoreError> {
    if [RequestRuled::KIND, RequestMacroRun::KIND].contains(&event.kind.as_str()) {
        return Ok(true);
    }
    if let Some(body) = event.read::<RequestStatusSet>() {
        return Ok(body?.staff_only);
    }
    Ok(match event.read::<RequestNoted>() {
        Some(body) => body?.visibility == Visibility::Internal,
        None => false,
    })
}

/// How events of a request look to this caller, in the same order.
pub(crate) async fn entries(sql: &mut dyn Sql, caller: &Caller, events: &[Event]) -> Result<Vec<TimelineEntry>, StoreError> {
    timeline::entries(sql, caller, events, digest_of).await
}

/// Everything that happened to a request, oldest first; internal notes for staff only.
#[utoipa::path(get, path = "/api/v1/requests/{id}/timeline", operation_id = "request_timeline", tag = "request",
    params(("id" = RequestId, Path)), responses((status = 200, body = Vec<TimelineEntry>), Refusals))]
pub(super) async fn request_timeline(
    State(manage): State<Manage>,
    caller: Caller,
    Path(id): Path<RequestId>,
) -> ApiResult<Json<Vec<TimelineEntry>>> {
    let mut sql = manage.kit.db.read().await?;
    store::look(&mut sql, &caller, Permission::RequestRead, id).await?;
    let staff = store::is_staff(&caller) && caller.may(Permission::IncidentNoteInternal);
    let mut shown = Vec::new();
    for event in ledger::events_of(&mut sql, caller.tenant, "request", &id.to_string()).await? {
        if staff || !is_internal(&event)? {
            shown.push(event);
        }
    }
    shown.sort_by_key(|event| (event.occurred_at, event.seq));
    Ok(Json(entries(&mut sql, &caller, &shown).await?))
}
