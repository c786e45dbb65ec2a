//! How a major incident looks to those who handle it.

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, Json, Path, Permission, Problem, Refusals, Scope};
use evenkeel_core::{
    id::IncidentId,
    state::{MajorRole, MajorState},
};
use evenkeel_store::{Sql, StoreError};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    machine::{MajorMachine, Step},
    model::Major,
    table,
};
use crate::{
    Manage,
    incident::{model::Incident, store},
    party::{PersonRef, Wanted, load_names},
    ticket::machine::{self, Machine as _},
};

/// Somebody who handles it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct MajorMember {
    /// Who.
    pub person: PersonRef,
    /// What they do.
    pub role: Option<MajorRole>,
    /// When they first came into the war room.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub joined_at: Option<Timestamp>,
    /// When they left it, while they are away.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub left_at: Option<Timestamp>,
}

/// How an incident is handled as a major one.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Major)]
pub(super) struct MajorView {
    /// Where it stands.
    pub state: MajorState,
    /// Where people meet.
    pub room: Option<String>,
    /// A word is owed every so many seconds.
    pub cadence_secs: i64,
    /// When it was declared.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub declared_at: Option<Timestamp>,
    /// When its effect was contained.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub mitigated_at: Option<Timestamp>,
    /// When service was back.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub restored_at: Option<Timestamp>,
    /// When it was verified.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub verified_at: Option<Timestamp>,
    /// When it was closed or demoted.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub ended_at: Option<Timestamp>,
    /// When the next word is owed; none when none is.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub update_due_at: Option<Timestamp>,
    /// When the last of the three roles was in the war room; none while one is missing.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub complete_at: Option<Timestamp>,
    /// In the order in which they came.
    pub members: Vec<MajorMember>,
    /// The incident's: send it as `If-Match`.
    pub version: i64,
    /// The steps that its state and your permissions allow.
    pub allowed: Vec<String>,
}

/// How it looks to this caller.
pub(super) async fn view(sql: &mut dyn Sql, caller: &Caller, incident: &Incident, major: Major) -> Result<MajorView, StoreError> {
    let members = table::members(sql, caller.tenant, incident.id).await?;
    let mut wanted = Wanted::default();
    wanted.people.extend(members.iter().map(|member| member.person_id));
    let names = load_names(sql, caller.tenant, &wanted).await?;
    let joined = |role: &MajorRole| members.iter().find(|member| member.role == Some(*role)).and_then(|member| member.joined_at);
    let there: Option<Vec<Timestamp>> = MajorRole::ALL.iter().map(joined).collect();
    let allowed = if caller.may(Permission::IncidentWrite) { machine::allowed::<MajorMachine>(major.state) } else { Vec::new() };
    Ok(MajorView {
        state: major.state,
        room: major.room,
        cadence_secs: major.cadence_secs,
        declared_at: major.declared_at,
        mitigated_at: major.mitigated_at,
        restored_at: major.restored_at,
        verified_at: major.verified_at,
        ended_at: major.ended_at,
        update_due_at: major.update_due_at,
        complete_at: there.and_then(|times| times.into_iter().max()),
        members: members
            .into_iter()
            .map(|member| MajorMember {
                person: names.person(member.person_id),
                role: member.role,
                joined_at: member.joined_at,
                left_at: member.left_at,
            })
            .collect(),
        version: incident.version,
        // It is reviewed by publishing its review, not by a word.
        allowed: allowed.into_iter().filter(|word| *word != MajorMachine::word(Step::Review)).map(ToOwned::to_owned).collect(),
    })
}

/// How an incident is handled as a major one; null when it is not. Staff only.
#[utoipa::path(get, path = "/api/v1/incidents/{id}/major", operation_id = "incident_major", tag = "incident",
    params(("id" = IncidentId, Path)), responses((status = 200, body = Option<MajorView>), Refusals))]
pub(super) async fn incident_major(
    State(manage): State<Manage>,
    caller: Caller,
    Path(id): Path<IncidentId>,
) -> ApiResult<Json<Option<MajorView>>> {
    caller.require(Permission::IncidentNoteInternal)?;
    let scope = caller.scope(Permission::IncidentRead)?;
    let mut sql = manage.kit.db.read().await?;
    let incident = store::find(&mut sql, caller.tenant, id)
        .await?
        .filter(|incident| scope == Scope::All && scope.shows(&incident.organisations()))
        .ok_or_else(|| Problem::not_found("incident", id))?;
    let Some(major) = table::find(&mut sql, caller.tenant, id).await? else { return Ok(Json(None)) };
    Ok(Json(Some(view(&mut sql, &caller, &incident, major).await?)))
}
