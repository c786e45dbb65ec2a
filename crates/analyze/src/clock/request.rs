//! The clock of a request: its expected time, folded by the promise engine from the request's events.
//!
//! It counts from approval, in the hours of the calendar that its item names, and pauses while the requester owes an answer;
//! waiting for anybody else is our time.

use std::sync::Arc;

use async_trait::async_trait;
use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, Json, Path, Permission, Problem, Refusals};
use evenkeel_core::{
    definition::{PauseRule, TimeOwner},
    event::{
        Body as _, Event,
        request::{RequestSubmitted, RequestTransitioned},
    },
    id::{CalendarId, RequestId, TenantId},
    state::{HoldReason, RequestState},
};
use evenkeel_sla::clock::{Fact, FactKind};
use evenkeel_store::{Consumer, Result, Sql, StoreError, Tx, ledger};
use serde::Serialize;
use utoipa::ToSchema;

use super::promise::{self, ExplainedPromise, Kept, PRIORITY, Promise};
use crate::{Analyze, port::Requests};

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
async fn line(sql: &mut dyn Sql, tenant: TenantId, id: RequestId) -> Result<Option<Promise>> {
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
    promise::promise(sql, tenant, &of_request(secs, calendar), approved_at, facts).await
}

/// The promise: so long, paused while the requester owes an answer.
fn of_request(secs: i64, calendar: CalendarId) -> Kept {
    Kept {
        secs,
        calendar: Some(calendar),
        pauses: vec![PauseRule { hold: HoldReason::Customer, owner: TimeOwner::Customer }],
        reopen_within_days: 0,
    }
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
        let due_at = line.due_at(tx.now());
        self.requests.set_due(tx, event.tenant, id, due_at).await
    }
}

/// The clock of a request with every second accounted for.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ExplainedRequestClock {
    /// Whose.
    pub request_id: RequestId,
    #[serde(flatten)]
    pub clock: ExplainedPromise,
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
    let clock = line.and_then(|line| line.explain(analyze.kit.now()));
    let explained = clock.map(|clock| ExplainedRequestClock { request_id: id, clock });
    explained.map(Json).ok_or_else(|| Problem::not_found("clock", format!("of request {id}")))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use evenkeel_core::state::Goal;
    use evenkeel_sla::{
        Calendar,
        clock::{self, ClockReading, Terms},
    };
    use jiff::Timestamp;

    use super::*;

    const HOUR: i64 = 3_600;

    fn at(secs: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + secs).unwrap()
    }

    /// A four-hour promise around the clock, and these transitions.
    fn read(steps: &[(i64, RequestState, Option<HoldReason>)], now: i64) -> Option<ClockReading> {
        let terms = [Terms::new(&of_request(4 * HOUR, CalendarId::named("always")).agreement(), Calendar::always())];
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
