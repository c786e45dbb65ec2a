//! Rules that wait for time to pass: one timer for each rule and ticket, moved by every new beginning.

use async_trait::async_trait;
use evenkeel_core::{
    event::Event,
    id::{IncidentId, TenantId},
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
use crate::{automation::AutomationKind, calendar::hours, definition};

/// The timer's kind; its key is the incident's id and the rule's name.
const KIND: &str = "rule.after";

/// What the timer was set for.
#[derive(Debug, Serialize, Deserialize)]
struct Payload {
    incident_id: IncidentId,
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
    id: IncidentId,
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
            let payload = serde_json::to_string(&Payload { incident_id: id, rule: rule.to_owned(), since, evidence })?;
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
        let Payload { incident_id, rule, since, evidence } = serde_json::from_str(&timer.payload)?;
        let kind = AutomationKind::TicketRule.as_str();
        let Some(found) = definition::current::<RuleDefinition>(tx, timer.tenant, kind, &rule).await? else { return Ok(()) };
        let Some(after) = found.body.after().filter(|_| !found.body.paused) else { return Ok(()) };
        match passes(tx, timer.tenant, after, since).await? {
            None => Ok(()),
            // The rule became more patient.
            Some(due_at) if due_at > tx.now() => {
                let (key, payload) = (timer.key.clone(), timer.payload.clone());
                tx.set_timer(&NewTimer { tenant: timer.tenant, kind: KIND, key, due_at, payload }).await
            }
            Some(_) => {
                let chain = Chain::of(evidence.as_deref(), || format!("{incident_id}@{}", since.as_microsecond()));
                let cause = Cause { when: "after", event_seq: None, chain };
                ask(tx, timer.tenant, incident_id, &found, &cause).await.map(|_| ())
            }
        }
    }
}
