//! The timer of a heartbeat: it looks whether the report came, and waits for the next.

use std::sync::Arc;

use async_trait::async_trait;
use evenkeel_store::{StoreError, Timer, TimerHandler, Tx};

use super::{
    intake::{Measured, Shared},
    settle::settle,
    table,
};

/// The timer's kind; its key is the heartbeat.
pub(super) const DEADLINE: &str = "heartbeat.deadline";

/// Looks at deadlines.
pub(super) struct Deadline(pub Arc<Shared>);

#[async_trait]
impl TimerHandler for Deadline {
    fn kind(&self) -> &'static str {
        DEADLINE
    }

    async fn fire(&self, tx: &mut Tx, timer: &Timer) -> Result<(), StoreError> {
        let Ok(id) = timer.key.parse() else { return Ok(()) };
        self.0.attendance.attend(tx).await?;
        let Some(mut row) = table::hold(tx, id).await? else { return Ok(()) };
        // It has fired and is gone.
        row.timer_at = None;
        let rule = row.definition.rule()?;
        let now = tx.now();
        row.machine.stood_still(&rule, now, now.duration_since(timer.due_at));
        let change = row.machine.tick(&rule, now);
        settle(tx, &mut row, &rule, change.as_slice()).await?;
        if change.is_some() {
            self.0.measure(vec![Measured::of(&row, now, false, None)]);
        }
        Ok(())
    }
}
