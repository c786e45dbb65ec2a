//! Let an incident wait for a reason, and stop waiting. Whether a clock waits too is the agreement's word.

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, IfMatch, Json, Path, Permission, Problem, Refusals, Tagged};
use evenkeel_core::{
    id::IncidentId,
    state::{HoldReason, Visibility},
};
use evenkeel_store::{StoreError, Tx};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{
    change::Change,
    machine::Step,
    note::{self, Speaker},
    request::{begin, finish, plain_step},
    view::IncidentView,
};
use crate::Manage;

/// Why it waits.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct HoldRequest {
    /// For whom or what.
    reason: HoldReason,
    /// Said with it: to the customer when the customer owes an answer, else to staff only.
    text: Option<String>,
}

/// Lets it wait, with a word to whoever owes something.
///
/// # Errors
/// A refusal that names the steps that are allowed.
pub(super) async fn apply(
    tx: &mut Tx,
    change: &mut Change,
    by: Speaker,
    reason: HoldReason,
    text: Option<String>,
) -> Result<(), StoreError> {
    change.check(Step::Hold(reason))?;
    let visibility = match reason {
        HoldReason::Customer => Visibility::Public,
        _ => Visibility::Internal,
    };
    note::apply_optional(tx, change, by, visibility, text).await?;
    change.step(Step::Hold(reason), None)
}

/// Lets an incident wait.
#[utoipa::path(post, path = "/api/v1/incidents/{id}/hold", operation_id = "incident_hold", tag = "incident",
    params(("id" = IncidentId, Path)), request_body = HoldRequest,
    responses((status = 200, body = IncidentView), Refusals))]
pub(super) async fn incident_hold(
    State(manage): State<Manage>,
    caller: Caller,
    Path(id): Path<IncidentId>,
    if_match: IfMatch,
    request: Result<Json<HoldRequest>, Problem>,
) -> ApiResult<Tagged<IncidentView>> {
    caller.require(Permission::IncidentWrite)?;
    let Json(request) = request?;
    let (mut tx, mut change) = begin(&manage, &caller, id, &if_match).await?;
    apply(&mut tx, &mut change, Speaker::of(&caller), request.reason, request.text).await?;
    finish(tx, &caller, change).await
}

/// Stops waiting.
#[utoipa::path(post, path = "/api/v1/incidents/{id}/resume", operation_id = "incident_resume", tag = "incident",
    params(("id" = IncidentId, Path)), responses((status = 200, body = IncidentView), Refusals))]
pub(super) async fn incident_resume(
    State(manage): State<Manage>,
    caller: Caller,
    Path(id): Path<IncidentId>,
    if_match: IfMatch,
) -> ApiResult<Tagged<IncidentView>> {
    plain_step(&manage, &caller, id, &if_match, Step::Resume).await
}
