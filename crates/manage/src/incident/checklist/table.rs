//! Rows of the checklist: they hold digests, the words are in the ledger's text table.

use evenkeel_core::id::{ChecklistItemId, IncidentId, PersonId, TenantId};
use evenkeel_store::{Migration, Row, Sql, StoreError, Tx, params};
use jiff::Timestamp;

/// The tables.
pub const MIGRATIONS: &[Migration] = &[Migration {
    name: "manage.checklist.0001",
    sql: &["CREATE TABLE incident_check (
            tenant_id TEXT NOT NULL, incident_id TEXT NOT NULL, id TEXT NOT NULL, text_digest TEXT NOT NULL, done_at BIGINT,
            done_by TEXT, PRIMARY KEY (tenant_id, incident_id, id))"],
}];

/// The most items of one incident.
pub(super) const MOST: usize = 100;

/// One thing to be done.
#[derive(Debug)]
pub(super) struct Item {
    pub id: ChecklistItemId,
    pub text: String,
    pub done_at: Option<Timestamp>,
    pub done_by: Option<PersonId>,
}

fn item_of(row: &Row) -> Result<Item, StoreError> {
    Ok(Item { id: row.id("id")?, text: row.text("text_digest")?, done_at: row.opt_at("done_at")?, done_by: row.opt_id("done_by")? })
}

/// Everything to be done on an incident, in the order in which it was written.
pub(super) async fn of(sql: &mut dyn Sql, tenant: TenantId, incident: IncidentId) -> Result<Vec<Item>, StoreError> {
    let text =
        "SELECT id, text_digest, done_at, done_by FROM incident_check WHERE tenant_id = $1 AND incident_id = $2 ORDER BY id LIMIT $3";
    sql.rows(text, params![tenant, incident, MOST]).await?.iter().map(item_of).collect()
}

/// Writes one more.
pub(super) async fn insert(
    tx: &mut Tx,
    tenant: TenantId,
    incident: IncidentId,
    id: ChecklistItemId,
    digest: &str,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO incident_check (tenant_id, incident_id, id, text_digest) VALUES ($1, $2, $3, $4)",
        params![tenant, incident, id, digest],
    )
    .await
    .map(|_| ())
}

/// Ticks it, or takes the tick away; false when it stood so already.
pub(super) async fn check(
    tx: &mut Tx,
    tenant: TenantId,
    incident: IncidentId,
    id: ChecklistItemId,
    done: Option<(Timestamp, Option<PersonId>)>,
) -> Result<bool, StoreError> {
    let (at, by) = done.map_or((None, None), |(at, by)| (Some(at), by));
    let stood = if done.is_some() { "done_at IS NULL" } else { "done_at IS NOT NULL" };
    let text =
        format!("UPDATE incident_check SET done_at = $4, done_by = $5 WHERE tenant_id = $1 AND incident_id = $2 AND id = $3 AND {stood}");
    Ok(tx.execute(&text, params![tenant, incident, id, at, by]).await? == 1)
}
