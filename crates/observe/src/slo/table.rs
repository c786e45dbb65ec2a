//! Rows of objectives: what their past came to, up to where they are sealed, and their alerts that were told. Rows only.

use std::collections::BTreeMap;

use evenkeel_core::{
    id::{AlertId, ServiceId, TenantId},
    priority::Severity,
};
use evenkeel_store::{Migration, Sql, StoreError, Tx, params};
use jiff::Timestamp;

use super::{slice::Stretch, tally::Cell};

/// Tables.
pub const MIGRATIONS: &[Migration] = &[
    Migration {
        name: "observe.slo.0001",
        sql: &[
            "CREATE TABLE observe_slo_bucket (
            tenant_id TEXT NOT NULL, slo TEXT NOT NULL, query_hash TEXT NOT NULL, minute BIGINT NOT NULL,
            good DOUBLE PRECISION NOT NULL, total DOUBLE PRECISION NOT NULL, seen DOUBLE PRECISION NOT NULL,
            PRIMARY KEY (tenant_id, slo, query_hash, minute))",
            "CREATE TABLE observe_slo_seal (
            tenant_id TEXT NOT NULL, slo TEXT NOT NULL, sealed_to BIGINT NOT NULL, PRIMARY KEY (tenant_id, slo))",
            "CREATE TABLE observe_slo_alert (
            id TEXT PRIMARY KEY, tenant_id TEXT NOT NULL, slo TEXT NOT NULL, severity TEXT NOT NULL, service_id TEXT NOT NULL,
            cause TEXT NOT NULL, fired_at BIGINT NOT NULL, resolved_at BIGINT, reason TEXT)",
            "CREATE INDEX observe_slo_alert_open ON observe_slo_alert (tenant_id, slo) WHERE resolved_at IS NULL",
        ],
    },
    Migration {
        name: "observe.slo.0002",
        sql: &["CREATE TABLE observe_slo_sealed (
            tenant_id TEXT NOT NULL, slo TEXT NOT NULL, seq BIGINT NOT NULL, state TEXT NOT NULL, from_minute BIGINT NOT NULL,
            to_minute BIGINT NOT NULL, query_hash TEXT NOT NULL, PRIMARY KEY (tenant_id, slo, seq))"],
    },
];

/// Buckets of one objective that are read at once: 400 days of a quarter of an hour.
const BUCKETS_MAX: i64 = 40_000;
/// Open alerts that are read at once; a guard, not a page.
const ALERTS_MAX: i64 = 10_000;

/// An alert that was told and fires.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenAlert {
    /// Its id.
    pub id: AlertId,
    /// Of which objective.
    pub slo: String,
    /// How grave.
    pub severity: Severity,
    /// The service that suffers.
    pub service: ServiceId,
    /// As fired.
    pub cause: String,
    /// When it was told.
    pub fired_at: Timestamp,
}

/// The word of a gravity in rows.
pub(super) const fn word(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "critical",
        Severity::Warning => "warning",
        Severity::Info => "info",
    }
}

fn gravity(text: &str) -> Result<Severity, StoreError> {
    let known = [Severity::Critical, Severity::Warning, Severity::Info].into_iter().find(|severity| word(*severity) == text);
    known.ok_or_else(|| StoreError::Corrupt(format!("{text:?} is no gravity")))
}

/// What an objective's past came to, by the minute at which each bucket begins.
pub async fn buckets(
    sql: &mut dyn Sql,
    tenant: TenantId,
    slo: &str,
    query_hash: &str,
    from: i64,
) -> Result<BTreeMap<i64, Cell>, StoreError> {
    let rows = sql
        .rows(
            "SELECT minute, good, total, seen FROM observe_slo_bucket
             WHERE tenant_id = $1 AND slo = $2 AND query_hash = $3 AND minute >= $4 ORDER BY minute LIMIT $5",
            params![tenant, slo, query_hash, from, BUCKETS_MAX],
        )
        .await?;
    rows.iter()
        .map(|row| Ok((row.int("minute")?, Cell { good: row.float("good")?, total: row.float("total")?, seen: row.float("seen")? })))
        .collect()
}

/// Writes a bucket.
pub(super) async fn write_bucket(
    tx: &mut Tx,
    tenant: TenantId,
    slo: &str,
    query_hash: &str,
    (minute, cell): (i64, Cell),
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO observe_slo_bucket (tenant_id, slo, query_hash, minute, good, total, seen) VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (tenant_id, slo, query_hash, minute) DO UPDATE SET good = excluded.good, total = excluded.total, seen = excluded.seen",
        params![tenant, slo, query_hash, minute, cell.good, cell.total, cell.seen],
    )
    .await
    .map(|_| ())
}

