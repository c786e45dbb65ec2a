//! Judge impact and urgency anew.

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, IfMatch, Json, Path, Permission, Problem, Refusals, Tagged};
use evenkeel_core::{event::manage::Reprioritised, id::IncidentId, priority::Level};
use evenkeel_store::{StoreError, Tx};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{
    change::Change,
    locate::open_for,
    request::{begin, finish},
    view::IncidentView,
};
use crate::{Manage, matrix};

/// The new judgement.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PriorityRequest {
    /// How many are hurt.
    impact: Level,
    /// How fast it hurts.
    urgency: Level,
}

/// Judges impact and urgency anew; the same judgement changes nothing.
///
/// # Errors
/// A refusal when it is over.
pub(super) async fn apply(tx: &mut Tx, change: &mut Change, impact: Level, urgency: Level) -> Result<(), StoreError> {
    open_for(change, "prioritised")?;
    let (matrix, matrix_version) = matrix::in_force(tx, &change.act).await?;
    let incident = &mut change.incident;
    if (incident.impact, incident.urgency) == (impact, urgency) {
        return Ok(());
    }
    let from = incident.priority;
    (incident.impact, incident.urgency) = (impact, urgency);
    incident.priority = matrix.priority(impact, urgency);
    incident.matrix_version = matrix_version;
    let to = incident.priority;
    change.record(&Reprioritised { from, to, impact, urgency, matrix_version })
}

/// Judges impact and urgency anew; the matrix in force makes the priority. The same judgement changes nothing.
#[utoipa::path(post, path = "/api/v1/incidents/{id}/priority", operation_id = "incident_prioritise", tag = "incident",
    params(("id" = IncidentId, Path)), request_body = PriorityRequest,
    responses((status = 200, body = IncidentView), Refusals))]
pub(super) async fn incident_prioritise(
    State(manage): State<Manage>,
    caller: Caller,
    Path(id): Path<IncidentId>,
    if_match: IfMatch,
    request: Result<Json<PriorityRequest>, Problem>,
) -> ApiResult<Tagged<IncidentView>> {
    caller.require(Permission::IncidentWrite)?;
    let Json(request) = request?;
    let (mut tx, mut change) = begin(&manage, &caller, id, &if_match).await?;
    apply(&mut tx, &mut change, request.impact, request.urgency).await?;
    finish(tx, &caller, change).await
}
