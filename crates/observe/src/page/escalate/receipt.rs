//! A gateway that accepts and never delivers: no receipt in time is as good as a refusal.

use async_trait::async_trait;
use evenkeel_core::{
    Actor,
    event::observe::PageMissed,
    id::{PageId, TenantId},
};
use evenkeel_store::{NewTimer, StoreError, Timer, TimerHandler, Tx};
use jiff::{SignedDuration, Timestamp};

use super::{Escalation, append};
use crate::page::{
    receipt::within_secs,
    table::{self, PageRow},
};

/// The kind of the timer that asks for a receipt.
pub const RECEIPT: &str = "page.receipt";

/// The handler of [`RECEIPT`].
#[derive(Clone)]
pub struct Receipt(pub Escalation);

impl Escalation {
    /// The other side took the page: from now on its receipt is waited for, when its gateway gives receipts.
    pub(in crate::page) async fn await_receipt(&self, tx: &mut Tx, tenant: TenantId, page: &PageRow) -> Result<(), StoreError> {
        let gateways = self.directory.gateways(tx, tenant).await?;
        match within_secs(&gateways, &page.channel) {
            Some(within) => watch(tx, tenant, page.id, within).await,
            None => tx.cancel_timer(RECEIPT, &page.id.to_string()).await.map(|_| ()),
        }
    }

    /// The page did not arrive, `why` says how we know.
    pub(in crate::page) async fn missed(&self, tx: &mut Tx, tenant: TenantId, page: &PageRow, why: &str) -> Result<(), StoreError> {
        if page.delivered_at.is_some() || page.read_at.is_some() || page.acknowledged_at.is_some() || page.state != "sent" {
            return Ok(());
        }
        table::set_state(tx, tenant, page.id, "undelivered").await?;
        let body = PageMissed { incident_id: page.incident, person_id: page.person, channel: page.channel.clone(), why: why.to_owned() };
        append(tx, tenant, Actor::system("page"), page.id, page.incident, &body).await?;
        self.unreachable(tx, page, tenant).await
    }
}

/// Looks after a page again in `secs` seconds.
pub(super) async fn watch(tx: &mut Tx, tenant: TenantId, page: PageId, secs: i64) -> Result<(), StoreError> {
    let due_at = tx.now().checked_add(SignedDuration::from_secs(secs)).unwrap_or(Timestamp::MAX);
    tx.set_timer(&NewTimer { tenant, kind: RECEIPT, key: page.to_string(), due_at, payload: page.to_string() }).await
}

#[async_trait]
impl TimerHandler for Receipt {
    fn kind(&self) -> &'static str {
        RECEIPT
    }

    async fn fire(&self, tx: &mut Tx, timer: &Timer) -> Result<(), StoreError> {
        let id: PageId = timer.payload.parse().map_err(|_| StoreError::Corrupt(format!("timer {} names no page", timer.id)))?;
        match table::page(tx, timer.tenant, id).await? {
            Some(page) if page.state == "queued" => self.0.slow(tx, timer.tenant, &page).await,
            Some(page) => self.0.missed(tx, timer.tenant, &page, "no_receipt").await,
            None => Ok(()),
        }
    }
}
