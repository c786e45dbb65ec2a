//! Alerts that fire now, told or not: what parents, inhibitions and previews are judged by.

use std::collections::BTreeMap;

use evenkeel_core::{
    event::observe::{AlertFired, CAUSE_UNAVAILABLE},
    id::{AlertId, ServiceId, TenantId},
    matcher::Labels,
};
use evenkeel_store::{Row, Sql, StoreError, Tx, Value, params, places};
use jiff::{SignedDuration, Timestamp};

use super::labels;
use crate::{Act, inhibition, service};

/// The most alerts that are read at once; a guard, not a page.
const ALERTS_MAX: i64 = 100_000;
/// How long one that is over is remembered: longer than any dependent may take to end by itself.
const KEPT: SignedDuration = SignedDuration::from_hours(24);

/// An alert that fires.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FiringAlert {
    /// Which.
    pub id: AlertId,
    /// Of which service.
    pub service_id: ServiceId,
    /// Since when.
    pub fired_at: Timestamp,
    /// What it can be matched by.
    pub labels: Labels,
}

fn alert_of(row: &Row) -> Result<FiringAlert, StoreError> {
    Ok(FiringAlert {
        id: row.id("alert_id")?,
        service_id: row.id("service_id")?,
        fired_at: row.at("fired_at")?,
        labels: row.json("labels")?,
    })
}

/// Every alert that fires, the oldest first.
pub async fn firing(sql: &mut dyn Sql, tenant: TenantId) -> Result<Vec<FiringAlert>, StoreError> {
    let text = "SELECT alert_id, service_id, fired_at, labels FROM firing_alert
                WHERE tenant_id = $1 AND over_at IS NULL ORDER BY alert_id LIMIT $2";
    sql.rows(text, params![tenant, ALERTS_MAX]).await?.iter().map(alert_of).collect()
}

/// Whether this alert was seen to fire already.
pub(crate) async fn is_known(sql: &mut dyn Sql, tenant: TenantId, id: AlertId) -> Result<bool, StoreError> {
    let text = "SELECT alert_id FROM firing_alert WHERE tenant_id = $1 AND alert_id = $2";
    Ok(sql.row(text, params![tenant, id]).await?.is_some())
}

/// An alert begins to fire.
pub(crate) async fn begin(tx: &mut Tx, tenant: TenantId, fired: &AlertFired) -> Result<Labels, StoreError> {
    let service = service::find(tx, tenant, fired.service_id).await?;
    let labels = labels::of(fired, service.as_ref().map(|service| service.name.as_str()));
    tx.execute(
        "INSERT INTO firing_alert (tenant_id, alert_id, service_id, cause, fired_at, fired, labels) VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (tenant_id, alert_id) DO NOTHING",
        params![
            tenant,
            fired.alert_id,
            fired.service_id,
            &fired.cause,
            fired.fired_at,
            serde_json::to_string(fired)?,
            serde_json::to_string(&labels)?
        ],
    )
    .await?;
    let rules = inhibition::rules(tx, tenant).await?;
    inhibition::note(tx, tenant, &rules, fired.alert_id, &labels).await?;
    Ok(labels)
}

/// An alert is over. It is remembered for a day, for those who depend on its service.
pub(super) async fn end(tx: &mut Tx, act: &Act, id: AlertId) -> Result<(), StoreError> {
    let now = tx.now();
    tx.execute(
        "UPDATE firing_alert SET over_at = $3 WHERE tenant_id = $1 AND alert_id = $2 AND over_at IS NULL",
        params![act.tenant, id, now],
    )
    .await?;
    let old = now.saturating_sub(KEPT).unwrap_or(Timestamp::MIN);
    tx.execute("DELETE FROM firing_alert WHERE tenant_id = $1 AND over_at < $2", params![act.tenant, old]).await?;
    inhibition::forget(tx, act, id).await
}

/// The alert as it fired, with its labels, while it fires.
pub(super) async fn find(sql: &mut dyn Sql, tenant: TenantId, id: AlertId) -> Result<Option<(AlertFired, Labels)>, StoreError> {
    let text = "SELECT fired, labels FROM firing_alert WHERE tenant_id = $1 AND alert_id = $2 AND over_at IS NULL";
    sql.row(text, params![tenant, id]).await?.map(|row| Ok((row.json("fired")?, row.json("labels")?))).transpose()
}

/// Which of `services` are unavailable by their own alerts, or were until after `since`: none = they are, else when they
/// came back.
pub(super) async fn outages(
    sql: &mut dyn Sql,
    tenant: TenantId,
    services: &[ServiceId],
    since: Timestamp,
) -> Result<BTreeMap<ServiceId, Option<Timestamp>>, StoreError> {
    let mut params: Vec<Value> = params![tenant, CAUSE_UNAVAILABLE, since];
    let marks = places(&mut params, services.iter().copied());
    if marks.is_empty() {
        return Ok(BTreeMap::new());
    }
    let text = format!(
        "SELECT service_id, over_at FROM firing_alert WHERE tenant_id = $1 AND cause = $2 AND (over_at IS NULL OR over_at > $3) \
         AND service_id IN ({marks})"
    );
    let mut found = BTreeMap::new();
    for row in sql.rows(&text, params).await? {
        let over = row.opt_at("over_at")?;
        let known = found.entry(row.id::<evenkeel_core::id::Service>("service_id")?).or_insert(over);
        // One that still fires is more than any that is over.
        *known = known.zip(over).map(|(known, over)| known.max(over));
    }
    Ok(found)
}
