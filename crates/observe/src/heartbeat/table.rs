//! Rows of heartbeats and of their runs. Rows only.

mod run;

use evenkeel_core::id::{AlertId, HeartbeatId, ServiceId, TenantId};
use evenkeel_store::{Migration, Row, Sql, StoreError, Tx, params};
use jiff::Timestamp;

use super::{machine::Machine, model::HeartbeatDefinition};

pub use run::{Outcome, Run};
pub(super) use run::{end_run, last_runs, runs, write_run};

/// Tables.
pub const MIGRATIONS: &[Migration] = &[Migration {
    name: "observe.heartbeat.0001",
    sql: &[
        "CREATE TABLE observe_heartbeat (
            id TEXT PRIMARY KEY, tenant_id TEXT NOT NULL, name TEXT NOT NULL, service_id TEXT NOT NULL, definition TEXT NOT NULL,
            version BIGINT NOT NULL, in_force BIGINT NOT NULL, put_at BIGINT NOT NULL, digest TEXT UNIQUE, machine TEXT NOT NULL,
            runs BIGINT NOT NULL, timer_at BIGINT, alert_id TEXT, alert_service_id TEXT, alert_cause TEXT)",
        "CREATE UNIQUE INDEX observe_heartbeat_name ON observe_heartbeat (tenant_id, name) WHERE in_force = 1",
        "CREATE INDEX observe_heartbeat_before ON observe_heartbeat (tenant_id, name, version)",
        "CREATE TABLE observe_heartbeat_run (
            heartbeat_id TEXT NOT NULL, number BIGINT NOT NULL, outcome TEXT NOT NULL, began_at BIGINT, ended_at BIGINT,
            exit_code BIGINT, body TEXT, PRIMARY KEY (heartbeat_id, number))",
    ],
}];

/// Heartbeats that are read at once; a guard, not a page.
const HEARTBEATS_MAX: i64 = 100_000;

/// An alert of a heartbeat that fires.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenAlert {
    /// Its id.
    pub id: AlertId,
    /// The service that suffers.
    pub service: ServiceId,
    /// As fired.
    pub cause: String,
}

/// A heartbeat as declared, and what is remembered of it.
#[derive(Debug, Clone)]
pub struct HeartbeatRow {
    /// Its id: it stays when the name changes.
    pub id: HeartbeatId,
    /// Whose.
    pub tenant: TenantId,
    /// What is expected of it.
    pub definition: HeartbeatDefinition,
    /// 1, 2, 3 …
    pub version: i64,
    /// Whether it is in force; a retired one is kept for its history.
    pub in_force: bool,
    /// Whether it has an address.
    pub has_address: bool,
    /// What is remembered.
    pub machine: Machine,
    /// The number of its newest run.
    pub runs: i64,
    /// When its timer fires.
    pub timer_at: Option<Timestamp>,
    /// The alert that fires.
    pub alert: Option<OpenAlert>,
}

const COLUMNS: &str =
    "id, tenant_id, definition, version, in_force, digest, machine, runs, timer_at, alert_id, alert_service_id, alert_cause";

fn heartbeat(row: &Row) -> Result<HeartbeatRow, StoreError> {
    let alert = match (row.opt_id("alert_id")?, row.opt_id("alert_service_id")?, row.opt_text("alert_cause")?) {
        (Some(id), Some(service), Some(cause)) => Some(OpenAlert { id, service, cause }),
        _ => None,
    };
    Ok(HeartbeatRow {
        id: row.id("id")?,
        tenant: row.id("tenant_id")?,
        definition: row.json("definition")?,
        version: row.int("version")?,
        in_force: row.flag("in_force")?,
        has_address: row.opt_text("digest")?.is_some(),
        machine: row.json("machine")?,
        runs: row.int("runs")?,
        timer_at: row.opt_at("timer_at")?,
        alert,
    })
}

/// Every heartbeat in force of a tenant, by name.
pub async fn all(sql: &mut dyn Sql, tenant: TenantId) -> Result<Vec<HeartbeatRow>, StoreError> {
    let text = format!("SELECT {COLUMNS} FROM observe_heartbeat WHERE tenant_id = $1 AND in_force = 1 ORDER BY name LIMIT $2");
    sql.rows(&text, params![tenant, HEARTBEATS_MAX]).await?.iter().map(heartbeat).collect()
}

/// A page of them, by name, after `after`; of one service when asked.
pub(super) async fn page(
    sql: &mut dyn Sql,
    tenant: TenantId,
    service: Option<ServiceId>,
    after: &str,
    limit: i64,
) -> Result<Vec<HeartbeatRow>, StoreError> {
    let text = format!(
        "SELECT {COLUMNS} FROM observe_heartbeat
         WHERE tenant_id = $1 AND in_force = 1 AND name > $2 AND service_id = COALESCE($3, service_id) ORDER BY name LIMIT $4"
    );
    let service = service.map(|id| id.to_string());
    sql.rows(&text, params![tenant, after, service, limit]).await?.iter().map(heartbeat).collect()
}

/// A heartbeat in force.
pub(super) async fn find(sql: &mut dyn Sql, tenant: TenantId, id: HeartbeatId) -> Result<Option<HeartbeatRow>, StoreError> {
    let text = format!("SELECT {COLUMNS} FROM observe_heartbeat WHERE tenant_id = $1 AND id = $2 AND in_force = 1");
    sql.row(&text, params![tenant, id]).await?.as_ref().map(heartbeat).transpose()
}

