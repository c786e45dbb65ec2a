//! Folds one incident's clocks again and writes what follows: the rows, the timers, the due time of the incident, and a
//! breach that has not been told yet.

use std::sync::Arc;

use evenkeel_core::{
    Actor,
    definition::Layer,
    event::{NewEvent, analyze::ClockBreached, manage::Origin},
    id::{AgreementId, IncidentId, TenantId},
    state::Goal,
};
use evenkeel_sla::clock::ClockState;
use evenkeel_store::{NewTimer, StoreError, Tx};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{
    escalation::escalate,
    fold::Shelf,
    reading::{Reading, readings},
    table::{self, ClockRow},
};
use crate::{
    port::DueSink,
    world::{View, incident::Incident, load},
};

/// The kind of the timer that wakes when a clock is due.
pub const TIMER: &str = "clock.due";

/// What the timer is given.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Due {
    /// Whose clocks to fold again.
    pub incident: IncidentId,
}

/// Folds the clocks of `id` as of `now` and writes what follows. Doing it twice changes nothing.
///
/// # Errors
/// Of the store.
pub async fn refold(tx: &mut Tx, due: &Arc<dyn DueSink>, tenant: TenantId, id: IncidentId, now: Timestamp) -> Result<(), StoreError> {
    let world = load::incident(tx, tenant, id).await?;
    let view = world.latest();
    let Some(incident) = view.incident(id) else { return Ok(()) };
    let readings = readings(view, incident, now, &mut Shelf::default());
    let told = table::of_incidents(tx, tenant, &[id]).await?;
    let organisations = view.organisations(incident);
    let mut kept: Vec<(AgreementId, Goal)> = Vec::with_capacity(readings.len());
    for reading in &readings {
        let agreement = reading.applied.agreement.id;
        let known = told.iter().find(|row| row.agreement == agreement && row.goal == reading.clock.goal);
        let mut row = row(tenant, reading, view, now);
        row.organisation = organisations.first().copied().flatten();
        row.holder = organisations.get(1).copied().flatten();
        row.breach_seq = known.and_then(|known| known.breach_seq);
        if row.breach_seq.is_none() && tells(incident, reading, now) {
            row.breach_seq = tell(tx, tenant, reading).await?;
        }
        table::put(tx, &row).await?;
        let untold = reading.clock.state == ClockState::Breached && row.breach_seq.is_none() && !imported(incident);
        wake(tx, tenant, reading, untold).await?;
        if !imported(incident) {
            escalate(tx, tenant, view, incident, reading, now).await?;
        }
        kept.push((agreement, reading.clock.goal));
    }
    table::keep_only(tx, id, &kept).await?;
    due.set_due(tx, tenant, id, earliest(&readings)).await
}

/// A breach is told when the second it is due in has passed: a stop in that very second would still be in time. History
/// brought in from another tool is judged by figures, but nobody is told of breaches long past.
fn tells(incident: &Incident, reading: &Reading, now: Timestamp) -> bool {
    reading.clock.breached_at.is_some_and(|at| now.as_second() > at.as_second()) && !imported(incident)
}

fn imported(incident: &Incident) -> bool {
    incident.opened.as_ref().is_some_and(|opened| matches!(opened.origin, Origin::Import { .. }))
}

async fn tell(tx: &mut Tx, tenant: TenantId, reading: &Reading) -> Result<Option<i64>, StoreError> {
    let Some(breached_at) = reading.clock.breached_at else { return Ok(None) };
    let body = ClockBreached {
        incident_id: reading.incident,
        goal: reading.clock.goal,
        agreement: reading.applied.name.clone(),
        due_at: breached_at,
    };
    let event = NewEvent::of(tenant, breached_at, Actor::system("clock"), "clock", reading.incident, &body)?;
    Ok(Some(tx.append(&event).await?.seq))
}

/// The due time shown in the queue: the earliest of customer promises that may still count, missed ones first.
fn earliest(readings: &[Reading]) -> Option<Timestamp> {
    readings
        .iter()
        .filter(|reading| reading.layer == Layer::Sla && reading.clock.is_open())
        .filter_map(|reading| reading.clock.due_at)
        .min()
}

/// Wakes when the second a clock is due in has passed: of one that runs, and of one whose breach is not told yet.
async fn wake(tx: &mut Tx, tenant: TenantId, reading: &Reading, untold: bool) -> Result<(), StoreError> {
    let clock = &reading.clock;
    let key = format!("{}:{}:{}", reading.incident, reading.applied.agreement.id, clock.goal);
    match clock.due_at.filter(|_| clock.state == ClockState::Running || untold) {
        Some(due_at) => {
            let due_at = due_at.checked_add(SignedDuration::from_secs(1)).unwrap_or(due_at);
            let payload = serde_json::to_string(&Due { incident: reading.incident })?;
            tx.set_timer(&NewTimer { tenant, kind: TIMER, key, due_at, payload }).await
        }
        None => tx.cancel_timer(TIMER, &key).await.map(|_| ()),
    }
}

/// The row of a reading; whose it is and what was told of it is the caller's to add.
pub fn row(tenant: TenantId, reading: &Reading, view: View<'_>, now: Timestamp) -> ClockRow {
    let (clock, applied) = (&reading.clock, &reading.applied);
    let calendar = view
        .world
        .calendars
        .version(applied.calendar_id, applied.calendar.1, view.position)
        .map(|calendar| (calendar.body.is_open(now), calendar.body.next_change(now)));
    let (open_now, next_change_at) = calendar.unwrap_or((true, None));
    ClockRow {
        tenant,
        incident: reading.incident,
        agreement: applied.agreement.id,
        agreement_version: applied.agreement.version,
        agreement_name: applied.name.clone(),
        display: applied.display.clone(),
        layer: match reading.layer {
            Layer::Sla => "sla",
            Layer::Ola => "ola",
            Layer::Uc => "uc",
        }
        .to_owned(),
        calendar: applied.calendar_id,
        calendar_version: applied.calendar.1,
        organisation: None,
        holder: None,
        goal: clock.goal,
        priority: i64::from(clock.priority.get()),
        target_secs: clock.target_secs,
        elapsed_secs: clock.elapsed_secs,
        state: clock.state.as_str().to_owned(),
        started_at: clock.started_at,
        due_at: clock.due_at,
        breached_at: clock.breached_at,
        stopped_at: clock.stopped_at,
        paused_by: clock.paused_by,
        open_now,
        next_change_at,
        as_of: clock.as_of,
        holidays_not_yet_published: clock.holidays_not_yet_published,
        breach_seq: None,
    }
}
