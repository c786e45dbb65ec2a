//! Explain a clock: every interval counted, paused, closed or stopped, each with its cause; no due time without a why.

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, Json, Path, Permission, Problem, Query, Refusals};
use evenkeel_core::{
    definition::{Layer, TimeOwner},
    id::{AgreementId, IncidentId},
    state::Goal,
};
use evenkeel_sla::{
    Calendar,
    calendar::HolidaySet,
    clock::{self, Explanation, Interval, OwnerSecs},
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    fold::{Applied, Line, Shelf, lines},
    list::AgreementName,
};
use crate::{
    Analyze,
    world::{View, incident::Incident, load},
};

/// The hours a clock runs in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ExplainedCalendar {
    /// The name it is declared under.
    pub name: String,
    /// Its IANA zone.
    pub zone: String,
    /// The version that applies.
    pub version: i64,
    /// `none`, `cn`.
    pub holidays: String,
}

/// Why a stretch is what it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ExplainedCause {
    /// A stable code: a calendar's rule (`hours`, `holiday`, `weekend` …) or an event (`opened`, `on_hold`, `resumed` …).
    pub code: String,
    /// The event that did it.
    pub event_seq: Option<i64>,
    /// The holiday, date or hold, with its sources, as an object.
    pub detail: serde_json::Value,
}

/// One stretch of a clock's life.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ExplainedInterval {
    /// From, inclusive.
    #[schema(value_type = String, format = DateTime)]
    pub from: Timestamp,
    /// To, exclusive.
    #[schema(value_type = String, format = DateTime)]
    pub to: Timestamp,
    /// `counted`, `paused`, `closed`, `stopped`.
    pub kind: String,
    /// Its length, seconds.
    pub secs: i64,
    /// Why.
    pub cause: ExplainedCause,
    /// Whose time, when it is business time.
    pub owner: Option<TimeOwner>,
}

/// Business time that one party held.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ExplainedOwner {
    /// Who.
    pub owner: TimeOwner,
    /// Counted and paused together, seconds.
    pub secs: i64,
    /// Counted against the target, seconds.
    pub counted_secs: i64,
    /// Paused, seconds.
    pub paused_secs: i64,
}

/// A clock with every second accounted for.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ExplainedClock {
    /// Whose.
    pub incident_id: IncidentId,
    /// What for.
    pub goal: Goal,
    /// The promise.
    pub agreement: AgreementName,
    /// The hours it runs in.
    pub calendar: ExplainedCalendar,
    /// How it stands.
    pub state: String,
    /// P1 to P5, whose target applies.
    pub priority: u8,
    /// Promised, seconds of business time.
    pub target_secs: i64,
    /// Used up, seconds of business time.
    pub elapsed_secs: i64,
    /// When it is due.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub due_at: Option<Timestamp>,
    /// When it was missed.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub breached_at: Option<Timestamp>,
    /// Whether holidays yet to be decreed may move the due time.
    pub holidays_not_yet_published: bool,
    /// From the origin to the end without a gap.
    pub intervals: Vec<ExplainedInterval>,
    /// By owner; the sum is all business time.
    pub owners: Vec<ExplainedOwner>,
    /// The instant of this reading.
    #[schema(value_type = String, format = DateTime)]
    pub as_of: Timestamp,
}

/// Which agreement.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ExplainQuery {
    /// The agreement; when not given, the customer's SLA.
    #[param(value_type = Option<String>)]
    pub agreement: Option<AgreementId>,
}

/// Why a clock says what it says.
#[utoipa::path(get, path = "/api/v1/incidents/{id}/clocks/{goal}/explain", operation_id = "clock_explain", tag = "clock",
    params(("id" = IncidentId, Path), ("goal" = Goal, Path), ExplainQuery), responses((status = 200, body = ExplainedClock), Refusals))]
