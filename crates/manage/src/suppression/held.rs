//! Alerts that are suppressed: rows and their events.

use std::collections::HashMap;

use evenkeel_core::{
    event::{
        manage::{AlertHeld, AlertReleased, ReleaseOutcome},
        observe::AlertFired,
    },
    id::{AlertId, ServiceId, SilenceId, TenantId},
};
use evenkeel_store::{NewTimer, Row, Sql, StoreError, Tx, Value, params, places};
use jiff::Timestamp;

use super::{
    decide::{Hold, inhibition_reference, parent_reference},
    sweep,
};
use crate::Act;

/// A suppressed alert.
#[derive(Debug, Clone)]
pub(super) struct Held {
    pub alert: AlertId,
    pub service: ServiceId,
    pub cause: String,
    pub said: AlertHeld,
    pub since: Timestamp,
    pub again_at: Option<Timestamp>,
    pub pages: i64,
}

pub(super) const COLUMNS: &str = "alert_id, service_id, cause, held, since_at, again_at, pages";

pub(super) fn held_of(row: &Row) -> Result<Held, StoreError> {
    Ok(Held {
        alert: row.id("alert_id")?,
        service: row.id("service_id")?,
        cause: row.text("cause")?,
        said: row.json("held")?,
        since: row.at("since_at")?,
        again_at: row.opt_at("again_at")?,
        pages: row.int("pages")?,
    })
}

/// The alert, while it is suppressed.
pub(super) async fn find(sql: &mut dyn Sql, tenant: TenantId, alert: AlertId) -> Result<Option<Held>, StoreError> {
    let text = format!("SELECT {COLUMNS} FROM suppression WHERE tenant_id = $1 AND alert_id = $2 AND ended_at IS NULL");
    sql.row(&text, params![tenant, alert]).await?.map(|row| held_of(&row)).transpose()
}

/// Suppresses an alert, or goes on suppressing it for another reason, and says so when that is news.
pub(crate) async fn hold(tx: &mut Tx, act: &Act, fired: &AlertFired, hold: &Hold) -> Result<(), StoreError> {
    let said = AlertHeld { alert_id: fired.alert_id, service_id: fired.service_id, by: hold.by.clone(), until: hold.until };
    let before = find(tx, act.tenant, fired.alert_id).await?;
    let pages = match &before {
        Some(before) => before.pages,
        // Alerts of one trouble would have been one incident, and one page.
        None => i64::from(other_of_cause(tx, act.tenant, fired.service_id, &fired.cause, fired.alert_id).await?.is_none()),
    };
    tx.execute(
        "INSERT INTO suppression (tenant_id, alert_id, service_id, cause, alert, by_kind, reference, held, since_at, until_at, again_at, pages)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
         ON CONFLICT (tenant_id, alert_id) DO UPDATE SET by_kind = excluded.by_kind, reference = excluded.reference, held = excluded.held,
            until_at = excluded.until_at, again_at = excluded.again_at",
        params![
            act.tenant,
            fired.alert_id,
            fired.service_id,
            &fired.cause,
            &fired.probe,
            hold.by.kind(),
            &hold.reference,
            serde_json::to_string(&said)?,
            act.at,
            hold.until,
            hold.again_at,
            pages,
        ],
    )
    .await?;
    if before.is_none_or(|before| before.said != said) {
        tx.append(&act.event(fired.alert_id, &said)?).await?;
    }
    schedule(tx, act.tenant).await
}

/// The oldest other suppressed alert of the same trouble.
async fn other_of_cause(
    sql: &mut dyn Sql,
    tenant: TenantId,
    service: ServiceId,
    cause: &str,
    but: AlertId,
) -> Result<Option<AlertId>, StoreError> {
    let text = "SELECT alert_id FROM suppression WHERE tenant_id = $1 AND service_id = $2 AND cause = $3 AND alert_id <> $4
                AND ended_at IS NULL ORDER BY alert_id LIMIT 1";
    sql.row(text, params![tenant, service, cause, but]).await?.map(|row| row.id("alert_id")).transpose()
}

/// Ends the suppression of an alert and says what became of it.
pub(super) async fn release(tx: &mut Tx, act: &Act, held: &Held, outcome: ReleaseOutcome) -> Result<(), StoreError> {
    let mut pages = if outcome == ReleaseOutcome::Avoided { held.pages } else { 0 };
    if held.pages > 0
        && let Some(other) = other_of_cause(tx, act.tenant, held.service, &held.cause, held.alert).await?
    {
        // The trouble goes on with another alert, which now stands for its page.
        pages = 0;
        tx.execute("UPDATE suppression SET pages = 1 WHERE tenant_id = $1 AND alert_id = $2", params![act.tenant, other]).await?;
    }
    tx.execute(
        "UPDATE suppression SET ended_at = $3, outcome = $4, pages = $5, again_at = NULL WHERE tenant_id = $1 AND alert_id = $2",
        params![act.tenant, held.alert, act.at, outcome.as_str(), pages],
    )
    .await?;
    let body = AlertReleased {
        alert_id: held.alert,
        service_id: held.service,
        by: held.said.by.clone(),
        since: held.since,
        outcome,
        pages_avoided: u32::try_from(pages).unwrap_or(0),
    };
    tx.append(&act.event(held.alert, &body)?).await.map(|_| ())
}

