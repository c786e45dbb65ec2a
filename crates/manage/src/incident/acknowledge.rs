//! Say "mine": it stops the escalation, not the response clock.

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, IfMatch, Path, Permission, Problem, Refusals, Tagged};
use evenkeel_core::{
    ErrorCode,
    event::manage::{Acknowledged, Assigned},
    id::{IncidentId, PersonId},
    state::IncidentState,
};
use evenkeel_store::{StoreError, Tx};

use super::{
    change::Change,
    machine::Step,
    request::{act, finish, hold},
    view::IncidentView,
};
use crate::{Manage, party};

/// The person has it from now on: acknowledged, theirs when it is nobody's, and in progress.
///
/// # Errors
/// A refusal when it is over.
pub(super) async fn apply(tx: &mut Tx, change: &mut Change, person_id: PersonId, via: &str) -> Result<(), StoreError> {
    if !change.incident.state.is_open() {
        change.check(Step::Start)?;
    }
    change.record(&Acknowledged { person_id, via: via.to_owned() })?;
    change.incident.acknowledged_at = Some(change.act.at);
    let known = party::find_person(tx, change.incident.tenant, person_id).await?;
    if change.incident.assignee_id.is_none() && known.is_some() {
        change.incident.assignee_id = Some(person_id);
        change.record(&Assigned { team_id: change.incident.team_id, person_id: Some(person_id) })?;
    }
    match change.incident.state {
        IncidentState::New | IncidentState::Assigned | IncidentState::Reopened => change.step(Step::Start, Some("acknowledged")),
        _ => Ok(()),
    }
}

/// Says "mine". Saying it again changes nothing.
#[utoipa::path(post, path = "/api/v1/incidents/{id}/acknowledge", operation_id = "incident_acknowledge", tag = "incident",
    params(("id" = IncidentId, Path)), responses((status = 200, body = IncidentView), Refusals))]
pub(super) async fn incident_acknowledge(
    State(manage): State<Manage>,
    caller: Caller,
    Path(id): Path<IncidentId>,
    if_match: IfMatch,
) -> ApiResult<Tagged<IncidentView>> {
    let mut tx = manage.kit.db.write().await?;
    let found = hold(&mut tx, &caller, Permission::IncidentWrite, id, &if_match).await?;
    let person =
        caller.person.ok_or_else(|| Problem::new(ErrorCode::Forbidden, "only a person can say \"mine\"; this token has none behind it"))?;
    let mut change = Change::of(found, act(&manage, &caller));
    if change.incident.acknowledged_at.is_none() {
        apply(&mut tx, &mut change, person, "console").await?;
    }
    finish(tx, &caller, change).await
}
