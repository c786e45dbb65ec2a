//! Until when it is to be published.

use async_trait::async_trait;
use evenkeel_api::{Authorised, Permission};
use evenkeel_core::{event::review::ReviewOverdue, id::ReviewId};
use evenkeel_store::{NewTimer, StoreError, Timer, TimerHandler, Tx};

use super::{
    letter::{self, What},
    model::Review,
    store::{self, Revision},
};
use crate::Act;

/// The timer's kind; its key is the review's id.
const KIND: &str = "review.due";

/// Begins the deadline.
pub(super) async fn schedule(tx: &mut Tx, review: &Review) -> Result<(), StoreError> {
    let Some(due_at) = review.due_at else { return Ok(()) };
    let key = review.id.to_string();
    tx.set_timer(&NewTimer { tenant: review.tenant, kind: KIND, key, due_at, payload: "{}".to_owned() }).await
}

/// It is published.
pub(super) async fn forget(tx: &mut Tx, id: ReviewId) -> Result<(), StoreError> {
    tx.cancel_timer(KIND, &id.to_string()).await.map(|_| ())
}

/// Says that a review is owed still.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Overdue;

#[async_trait]
impl TimerHandler for Overdue {
    fn kind(&self) -> &'static str {
        KIND
    }

    async fn fire(&self, tx: &mut Tx, timer: &Timer) -> Result<(), StoreError> {
        let id = timer.subject()?;
        let Some(review) = store::find_held(tx, timer.tenant, id).await? else { return Ok(()) };
        let now = tx.now();
        let Some(due_at) = review.due_at.filter(|_| review.is_overdue(now)) else { return Ok(()) };
        let mut revision = Revision::of(Authorised::system(Permission::ReviewWrite, review), Act::system(timer.tenant, "timer", now));
        revision.record(&ReviewOverdue { due_at })?;
        letter::tell(tx, &revision.review, What::Overdue).await?;
        store::save(tx, revision).await.map(|_| ())
    }
}
