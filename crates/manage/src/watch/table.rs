//! Rows of watchers.

use evenkeel_core::id::{PersonId, TenantId};
use evenkeel_core::state::TicketKind;
use evenkeel_store::{Migration, Sql, StoreError, Tx, params};
use jiff::Timestamp;

/// The tables.
pub const MIGRATIONS: &[Migration] = &[Migration {
    name: "manage.watch.0001",
    sql: &["CREATE TABLE watcher (
            tenant_id TEXT NOT NULL, ticket_kind TEXT NOT NULL, ticket_id TEXT NOT NULL, person_id TEXT NOT NULL, since BIGINT NOT NULL,
            PRIMARY KEY (tenant_id, ticket_kind, ticket_id, person_id))"],
}];

/// The most watchers of one ticket that are shown.
const SHOWN_MAX: i64 = 200;

/// Whoever watches a ticket, the first first.
pub(super) async fn of(
    sql: &mut dyn Sql,
    tenant: TenantId,
    kind: TicketKind,
    ticket: &str,
) -> Result<Vec<(PersonId, Timestamp)>, StoreError> {
    let text = "SELECT person_id, since FROM watcher WHERE tenant_id = $1 AND ticket_kind = $2 AND ticket_id = $3
         ORDER BY since, person_id LIMIT $4";
    let rows = sql.rows(text, params![tenant, kind, ticket, SHOWN_MAX]).await?;
    rows.iter().map(|row| Ok((row.id("person_id")?, row.at("since")?))).collect()
}

/// Lets somebody watch; whoever watches already goes on.
pub(super) async fn add(
    tx: &mut Tx,
    tenant: TenantId,
    (kind, ticket): (TicketKind, &str),
    person: PersonId,
    now: Timestamp,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO watcher (tenant_id, ticket_kind, ticket_id, person_id, since) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (tenant_id, ticket_kind, ticket_id, person_id) DO NOTHING",
        params![tenant, kind, ticket, person, now],
    )
    .await
    .map(|_| ())
}

/// Lets somebody watch no more.
pub(super) async fn remove(tx: &mut Tx, tenant: TenantId, (kind, ticket): (TicketKind, &str), person: PersonId) -> Result<(), StoreError> {
    let text = "DELETE FROM watcher WHERE tenant_id = $1 AND ticket_kind = $2 AND ticket_id = $3 AND person_id = $4";
    tx.execute(text, params![tenant, kind, ticket, person]).await.map(|_| ())
}
