//! Its day is over: whoever has the next move is told, once.

use async_trait::async_trait;
use evenkeel_api::{Authorised, Permission};
use evenkeel_core::{event::follow_up::FollowUpOverdue, id::FollowUpId};
use evenkeel_store::{NewTimer, StoreError, Timer, TimerHandler, Tx};

use super::{letter, model::FollowUp, store};
use crate::Act;

/// The timer's kind; its key is the follow-up's id.
const KIND: &str = "follow_up.due";

/// Waits for the end of its day.
pub(super) async fn schedule(tx: &mut Tx, follow_up: &FollowUp) -> Result<(), StoreError> {
    let (key, due_at) = (follow_up.id.to_string(), follow_up.due_at);
    tx.set_timer(&NewTimer { tenant: follow_up.tenant, kind: KIND, key, due_at, payload: "{}".to_owned() }).await
}

/// It is verified.
pub(super) async fn forget(tx: &mut Tx, id: FollowUpId) -> Result<(), StoreError> {
    tx.cancel_timer(KIND, &id.to_string()).await.map(|_| ())
}

/// Says that one is overdue.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Overdue;

#[async_trait]
impl TimerHandler for Overdue {
    fn kind(&self) -> &'static str {
        KIND
    }

    async fn fire(&self, tx: &mut Tx, timer: &Timer) -> Result<(), StoreError> {
        let id = timer.subject()?;
        let Some(mut found) = store::find_held(tx, timer.tenant, id).await? else { return Ok(()) };
        let now = tx.now();
        let Some(person_id) = found.next().filter(|_| found.is_overdue(now) && !found.told) else { return Ok(()) };
        found.told = true;
        letter::tell(tx, &found, person_id).await?;
        let said = FollowUpOverdue { due_on: found.due_on, person_id };
        let act = Act::system(timer.tenant, "timer", now);
        store::save(tx, &act, Authorised::system(Permission::FollowUpWrite, found), &said).await.map(|_| ())
    }
}
