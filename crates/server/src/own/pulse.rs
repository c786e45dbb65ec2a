//! The pulse: a timer that has to fire.

use async_trait::async_trait;
use evenkeel_core::id::TenantId;
use evenkeel_store::{Db, NewTimer, Sql as _, StoreError, Timer, TimerHandler, Tx, params};

/// The timer's kind; its key is the tenant.
const PULSE: &str = "own.pulse";

/// Lets the pulse fire: that it is gone is all that is wanted of it.
pub(crate) struct Pulse;

#[async_trait]
impl TimerHandler for Pulse {
    fn kind(&self) -> &'static str {
        PULSE
    }

    async fn fire(&self, _: &mut Tx, _: &Timer) -> Result<(), StoreError> {
        Ok(())
    }
}

/// Writes to the database, which proves that it takes a write, and sets the pulse, unless the one before has not fired: that
/// one stays as late as it is.
pub(super) async fn take(db: &Db, tenant: TenantId) -> Result<(), StoreError> {
    let mut tx = db.write().await?;
    let key = tenant.to_string();
    let text = "SELECT due_at FROM timer WHERE kind = $1 AND key = $2";
    let waiting = tx.row(text, params![PULSE, &key]).await?.map(|row| row.at("due_at")).transpose()?;
    let due_at = waiting.unwrap_or_else(|| tx.now());
    tx.set_timer(&NewTimer { tenant, kind: PULSE, key, due_at, payload: String::new() }).await?;
    tx.commit().await
}
