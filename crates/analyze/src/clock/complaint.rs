//! The clock of a complaint: when its reply is due.
//!
//! It counts from registration, in the hours of the customer's agreement, until a reply was sent. A reply that is rejected did not
//! stop it for good: it goes on, without the time that the complainant had the reply.

use std::sync::Arc;

use async_trait::async_trait;
use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, Json, Path, Permission, Problem, Refusals};
use evenkeel_core::{
    event::{
        Body as _, Event,
        voice::{ComplaintRegistered, ComplaintTransitioned},
    },
    id::{ComplaintId, TenantId},
    state::ComplaintState,
};
use evenkeel_sla::clock::{Fact, FactKind};
use evenkeel_store::{Consumer, Result, Sql, StoreError, Tx, ledger};
use serde::Serialize;
use utoipa::ToSchema;

use super::promise::{self, ExplainedPromise, Kept, PRIORITY, Promise};
use crate::{Analyze, port::Complaints};

/// A rejection continues the clock, however late it comes.
const REOPEN_DAYS: i64 = 3_660;

/// What a transition is to the clock.
const fn kind_of(body: &ComplaintTransitioned) -> Option<FactKind> {
    use ComplaintState::{Accepted, Investigating, Replied};
    Some(match (body.from, body.to) {
        (_, Replied) => FactKind::Resolved,
        (Replied, Investigating) => FactKind::Reopened,
        (_, Accepted) => FactKind::Closed,
        _ => return None,
    })
}

/// The line of a complaint.
async fn line(sql: &mut dyn Sql, tenant: TenantId, id: ComplaintId) -> Result<Option<Promise>> {
    let (mut kept, mut facts) = (None, Vec::new());
    for event in ledger::events_of(sql, tenant, "complaint", &id.to_string()).await? {
        if let Some(body) = event.read::<ComplaintRegistered>() {
            let body = body?;
            let promised = Kept { secs: body.reply_secs, calendar: body.calendar_id, pauses: Vec::new(), reopen_within_days: REOPEN_DAYS };
            kept = Some((promised, event.occurred_at));
            facts.push(Fact { at: event.occurred_at, seq: event.seq, kind: FactKind::Opened { priority: PRIORITY, terms: Some(0) } });
        }
        if let Some(body) = event.read::<ComplaintTransitioned>() {
            facts.extend(kind_of(&body?).map(|kind| Fact { at: event.occurred_at, seq: event.seq, kind }));
        }
    }
    match kept {
        Some((kept, since)) => promise::promise(sql, tenant, &kept, since, facts).await,
        None => Ok(None),
    }
}

/// The consumer `analyze.complaint_clock`.
pub struct ComplaintClockConsumer {
    /// Where due times go.
    pub complaints: Arc<dyn Complaints>,
}

#[async_trait]
impl Consumer for ComplaintClockConsumer {
    fn name(&self) -> &'static str {
        "analyze.complaint_clock"
    }

    fn kinds(&self) -> &'static [&'static str] {
        &[ComplaintRegistered::KIND, ComplaintTransitioned::KIND]
    }

    async fn handle(&self, tx: &mut Tx, event: &Event) -> Result<()> {
        let id: ComplaintId =
            event.subject.id.parse().map_err(|error| StoreError::Corrupt(format!("complaint id {:?}: {error}", event.subject.id)))?;
        let Some(line) = line(tx, event.tenant, id).await? else { return Ok(()) };
        let due_at = line.due_at(tx.now());
        self.complaints.set_due(tx, event.tenant, id, due_at).await
    }
}

/// The clock of a complaint with every second accounted for.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ExplainedComplaintClock {
    /// Whose.
    pub complaint_id: ComplaintId,
    #[serde(flatten)]
    pub clock: ExplainedPromise,
}

/// Why the reply to a complaint is due when it is.
#[utoipa::path(get, path = "/api/v1/complaints/{id}/clock", operation_id = "complaint_clock_explain", tag = "clock",
    params(("id" = ComplaintId, Path)), responses((status = 200, body = ExplainedComplaintClock), Refusals))]
pub(super) async fn complaint_clock_explain(
    State(analyze): State<Analyze>,
    caller: Caller,
    Path(id): Path<ComplaintId>,
) -> ApiResult<Json<ExplainedComplaintClock>> {
    caller.require(Permission::ComplaintRead)?;
    let mut sql = analyze.kit.db.read().await?;
    if !analyze.complaints.shows(&mut sql, &caller, id).await? {
        return Err(Problem::not_found("complaint", id));
    }
    let line = line(&mut sql, caller.tenant, id).await?;
    let clock = line.and_then(|line| line.explain(analyze.kit.now()));
    let explained = clock.map(|clock| ExplainedComplaintClock { complaint_id: id, clock });
    explained.map(Json).ok_or_else(|| Problem::not_found("clock", format!("of complaint {id}")))
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

    /// A reply within four hours around the clock, and these transitions.
    fn read(steps: &[(i64, ComplaintState, ComplaintState)], now: i64) -> ClockReading {
        let kept = Kept { secs: 4 * HOUR, calendar: None, pauses: Vec::new(), reopen_within_days: REOPEN_DAYS };
        let terms = [Terms::new(&kept.agreement(), Calendar::always())];
        let mut facts = vec![Fact { at: at(0), seq: 0, kind: FactKind::Opened { priority: PRIORITY, terms: Some(0) } }];
        for (seq, (secs, from, to)) in (1..).zip(steps) {
            let body = ComplaintTransitioned { from: *from, to: *to, text: None };
            facts.extend(kind_of(&body).map(|kind| Fact { at: at(*secs), seq, kind }));
        }
        clock::read(&terms, Goal::Resolve, &facts, at(now)).unwrap()
    }

    #[test]
    fn a_reply_in_time_stops_it_and_a_rejection_lets_it_go_on() {
        use ComplaintState::{Investigating, Replied, ReplyApproved};
        assert_eq!(read(&[], HOUR).due_at, Some(at(4 * HOUR)));
        let replied = [(2 * HOUR, ReplyApproved, Replied)];
        assert_eq!((read(&replied, 9 * HOUR).state.as_str(), read(&replied, 9 * HOUR).elapsed_secs), ("met", 2 * HOUR));
        let rejected = [replied[0], (10 * HOUR, Replied, Investigating)];
        let reading = read(&rejected, 11 * HOUR);
        assert_eq!((reading.is_open(), reading.elapsed_secs, reading.due_at), (true, 3 * HOUR, Some(at(12 * HOUR))));
    }

    #[test]
    fn nobody_replied_in_time() {
        assert_eq!(read(&[], 5 * HOUR).state.as_str(), "breached");
    }
}