pub(super) async fn clock_explain(
    State(analyze): State<Analyze>,
    caller: Caller,
    Path((id, goal)): Path<(IncidentId, Goal)>,
    Query(query): Query<ExplainQuery>,
) -> ApiResult<Json<ExplainedClock>> {
    caller.require(Permission::ClockRead)?;
    let world = {
        let mut sql = analyze.kit.db.read().await?;
        load::incident(&mut sql, caller.tenant, id).await?
    };
    let view = world.latest();
    let incident = view.incident(id).ok_or_else(|| Problem::not_found("incident", id))?;
    let incident = caller.authorise(Permission::ClockRead, &view.organisations(incident), ("incident", id), incident)?.into_inner();
    let scoped = caller.scope(Permission::ClockRead)?.organisation().is_some();
    let explained = explain(view, incident, goal, query.agreement, analyze.kit.now())
        .filter(|explained| !scoped || explained.agreement.layer != "ola")
        .ok_or_else(|| Problem::not_found("clock", format!("{goal} of incident {id}")))?;
    Ok(Json(explained))
}

/// The explanation of one clock; of the SLA when no agreement is named, else of the first that has this goal.
pub fn explain(
    view: View<'_>,
    incident: &Incident,
    goal: Goal,
    agreement: Option<AgreementId>,
    as_of: Timestamp,
) -> Option<ExplainedClock> {
    let mut lines = lines(view, incident, &mut Shelf::default());
    lines.retain(|line| agreement.is_none_or(|agreement| line.agreement == agreement));
    lines.sort_by_key(|line| line.layer != Layer::Sla);
    lines.iter().find_map(|line| {
        let explanation = clock::explain(&line.terms, goal, &line.facts, as_of)?;
        let applied = line.versions.get(explanation.reading.terms)?;
        Some(shown(incident.opened.as_ref()?.id, line, applied, explanation))
    })
}

fn shown(incident_id: IncidentId, line: &Line, applied: &Applied, explanation: Explanation) -> ExplainedClock {
    let reading = explanation.reading;
    ExplainedClock {
        incident_id,
        goal: reading.goal,
        agreement: AgreementName {
            id: applied.agreement.id,
            name: applied.name.clone(),
            display: applied.display.clone(),
            version: applied.agreement.version,
            layer: word(line.layer),
        },
        calendar: calendar_of(&applied.calendar, line.terms.get(reading.terms).map(clock::Terms::calendar)),
        state: reading.state.as_str().to_owned(),
        priority: reading.priority.get(),
        target_secs: reading.target_secs,
        elapsed_secs: reading.elapsed_secs,
        due_at: reading.due_at,
        breached_at: reading.breached_at,
        holidays_not_yet_published: reading.holidays_not_yet_published,
        intervals: intervals_of(explanation.intervals),
        owners: owners_of(explanation.owners),
        as_of: reading.as_of,
    }
}

/// The hours of a clock: name and version of the calendar, and what it says.
pub(super) fn calendar_of((name, version): &(String, i64), calendar: Option<&Calendar>) -> ExplainedCalendar {
    ExplainedCalendar {
        name: name.clone(),
        zone: calendar.map(|calendar| calendar.zone_name().to_owned()).unwrap_or_default(),
        version: *version,
        holidays: match calendar.map(Calendar::holidays) {
            Some(HolidaySet::Cn) => "cn",
            Some(HolidaySet::None) | None => "none",
        }
        .to_owned(),
    }
}

/// The stretches of a clock's life.
pub(super) fn intervals_of(intervals: Vec<Interval>) -> Vec<ExplainedInterval> {
    let shown = intervals.into_iter().map(|interval| ExplainedInterval {
        from: interval.from,
        to: interval.to,
        kind: word(interval.kind),
        secs: interval.secs,
        cause: ExplainedCause {
            code: word(interval.cause.code),
            event_seq: interval.cause.event_seq,
            detail: serde_json::to_value(&interval.cause.detail).unwrap_or_default(),
        },
        owner: interval.owner,
    });
    shown.collect()
}

/// Business time by who held it.
pub(super) fn owners_of(owners: Vec<OwnerSecs>) -> Vec<ExplainedOwner> {
    let shown = owners.into_iter().map(|owner| ExplainedOwner {
        owner: owner.owner,
        secs: owner.secs,
        counted_secs: owner.counted_secs,
        paused_secs: owner.paused_secs,
    });
    shown.collect()
}

/// The word that a plain enumeration has on the wire.
fn word(value: impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        _ => String::new(),
    }
}
