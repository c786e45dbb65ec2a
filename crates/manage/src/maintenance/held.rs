//! Alerts that fired during maintenance and wait for its end.

use async_trait::async_trait;
use evenkeel_core::{
    event::{manage::AlertHeld, observe::AlertFired},
    id::{AlertId, ServiceId, TenantId},
};
use evenkeel_store::{NewTimer, Sql as _, StoreError, Timer, TimerHandler, Tx, params};
use jiff::Timestamp;

use super::store::{Plan, covering};
use crate::{Act, incident::from_alert};

/// The timer's kind; its key is the alert's id.
pub const KIND: &str = "maintenance.alert";

/// Keeps an alert back until the window is over, and says so.
pub(crate) async fn hold(tx: &mut Tx, act: &Act, fired: &AlertFired, plan: &Plan) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO maintenance_alert (tenant_id, alert_id, service_id, fired) VALUES ($1, $2, $3, $4)
         ON CONFLICT (tenant_id, alert_id) DO NOTHING",
        params![act.tenant, fired.alert_id, fired.service_id, serde_json::to_string(fired)?],
    )
    .await?;
    let body =
        AlertHeld { alert_id: fired.alert_id, service_id: fired.service_id, maintenance_id: plan.maintenance_id, until: plan.window.to };
    tx.append(&act.event(fired.alert_id, &body)?).await?;
    wait(tx, act.tenant, fired.alert_id, plan.window.to).await
}

async fn wait(tx: &mut Tx, tenant: TenantId, alert: AlertId, due_at: Timestamp) -> Result<(), StoreError> {
    tx.set_timer(&NewTimer { tenant, kind: KIND, key: alert.to_string(), due_at, payload: "{}".to_owned() }).await
}

/// The alert, when it is kept back.
pub(crate) async fn take(tx: &mut Tx, tenant: TenantId, alert: AlertId) -> Result<Option<AlertFired>, StoreError> {
    let row = tx.row("SELECT fired FROM maintenance_alert WHERE tenant_id = $1 AND alert_id = $2", params![tenant, alert]).await?;
    row.map(|row| row.json("fired")).transpose()
}

/// It is over, or it opens its incident: nothing waits any more.
pub(crate) async fn forget(tx: &mut Tx, tenant: TenantId, alert: AlertId) -> Result<(), StoreError> {
    tx.cancel_timer(KIND, &alert.to_string()).await?;
    tx.execute("DELETE FROM maintenance_alert WHERE tenant_id = $1 AND alert_id = $2", params![tenant, alert]).await.map(|_| ())
}

/// What is planned for a service has changed: its alerts that wait are looked at again at once.
pub(super) async fn wake(tx: &mut Tx, act: &Act, service: ServiceId) -> Result<(), StoreError> {
    let rows =
        tx.rows("SELECT alert_id FROM maintenance_alert WHERE tenant_id = $1 AND service_id = $2", params![act.tenant, service]).await?;
    for row in &rows {
        wait(tx, act.tenant, row.id("alert_id")?, act.at).await?;
    }
    Ok(())
}

/// Lets go of alerts whose maintenance is over.
#[derive(Debug, Clone, Copy, Default)]
pub struct Held;

#[async_trait]
impl TimerHandler for Held {
    fn kind(&self) -> &'static str {
        KIND
    }

    async fn fire(&self, tx: &mut Tx, timer: &Timer) -> Result<(), StoreError> {
        let id: AlertId = timer.key.parse().map_err(|error| StoreError::Corrupt(format!("timer {KIND} {}: {error}", timer.key)))?;
        let Some(fired) = take(tx, timer.tenant, id).await? else {
            return Ok(());
        };
        if let Some(plan) = covering(tx, timer.tenant, fired.service_id, timer.due_at).await? {
            return wait(tx, timer.tenant, id, plan.window.to).await;
        }
        forget(tx, timer.tenant, id).await?;
        // Until now the service was out by plan: the fault begins where the plan ends.
        let at = timer.due_at.max(fired.fired_at);
        from_alert::let_go(tx, timer.tenant, AlertFired { started_at: at, fired_at: at, ..fired }).await
    }
}
