//! Reads incident events and timers, and folds the clocks again.

use std::sync::Arc;

use async_trait::async_trait;
use evenkeel_core::{
    event::{
        Body, Event,
        manage::{
            Acknowledged, AlertCleared, AlertJoined, Assigned, IncidentOpened, Linked, Located, Merged, Noted, Reprioritised, Restored,
            Retargeted, Split, Transitioned,
        },
    },
    id::IncidentId,
};
use evenkeel_store::{Consumer, Result, StoreError, Timer, TimerHandler, Tx, ledger};

use super::{
    refold::{Due, TIMER, refold},
    table,
};
use crate::port::DueSink;

/// The consumer `analyze.clock`.
pub struct ClockConsumer {
    /// Where due times go.
    pub due: Arc<dyn DueSink>,
}

const KINDS: &[&str] = &[
    IncidentOpened::KIND,
    AlertJoined::KIND,
    AlertCleared::KIND,
    Assigned::KIND,
    Acknowledged::KIND,
    Transitioned::KIND,
    Reprioritised::KIND,
    Noted::KIND,
    Located::KIND,
    Restored::KIND,
    Merged::KIND,
    Linked::KIND,
    Split::KIND,
    Retargeted::KIND,
];

#[async_trait]
impl Consumer for ClockConsumer {
    fn name(&self) -> &'static str {
        "analyze.clock"
    }

    fn kinds(&self) -> &'static [&'static str] {
        KINDS
    }

    async fn handle(&self, tx: &mut Tx, event: &Event) -> Result<()> {
        let id: IncidentId =
            event.subject.id.parse().map_err(|error| StoreError::Corrupt(format!("incident id {:?}: {error}", event.subject.id)))?;
        // A later event of the same incident brings us here again; what came in between is folded with it.
        let events = ledger::events_of(tx, event.tenant, "incident", &event.subject.id).await?;
        if events.iter().any(|later| later.seq > event.seq && KINDS.contains(&later.kind.as_str())) {
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
