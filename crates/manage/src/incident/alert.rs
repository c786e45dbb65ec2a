//! The alerts of an incident: what dedup is judged on.

use std::collections::BTreeMap;

use evenkeel_core::{
    event::manage::AlertJoined,
    id::{AlertId, IncidentId, ServiceId, TenantId},
};
use evenkeel_store::{Row, Sql, StoreError, Tx, params, places};
use jiff::Timestamp;

/// Ended because the indicator is good again, not because we stopped looking.
pub(super) const RECOVERED: &str = "recovered";
/// Alerts that are looked up at once.
const LOOKED_UP_MAX: usize = 500;

/// One alert of an incident.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Alert {
    pub id: AlertId,
    pub incident_id: IncidentId,
    pub service_id: ServiceId,
    pub cause: String,
    /// The name of its probe or rule; not known of alerts of before this column.
    pub probe: Option<String>,
    pub started_at: Timestamp,
    pub fired_at: Timestamp,
    pub cleared_at: Option<Timestamp>,
    pub reason: Option<String>,
}

impl Alert {
    /// The event that says it joined.
    pub(super) fn joined(&self) -> AlertJoined {
        AlertJoined {
            alert_id: self.id,
            cause: self.cause.clone(),
            started_at: self.started_at,
            fired_at: self.fired_at,
            probe: self.probe.clone(),
        }
    }
}

const COLUMNS: &str = "alert_id, incident_id, service_id, cause, probe, started_at, fired_at, cleared_at, reason";

fn alert_of(row: &Row) -> Result<Alert, StoreError> {
    Ok(Alert {
        id: row.id("alert_id")?,
        incident_id: row.id("incident_id")?,
        service_id: row.id("service_id")?,
        cause: row.text("cause")?,
        probe: row.opt_text("probe")?,
        started_at: row.at("started_at")?,
        fired_at: row.at("fired_at")?,
        cleared_at: row.opt_at("cleared_at")?,
        reason: row.opt_text("reason")?,
    })
}

pub(super) async fn find(sql: &mut dyn Sql, tenant: TenantId, id: AlertId) -> Result<Option<Alert>, StoreError> {
    sql.row(&format!("SELECT {COLUMNS} FROM incident_alert WHERE tenant_id = $1 AND alert_id = $2"), params![tenant, id])
        .await?
        .map(|row| alert_of(&row))
        .transpose()
}

/// The incidents of alerts, with their short numbers; 500 alerts at most are looked up.
///
/// # Errors
/// As any statement.
pub async fn incidents_of(
    sql: &mut dyn Sql,
    tenant: TenantId,
    alerts: &[AlertId],
) -> Result<BTreeMap<AlertId, (IncidentId, i64)>, StoreError> {
    if alerts.is_empty() {
        return Ok(BTreeMap::new());
    }
    let mut params = params![tenant];
    let marks = places(&mut params, alerts.iter().take(LOOKED_UP_MAX).copied());
    let text = format!(
        "SELECT a.alert_id, a.incident_id, i.number FROM incident_alert a JOIN incident i ON i.tenant_id = a.tenant_id AND i.id = a.incident_id \
         WHERE a.tenant_id = $1 AND a.alert_id IN ({marks})"
    );
    let rows = sql.rows(&text, params).await?;
    rows.iter().map(|row| Ok((row.id("alert_id")?, (row.id("incident_id")?, row.int("number")?)))).collect()
}

/// The newest alert of the same service and cause.
pub(super) async fn newest_of_cause(
    sql: &mut dyn Sql,
    tenant: TenantId,
    service: ServiceId,
    cause: &str,
) -> Result<Option<Alert>, StoreError> {
    sql.row(
        &format!(
            "SELECT {COLUMNS} FROM incident_alert WHERE tenant_id = $1 AND service_id = $2 AND cause = $3 \
             ORDER BY fired_at DESC, alert_id DESC LIMIT 1"
        ),
        params![tenant, service, cause],
    )
    .await?
    .map(|row| alert_of(&row))
    .transpose()
}

/// Every alert of an incident, oldest first.
pub(super) async fn of_incident(sql: &mut dyn Sql, tenant: TenantId, incident: IncidentId) -> Result<Vec<Alert>, StoreError> {
    sql.rows(
        &format!(
            "SELECT {COLUMNS} FROM incident_alert WHERE tenant_id = $1 AND incident_id = $2 \
             ORDER BY fired_at, alert_id LIMIT 100000"
        ),
        params![tenant, incident],
    )
    .await?
    .iter()
    .map(alert_of)
    .collect()
}

pub(super) async fn insert(tx: &mut Tx, tenant: TenantId, alert: &Alert) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO incident_alert (tenant_id, alert_id, incident_id, service_id, cause, probe, started_at, fired_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        params![tenant, alert.id, alert.incident_id, alert.service_id, &alert.cause, &alert.probe, alert.started_at, alert.fired_at],
    )
    .await
    .map(|_| ())
}

pub(super) async fn clear(tx: &mut Tx, tenant: TenantId, id: AlertId, at: Timestamp, reason: &str) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE incident_alert SET cleared_at = $3, reason = $4 WHERE tenant_id = $1 AND alert_id = $2",
        params![tenant, id, at, reason],
    )
    .await
    .map(|_| ())
}

/// Makes the alerts of one incident those of another.
pub(super) async fn hand_over(tx: &mut Tx, tenant: TenantId, from: IncidentId, to: IncidentId) -> Result<(), StoreError> {
    tx.execute("UPDATE incident_alert SET incident_id = $3 WHERE tenant_id = $1 AND incident_id = $2", params![tenant, from, to])
        .await
        .map(|_| ())
}

/// How many of an incident's alerts fire.
pub(super) async fn count_firing(sql: &mut dyn Sql, tenant: TenantId, incident: IncidentId) -> Result<i64, StoreError> {
    let text = "SELECT COUNT(*) AS n FROM incident_alert WHERE tenant_id = $1 AND incident_id = $2 AND cleared_at IS NULL";
    sql.row(text, params![tenant, incident]).await?.map_or(Ok(0), |row| row.int("n"))
}

/// When service came back, by telemetry: the last recovery, provided that nothing fires and that of every probe the alert
/// that ended last ended in a recovery. An alert that ended because we stopped looking proves nothing.
pub(super) fn recovered_at(alerts: &[Alert]) -> Option<(Timestamp, AlertId)> {
    let mut last_of_probes: BTreeMap<(&str, Option<&str>), &Alert> = BTreeMap::new();
    for alert in alerts {
        alert.cleared_at?;
        let last = last_of_probes.entry((&alert.cause, alert.probe.as_deref())).or_insert(alert);
        if (alert.cleared_at, alert.fired_at) > (last.cleared_at, last.fired_at) {
            *last = alert;
        }
    }
    if last_of_probes.values().any(|alert| alert.reason.as_deref() != Some(RECOVERED)) {
        return None;
    }
    last_of_probes.values().filter_map(|alert| alert.cleared_at.map(|at| (at, alert.id))).max()
}

#[cfg(test)]
#[path = "tests/alert.rs"]
mod tests;
