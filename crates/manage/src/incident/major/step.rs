//! Propose, declare, and every further step.

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, IfMatch, Json, Path, Permission, Problem, Refusals, Tagged};
use evenkeel_core::{
    ErrorCode, Failure,
    event::major::{MajorArranged, MajorTransitioned},
    id::{IncidentId, PersonId},
    state::{MajorRole, MajorState},
};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{handling::Handling, machine::Step, model::Major, role, table, view::MajorView};
use crate::{
    Manage,
    incident::{locate::open_for, request, restore},
    refuse,
    ticket::words,
};

/// The shortest and the longest time between two words, seconds.
const CADENCE: std::ops::RangeInclusive<i64> = 300..=86_400;
/// The most characters of the war room's address.
const ROOM_CHARS_MAX: usize = 500;

/// Why.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct MajorProposeRequest {
    /// Staff only.
    text: Option<String>,
}

/// Why, and how people work together.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct MajorDeclareRequest {
    /// Why; staff only.
    text: Option<String>,
    /// Who decides; whoever declares it when not said.
    commander_id: Option<PersonId>,
    /// Where people meet: an https address.
    room: Option<String>,
    /// A word is owed every so many seconds; 1800 when not said.
    #[schema(minimum = 300, maximum = 86400)]
    cadence_secs: Option<i64>,
}

/// A further step.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct MajorStepRequest {
    /// Which.
    step: Step,
    /// What is said with it: how it was contained, why it is none; staff only.
    text: Option<String>,
}

/// Says that an incident may be a major one.
#[utoipa::path(post, path = "/api/v1/incidents/{id}/major/propose", operation_id = "incident_major_propose", tag = "incident",
    params(("id" = IncidentId, Path)), request_body = MajorProposeRequest,
    responses((status = 200, body = MajorView), Refusals))]
pub(super) async fn incident_major_propose(
    State(manage): State<Manage>,
    caller: Caller,
    Path(id): Path<IncidentId>,
    if_match: IfMatch,
    request: Result<Json<MajorProposeRequest>, Problem>,
) -> ApiResult<Tagged<MajorView>> {
    caller.require(Permission::IncidentWrite)?;
    let Json(request) = request?;
    let handling = candidate(&manage, &caller, id, &if_match, request.text.as_deref()).await?;
    if handling.change.said() == 0 {
        let detail = format!("this incident is a major one already: {}", handling.major.state);
        return Err(Failure::new(ErrorCode::StateRefused, detail).at("/state").into());
    }
    handling.finish(&caller).await
}

/// The incident as a candidate; one that is known as such already is left as it is.
async fn candidate(manage: &Manage, caller: &Caller, id: IncidentId, if_match: &IfMatch, text: Option<&str>) -> ApiResult<Handling> {
    let (mut tx, mut change) = request::begin(manage, caller, id, if_match).await?;
    open_for(&change, "a major one")?;
    let major = match table::find(&mut tx, caller.tenant, id).await? {
        Some(major) => major,
        None => {
            let text = words::put_said(&mut tx, caller.tenant, text).await?;
            change.record(&MajorTransitioned { from: None, to: MajorState::Candidate, text })?;
            Major::candidate(caller.tenant, id)
        }
    };
    Ok(Handling { tx, change, major })
}

/// Says that it is one: whoever decides is named, and from now on a word is owed every so often.
#[utoipa::path(post, path = "/api/v1/incidents/{id}/major/declare", operation_id = "incident_major_declare", tag = "incident",
    params(("id" = IncidentId, Path)), request_body = MajorDeclareRequest,
    responses((status = 200, body = MajorView), Refusals))]
pub(super) async fn incident_major_declare(
    State(manage): State<Manage>,
    caller: Caller,
    Path(id): Path<IncidentId>,
    if_match: IfMatch,
    request: Result<Json<MajorDeclareRequest>, Problem>,
) -> ApiResult<Tagged<MajorView>> {
    caller.require(Permission::IncidentWrite)?;
    let Json(request) = request?;
    let mut handling = candidate(&manage, &caller, id, &if_match, None).await?;
    let said = words::put_said(&mut handling.tx, caller.tenant, request.text.as_deref()).await?;
    let major = &mut handling.major;
    if let Some(secs) = request.cadence_secs {
        if !CADENCE.contains(&secs) {
            let detail = format!("a word is owed every {} to {} seconds; this says {secs}", CADENCE.start(), CADENCE.end());
            return Err(refuse::invalid("/cadence_secs", detail).into());
        }
        major.cadence_secs = secs;
    }
    if let Some(room) = request.room.as_deref().map(str::trim).filter(|room| !room.is_empty()) {
        major.room = Some(address(room)?);
    }
    let arranged = MajorArranged { room: major.room.clone(), cadence_secs: major.cadence_secs };
    handling.step(Step::Declare, said)?;
    handling.change.record(&arranged)?;
    if let Some(commander) = request.commander_id.or(caller.person) {
        role::give(&mut handling, MajorRole::Commander, commander).await?;
    }
    handling.finish(&caller).await
}

fn address(room: &str) -> Result<String, Failure> {
    let whole = room.starts_with("https://")
        && room.len() > "https://".len()
        && !room.contains(|letter: char| letter.is_whitespace() || letter.is_control());
    if whole && room.chars().count() <= ROOM_CHARS_MAX {
        return Ok(room.to_owned());
    }
    Err(refuse::invalid("/room", format!("a war room's address begins with https:// and has at most {ROOM_CHARS_MAX} characters")))
}

/// A further step. Restoring says that the service is back, when nothing said so yet; verifying wants that it is.
#[utoipa::path(post, path = "/api/v1/incidents/{id}/major/step", operation_id = "incident_major_step", tag = "incident",
    params(("id" = IncidentId, Path)), request_body = MajorStepRequest,
    responses((status = 200, body = MajorView), Refusals))]
pub(super) async fn incident_major_step(
    State(manage): State<Manage>,
    caller: Caller,
    Path(id): Path<IncidentId>,
    if_match: IfMatch,
    request: Result<Json<MajorStepRequest>, Problem>,
) -> ApiResult<Tagged<MajorView>> {
    caller.require(Permission::IncidentWrite)?;
    let Json(request) = request?;
    let mut handling = Handling::begin(&manage, &caller, id, &if_match).await?;
    if request.step == Step::Declare {
        return Err(refuse::invalid("/step", "declaring names who decides and how often a word is owed: ask .../major/declare").into());
    }
    if request.step == Step::Review {
        return Err(refuse::invalid("/step", "it is reviewed when its review is published: see /api/v1/reviews").into());
    }
    if request.step == Step::Demote {
        words::text(request.text.as_deref().unwrap_or_default())?;
    }
    let said = words::put_said(&mut handling.tx, caller.tenant, request.text.as_deref()).await?;
    handling.step(request.step, said)?;
    match request.step {
        Step::Restore if handling.change.incident.restored_at.is_none() => {
            let at = handling.change.act.at;
            restore::declare(&mut handling.change, at)?;
        }
        Step::Verify => {
            let incident = &handling.change.incident;
            if incident.restored_at.is_none() || incident.firing > 0 {
                let detail = format!("{} of its alerts fire; it is verified when none does and the service is back", incident.firing);
                return Err(Failure::new(ErrorCode::StateRefused, detail).at("/firing").into());
            }
        }
        _ => {}
    }
    handling.finish(&caller).await
}
