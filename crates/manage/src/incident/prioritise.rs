//! Judge impact and urgency anew.

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, IfMatch, Json, Path, Permission, Problem, Refusals, Tagged};
use evenkeel_core::{event::manage::Reprioritised, id::IncidentId, priority::Level};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{
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
    open_for(&change, "prioritised")?;
    let (matrix, matrix_version) = matrix::in_force(&mut tx, &change.act).await?;
    let incident = &mut change.incident;
    if (incident.impact, incident.urgency) != (request.impact, request.urgency) {
        let from = incident.priority;
        incident.impact = request.impact;
        incident.urgency = request.urgency;
        incident.priority = matrix.priority(request.impact, request.urgency);
        incident.matrix_version = matrix_version;
        let to = incident.priority;
        change.record(&Reprioritised { from, to, impact: request.impact, urgency: request.urgency, matrix_version })?;
    }
    finish(tx, &caller, change).await
}
