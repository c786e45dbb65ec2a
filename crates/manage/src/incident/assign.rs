//! Give an incident to a team or a person.

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, IfMatch, Json, Path, Permission, Problem, Refusals, Tagged};
use evenkeel_core::{
    event::manage::Assigned,
    id::{IncidentId, PersonId, TeamId},
    state::IncidentState,
};
use evenkeel_store::{StoreError, Tx};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{
    change::Change,
    machine::Step,
    request::{begin, finish},
    view::IncidentView,
};
use crate::{Manage, party, refuse};

/// Who shall have it. A team alone takes it from its person; a person alone leaves it with its team.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AssignRequest {
    /// The team.
    team_id: Option<TeamId>,
    /// The person.
    person_id: Option<PersonId>,
}

/// Gives the incident away; a new one becomes assigned.
///
/// # Errors
/// A refusal when nobody is named, when the team or person does not exist or is not active, or when it is over.
pub(super) async fn apply(
    tx: &mut Tx,
    change: &mut Change,
    team_id: Option<TeamId>,
    person_id: Option<PersonId>,
) -> Result<(), StoreError> {
    let tenant = change.incident.tenant;
    if team_id.is_none() && person_id.is_none() {
        return Err(refuse::invalid("/person_id", "give a team, a person or both").into());
    }
    if !change.incident.state.is_open() {
        change.check(Step::Assign)?;
    }
    if let Some(id) = team_id {
        let team = party::find_team(tx, tenant, id).await?.ok_or_else(|| refuse::invalid("/team_id", format!("there is no team {id}")))?;
        change.incident.team_id = Some(id);
        change.incident.team_organisation_id = Some(team.organisation_id);
        change.incident.assignee_id = None;
    }
    if let Some(id) = person_id {
        let person = party::find_person(tx, tenant, id).await?;
        if !person.is_some_and(|person| person.definition.active) {
            let detail = format!("there is no active person {id}");
            return Err(refuse::invalid("/person_id", detail).into());
        }
        change.incident.assignee_id = Some(id);
    }
    change.record(&Assigned { team_id: change.incident.team_id, person_id: change.incident.assignee_id })?;
    if change.incident.state == IncidentState::New {
        change.step(Step::Assign, None)?;
    }
    Ok(())
}

/// Gives an incident to a team or a person.
#[utoipa::path(post, path = "/api/v1/incidents/{id}/assign", operation_id = "incident_assign", tag = "incident",
    params(("id" = IncidentId, Path)), request_body = AssignRequest,
    responses((status = 200, body = IncidentView), Refusals))]
pub(super) async fn incident_assign(
    State(manage): State<Manage>,
    caller: Caller,
    Path(id): Path<IncidentId>,
    if_match: IfMatch,
    request: Result<Json<AssignRequest>, Problem>,
) -> ApiResult<Tagged<IncidentView>> {
    caller.require(Permission::IncidentWrite)?;
    let Json(request) = request?;
    let (mut tx, mut change) = begin(&manage, &caller, id, &if_match).await?;
    apply(&mut tx, &mut change, request.team_id, request.person_id).await?;
    finish(tx, &caller, change).await
}
