//! Who does what, and who is in the war room since when.

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, IfMatch, Json, Path, Permission, Problem, Refusals, Tagged};
use evenkeel_core::{
    ErrorCode, Failure,
    event::major::{MajorJoined, MajorLeft, MajorRoleGiven},
    id::{IncidentId, PersonId},
    state::MajorRole,
};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{handling::Handling, table, view::MajorView};
use crate::{Manage, party};

/// Who does what.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct MajorRoleRequest {
    /// What.
    role: MajorRole,
    /// Who.
    person_id: PersonId,
}

/// Who comes or goes.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct MajorRoomRequest {
    /// Whoever asks when not said.
    person_id: Option<PersonId>,
}

/// Gives a role to somebody; whoever had it keeps only their place in the room.
pub(super) async fn give(handling: &mut Handling, role: MajorRole, person: PersonId) -> ApiResult<()> {
    known(handling, person).await?;
    let (members, mut member) = handling.member(person).await?;
    if member.role == Some(role) {
        return Ok(());
    }
    for mut former in members.into_iter().filter(|other| other.role == Some(role)) {
        former.role = None;
        table::put_member(&mut handling.tx, &handling.major, &former).await?;
    }
    member.role = Some(role);
    table::put_member(&mut handling.tx, &handling.major, &member).await?;
    handling.change.record(&MajorRoleGiven { role, person_id: person })?;
    Ok(())
}

async fn known(handling: &mut Handling, person: PersonId) -> ApiResult<()> {
    let found = party::find_person(&mut handling.tx, handling.major.tenant, person).await?;
    found.filter(|found| found.definition.active).map(|_| ()).ok_or_else(|| Problem::not_found("person", person))
}

fn on(handling: &Handling) -> Result<(), Failure> {
    let state = handling.major.state;
    if state.is_on() {
        return Ok(());
    }
    Err(Failure::new(ErrorCode::StateRefused, format!("a major incident that is {state} has no war room; declare it first")).at("/state"))
}

/// Gives somebody a role.
#[utoipa::path(post, path = "/api/v1/incidents/{id}/major/role", operation_id = "incident_major_role", tag = "incident",
    params(("id" = IncidentId, Path)), request_body = MajorRoleRequest,
    responses((status = 200, body = MajorView), Refusals))]
pub(super) async fn incident_major_role(
    State(manage): State<Manage>,
    caller: Caller,
    Path(id): Path<IncidentId>,
    if_match: IfMatch,
    request: Result<Json<MajorRoleRequest>, Problem>,
) -> ApiResult<Tagged<MajorView>> {
    caller.require(Permission::IncidentWrite)?;
    let Json(request) = request?;
    let mut handling = Handling::begin(&manage, &caller, id, &if_match).await?;
    on(&handling)?;
    give(&mut handling, request.role, request.person_id).await?;
    handling.finish(&caller).await
}

/// Somebody is in the war room. The first time counts: it is when the role was there.
#[utoipa::path(post, path = "/api/v1/incidents/{id}/major/join", operation_id = "incident_major_join", tag = "incident",
    params(("id" = IncidentId, Path)), request_body = MajorRoomRequest,
    responses((status = 200, body = MajorView), Refusals))]
pub(super) async fn incident_major_join(
    State(manage): State<Manage>,
    caller: Caller,
    Path(id): Path<IncidentId>,
    if_match: IfMatch,
    request: Result<Json<MajorRoomRequest>, Problem>,
) -> ApiResult<Tagged<MajorView>> {
    caller.require(Permission::IncidentWrite)?;
    let Json(request) = request?;
    let mut handling = Handling::begin(&manage, &caller, id, &if_match).await?;
    on(&handling)?;
    let person = request.person_id.or(caller.person).ok_or_else(nobody)?;
    known(&mut handling, person).await?;
    let (_, mut member) = handling.member(person).await?;
    if member.joined_at.is_none() || member.left_at.is_some() {
        member.joined_at = member.joined_at.or(Some(handling.change.act.at));
        member.left_at = None;
        table::put_member(&mut handling.tx, &handling.major, &member).await?;
        handling.change.record(&MajorJoined { person_id: person, role: member.role })?;
    }
    handling.finish(&caller).await
}

/// Somebody left the war room.
#[utoipa::path(post, path = "/api/v1/incidents/{id}/major/leave", operation_id = "incident_major_leave", tag = "incident",
    params(("id" = IncidentId, Path)), request_body = MajorRoomRequest,
    responses((status = 200, body = MajorView), Refusals))]
pub(super) async fn incident_major_leave(
    State(manage): State<Manage>,
    caller: Caller,
    Path(id): Path<IncidentId>,
    if_match: IfMatch,
    request: Result<Json<MajorRoomRequest>, Problem>,
) -> ApiResult<Tagged<MajorView>> {
    caller.require(Permission::IncidentWrite)?;
    let Json(request) = request?;
    let mut handling = Handling::begin(&manage, &caller, id, &if_match).await?;
    let person = request.person_id.or(caller.person).ok_or_else(nobody)?;
    let (_, mut member) = handling.member(person).await?;
    if member.joined_at.is_some() && member.left_at.is_none() {
        member.left_at = Some(handling.change.act.at);
        table::put_member(&mut handling.tx, &handling.major, &member).await?;
        handling.change.record(&MajorLeft { person_id: person })?;
    }
    handling.finish(&caller).await
}

fn nobody() -> Failure {
    crate::refuse::invalid("/person_id", "a token is nobody who could be in a room; say who is")
}
