//! Escalation: each level of a clock falls due at an offset of business time before or after its target, and is told once.
//! No level waits for another, and none is told of a clock that has stopped.

use evenkeel_core::{
    Actor,
    definition::EscalationTerms,
    event::{NewEvent, analyze::ClockEscalated},
    id::TenantId,
};
use evenkeel_sla::clock;
use evenkeel_store::{NewTimer, StoreError, Tx};
use jiff::Timestamp;

use super::{
    fold::{Shelf, lines},
    reading::Reading,
    refold::{Due, TIMER},
    table,
};
use crate::world::{View, incident::Incident};

/// The levels: their words, and their offsets as a share of the target (in hundredths; negative = before it is due; 0 =
/// never told).
const fn levels(terms: EscalationTerms) -> [(&'static str, i64); 2] {
    [("at_risk", -terms.at_risk_percent), ("overdue", terms.overdue_percent)]
}

/// Tells of levels that fell due and sets timers for those that will.
///
/// # Errors
/// Of the store.
pub async fn escalate(
    tx: &mut Tx,
    tenant: TenantId,
    view: View<'_>,
    incident: &Incident,
    reading: &Reading,
    now: Timestamp,
) -> Result<(), StoreError> {
    let (clock, applied) = (&reading.clock, &reading.applied);
    let levels = levels(applied.escalation);
    let offsets = levels.map(|(_, share)| clock.target_secs.saturating_mul(share) / 100);
    let due: Vec<Option<Timestamp>> = lines(view, incident, &mut Shelf::default())
        .iter()
        .find(|line| line.agreement == applied.agreement.id)
        .map(|line| clock::escalations(&line.terms, clock.goal, &line.facts, now, &offsets))
        .unwrap_or_default();
    for (place, (level, share)) in levels.into_iter().enumerate() {
        let key = format!("{}:{}:{}:{level}", reading.incident, applied.agreement.id, clock.goal);
        match due.get(place).copied().flatten().filter(|_| share != 0 && clock.is_open()) {
            Some(at) if at > now => {
                let payload = serde_json::to_string(&Due { incident: reading.incident })?;
                tx.set_timer(&NewTimer { tenant, kind: TIMER, key, due_at: at, payload }).await?;
            }
            Some(at) => {
                tx.cancel_timer(TIMER, &key).await?;
                tell(tx, tenant, reading, level, at).await?;
            }
            None => {
                tx.cancel_timer(TIMER, &key).await?;
            }
        }
    }
    Ok(())
}

async fn tell(tx: &mut Tx, tenant: TenantId, reading: &Reading, level: &str, at: Timestamp) -> Result<(), StoreError> {
    let agreement = reading.applied.agreement;
    if !table::escalated(tx, reading.incident, (agreement.id, agreement.version), reading.clock.goal, level).await? {
        return Ok(());
    }
    let body = ClockEscalated {
        incident_id: reading.incident,
        goal: reading.clock.goal,
        agreement: reading.applied.name.clone(),
        level: level.to_owned(),
        due_at: reading.clock.due_at,
    };
    tx.append(&NewEvent::of(tenant, at, Actor::system("clock"), "clock", reading.incident, &body)?).await.map(|_| ())
}