/// Sets the timer to when the next alert is to be judged again.
pub(super) async fn schedule(tx: &mut Tx, tenant: TenantId) -> Result<(), StoreError> {
    let next = tx
        .row("SELECT MIN(again_at) AS again_at FROM suppression WHERE tenant_id = $1 AND ended_at IS NULL", params![tenant])
        .await?
        .and_then(|row| row.opt_at("again_at").transpose())
        .transpose()?;
    match next {
        Some(due_at) => {
            let timer = NewTimer { tenant, kind: sweep::KIND, key: tenant.to_string(), due_at, payload: "{}".to_owned() };
            tx.set_timer(&timer).await
        }
        None => tx.cancel_timer(sweep::KIND, &tenant.to_string()).await.map(|_| ()),
    }
}

async fn wake(tx: &mut Tx, tenant: TenantId, at: Timestamp, which: &str, mut params: Vec<Value>) -> Result<(), StoreError> {
    params.push(at.into());
    let n = params.len();
    let text = format!(
        "UPDATE suppression SET again_at = ${n} WHERE tenant_id = $1 AND ended_at IS NULL AND (again_at IS NULL OR again_at > ${n}) AND {which}"
    );
    if tx.execute(&text, params).await? > 0 {
        schedule(tx, tenant).await?;
    }
    Ok(())
}

/// The reference of a silence.
pub(crate) fn silence_reference(id: SilenceId) -> String {
    format!("silence:{id}")
}

/// A silence has changed: what it holds back is judged again at once.
pub(crate) async fn wake_silence(tx: &mut Tx, act: &Act, id: SilenceId) -> Result<(), StoreError> {
    wake(tx, act.tenant, act.at, "reference = $2", params![act.tenant, silence_reference(id)]).await
}

/// What is planned for a service has changed.
pub(crate) async fn wake_maintenance(tx: &mut Tx, act: &Act, service: ServiceId) -> Result<(), StoreError> {
    wake(tx, act.tenant, act.at, "by_kind = 'maintenance' AND service_id = $2", params![act.tenant, service]).await
}

/// A service is up or down, or what depends on what has changed.
pub(crate) async fn wake_parents(tx: &mut Tx, act: &Act, parent: Option<ServiceId>, at: Timestamp) -> Result<(), StoreError> {
    match parent {
        Some(parent) => wake(tx, act.tenant, at, "reference = $2", params![act.tenant, parent_reference(parent)]).await,
        None => wake(tx, act.tenant, at, "by_kind = 'parent'", params![act.tenant]).await,
    }
}

/// A rule of inhibition has changed, or the last source of some of its targets is over.
pub(crate) async fn wake_inhibition(tx: &mut Tx, act: &Act, rule: &str, key: Option<&str>) -> Result<(), StoreError> {
    match key {
        Some(key) => {
            let reference = inhibition_reference(rule, key);
            wake(tx, act.tenant, act.at, "reference = $2", params![act.tenant, reference]).await
        }
        // Rules change rarely: all that any of them holds back is judged again.
        None => wake(tx, act.tenant, act.at, "by_kind = 'inhibition'", params![act.tenant]).await,
    }
}

/// How much something suppresses.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Count {
    /// Alerts it holds back now.
    pub holding: i64,
    /// Incidents that were not opened because of it.
    pub pages_avoided: i64,
}

/// Counts of these references, in one look.
pub(crate) async fn counts(sql: &mut dyn Sql, tenant: TenantId, references: &[String]) -> Result<HashMap<String, Count>, StoreError> {
    if references.is_empty() {
        return Ok(HashMap::new());
    }
    let mut params = params![tenant];
    let marks = places(&mut params, references);
    let text = format!(
        "SELECT reference, CAST(SUM(CASE WHEN ended_at IS NULL THEN 1 ELSE 0 END) AS BIGINT) AS holding,
                CAST(SUM(CASE WHEN outcome = 'avoided' THEN pages ELSE 0 END) AS BIGINT) AS avoided
         FROM suppression WHERE tenant_id = $1 AND reference IN ({marks}) GROUP BY reference"
    );
    let count = |row: &Row| Ok((row.text("reference")?, Count { holding: row.int("holding")?, pages_avoided: row.int("avoided")? }));
    sql.rows(&text, params).await?.iter().map(count).collect()
}
