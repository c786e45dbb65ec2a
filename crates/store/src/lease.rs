//! Leases with fencing: one replica at a time owns a piece of work, and what a stale owner writes is refused.
//!
//! Time is the database's, so that replicas with different clocks agree (Kleppmann, "How to do distributed locking", 2016).

use std::time::Duration;

use jiff::SignedDuration;

use crate::{Db, Migration, Result, Sql, StoreError, Tx, params};

pub(crate) const MIGRATIONS: &[Migration] = &[Migration {
    name: "store.lease.0001",
    sql: &["CREATE TABLE lease (name TEXT PRIMARY KEY, owner TEXT NOT NULL, fence BIGINT NOT NULL, until BIGINT NOT NULL)"],
}];

/// A lease held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    /// What is leased.
    pub name: String,
    /// By whom.
    pub owner: String,
    /// Grows with each change of owner.
    pub fence: i64,
}

/// How far the clock that all replicas share is ahead of this process's, as far as one question can tell. Nothing on an embedded
/// database, which has no clock of its own.
///
/// # Errors
/// As any statement.
pub async fn clock_skew(db: &Db) -> Result<SignedDuration> {
    let mut sql = db.read().await?;
    let before = db.clock().now();
    let row = sql.row(&format!("SELECT {} AS now", sql.dialect().now_micros("$1")), params![before]).await?;
    let after = db.clock().now();
    let Some(theirs) = row.map(|row| row.at("now")).transpose()? else { return Ok(SignedDuration::ZERO) };
    // Somewhere between the question and the answer it was so late there.
    Ok(if theirs < before { theirs.duration_since(before) } else { theirs.duration_since(after).max(SignedDuration::ZERO) })
}

/// Takes or renews `name` for `owner`; `None` while another owner's time runs.
///
/// # Errors
/// As any statement.
pub async fn acquire(db: &Db, name: &str, owner: &str, ttl: Duration) -> Result<Option<Lease>> {
    let mut tx = db.write().await?;
    let now = tx.dialect().now_micros("$3");
    let ttl = i64::try_from(ttl.as_micros()).unwrap_or(i64::MAX / 4);
    let row = tx
        .row(
            &format!(
                "INSERT INTO lease (name, owner, fence, until) VALUES ($1, $2, 1, {now} + $4)
                 ON CONFLICT (name) DO UPDATE SET
                    fence = CASE WHEN lease.owner = excluded.owner THEN lease.fence ELSE lease.fence + 1 END,
                    owner = excluded.owner, until = excluded.until
                 WHERE lease.owner = excluded.owner OR lease.until <= {now}
                 RETURNING fence"
            ),
            params![name, owner, db.clock().now(), ttl],
        )
        .await?;
    let lease = row
        .map(|row| Ok::<_, StoreError>(Lease { name: name.to_owned(), owner: owner.to_owned(), fence: row.int("fence")? }))
        .transpose()?;
    tx.commit().await?;
    Ok(lease)
}

/// Gives a lease back at once.
///
/// # Errors
/// As any statement.
pub async fn release(db: &Db, lease: &Lease) -> Result<()> {
    let mut tx = db.write().await?;
    tx.execute("UPDATE lease SET until = 0 WHERE name = $1 AND owner = $2 AND fence = $3", params![&lease.name, &lease.owner, lease.fence])
        .await?;
    tx.commit().await
}

impl Tx {
    /// Holds the lease's row until this transaction ends, so that nobody takes the lease over in between.
    ///
    /// # Errors
    /// [`StoreError::Fenced`] when another owner has it now, or its time has run out.
    pub async fn fenced(&mut self, lease: &Lease) -> Result<()> {
        let now = self.dialect().now_micros("$4");
        let sql = format!(
            "SELECT 1 AS held FROM lease WHERE name = $1 AND owner = $2 AND fence = $3 AND until > {now}{}",
            self.dialect().for_update()
        );
        let at = self.now();
        match self.row(&sql, params![&lease.name, &lease.owner, lease.fence, at]).await? {
            Some(_) => Ok(()),
            None => Err(StoreError::Fenced(lease.name.clone())),
        }
    }
}
