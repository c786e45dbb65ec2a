//! How far an import has come, written in the transaction of each batch.

use evenkeel_core::id::TenantId;
use evenkeel_store::{Migration, Sql, StoreError, Tx, params};

/// The table.
pub const MIGRATIONS: &[Migration] = &[Migration {
    name: "server.import.0001",
    sql: &["CREATE TABLE import_run (
        tenant_id TEXT NOT NULL,
        digest TEXT NOT NULL,
        file TEXT NOT NULL,
        records BIGINT NOT NULL,
        tickets BIGINT NOT NULL,
        events BIGINT NOT NULL,
        rejected BIGINT NOT NULL,
        rejected_bytes BIGINT NOT NULL,
        finished BIGINT NOT NULL,
        moved_at BIGINT NOT NULL,
        PRIMARY KEY (tenant_id, digest)
    )"],
}];

/// Where an import of one file with one mapping stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Checkpoint {
    /// Records of the file that are done.
    pub records: i64,
    /// Tickets opened.
    pub tickets: i64,
    /// Ledger events written.
    pub events: i64,
    /// Rows not taken.
    pub rejected: i64,
    /// Length of the file of rejected rows.
    pub rejected_bytes: i64,
    /// Whether the whole file is done.
    pub finished: bool,
}

/// The checkpoint of a file and mapping.
pub async fn find(sql: &mut dyn Sql, tenant: TenantId, digest: &str) -> Result<Option<Checkpoint>, StoreError> {
    sql.row(
        "SELECT records, tickets, events, rejected, rejected_bytes, finished FROM import_run WHERE tenant_id = $1 AND digest = $2",
        params![tenant, digest],
    )
    .await?
    .map(|row| {
        Ok(Checkpoint {
            records: row.int("records")?,
            tickets: row.int("tickets")?,
            events: row.int("events")?,
            rejected: row.int("rejected")?,
            rejected_bytes: row.int("rejected_bytes")?,
            finished: row.flag("finished")?,
        })
    })
    .transpose()
}

/// Writes where it stands.
pub async fn put(tx: &mut Tx, tenant: TenantId, digest: &str, file: &str, at: &Checkpoint) -> Result<(), StoreError> {
    let now = tx.now();
    tx.execute(
        "INSERT INTO import_run (tenant_id, digest, file, records, tickets, events, rejected, rejected_bytes, finished, moved_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
         ON CONFLICT (tenant_id, digest) DO UPDATE SET records = excluded.records, tickets = excluded.tickets, events = excluded.events,
            rejected = excluded.rejected, rejected_bytes = excluded.rejected_bytes, finished = excluded.finished, moved_at = excluded.moved_at",
        params![tenant, digest, file, at.records, at.tickets, at.events, at.rejected, at.rejected_bytes, at.finished, now],
    )
    .await
    .map(|_| ())
}
