//! The clock of a request: its expected time, folded by the promise engine from the request's events.
//!
//! It counts from approval, in the hours of the calendar that its item names, and pauses while the requester owes an answer;
//! waiting for anybody else is our time. A promise of its own for one ticket: an agreement with one goal and one pause.

use std::sync::Arc;

use async_trait::async_trait;
use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, Json, Path, Permission, Problem, Refusals};
use evenkeel_core::{
    definition::{AgreementDefinition, Bilingual, GoalTarget, Layer, PauseRule, Retarget, TimeOwner},
    event::{
        Body as _, Event,
        request::{RequestSubmitted, RequestTransitioned},
    },
    id::{CalendarId, RequestId, TenantId},
    priority::Priority,
    state::{Goal, HoldReason, RequestState},
};
use evenkeel_sla::clock::{self, ClockReading, Explanation, Fact, FactKind, Terms};
use evenkeel_store::{Consumer, Result, Sql, StoreError, Tx, ledger};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::explain::{ExplainedCalendar, ExplainedInterval, ExplainedOwner, calendar_of, intervals_of, owners_of};
use crate::{Analyze, port::Requests, world::World};

/// A request has no priority: its promise is the same at every one.
const PRIORITY: Priority = Priority::ALL[2];

/// What is folded: the promise, what happened, and by which calendar.
struct Line {
    terms: Vec<Terms>,
    facts: Vec<Fact>,
    calendar: (String, i64),
}

fn promise(secs: i64, calendar: CalendarId) -> AgreementDefinition {
    AgreementDefinition {
        display: Bilingual { zh: String::new(), en: String::new() },
        layer: Layer::Sla,
        customer: None,
        services: Vec::new(),
        calendar,
        goals: vec![GoalTarget { priority: PRIORITY, goal: Goal::Resolve, target_secs: secs }],
        pauses: vec![PauseRule { hold: HoldReason::Customer, owner: TimeOwner::Customer }],
        retarget: Retarget::default(),
        reopen_within_days: 0,
        availability_target: None,
        attainment_target: None,
        maintenance: None,
        escalation: None,
    }
}

/// What a transition is to the clock.
const fn kind_of(body: &RequestTransitioned) -> Option<FactKind> {
    Some(match body.to {
        RequestState::Approved => FactKind::Opened { priority: PRIORITY, terms: Some(0) },
        RequestState::Fulfilling => FactKind::Working,
        RequestState::Waiting => FactKind::OnHold { reason: body.hold },
        RequestState::Fulfilled => FactKind::Resolved,
        RequestState::Accepted => FactKind::Closed,
        RequestState::Rejected | RequestState::Withdrawn => FactKind::Cancelled,
        RequestState::Draft | RequestState::Submitted | RequestState::Approving => return None,
    })
}

/// The line of a request; none when nothing is promised, or it is not approved yet.
async fn line(sql: &mut dyn Sql, tenant: TenantId, id: RequestId) -> Result<Option<Line>> {
    let events = ledger::events_of(sql, tenant, "request", &id.to_string()).await?;
    let (mut expected, mut facts, mut approved_at) = (None, Vec::new(), None);
    for event in &events {
        if let Some(body) = event.read::<RequestSubmitted>() {
            let body = body?;
            expected = body.expected_secs.zip(body.calendar_id);
        }
        if let Some(body) = event.read::<RequestTransitioned>() {
            let body = body?;
            if body.to == RequestState::Approved {
                approved_at = Some(event.occurred_at);
            }
            facts.extend(kind_of(&body).map(|kind| Fact { at: event.occurred_at, seq: event.seq, kind }));
        }
    }
    let (Some((secs, calendar)), Some(approved_at)) = (expected, approved_at) else { return Ok(None) };
    let mut world = World::default();
    for event in ledger::events_of(sql, tenant, "definition", &calendar.to_string()).await? {
        world.apply(&event);
    }
    // The calendar in force when the promise began to count, never today's.
    let Some(hours) = world.calendars.in_force(calendar, approved_at, i64::MAX) else { return Ok(None) };
    let terms = vec![Terms::new(&promise(secs, calendar), hours.body.clone())];
    Ok(Some(Line { terms, facts, calendar: (hours.name.clone(), hours.version) }))
}

/// The consumer `analyze.request_clock`.
pub struct RequestClockConsumer {
    /// Where due times go.
    pub requests: Arc<dyn Requests>,
}

#[async_trait]
impl Consumer for RequestClockConsumer {
    fn name(&self) -> &'static str {
        "analyze.request_clock"
    }

    fn kinds(&self) -> &'static [&'static str] {
        &[RequestTransitioned::KIND]
    }

    async fn handle(&self, tx: &mut Tx, event: &Event) -> Result<()> {
        let id: RequestId =
            event.subject.id.parse().map_err(|error| StoreError::Corrupt(format!("request id {:?}: {error}", event.subject.id)))?;
        let Some(line) = line(tx, event.tenant, id).await? else { return Ok(()) };
        let due_at =
            clock::read(&line.terms, Goal::Resolve, &line.facts, tx.now()).filter(ClockReading::is_open).and_then(|reading| reading.due_at);
        self.requests.set_due(tx, event.tenant, id, due_at).await
    }
}

