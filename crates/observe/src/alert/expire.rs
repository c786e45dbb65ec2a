//! Alerts that nobody speaks of any more.

use std::collections::BTreeMap;

use async_trait::async_trait;
use evenkeel_core::{Actor, id::TenantId};
use evenkeel_store::{NewTimer, StoreError, Timer, TimerHandler, Tx};
use jiff::{SignedDuration, Timestamp};

use super::{
    table::{self, Received},
    take::{self, Ending, SILENT, Sent},
};

/// The timer's kind; its key is the tenant.
const KIND: &str = "alert.expire";
/// Alerts ended in one transaction.
const BATCH_MAX: i64 = 200;
/// How long one that is over is remembered here.
const KEPT: SignedDuration = SignedDuration::from_hours(24);

/// Sets the timer to when the next alert ends by itself.
pub(super) async fn schedule(tx: &mut Tx, tenant: TenantId) -> Result<(), StoreError> {
    match table::next_end(tx, tenant).await? {
        Some(due_at) => tx.set_timer(&NewTimer { tenant, kind: KIND, key: tenant.to_string(), due_at, payload: "{}".to_owned() }).await,
        None => tx.cancel_timer(KIND, &tenant.to_string()).await.map(|_| ()),
    }
}

/// Ends alerts whose sender has been silent for too long.
#[derive(Debug, Clone, Copy, Default)]
pub struct Expire;

#[async_trait]
impl TimerHandler for Expire {
    fn kind(&self) -> &'static str {
        KIND
    }

    async fn fire(&self, tx: &mut Tx, timer: &Timer) -> Result<(), StoreError> {
        let now = tx.now();
        let actor = Actor::system("alert");
        let mut by_source: BTreeMap<String, Vec<Ending>> = BTreeMap::new();
        for alert in table::ended(tx, timer.tenant, now, BATCH_MAX).await? {
            let Received { fingerprint, id, service, cause, .. } = alert;
            let ending = Ending { fingerprint, id, service, cause, at: alert.ends_at.unwrap_or(now) };
            by_source.entry(alert.source).or_default().push(ending);
        }
        for (source, endings) in by_source {
            take::end(tx, Sent { tenant: timer.tenant, source: &source, actor: &actor }, endings, SILENT).await?;
        }
        table::forget(tx, timer.tenant, now.saturating_sub(KEPT).unwrap_or(Timestamp::MIN)).await?;
        schedule(tx, timer.tenant).await
    }
}
