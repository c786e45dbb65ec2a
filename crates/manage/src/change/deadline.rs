//! Until when an emergency that was begun without authorisation must have it.

use async_trait::async_trait;
use evenkeel_api::{Authorised, Permission};
use evenkeel_core::{event::change::ChangeOverdue, id::ChangeId};
use evenkeel_store::{NewTimer, StoreError, Timer, TimerHandler, Tx};
use jiff::{SignedDuration, Timestamp};

use super::{
    letter, rules,
    store::{self, Revision},
};
use crate::Act;

/// The timer's kind; its key is the change's id.
const KIND: &str = "change.authorise";

/// Begins the deadline.
pub(super) async fn begin(tx: &mut Tx, revision: &mut Revision) -> Result<(), StoreError> {
    let hours = rules::current(tx, revision.change.tenant).await?.afterwards_hours;
    let due_at = revision.act.at.checked_add(SignedDuration::from_hours(hours)).unwrap_or(Timestamp::MAX);
    revision.change.due_at = Some(due_at);
    let key = revision.change.id.to_string();
    tx.set_timer(&NewTimer { tenant: revision.change.tenant, kind: KIND, key, due_at, payload: "{}".to_owned() }).await
}

/// It is decided.
pub(super) async fn forget(tx: &mut Tx, id: ChangeId) -> Result<(), StoreError> {
    tx.cancel_timer(KIND, &id.to_string()).await.map(|_| ())
}

/// Says that a deadline was missed.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Overdue;

#[async_trait]
impl TimerHandler for Overdue {
    fn kind(&self) -> &'static str {
        KIND
    }

    async fn fire(&self, tx: &mut Tx, timer: &Timer) -> Result<(), StoreError> {
        let id = timer.subject()?;
        let Some(change) = store::find_held(tx, timer.tenant, id).await? else { return Ok(()) };
        let now = tx.now();
        let Some(due_at) = change.due_at.filter(|due_at| *due_at <= now && change.authorised.is_none() && !change.overdue) else {
            return Ok(());
        };
        let act = Act::system(timer.tenant, "timer", now);
        let mut revision = Revision::of(Authorised::system(Permission::ChangeAuthorise, change), act);
        revision.change.overdue = true;
        revision.record(&ChangeOverdue { due_at })?;
        letter::tell(tx, &revision.change, letter::What::Overdue).await?;
        store::save(tx, revision).await.map(|_| ())
    }
}
