//! Telling subscribers of a word: so many at a time, each batch one transaction that ends by waking the next.

use std::collections::BTreeSet;

use async_trait::async_trait;
use evenkeel_core::id::{StatusUpdateId, TenantId};
use evenkeel_store::{NewTimer, StoreError, Timer, TimerHandler, Tx};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{ask::send, letter::Envelope, rows};
use crate::status_page::post;

/// The word of the timer.
pub const KIND: &str = "status_page.tell";
/// Subscribers told in one transaction.
const BATCH: i64 = 500;

#[derive(Serialize, Deserialize)]
struct Rest {
    update_id: StatusUpdateId,
    /// After this subscriber's id; empty = from the first.
    after: String,
}

/// Wakes the telling of a word, from the first subscriber on.
pub async fn wake(tx: &mut Tx, tenant: TenantId, update_id: StatusUpdateId, at: Timestamp) -> Result<(), StoreError> {
    rest(tx, tenant, Rest { update_id, after: String::new() }, at).await
}

async fn rest(tx: &mut Tx, tenant: TenantId, rest: Rest, at: Timestamp) -> Result<(), StoreError> {
    let key = format!("{}:{}", rest.update_id, rest.after);
    tx.set_timer(&NewTimer { tenant, kind: KIND, key, due_at: at, payload: serde_json::to_string(&rest)? }).await
}

/// Tells a batch.
#[derive(Debug, Clone, Copy)]
pub struct Tell;

#[async_trait]
impl TimerHandler for Tell {
    fn kind(&self) -> &'static str {
        KIND
    }

    async fn fire(&self, tx: &mut Tx, timer: &Timer) -> Result<(), StoreError> {
        let Rest { update_id, after } = serde_json::from_str(&timer.payload)?;
        let Some(update) = post::rows::find_update(tx, timer.tenant, update_id).await? else { return Ok(()) };
        let Some(told_at) = update.published_at else { return Ok(()) };
        let Some(of) = post::rows::find_post(tx, timer.tenant, update.post_id).await? else { return Ok(()) };
        // Who was told that something broke is told that it is over, though then nothing is broken.
        let hurt: BTreeSet<String> = post::rows::updates(tx, timer.tenant, &[of.id])
            .await?
            .into_iter()
            .filter(|word| word.published_at.is_some())
            .flat_map(|word| word.components)
            .map(|affected| affected.component)
            .collect();
        let batch = rows::confirmed(tx, timer.tenant, of.page_id, &after, BATCH).await?;
        for one in batch.iter().filter(|one| one.confirmed_at.is_some_and(|at| at <= told_at) && one.wants(&hurt)) {
            let key = format!("status:{update_id}:{}", one.id);
            send(tx, timer.tenant, one, key, &Envelope::Update { subscriber_id: one.id, update_id }).await?;
        }
        match batch.last() {
            Some(last) if i64::try_from(batch.len()).unwrap_or(i64::MAX) >= BATCH => {
                let at = tx.now();
                rest(tx, timer.tenant, Rest { update_id, after: last.id.to_string() }, at).await
            }
            _ => Ok(()),
        }
    }
}
