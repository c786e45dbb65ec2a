//! Whether somebody was there to take reports. A report that came while nobody could take it is no silence of its sender's,
//! so every judgement begins here: a time in which no process gave a sign of life, or the clock was set, is told to every
//! machine first.

use std::sync::atomic::{AtomicBool, Ordering};

use evenkeel_store::{Db, StoreError, Tx};
use jiff::SignedDuration;

use super::{settle::settle, table};

/// The name under which signs of life are kept.
const NAME: &str = "observe.heartbeat";
/// Between two signs of life.
pub(super) const EVERY: std::time::Duration = std::time::Duration::from_secs(5);
/// Without a sign for so long, nobody was there.
const AWAY_AFTER: SignedDuration = SignedDuration::from_secs(10);

/// Whether this process has begun to attend.
#[derive(Debug, Default)]
pub(super) struct Attendance(AtomicBool);

impl Attendance {
    /// Somebody is there from now on. Tells every machine of the time before, when nobody was: always at the start of a
    /// process, whatever the signs say.
    pub(super) async fn begin(&self, db: &Db) -> Result<(), StoreError> {
        let mut tx = db.write().await?;
        self.attend(&mut tx).await?;
        tx.commit().await?;
        self.0.store(true, Ordering::Release);
        Ok(())
    }

    /// Gives a sign of life, when there is anything to attend to.
    pub(super) async fn go_on(&self, db: &Db) -> Result<(), StoreError> {
        if !table::is_any(&mut db.read().await?).await? {
            return Ok(());
        }
        let mut tx = db.write().await?;
        self.attend(&mut tx).await?;
        tx.commit().await
    }

    /// To be called before anything is judged, in the transaction that judges.
    pub(super) async fn attend(&self, tx: &mut Tx) -> Result<(), StoreError> {
        let now = tx.now();
        let before = table::attended_at(tx, NAME).await?;
        let starts = !self.0.load(Ordering::Acquire);
        if let Some(before) = before
            && (starts || now.duration_since(before).abs() > AWAY_AFTER)
        {
            table::attend(tx, NAME, now).await?;
            let mut unknown = 0;
            for id in table::ids(tx).await? {
                let Some(mut row) = table::hold(tx, id).await? else { continue };
                let Ok(rule) = row.definition.rule() else { continue };
                let running = row.machine.running();
                let memory = row.machine.clone();
                let change = row.machine.absent(&rule, before, now);
                if let Some(run) = running.filter(|_| row.machine.running().is_none()) {
                    table::end_run(tx, id, run.number, table::Outcome::Unknown).await?;
                }
                unknown += usize::from(change.is_some());
                if row.machine != memory {
                    settle(tx, &mut row, &rule, change.as_slice()).await?;
                }
            }
            if unknown > 0 {
                tracing::info!(since = %before, unknown, "nobody could take reports of heartbeats; those that were due are unknown");
            }
        } else if before.is_none_or(|before| now.duration_since(before) >= SignedDuration::try_from(EVERY).unwrap_or_default()) {
            table::attend(tx, NAME, now).await?;
        }
        Ok(())
    }
}
