//! Cancel what was never an incident of its own.

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, IfMatch, Json, Path, Permission, Problem, Refusals, Tagged};
use evenkeel_core::id::IncidentId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    machine::Step,
    request::{begin, finish},
    verify,
    view::IncidentView,
};
use crate::Manage;

/// Why it counts for nothing.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum CancelReason {
    /// It is known already.
    Duplicate,
    /// It is something else.
    NotAnIncident,
}

/// Why it counts for nothing.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CancelRequest {
    /// In one word.
    reason: CancelReason,
}

/// Cancels an open incident.
#[utoipa::path(post, path = "/api/v1/incidents/{id}/cancel", operation_id = "incident_cancel", tag = "incident",
    params(("id" = IncidentId, Path)), request_body = CancelRequest,
    responses((status = 200, body = IncidentView), Refusals))]
pub(super) async fn incident_cancel(
    State(manage): State<Manage>,
    caller: Caller,
    Path(id): Path<IncidentId>,
    if_match: IfMatch,
    request: Result<Json<CancelRequest>, Problem>,
) -> ApiResult<Tagged<IncidentView>> {
    caller.require(Permission::IncidentWrite)?;
    let Json(request) = request?;
    let (mut tx, mut change) = begin(&manage, &caller, id, &if_match).await?;
    let reason = match request.reason {
        CancelReason::Duplicate => "duplicate",
        CancelReason::NotAnIncident => "not_an_incident",
    };
    change.step(Step::Cancel, Some(reason))?;
    tx.cancel_timer(verify::KIND, &id.to_string()).await?;
    finish(tx, &caller, change).await
}
