//! Words that were written for later are told when their time comes.

use async_trait::async_trait;
use evenkeel_store::{StoreError, Timer, TimerHandler, Tx};

use super::{publish::tell, rows};
use crate::Act;

/// The word of the timer.
pub const KIND: &str = "status_page.publish";

/// Tells what waits.
#[derive(Debug, Clone, Copy)]
pub struct Publish;

#[async_trait]
impl TimerHandler for Publish {
    fn kind(&self) -> &'static str {
        KIND
    }

    async fn fire(&self, tx: &mut Tx, timer: &Timer) -> Result<(), StoreError> {
        let id = timer.subject()?;
        let Some(update) = rows::find_update(tx, timer.tenant, id).await?.filter(|update| update.published_at.is_none()) else {
            return Ok(());
        };
        let Some(post) = rows::hold_post(tx, timer.tenant, update.post_id).await? else { return Ok(()) };
        if post.ended_at.is_some() {
            // It ended meanwhile: what was to be said before the end is not said after it.
            return rows::remove_waiting(tx, timer.tenant, &update).await;
        }
        let act = Act { tenant: timer.tenant, actor: update.author.clone(), at: tx.now(), source: "timer" };
        tell(tx, &act, post, update).await
    }
}
