//! Rows of alerts that were sent: one for each set of labels, the newest stretch of trouble. Rows only.

use std::collections::{BTreeMap, HashMap, HashSet};

use evenkeel_core::{
    id::{AlertId, ServiceId, TenantId},
    matcher::Labels,
};
use evenkeel_store::{Migration, Row, Sql, StoreError, Tx, Value, params, places, tuples};
use jiff::Timestamp;

use super::model::Incoming;

/// Tables.
pub const MIGRATIONS: &[Migration] = &[
    Migration {
        name: "observe.alert.0001",
        sql: &[
            "CREATE TABLE observe_received_alert (
            tenant_id TEXT NOT NULL, fingerprint TEXT NOT NULL, alert_id TEXT NOT NULL, source TEXT NOT NULL,
            labels TEXT NOT NULL, annotations TEXT NOT NULL, generator_url TEXT NOT NULL, service_id TEXT, cause TEXT NOT NULL,
            started_at BIGINT NOT NULL, updated_at BIGINT NOT NULL, ends_at BIGINT, resolved_at BIGINT,
            PRIMARY KEY (tenant_id, fingerprint))",
            "CREATE INDEX observe_received_alert_ends ON observe_received_alert (tenant_id, ends_at) WHERE resolved_at IS NULL",
            "CREATE INDEX observe_received_alert_over ON observe_received_alert (tenant_id, resolved_at)",
        ],
    },
    // Without the condition SQLite takes it for the way to those that fire, and reads them all for each batch that comes in.
    Migration {
        name: "observe.alert.0003",
        sql: &[
            "DROP INDEX observe_received_alert_over",
            "CREATE INDEX observe_received_alert_over ON observe_received_alert (tenant_id, resolved_at) WHERE resolved_at IS NOT NULL",
        ],
    },
];

/// Labels looked up at once.
const AT_ONCE: usize = 400;
/// The most alerts that are read at once; a guard, not a page.
const ALERTS_MAX: i64 = 100_000;

/// An alert that was sent and fires.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Received {
    pub fingerprint: String,
    pub id: AlertId,
    pub source: String,
    pub labels: Labels,
    pub annotations: Labels,
    pub generator_url: String,
    /// None = it names no service of ours, and opens no incident.
    pub service: Option<ServiceId>,
    pub cause: String,
    pub started_at: Timestamp,
    pub updated_at: Timestamp,
    pub ends_at: Option<Timestamp>,
}

const COLUMNS: &str =
    "fingerprint, alert_id, source, labels, annotations, generator_url, service_id, cause, started_at, updated_at, ends_at";

fn received_of(row: &Row) -> Result<Received, StoreError> {
    Ok(Received {
        fingerprint: row.text("fingerprint")?,
        id: row.id("alert_id")?,
        source: row.text("source")?,
        labels: row.json("labels")?,
        annotations: row.json("annotations")?,
        generator_url: row.text("generator_url")?,
        service: row.opt_id("service_id")?,
        cause: row.text("cause")?,
        started_at: row.at("started_at")?,
        updated_at: row.at("updated_at")?,
        ends_at: row.opt_at("ends_at")?,
    })
}

/// Those of these fingerprints that fire: what is needed to end them, and when they end by themselves.
pub(super) async fn open(
    sql: &mut dyn Sql,
    tenant: TenantId,
    fingerprints: &[String],
) -> Result<HashMap<String, (AlertId, Option<ServiceId>, String)>, StoreError> {
    let mut found = HashMap::new();
    for some in fingerprints.chunks(AT_ONCE) {
        let mut params: Vec<Value> = params![tenant];
        let marks = places(&mut params, some.iter());
        let text = format!(
            "SELECT fingerprint, alert_id, service_id, cause FROM observe_received_alert
             WHERE tenant_id = $1 AND resolved_at IS NULL AND fingerprint IN ({marks})"
        );
        for row in sql.rows(&text, params).await? {
            found.insert(row.text("fingerprint")?, (row.id("alert_id")?, row.opt_id("service_id")?, row.text("cause")?));
        }
    }
    Ok(found)
}

/// Every alert that fires, in the order of their labels' fingerprints.
pub(super) async fn all(sql: &mut dyn Sql, tenant: TenantId) -> Result<Vec<Received>, StoreError> {
    let text =
        format!("SELECT {COLUMNS} FROM observe_received_alert WHERE tenant_id = $1 AND resolved_at IS NULL ORDER BY fingerprint LIMIT $2");
    sql.rows(&text, params![tenant, ALERTS_MAX]).await?.iter().map(received_of).collect()
}

/// At most `limit` that were to end by `now`.
pub(super) async fn ended(sql: &mut dyn Sql, tenant: TenantId, now: Timestamp, limit: i64) -> Result<Vec<Received>, StoreError> {
    let text = format!(
        "SELECT {COLUMNS} FROM observe_received_alert WHERE tenant_id = $1 AND resolved_at IS NULL AND ends_at <= $2
         ORDER BY ends_at, fingerprint LIMIT $3"
    );
    sql.rows(&text, params![tenant, now, limit]).await?.iter().map(received_of).collect()
}

