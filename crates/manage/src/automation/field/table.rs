//! Rows of what fields say.

use evenkeel_core::id::{IncidentId, TenantId};
use evenkeel_store::{Row, Sql, StoreError, Tx, params, places};
use serde_json::Value;

use super::{Values, filter_key};
use crate::incident::Incident;

/// The most tickets that a filter collects by number. A value that more have is met along the queue's sort.
const FOUND_MAX: usize = 1_000;

/// What a field says of one ticket.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Held {
    pub field: String,
    /// What it says, when that is no words.
    pub value: Option<Value>,
    /// The digest of its words.
    pub text: Option<String>,
}

/// Everything that fields say of a ticket.
pub(super) async fn of(sql: &mut dyn Sql, tenant: TenantId, id: IncidentId) -> Result<Vec<Held>, StoreError> {
    sql.rows(
        "SELECT field, value, text_digest FROM incident_field WHERE tenant_id = $1 AND incident_id = $2 ORDER BY field LIMIT 1000",
        params![tenant, id],
    )
    .await?
    .iter()
    .map(held)
    .collect()
}

fn held(row: &Row) -> Result<Held, StoreError> {
    Ok(Held { field: row.text("field")?, value: row.opt_json("value")?, text: row.opt_text("text_digest")? })
}

/// The same of several tickets.
pub(super) async fn of_all(sql: &mut dyn Sql, tenant: TenantId, ids: &[IncidentId]) -> Result<Vec<(IncidentId, Held)>, StoreError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut params = params![tenant];
    let marks = places(&mut params, ids);
    let text = format!(
        "SELECT incident_id, field, value, text_digest FROM incident_field WHERE tenant_id = $1 AND incident_id IN ({marks}) \
         ORDER BY incident_id, field LIMIT 100000"
    );
    sql.rows(&text, params).await?.iter().map(|row| Ok((row.id("incident_id")?, held(row)?))).collect()
}

/// What fields say of a ticket, those of words left out.
pub(crate) async fn values(sql: &mut dyn Sql, tenant: TenantId, id: IncidentId) -> Result<Values, StoreError> {
    let held = of(sql, tenant, id).await?;
    Ok(held.into_iter().filter_map(|held| Some((held.field, held.value?))).collect())
}

/// Writes what a field says; nothing takes the row away.
pub(super) async fn put(tx: &mut Tx, incident: &Incident, version: i64, held: &Held) -> Result<(), StoreError> {
    if held.value.is_none() && held.text.is_none() {
        tx.execute(
            "DELETE FROM incident_field WHERE tenant_id = $1 AND incident_id = $2 AND field = $3",
            params![incident.tenant, incident.id, &held.field],
        )
        .await?;
        return Ok(());
    }
    let key = held.value.as_ref().and_then(filter_key);
    tx.execute(
        "INSERT INTO incident_field (tenant_id, incident_id, field, number, version, value, text_digest, filter_key)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
         ON CONFLICT (tenant_id, incident_id, field) DO UPDATE SET version = excluded.version, value = excluded.value,
            text_digest = excluded.text_digest, filter_key = excluded.filter_key",
        params![
            incident.tenant,
            incident.id,
            &held.field,
            incident.number,
            version,
            held.value.as_ref().map(Value::to_string),
            &held.text,
            key
        ],
    )
    .await
    .map(|_| ())
}

/// Which tickets a filter by a field leaves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Narrowed {
    /// These numbers.
    To(Vec<i64>),
    /// Too many to name.
    Many,
}

/// The tickets of which a field says this.
pub(crate) async fn narrow(sql: &mut dyn Sql, tenant: TenantId, field: &str, value: &str) -> Result<Narrowed, StoreError> {
    let most = i64::try_from(FOUND_MAX).unwrap_or(i64::MAX);
    let rows = sql
        .rows(
            "SELECT number FROM incident_field WHERE tenant_id = $1 AND field = $2 AND filter_key = $3 ORDER BY number DESC LIMIT $4",
            params![tenant, field, value, most],
        )
        .await?;
    if rows.len() >= FOUND_MAX {
        return Ok(Narrowed::Many);
    }
    Ok(Narrowed::To(rows.iter().map(|row| row.int("number")).collect::<Result<_, _>>()?))
}