/// The clock of a request with every second accounted for.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ExplainedRequestClock {
    /// Whose.
    pub request_id: RequestId,
    /// The hours it runs in.
    pub calendar: ExplainedCalendar,
    /// How it stands.
    pub state: String,
    /// Expected, seconds of business time.
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
    /// From approval to the end without a gap.
    pub intervals: Vec<ExplainedInterval>,
    /// By owner; the sum is all business time.
    pub owners: Vec<ExplainedOwner>,
    /// The instant of this reading.
    #[schema(value_type = String, format = DateTime)]
    pub as_of: Timestamp,
}

/// Why a request is expected when it is.
#[utoipa::path(get, path = "/api/v1/requests/{id}/clock", operation_id = "request_clock_explain", tag = "clock",
    params(("id" = RequestId, Path)), responses((status = 200, body = ExplainedRequestClock), Refusals))]
pub(super) async fn request_clock_explain(
    State(analyze): State<Analyze>,
    caller: Caller,
    Path(id): Path<RequestId>,
) -> ApiResult<Json<ExplainedRequestClock>> {
    caller.require(Permission::RequestRead)?;
    let mut sql = analyze.kit.db.read().await?;
    if !analyze.requests.shows(&mut sql, &caller, id).await? {
        return Err(Problem::not_found("request", id));
    }
    let line = line(&mut sql, caller.tenant, id).await?;
    let explained = line.as_ref().and_then(|line| {
        let explanation = clock::explain(&line.terms, Goal::Resolve, &line.facts, analyze.kit.now())?;
        Some(shown(id, line, explanation))
    });
    explained.map(Json).ok_or_else(|| Problem::not_found("clock", format!("of request {id}")))
}

fn shown(request_id: RequestId, line: &Line, explanation: Explanation) -> ExplainedRequestClock {
    let reading = explanation.reading;
    ExplainedRequestClock {
        request_id,
        calendar: calendar_of(&line.calendar, line.terms.first().map(Terms::calendar)),
        state: reading.state.as_str().to_owned(),
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use evenkeel_sla::Calendar;

    use super::*;

    const HOUR: i64 = 3_600;

    fn at(secs: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + secs).unwrap()
    }

    /// A four-hour promise around the clock, and these transitions.
    fn read(steps: &[(i64, RequestState, Option<HoldReason>)], now: i64) -> Option<ClockReading> {
        let terms = [Terms::new(&promise(4 * HOUR, CalendarId::named("always")), Calendar::always())];
        let fact = |(seq, (secs, to, hold)): (usize, &(i64, RequestState, Option<HoldReason>))| {
            let body = RequestTransitioned { from: RequestState::Submitted, to: *to, hold: *hold, reason: None };
            Some(Fact { at: at(*secs), seq: i64::try_from(seq).unwrap(), kind: kind_of(&body)? })
        };
        let facts: Vec<Fact> = steps.iter().enumerate().filter_map(fact).collect();
        clock::read(&terms, Goal::Resolve, &facts, at(now))
    }

    #[test]
    fn nothing_counts_before_approval() {
        assert!(read(&[(0, RequestState::Submitted, None), (0, RequestState::Approving, None)], 9 * HOUR).is_none());
        let begun = read(&[(0, RequestState::Approving, None), (HOUR, RequestState::Approved, None)], 2 * HOUR).unwrap();
        assert_eq!((begun.due_at, begun.elapsed_secs), (Some(at(5 * HOUR)), HOUR));
    }

    #[test]
    fn only_waiting_for_the_requester_moves_what_is_expected() {
        let waits = |hold| {
            [
                (0, RequestState::Approved, None),
                (0, RequestState::Fulfilling, None),
                (HOUR, RequestState::Waiting, Some(hold)),
                (3 * HOUR, RequestState::Fulfilling, None),
            ]
        };
        let asked = waits(HoldReason::Customer);
        assert_eq!(read(&asked[..3], 2 * HOUR).unwrap().due_at, None);
        assert_eq!(read(&asked, 3 * HOUR).unwrap().due_at, Some(at(6 * HOUR)));
        assert_eq!(read(&waits(HoldReason::ThirdParty), 3 * HOUR).unwrap().due_at, Some(at(4 * HOUR)));
    }

    #[test]
    fn what_is_done_or_withdrawn_is_expected_no_more() {
        let begun = [(0, RequestState::Approved, None), (0, RequestState::Fulfilling, None)];
        let done = read(&[&begun[..], &[(HOUR, RequestState::Fulfilled, None)]].concat(), 9 * HOUR).unwrap();
        assert_eq!((done.state.as_str(), done.is_open()), ("met", false));
        let late = read(&[&begun[..], &[(5 * HOUR, RequestState::Fulfilled, None)]].concat(), 9 * HOUR).unwrap();
        assert_eq!(late.state.as_str(), "breached");
        let gone = read(&[&begun[..], &[(HOUR, RequestState::Withdrawn, None)]].concat(), 9 * HOUR).unwrap();
        assert_eq!((gone.state.as_str(), gone.is_open()), ("cancelled", false));
    }
}
