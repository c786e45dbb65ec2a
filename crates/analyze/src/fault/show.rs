//! The 345 timeline of one incident.

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, Json, Path, Permission, Problem, Refusals};
use evenkeel_core::id::{IncidentId, PersonId};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::{Action, Basis, Fault, Moment, fault};
use crate::{Analyze, world::load};

/// One of the four moments.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct FaultMoment {
    /// `t0` occurred, `t1` detected, `t2` located, `t3` restored.
    pub moment: String,
    /// When; null = not known.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub at: Option<Timestamp>,
    /// Why it is believed; null = not known.
    pub basis: Option<Basis>,
    /// The event that says so.
    pub event_seq: Option<i64>,
}

/// One of the three durations.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct FaultDuration {
    /// `detect`, `locate`, `restore`.
    pub name: String,
    /// Seconds; null = an end is not known.
    pub secs: Option<i64>,
}

/// A moment beside the four.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct OtherMoment {
    /// `responded`, `first_response`, `notified`, `verified`, `closed`.
    pub name: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// The event that says so.
    pub event_seq: i64,
}

/// One of the five actions.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct FaultAction {
    /// Which.
    pub action: Action,
    /// Whether it was done.
    pub done: bool,
    /// When.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub at: Option<Timestamp>,
    /// The person who did it; null = a machine, or not done.
    pub owner: Option<PersonId>,
    /// The event that says so.
    pub event_seq: Option<i64>,
}

/// The 345 timeline of one fault.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct FaultTimeline {
    /// The incident; of a merged one, the survivor that its fault belongs to.
    pub incident_id: IncidentId,
    /// T0 to T3, always four.
    pub moments: Vec<FaultMoment>,
    /// Always three; they sum to the total.
    pub durations: Vec<FaultDuration>,
    /// T3 − T0, seconds.
    pub total_secs: Option<i64>,
    /// Further moments, in order of time.
    pub others: Vec<OtherMoment>,
    /// Always five.
    pub actions: Vec<FaultAction>,
}

/// The fault timeline of an incident: four moments, three durations, five actions, each with its evidence.
#[utoipa::path(get, path = "/api/v1/incidents/{id}/fault", operation_id = "fault_show", tag = "fault",
    params(("id" = IncidentId, Path)), responses((status = 200, body = FaultTimeline), Refusals))]
pub(super) async fn fault_show(
    State(analyze): State<Analyze>,
    caller: Caller,
    Path(id): Path<IncidentId>,
) -> ApiResult<Json<FaultTimeline>> {
    caller.require(Permission::FigureRead)?;
    let mut sql = analyze.kit.db.read().await?;
    let mut world = load::incident(&mut sql, caller.tenant, id).await?;
    let mut id = id;
    // A chain of merges is short; the bound is a guard against a ring.
    for _ in 0..10 {
        let view = world.latest();
        let incident = view.incident(id).ok_or_else(|| Problem::not_found("incident", id))?;
        let incident = caller.authorise(Permission::FigureRead, &view.organisations(incident), ("incident", id), incident)?.into_inner();
        let Some(survivor) = incident.survivor(view.position) else {
            let fault = fault(view, incident).ok_or_else(|| Problem::not_found("incident", id))?;
            return Ok(Json(timeline(&fault)));
        };
        id = survivor;
        world = load::incident(&mut sql, caller.tenant, id).await?;
    }
    Err(Problem::not_found("fault of incident", id))
}

/// The timeline of a fault, as it is shown.
pub fn timeline(fault: &Fault) -> FaultTimeline {
    let moment = |name: &str, moment: Option<Moment>| FaultMoment {
        moment: name.to_owned(),
        at: moment.map(|moment| moment.at),
        basis: moment.map(|moment| moment.basis),
        event_seq: moment.map(|moment| moment.seq),
    };
    let duration = |name: &str, secs| FaultDuration { name: name.to_owned(), secs };
    let mut others: Vec<OtherMoment> = [
        ("responded", fault.responded),
        ("first_response", fault.first_response),
        ("notified", fault.notified),
        ("verified", fault.verified),
        ("closed", fault.closed),
    ]
    .into_iter()
    .filter_map(|(name, moment)| moment.map(|moment| OtherMoment { name: name.to_owned(), at: moment.at, event_seq: moment.seq }))
    .collect();
    others.sort_by_key(|other| other.at);
    FaultTimeline {
        incident_id: fault.id,
        moments: vec![
            moment("t0", fault.occurred),
            moment("t1", fault.detected),
            moment("t2", fault.located),
            moment("t3", fault.restored),
        ],
        durations: vec![
            duration("detect", fault.detect_secs()),
            duration("locate", fault.locate_secs()),
            duration("restore", fault.restore_secs()),
        ],
        total_secs: fault.total_secs(),
        others,
        actions: fault
            .actions()
            .into_iter()
            .map(|action| FaultAction {
                action: action.action,
                done: action.done.is_some(),
                at: action.done.map(|done| done.at),
                owner: action.done.and_then(|done| done.owner),
                event_seq: action.done.map(|done| done.seq),
            })
            .collect(),
    }
}
