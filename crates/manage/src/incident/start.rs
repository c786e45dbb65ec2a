//! Begin to work on an incident.

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, IfMatch, Path, Refusals, Tagged};
use evenkeel_core::{event::manage::Assigned, id::IncidentId};

use super::{
    machine::Step,
    request::{begin, finish},
    view::IncidentView,
};
use crate::Manage;

/// Begins to work on an incident; nobody's becomes the caller's.
#[utoipa::path(post, path = "/api/v1/incidents/{id}/start", operation_id = "incident_start", tag = "incident",
    params(("id" = IncidentId, Path)), responses((status = 200, body = IncidentView), Refusals))]
pub(super) async fn incident_start(
    State(manage): State<Manage>,
    caller: Caller,
    Path(id): Path<IncidentId>,
    if_match: IfMatch,
) -> ApiResult<Tagged<IncidentView>> {
    let (tx, mut change) = begin(&manage, &caller, id, &if_match).await?;
    change.check(Step::Start)?;
    if change.incident.assignee_id.is_none() && caller.person.is_some() {
        change.incident.assignee_id = caller.person;
        change.record(&Assigned { team_id: change.incident.team_id, person_id: caller.person })?;
    }
    change.step(Step::Start, None)?;
    finish(tx, &caller, change).await
}
