//! Rows of who is there.

use evenkeel_core::id::{PersonId, TenantId};
use evenkeel_store::{Migration, Sql, StoreError, Tx, params};
use jiff::Timestamp;

use crate::ticket::seen::TicketNamed;

/// The tables.
pub const MIGRATIONS: &[Migration] = &[Migration {
    name: "manage.presence.0001",
    sql: &["CREATE TABLE ticket_presence (
            tenant_id TEXT NOT NULL, ticket_kind TEXT NOT NULL, ticket_id TEXT NOT NULL, person_id TEXT NOT NULL, writing BIGINT NOT NULL,
            until_at BIGINT NOT NULL, PRIMARY KEY (tenant_id, ticket_kind, ticket_id, person_id))"],
}];

/// The most people on one ticket that are told of.
const SHOWN_MAX: i64 = 50;

/// That somebody is there.
#[derive(Debug)]
pub(super) struct Lease {
    pub person: PersonId,
    pub writing: bool,
    pub until: Timestamp,
}

/// Whoever is there now.
pub(super) async fn of(sql: &mut dyn Sql, tenant: TenantId, ticket: &TicketNamed, now: Timestamp) -> Result<Vec<Lease>, StoreError> {
    let text = "SELECT person_id, writing, until_at FROM ticket_presence WHERE tenant_id = $1 AND ticket_kind = $2 AND ticket_id = $3
         AND until_at > $4 ORDER BY person_id LIMIT $5";
    sql.rows(text, params![tenant, ticket.kind, &ticket.id, now, SHOWN_MAX])
        .await?
        .iter()
        .map(|row| Ok(Lease { person: row.id("person_id")?, writing: row.flag("writing")?, until: row.at("until_at")? }))
        .collect()
}

/// Writes a lease; those on this ticket that lapsed go.
pub(super) async fn put(tx: &mut Tx, tenant: TenantId, ticket: &TicketNamed, lease: &Lease, now: Timestamp) -> Result<(), StoreError> {
    let lapsed = "DELETE FROM ticket_presence WHERE tenant_id = $1 AND ticket_kind = $2 AND ticket_id = $3 AND until_at <= $4";
    tx.execute(lapsed, params![tenant, ticket.kind, &ticket.id, now]).await?;
    tx.execute(
        "INSERT INTO ticket_presence (tenant_id, ticket_kind, ticket_id, person_id, writing, until_at) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (tenant_id, ticket_kind, ticket_id, person_id)
         DO UPDATE SET writing = excluded.writing, until_at = excluded.until_at",
        params![tenant, ticket.kind, &ticket.id, lease.person, lease.writing, lease.until],
    )
    .await
    .map(|_| ())
}

/// Takes a lease away.
pub(super) async fn remove(tx: &mut Tx, tenant: TenantId, ticket: &TicketNamed, person: PersonId) -> Result<(), StoreError> {
    let text = "DELETE FROM ticket_presence WHERE tenant_id = $1 AND ticket_kind = $2 AND ticket_id = $3 AND person_id = $4";
    tx.execute(text, params![tenant, ticket.kind, &ticket.id, person]).await.map(|_| ())
}