/// A heartbeat in force, by name.
pub async fn named(sql: &mut dyn Sql, tenant: TenantId, name: &str) -> Result<Option<HeartbeatRow>, StoreError> {
    let text = format!("SELECT {COLUMNS} FROM observe_heartbeat WHERE tenant_id = $1 AND name = $2 AND in_force = 1");
    sql.row(&text, params![tenant, name]).await?.as_ref().map(heartbeat).transpose()
}

/// The newest version that this name ever had; 0 when it had none.
pub(super) async fn last_version(sql: &mut dyn Sql, tenant: TenantId, name: &str) -> Result<i64, StoreError> {
    let text = "SELECT MAX(version) AS version FROM observe_heartbeat WHERE tenant_id = $1 AND name = $2";
    Ok(sql.row(text, params![tenant, name]).await?.map(|row| row.opt_int("version")).transpose()?.flatten().unwrap_or(0))
}

/// Which heartbeat in force has the address of this digest.
pub(super) async fn addressed(sql: &mut dyn Sql, digest: &str) -> Result<Option<HeartbeatId>, StoreError> {
    let text = "SELECT id FROM observe_heartbeat WHERE digest = $1 AND in_force = 1";
    sql.row(text, params![digest]).await?.map(|row| row.id("id")).transpose()
}

/// A heartbeat in force with its row held until the transaction ends.
pub(super) async fn hold(tx: &mut Tx, id: HeartbeatId) -> Result<Option<HeartbeatRow>, StoreError> {
    let text = format!("SELECT {COLUMNS} FROM observe_heartbeat WHERE id = $1 AND in_force = 1{}", tx.dialect().for_update());
    tx.row(&text, params![id]).await?.as_ref().map(heartbeat).transpose()
}

/// Writes a new one.
pub(super) async fn insert(tx: &mut Tx, row: &HeartbeatRow) -> Result<(), StoreError> {
    let now = tx.now();
    tx.execute(
        "INSERT INTO observe_heartbeat (id, tenant_id, name, service_id, definition, version, in_force, put_at, machine, runs)
         VALUES ($1, $2, $3, $4, $5, $6, 1, $7, $8, 0)",
        params![
            row.id,
            row.tenant,
            &row.definition.name,
            row.definition.service,
            serde_json::to_string(&row.definition)?,
            row.version,
            now,
            serde_json::to_string(&row.machine)?,
        ],
    )
    .await
    .map(|_| ())
}

/// Writes its definition.
pub(super) async fn write_definition(tx: &mut Tx, row: &HeartbeatRow) -> Result<(), StoreError> {
    let now = tx.now();
    tx.execute(
        "UPDATE observe_heartbeat SET name = $2, service_id = $3, definition = $4, version = $5, in_force = $6, put_at = $7 WHERE id = $1",
        params![
            row.id,
            &row.definition.name,
            row.definition.service,
            serde_json::to_string(&row.definition)?,
            row.version,
            row.in_force,
            now,
        ],
    )
    .await
    .map(|_| ())
}

/// Writes what is remembered.
pub(super) async fn write_memory(tx: &mut Tx, row: &HeartbeatRow) -> Result<(), StoreError> {
    let alert = row.alert.as_ref();
    tx.execute(
        "UPDATE observe_heartbeat SET machine = $2, runs = $3, timer_at = $4, alert_id = $5, alert_service_id = $6, alert_cause = $7
         WHERE id = $1",
        params![
            row.id,
            serde_json::to_string(&row.machine)?,
            row.runs,
            row.timer_at,
            alert.map(|alert| alert.id),
            alert.map(|alert| alert.service),
            alert.map(|alert| alert.cause.as_str()),
        ],
    )
    .await
    .map(|_| ())
}

/// Gives it another address, or none.
pub(super) async fn write_digest(tx: &mut Tx, id: HeartbeatId, digest: Option<&str>) -> Result<(), StoreError> {
    tx.execute("UPDATE observe_heartbeat SET digest = $2 WHERE id = $1", params![id, digest]).await.map(|_| ())
}

/// Every heartbeat in force, of every tenant.
pub(super) async fn ids(sql: &mut dyn Sql) -> Result<Vec<HeartbeatId>, StoreError> {
    let rows = sql.rows("SELECT id FROM observe_heartbeat WHERE in_force = 1 ORDER BY id LIMIT $1", params![HEARTBEATS_MAX]).await?;
    rows.iter().map(|row| row.id("id")).collect()
}

/// Whether there is any.
pub(super) async fn is_any(sql: &mut dyn Sql) -> Result<bool, StoreError> {
    Ok(sql.row("SELECT 1 AS one FROM observe_heartbeat WHERE in_force = 1 LIMIT 1", params![]).await?.is_some())
}

/// When somebody was last there to take reports; `None` before the first time.
pub(super) async fn attended_at(tx: &mut Tx, name: &str) -> Result<Option<Timestamp>, StoreError> {
    tx.row("SELECT alive_at FROM observe_run WHERE name = $1", params![name]).await?.map(|row| row.at("alive_at")).transpose()
}

/// Somebody is there now.
pub(super) async fn attend(tx: &mut Tx, name: &str, at: Timestamp) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO observe_run (name, run, written, alive_at) VALUES ($1, '', 0, $2) ON CONFLICT (name) DO UPDATE SET alive_at = excluded.alive_at",
        params![name, at],
    )
    .await
    .map(|_| ())
}
