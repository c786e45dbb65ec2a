//! Rules that wait for time to pass: one timer for each rule and ticket, moved by every new beginning.

use async_trait::async_trait;
use evenkeel_core::{
    event::Event,
    id::{IncidentId, RequestId, TenantId},
};
use evenkeel_store::{NewTimer, StoreError, Timer, TimerHandler, Tx};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    After, RuleDefinition,
    chain::Chain,
    engine::{Cause, ask},
    happening::Mark,
};
use crate::{
    automation::{AutomationKind, subject::TicketId},
    calendar::hours,
    definition,
};

/// The timer's kind; its key is the ticket's id and the rule's name.
const KIND: &str = "rule.after";

/// What the timer was set for.
#[derive(Debug, Serialize, Deserialize)]
struct Payload {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    incident_id: Option<IncidentId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    request_id: Option<RequestId>,
    rule: String,
    /// From when time is counted.
    since: Timestamp,
    /// The evidence of what began it.
    evidence: Option<String>,
}

/// When time since `from` has passed; none = its hours never open.
pub(in crate::automation) async fn passes(
    sql: &mut dyn evenkeel_store::Sql,
    tenant: TenantId,
    after: After,
    from: Timestamp,
) -> Result<Option<Timestamp>, StoreError> {
    Ok(hours::compiled(sql, tenant, after.calendar).await?.due(from, after.secs).at())
}

/// Begins, moves or ends the time that a rule waits for on a ticket.
pub(super) async fn mark(
    tx: &mut Tx,
    event: &Event,
    id: TicketId,
    rule: &str,
    after: After,
    mark: Mark,
    chain: &Chain,
) -> Result<(), StoreError> {
    let key = format!("{id}:{rule}");
    match mark {
        Mark::Nothing => Ok(()),
        Mark::Ended => tx.cancel_timer(KIND, &key).await.map(|_| ()),
        Mark::From => {
            let since = event.occurred_at;
            let Some(due_at) = passes(tx, event.tenant, after, since).await? else { return Ok(()) };
            // What people began has no chain to carry on.
            let evidence = event.evidence.clone().filter(|_| !chain.rules().is_empty());
            let (incident_id, request_id) = match id {
                TicketId::Incident(id) => (Some(id), None),
                TicketId::Request(id) => (None, Some(id)),
            };
            let payload = serde_json::to_string(&Payload { incident_id, request_id, rule: rule.to_owned(), since, evidence })?;
            tx.set_timer(&NewTimer { tenant: event.tenant, kind: KIND, key, due_at, payload }).await
        }
    }
}

/// Asks rules whose time has passed.
#[derive(Debug, Clone, Copy, Default)]
pub struct Passed;

#[async_trait]
impl TimerHandler for Passed {
    fn kind(&self) -> &'static str {
        KIND
    }

    async fn fire(&self, tx: &mut Tx, timer: &Timer) -> Result<(), StoreError> {
        let Payload { incident_id, request_id, rule, since, evidence } = serde_json::from_str(&timer.payload)?;
        let Some(ticket) = incident_id.map(TicketId::Incident).or(request_id.map(TicketId::Request)) else { return Ok(()) };
        let kind = AutomationKind::TicketRule.as_str();
        let Some(found) = definition::current::<RuleDefinition>(tx, timer.tenant, kind, &rule).await? else { return Ok(()) };
        let Some(after) = found.body.after().filter(|_| !found.body.paused && found.body.of == ticket.of()) else { return Ok(()) };
        match passes(tx, timer.tenant, after, since).await? {
            None => Ok(()),
            // The rule became more patient.
            Some(due_at) if due_at > tx.now() => {
                let (key, payload) = (timer.key.clone(), timer.payload.clone());
                tx.set_timer(&NewTimer { tenant: timer.tenant, kind: KIND, key, due_at, payload }).await
            }
            Some(_) => {
                let chain = Chain::of(evidence.as_deref(), || format!("{ticket}@{}", since.as_microsecond()));
                let cause = Cause { when: "after", event_seq: None, chain };
                ask(tx, timer.tenant, ticket, &found, &cause).await.map(|_| ())
            }
        }
    }
}
