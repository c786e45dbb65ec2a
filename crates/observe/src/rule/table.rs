//! Rows of groups and of their alerts that were told. Rows only.

use evenkeel_core::id::{AlertId, ServiceId, TenantId};
use evenkeel_store::{Migration, Row, Sql, StoreError, Tx, params};
use jiff::Timestamp;

use super::{evaluate::Memory, template::LabelMap};

/// Tables.
pub const MIGRATIONS: &[Migration] = &[
    Migration {
        name: "observe.rule.0001",
        sql: &[
            "CREATE TABLE observe_rule_group (
            tenant_id TEXT NOT NULL, key TEXT NOT NULL, memory TEXT NOT NULL, evaluated_at BIGINT NOT NULL,
            PRIMARY KEY (tenant_id, key))",
            "CREATE TABLE observe_rule_alert (
            id TEXT PRIMARY KEY, tenant_id TEXT NOT NULL, group_key TEXT NOT NULL, rule TEXT NOT NULL, labels TEXT NOT NULL,
            service_id TEXT NOT NULL, cause TEXT NOT NULL, started_at BIGINT NOT NULL, fired_at BIGINT NOT NULL,
            recovered_at BIGINT, resolved_at BIGINT, reason TEXT)",
            "CREATE INDEX observe_rule_alert_open ON observe_rule_alert (tenant_id, group_key) WHERE resolved_at IS NULL",
        ],
    },
    Migration {
        name: "observe.rule.0002",
        sql: &[
            "CREATE INDEX observe_rule_alert_over ON observe_rule_alert (tenant_id, resolved_at)",
            "CREATE INDEX observe_rule_alert_rule ON observe_rule_alert (tenant_id, group_key, rule, fired_at)",
        ],
    },
];

/// Groups and open alerts that are read at once; a guard, not a page.
const ROWS_MAX: i64 = 100_000;

/// What is remembered of a group: each rule's memory under what tells it from the others.
#[derive(Debug, Clone)]
pub struct GroupRow {
    /// The group.
    pub key: String,
    /// Its rules' memories.
    pub memories: Vec<(String, Memory)>,
    /// Up to when it was evaluated.
    pub evaluated_at: Timestamp,
}

/// An alert that was told and fires.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenAlert {
    /// Its id.
    pub id: AlertId,
    /// The group.
    pub group: String,
    /// What tells its rule from the others of the group.
    pub rule: String,
    /// Its labels.
    pub labels: LabelMap,
    /// The service that suffers.
    pub service: ServiceId,
    /// As fired.
    pub cause: String,
}

/// What is remembered of every group.
pub async fn groups(sql: &mut dyn Sql, tenant: TenantId) -> Result<Vec<GroupRow>, StoreError> {
    let rows = sql
        .rows(
            "SELECT key, memory, evaluated_at FROM observe_rule_group WHERE tenant_id = $1 ORDER BY key LIMIT $2",
            params![tenant, ROWS_MAX],
        )
        .await?;
    rows.iter()
        .map(|row| Ok(GroupRow { key: row.text("key")?, memories: row.json("memory")?, evaluated_at: row.at("evaluated_at")? }))
        .collect()
}

/// Writes what is remembered of a group.
pub(super) async fn write_group(
    tx: &mut Tx,
    tenant: TenantId,
    key: &str,
    memories: &[(String, &Memory)],
    evaluated_at: Timestamp,
) -> Result<(), StoreError> {
    let memory = serde_json::to_string(memories)?;
    tx.execute(
        "INSERT INTO observe_rule_group (tenant_id, key, memory, evaluated_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (tenant_id, key) DO UPDATE SET memory = excluded.memory, evaluated_at = excluded.evaluated_at",
        params![tenant, key, memory, evaluated_at],
    )
    .await
    .map(|_| ())
}

/// Forgets a group.
pub(super) async fn forget_group(tx: &mut Tx, tenant: TenantId, key: &str) -> Result<(), StoreError> {
    tx.execute("DELETE FROM observe_rule_group WHERE tenant_id = $1 AND key = $2", params![tenant, key]).await.map(|_| ())
}

fn open_alert(row: &Row) -> Result<OpenAlert, StoreError> {
    Ok(OpenAlert {
        id: row.id("id")?,
        group: row.text("group_key")?,
        rule: row.text("rule")?,
        labels: row.json("labels")?,
        service: row.id("service_id")?,
        cause: row.text("cause")?,
    })
}

/// Alerts that were told and fire.
pub async fn open_alerts(sql: &mut dyn Sql, tenant: TenantId) -> Result<Vec<OpenAlert>, StoreError> {
    let rows = sql
        .rows(
            "SELECT id, group_key, rule, labels, service_id, cause FROM observe_rule_alert
             WHERE tenant_id = $1 AND resolved_at IS NULL ORDER BY id LIMIT $2",
            params![tenant, ROWS_MAX],
        )
        .await?;
    rows.iter().map(open_alert).collect()
}

/// Writes an alert that begins to fire.
pub(super) async fn fire(
    tx: &mut Tx,
    tenant: TenantId,
    alert: &OpenAlert,
    started_at: Timestamp,
    fired_at: Timestamp,
) -> Result<(), StoreError> {
    let labels = serde_json::to_string(&alert.labels)?;
    tx.execute(
        "INSERT INTO observe_rule_alert (id, tenant_id, group_key, rule, labels, service_id, cause, started_at, fired_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        params![alert.id, tenant, &alert.group, &alert.rule, labels, alert.service, &alert.cause, started_at, fired_at],
    )
    .await
    .map(|_| ())
}

/// Writes an alert's end. Answers whether it fired until now.
pub(super) async fn resolve(tx: &mut Tx, id: AlertId, recovered_at: Timestamp, reason: &str) -> Result<bool, StoreError> {
    let now = tx.now();
    let rows = tx
        .execute(
            "UPDATE observe_rule_alert SET recovered_at = $2, resolved_at = $3, reason = $4 WHERE id = $1 AND resolved_at IS NULL",
            params![id, recovered_at, now, reason],
        )
        .await?;
    Ok(rows > 0)
}
