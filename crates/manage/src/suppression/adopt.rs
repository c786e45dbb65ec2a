//! Once, after an upgrade: what fires, and what an earlier binary held back for maintenance, is known here from then on.

use std::sync::Arc;

use async_trait::async_trait;
use evenkeel_core::{
    event::{
        Event,
        manage::AlertHeld,
        observe::{AlertFired, AlertResolved},
    },
    id::{AlertId, TenantId},
};
use evenkeel_store::{Sql as _, StoreError, Timer, TimerHandler, Tx, ledger, params};

use super::{
    Looks,
    decide::{Decision, Hold},
    firing, held,
    world::judge,
};
use crate::{Act, incident::from_alert};

/// Takes over; see the migration that sets its timer.
#[derive(Debug, Clone)]
pub(crate) struct Adopt {
    pub looks: Arc<dyn Looks>,
}

#[async_trait]
impl TimerHandler for Adopt {
    fn kind(&self) -> &'static str {
        "suppression.adopt"
    }

    async fn fire(&self, tx: &mut Tx, timer: &Timer) -> Result<(), StoreError> {
        let tenant = timer.tenant;
        let open = "SELECT alert_id FROM incident_alert WHERE tenant_id = $1 AND cleared_at IS NULL";
        for row in tx.rows(open, params![tenant]).await? {
            if let Some((fired, _)) = still_fires(tx, tenant, row.id("alert_id")?).await? {
                firing::begin(tx, tenant, &fired).await?;
            }
        }
        for row in tx.rows("SELECT alert_id FROM maintenance_alert WHERE tenant_id = $1", params![tenant]).await? {
            let Some((fired, said)) = still_fires(tx, tenant, row.id("alert_id")?).await? else { continue };
            let labels = firing::begin(tx, tenant, &fired).await?;
            let now = tx.now();
            match (judge(tx, tenant, self.looks.as_ref(), &fired, &labels, now).await?, said) {
                (Decision::Suppress(hold), _) => held::hold(tx, &Act::system(tenant, "timer", now), &fired, &hold).await?,
                // Its maintenance ended meanwhile: the next sweep lets it go, from then on.
                (Decision::Pass, Some(AlertHeld { by, until: Some(until), .. })) => {
                    let hold = Hold { by, reference: "maintenance".to_owned(), until: Some(until), again_at: Some(until) };
                    held::hold(tx, &Act::system(tenant, "timer", now), &fired, &hold).await?;
                }
                (Decision::Pass, _) => from_alert::tell(tx, tenant, fired, now).await?,
            }
        }
        tx.execute("DELETE FROM maintenance_alert WHERE tenant_id = $1", params![tenant]).await.map(|_| ())
    }
}

/// The alert as the ledger has it, and as it was held, unless the ledger has its end.
async fn still_fires(tx: &mut Tx, tenant: TenantId, id: AlertId) -> Result<Option<(AlertFired, Option<AlertHeld>)>, StoreError> {
    let events = ledger::events_of(tx, tenant, "alert", &id.to_string()).await?;
    if events.iter().any(|event| event.read::<AlertResolved>().is_some()) {
        return Ok(None);
    }
    let fired = events.iter().find_map(Event::read::<AlertFired>).transpose()?;
    let said = events.iter().rev().find_map(Event::read::<AlertHeld>).transpose()?;
    Ok(fired.map(|fired| (fired, said)))
}
