//! Rows of feeds. Rows only.

use evenkeel_core::id::{PersonId, TenantId};
use evenkeel_store::{Migration, Sql, StoreError, Tx, params};
use jiff::Timestamp;

/// The table.
pub const MIGRATIONS: &[Migration] = &[Migration {
    name: "manage.feed.0001",
    sql: &[
        "CREATE TABLE calendar_feed (
            digest TEXT PRIMARY KEY, tenant_id TEXT NOT NULL, person_id TEXT NOT NULL, made_at BIGINT NOT NULL)",
        "CREATE UNIQUE INDEX calendar_feed_person ON calendar_feed (tenant_id, person_id)",
    ],
}];

/// Writes a person's feed over the one before.
pub(super) async fn put(tx: &mut Tx, tenant: TenantId, person: PersonId, digest: &str, at: Timestamp) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO calendar_feed (digest, tenant_id, person_id, made_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (tenant_id, person_id) DO UPDATE SET digest = excluded.digest, made_at = excluded.made_at",
        params![digest, tenant, person, at],
    )
    .await
    .map(|_| ())
}

/// Whose feed it is.
pub(super) async fn whose(sql: &mut dyn Sql, digest: &str) -> Result<Option<(TenantId, PersonId)>, StoreError> {
    let row = sql.row("SELECT tenant_id, person_id FROM calendar_feed WHERE digest = $1", params![digest]).await?;
    row.map(|row| Ok((row.id("tenant_id")?, row.id("person_id")?))).transpose()
}
