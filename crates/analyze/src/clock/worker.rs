//! Reads incident events and timers, and folds the clocks again.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use evenkeel_core::{
    event::{
        Body as _, Event,
        manage::{Assigned, IncidentOpened, Linked, Merged, Noted, Reprioritised, Restored, Retargeted, Split, Transitioned},
    },
    id::IncidentId,
};
use evenkeel_store::{Consumer, Result, StoreError, Timer, TimerHandler, Tx, ledger};

use super::{
    refold::{Due, TIMER, refold},
    table,
};
use crate::port::DueSink;

/// What can start, hold, move or stop a clock. A storm joins a thousand alerts to one incident: they move none.
const KINDS: [&str; 10] = [
    IncidentOpened::KIND,
    Assigned::KIND,
    Transitioned::KIND,
    Reprioritised::KIND,
    Noted::KIND,
    Restored::KIND,
    Merged::KIND,
    Linked::KIND,
    Split::KIND,
    Retargeted::KIND,
];
/// Incidents whose last event is remembered; a hint that saves reading, thrown away when it is full.
const REMEMBERED_MAX: usize = 10_000;

/// The consumer `analyze.clock`.
pub struct ClockConsumer {
    due: Arc<dyn DueSink>,
    /// The last event known of an incident. That a later one exists stays true whatever happens.
    last: Mutex<HashMap<IncidentId, i64>>,
}

impl ClockConsumer {
    /// A consumer that tells due times to `due`.
    pub fn new(due: Arc<dyn DueSink>) -> Self {
        Self { due, last: Mutex::default() }
    }

    fn remembered(&self) -> MutexGuard<'_, HashMap<IncidentId, i64>> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn remember(&self, id: IncidentId, seq: i64) {
        let mut last = self.remembered();
        if last.len() >= REMEMBERED_MAX {
            last.clear();
        }
        last.insert(id, seq);
    }
}

#[async_trait]
impl Consumer for ClockConsumer {
    fn name(&self) -> &'static str {
        "analyze.clock"
    }

    fn kinds(&self) -> &'static [&'static str] {
        &KINDS
    }

    async fn handle(&self, tx: &mut Tx, event: &Event) -> Result<()> {
        let id: IncidentId =
            event.subject.id.parse().map_err(|error| StoreError::Corrupt(format!("incident id {:?}: {error}", event.subject.id)))?;
        // A later event of the same incident brings us here again; what came in between is folded with it.
        if self.remembered().get(&id).is_some_and(|last| *last > event.seq) {
            return Ok(());
        }
        let events = ledger::events_of(tx, event.tenant, "incident", &event.subject.id).await?;
        let last = events.iter().rev().find(|event| KINDS.contains(&event.kind.as_str())).map_or(event.seq, |last| last.seq);
        if last > event.seq {
            self.remember(id, last);
            return Ok(());
        }
        // Of imported history only what is still open has a clock that can move, and what was open when we last looked.
        if event.source == "import" && !ends_open(&events) && table::of_incidents(tx, event.tenant, &[id]).await?.is_empty() {
            return Ok(());
        }
        let now = tx.now();
        refold(tx, &self.due, event.tenant, id, now).await
    }
}

fn ends_open(events: &[Event]) -> bool {
    let last = events.iter().rev().find_map(|event| event.read::<Transitioned>()?.ok());
    last.is_none_or(|last| last.to.is_open())
}

/// Wakes when a clock is due: the second has passed, so the fold says "missed".
pub struct ClockDue {
    /// Where due times go.
    pub due: Arc<dyn DueSink>,
}

#[async_trait]
impl TimerHandler for ClockDue {
    fn kind(&self) -> &'static str {
        TIMER
    }

    async fn fire(&self, tx: &mut Tx, timer: &Timer) -> Result<()> {
        let due: Due = serde_json::from_str(&timer.payload)?;
        // The timer may be handled a moment early by a clock that was set back: the fold sets it again then.
        let now = tx.now().max(timer.due_at);
        refold(tx, &self.due, timer.tenant, due.incident, now).await
    }
}
