//! Acts that can be undone, and what each incident was before.

use evenkeel_core::id::{BulkActId, IncidentId, PersonId, TenantId};
use evenkeel_store::{Migration, Sql, StoreError, Tx, params};
use jiff::Timestamp;

use super::model::{Before, Doing};

/// The tables.
pub const MIGRATIONS: &[Migration] = &[Migration {
    name: "manage.bulk.0001",
    sql: &[
        "CREATE TABLE bulk_act (
            tenant_id TEXT NOT NULL, id TEXT NOT NULL, person_id TEXT NOT NULL, doing TEXT NOT NULL, made_at BIGINT NOT NULL,
            undone_at BIGINT, PRIMARY KEY (tenant_id, id))",
        "CREATE INDEX bulk_act_made ON bulk_act (tenant_id, made_at)",
        "CREATE TABLE bulk_item (
            tenant_id TEXT NOT NULL, bulk_id TEXT NOT NULL, place BIGINT NOT NULL, incident_id TEXT NOT NULL, version BIGINT NOT NULL,
            was TEXT NOT NULL, PRIMARY KEY (tenant_id, bulk_id, incident_id))",
    ],
}];

/// An act that was done.
pub(super) struct Made {
    pub doing: Doing,
    pub at: Timestamp,
    pub undone_at: Option<Timestamp>,
}

/// One incident of it.
pub(super) struct Item {
    pub incident: IncidentId,
    /// As the act left it.
    pub version: i64,
    pub before: Before,
}

/// Writes the act; what is too old to be undone goes.
pub(super) async fn insert(
    tx: &mut Tx,
    tenant: TenantId,
    (id, person): (BulkActId, PersonId),
    doing: &Doing,
    (now, too_old): (Timestamp, Timestamp),
) -> Result<(), StoreError> {
    let old = "SELECT id FROM bulk_act WHERE tenant_id = $1 AND made_at < $2";
    tx.execute(&format!("DELETE FROM bulk_item WHERE tenant_id = $1 AND bulk_id IN ({old})"), params![tenant, too_old]).await?;
    tx.execute("DELETE FROM bulk_act WHERE tenant_id = $1 AND made_at < $2", params![tenant, too_old]).await?;
    tx.execute(
        "INSERT INTO bulk_act (tenant_id, id, person_id, doing, made_at) VALUES ($1, $2, $3, $4, $5)",
        params![tenant, id, person, serde_json::to_string(doing)?, now],
    )
    .await
    .map(|_| ())
}

/// Writes what one incident was before.
pub(super) async fn add(tx: &mut Tx, tenant: TenantId, id: BulkActId, place: usize, item: &Item) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO bulk_item (tenant_id, bulk_id, place, incident_id, version, was) VALUES ($1, $2, $3, $4, $5, $6)",
        params![tenant, id, place, item.incident, item.version, serde_json::to_string(&item.before)?],
    )
    .await
    .map(|_| ())
}

/// The act, when it is this person's.
pub(super) async fn find(sql: &mut dyn Sql, tenant: TenantId, id: BulkActId, person: PersonId) -> Result<Option<Made>, StoreError> {
    let text = "SELECT doing, made_at, undone_at FROM bulk_act WHERE tenant_id = $1 AND id = $2 AND person_id = $3";
    let row = sql.row(text, params![tenant, id, person]).await?;
    row.map(|row| Ok(Made { doing: row.json("doing")?, at: row.at("made_at")?, undone_at: row.opt_at("undone_at")? })).transpose()
}

/// Its incidents, in the order of acting.
pub(super) async fn items(sql: &mut dyn Sql, tenant: TenantId, id: BulkActId) -> Result<Vec<Item>, StoreError> {
    let text = "SELECT incident_id, version, was FROM bulk_item WHERE tenant_id = $1 AND bulk_id = $2 ORDER BY place";
    sql.rows(text, params![tenant, id])
        .await?
        .iter()
        .map(|row| Ok(Item { incident: row.id("incident_id")?, version: row.int("version")?, before: row.json("was")? }))
        .collect()
}

/// Says that it is undone; false when somebody said so before.
pub(super) async fn undo(tx: &mut Tx, tenant: TenantId, id: BulkActId, now: Timestamp) -> Result<bool, StoreError> {
    let text = "UPDATE bulk_act SET undone_at = $3 WHERE tenant_id = $1 AND id = $2 AND undone_at IS NULL";
    Ok(tx.execute(text, params![tenant, id, now]).await? == 1)
}
