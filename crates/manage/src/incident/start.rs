//! Begin to work on an incident.

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, IfMatch, Path, Refusals, Tagged};
use evenkeel_core::{
    event::manage::Assigned,
    id::{IncidentId, PersonId},
};
use evenkeel_store::StoreError;

use super::{
    change::Change,
    machine::Step,
    request::{begin, finish},
    view::IncidentView,
};
use crate::Manage;

/// Begins the work; what nobody has becomes this person's.
///
/// # Errors
/// A refusal that names the steps that are allowed.
pub(super) fn apply(change: &mut Change, person: Option<PersonId>) -> Result<(), StoreError> {
    change.check(Step::Start)?;
    if change.incident.assignee_id.is_none() && person.is_some() {
        change.incident.assignee_id = person;
        change.record(&Assigned { team_id: change.incident.team_id, person_id: person })?;
    }
    change.step(Step::Start, None)
}

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
    apply(&mut change, caller.person)?;
    finish(tx, &caller, change).await
}