/// When the next one ends by itself.
pub(super) async fn next_end(sql: &mut dyn Sql, tenant: TenantId) -> Result<Option<Timestamp>, StoreError> {
    let text = "SELECT MIN(ends_at) AS ends_at FROM observe_received_alert WHERE tenant_id = $1 AND resolved_at IS NULL";
    sql.row(text, params![tenant]).await?.and_then(|row| row.opt_at("ends_at").transpose()).transpose()
}

/// Writes those that begin to fire; answers the fingerprints of all but those with which another writer was faster. In the order
/// of their fingerprints, so that two writers never wait for each other.
pub(super) async fn begin<'a>(
    tx: &mut Tx,
    tenant: TenantId,
    alerts: impl Iterator<Item = &'a Received>,
) -> Result<HashSet<String>, StoreError> {
    let mut rows = BTreeMap::new();
    for alert in alerts {
        let row = params![
            tenant,
            &alert.fingerprint,
            alert.id,
            &alert.source,
            serde_json::to_string(&alert.labels)?,
            serde_json::to_string(&alert.annotations)?,
            &alert.generator_url,
            alert.service,
            &alert.cause,
            alert.started_at,
            alert.updated_at,
            alert.ends_at,
        ];
        rows.insert(&alert.fingerprint, row);
    }
    let rows: Vec<Vec<Value>> = rows.into_values().collect();
    let mut begun = HashSet::with_capacity(rows.len());
    for some in rows.chunks(AT_ONCE) {
        let mut params = Vec::new();
        let values = tuples(&mut params, some.iter().cloned());
        let text = format!(
            "INSERT INTO observe_received_alert (tenant_id, fingerprint, alert_id, source, labels, annotations, generator_url, service_id,
                cause, started_at, updated_at, ends_at)
             VALUES {values}
             ON CONFLICT (tenant_id, fingerprint) DO UPDATE SET alert_id = excluded.alert_id, source = excluded.source,
                labels = excluded.labels, annotations = excluded.annotations, generator_url = excluded.generator_url,
                service_id = excluded.service_id, cause = excluded.cause, started_at = excluded.started_at,
                updated_at = excluded.updated_at, ends_at = excluded.ends_at, resolved_at = NULL
             WHERE observe_received_alert.resolved_at IS NOT NULL
             RETURNING fingerprint"
        );
        for row in tx.rows(&text, params).await? {
            begun.insert(row.text("fingerprint")?);
        }
    }
    Ok(begun)
}

/// They are sent again: their ends move, and what is said about them.
pub(super) async fn refresh(tx: &mut Tx, tenant: TenantId, alerts: &[(String, Incoming)], now: Timestamp) -> Result<(), StoreError> {
    for some in alerts.chunks(AT_ONCE) {
        let mut rows = Vec::with_capacity(some.len());
        for (fingerprint, alert) in some {
            rows.push(params![fingerprint, serde_json::to_string(&alert.annotations)?, &alert.generator_url, alert.ends_at]);
        }
        let mut params = params![tenant, now];
        let values = tuples(&mut params, rows);
        // Both databases name the columns of VALUES so.
        let text = format!(
            "UPDATE observe_received_alert SET annotations = sent.column2, generator_url = sent.column3, ends_at = sent.column4,
                updated_at = $2
             FROM (VALUES {values}) AS sent WHERE tenant_id = $1 AND fingerprint = sent.column1"
        );
        tx.execute(&text, params).await?;
    }
    Ok(())
}

/// They are over; answers the fingerprints of those that were not already.
pub(super) async fn end<'a>(
    tx: &mut Tx,
    tenant: TenantId,
    fingerprints: impl Iterator<Item = &'a String>,
    now: Timestamp,
) -> Result<HashSet<String>, StoreError> {
    let fingerprints: Vec<&String> = fingerprints.collect();
    let mut ended = HashSet::with_capacity(fingerprints.len());
    for some in fingerprints.chunks(AT_ONCE) {
        let mut params = params![tenant, now];
        let marks = places(&mut params, some.iter().copied());
        let text = format!(
            "UPDATE observe_received_alert SET resolved_at = $2
             WHERE tenant_id = $1 AND resolved_at IS NULL AND fingerprint IN ({marks}) RETURNING fingerprint"
        );
        for row in tx.rows(&text, params).await? {
            ended.insert(row.text("fingerprint")?);
        }
    }
    Ok(ended)
}

/// Forgets those that were over before `before`: the ledger has them.
pub(super) async fn forget(tx: &mut Tx, tenant: TenantId, before: Timestamp) -> Result<(), StoreError> {
    tx.execute("DELETE FROM observe_received_alert WHERE tenant_id = $1 AND resolved_at < $2", params![tenant, before]).await.map(|_| ())
}