/// Forgets buckets before `minute` and all that were measured otherwise, and which stretches before it were sealed: the ledger
/// keeps them.
pub(super) async fn forget(tx: &mut Tx, tenant: TenantId, slo: &str, query_hash: &str, minute: i64) -> Result<(), StoreError> {
    tx.execute("DELETE FROM observe_slo_sealed WHERE tenant_id = $1 AND slo = $2 AND to_minute <= $3", params![tenant, slo, minute])
        .await?;
    tx.execute(
        "DELETE FROM observe_slo_bucket WHERE tenant_id = $1 AND slo = $2 AND (minute < $4 OR query_hash <> $3)",
        params![tenant, slo, query_hash, minute],
    )
    .await
    .map(|_| ())
}

/// Up to which minute an objective is sealed.
pub async fn sealed_to(sql: &mut dyn Sql, tenant: TenantId, slo: &str) -> Result<Option<i64>, StoreError> {
    let row = sql.row("SELECT sealed_to FROM observe_slo_seal WHERE tenant_id = $1 AND slo = $2", params![tenant, slo]).await?;
    row.map(|row| row.int("sealed_to")).transpose()
}

/// Writes up to which minute an objective is sealed.
pub(super) async fn write_sealed_to(tx: &mut Tx, tenant: TenantId, slo: &str, minute: i64) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO observe_slo_seal (tenant_id, slo, sealed_to) VALUES ($1, $2, $3)
         ON CONFLICT (tenant_id, slo) DO UPDATE SET sealed_to = excluded.sealed_to",
        params![tenant, slo, minute],
    )
    .await
    .map(|_| ())
}

/// A stretch that was sealed, and the event that holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed {
    /// Its event's position.
    pub seq: i64,
    /// The state, and the edges in minutes.
    pub stretch: Stretch,
    /// SHA-256 of the query that it was measured by, hex.
    pub query_hash: String,
}

/// Stretches of an objective that were sealed and touch what comes after `from`, the newest first, so many at most.
pub async fn sealed(sql: &mut dyn Sql, tenant: TenantId, slo: &str, from: i64, limit: i64) -> Result<Vec<Sealed>, StoreError> {
    let rows = sql
        .rows(
            "SELECT seq, state, from_minute, to_minute, query_hash FROM observe_slo_sealed
             WHERE tenant_id = $1 AND slo = $2 AND to_minute > $3 ORDER BY seq DESC LIMIT $4",
            params![tenant, slo, from, limit],
        )
        .await?;
    rows.iter()
        .map(|row| {
            let state = row.text("state")?.parse().map_err(StoreError::Corrupt)?;
            let stretch = Stretch { state, from: row.int("from_minute")?, to: row.int("to_minute")? };
            Ok(Sealed { seq: row.int("seq")?, stretch, query_hash: row.text("query_hash")? })
        })
        .collect()
}

/// Writes a stretch that was sealed.
pub(super) async fn write_sealed(tx: &mut Tx, tenant: TenantId, slo: &str, sealed: &Sealed) -> Result<(), StoreError> {
    let Sealed { seq, stretch, query_hash } = sealed;
    tx.execute(
        "INSERT INTO observe_slo_sealed (tenant_id, slo, seq, state, from_minute, to_minute, query_hash) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        params![tenant, slo, *seq, stretch.state, stretch.from, stretch.to, query_hash],
    )
    .await
    .map(|_| ())
}

/// Alerts that were told and fire.
pub async fn open_alerts(sql: &mut dyn Sql, tenant: TenantId) -> Result<Vec<OpenAlert>, StoreError> {
    let rows = sql
        .rows(
            "SELECT id, slo, severity, service_id, cause, fired_at FROM observe_slo_alert
             WHERE tenant_id = $1 AND resolved_at IS NULL ORDER BY id LIMIT $2",
            params![tenant, ALERTS_MAX],
        )
        .await?;
    rows.iter()
        .map(|row| {
            Ok(OpenAlert {
                id: row.id("id")?,
                slo: row.text("slo")?,
                severity: gravity(&row.text("severity")?)?,
                service: row.id("service_id")?,
                cause: row.text("cause")?,
                fired_at: row.at("fired_at")?,
            })
        })
        .collect()
}

/// Writes an alert that begins to fire.
pub(super) async fn fire(tx: &mut Tx, tenant: TenantId, alert: &OpenAlert) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO observe_slo_alert (id, tenant_id, slo, severity, service_id, cause, fired_at) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        params![alert.id, tenant, &alert.slo, word(alert.severity), alert.service, &alert.cause, alert.fired_at],
    )
    .await
    .map(|_| ())
}

/// Writes an alert's end. Answers whether it fired until now.
pub(super) async fn resolve(tx: &mut Tx, id: AlertId, reason: &str) -> Result<bool, StoreError> {
    let now = tx.now();
    let rows = tx
        .execute(
            "UPDATE observe_slo_alert SET resolved_at = $2, reason = $3 WHERE id = $1 AND resolved_at IS NULL",
            params![id, now, reason],
        )
        .await?;
    Ok(rows > 0)
}
