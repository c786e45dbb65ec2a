//! What waited for quiet hours or for a bundle leaves: all that is due over one way, as one message.

use async_trait::async_trait;
use evenkeel_core::id::ContactMethodId;
use evenkeel_store::{StoreError, Timer, TimerHandler, Tx};

use super::queue::{send, set_release};
use crate::page::table::{self, RunState};

/// The kind of the timer that lets held messages go.
pub const RELEASE: &str = "page.release";

/// The handler of [`RELEASE`].
#[derive(Debug, Clone, Copy, Default)]
pub struct Release;

#[async_trait]
impl TimerHandler for Release {
    fn kind(&self) -> &'static str {
        RELEASE
    }

    async fn fire(&self, tx: &mut Tx, timer: &Timer) -> Result<(), StoreError> {
        let method: ContactMethodId = timer.payload.parse().map_err(|_| StoreError::Corrupt(format!("timer {} names no way", timer.id)))?;
        let mut leave = Vec::new();
        for page in table::held_due(tx, timer.tenant, method).await? {
            let run = table::run(tx, timer.tenant, page.incident).await?;
            // Somebody else has it meanwhile, or this person has answered: no need to be told.
            let needed = match &run {
                Some(run) => {
                    run.state != RunState::Over && run.state != RunState::Taken && !table::responders(tx, run).await?.contains(&page.person)
                }
                None => false,
            };
            table::set_state(tx, timer.tenant, page.id, if needed { "queued" } else { "dropped" }).await?;
            if needed {
                leave.push(page);
            }
        }
        send(tx, timer.tenant, &leave, "").await?;
        set_release(tx, timer.tenant, method).await
    }
}
