//! The one write connection of an embedded database: whoever has the turn writes.
//!
//! A durable append should cost what the disk costs. Statements of a write transaction are short and touch pages that are
//! in memory, so they run where their caller runs; only COMMIT, which waits for the disk, goes to a thread where that harms
//! nobody. `make bench ONLY=ledger` measures it.
//!
//! Another process (a command beside a running server) may hold the file's own write lock. SQLite's waiting blocks the
//! thread and looks ever more seldom; ours gives the thread back and looks often, so that a busy server does not starve it.

use std::{sync::Arc, time::Duration};

use rusqlite::Connection;
use tokio::{
    sync::{Mutex, OwnedMutexGuard},
    time::Instant,
};

use super::{
    WAIT, blocking,
    statement::{self, SqliteRow},
};
use crate::{Result, StoreError, Value};

/// How often another process's lock is looked at.
const LOOK_AGAIN: Duration = Duration::from_millis(1);

/// Gives turns, in the order of asking.
#[derive(Debug, Clone)]
pub(crate) struct Writer(Arc<Mutex<Held>>);

/// `None` once closed.
#[derive(Debug)]
struct Held(Option<Connection>);

/// The turn: dropped without [`Turn::commit`] nothing has happened.
#[derive(Debug)]
pub(crate) struct Turn(Open);

/// A transaction that is rolled back at once when it is dropped: another process may be waiting for the file.
#[derive(Debug)]
struct Open(OwnedMutexGuard<Held>);

fn away(text: &str) -> StoreError {
    StoreError::Away(text.to_owned())
}

impl Writer {
    pub(super) fn new(connection: Connection) -> Self {
        Self(Arc::new(Mutex::new(Held(Some(connection)))))
    }

    /// Waits for the turn and for the file, [`WAIT`] at most each, and begins a transaction.
    pub(crate) async fn turn(&self) -> Result<Turn> {
        let held = tokio::time::timeout(WAIT, Arc::clone(&self.0).lock_owned())
            .await
            .map_err(|_| away("the database is busy: another write did not end in time"))?;
        let open = Open(held);
        let until = Instant::now() + WAIT;
        loop {
            let begun = open.connection().and_then(|connection| statement::execute(connection, "BEGIN IMMEDIATE", &[]));
            match begun {
                Ok(_) => return Ok(Turn(open)),
                Err(StoreError::Conflict(_)) if Instant::now() < until => tokio::time::sleep(LOOK_AGAIN).await,
                Err(StoreError::Conflict(_)) => return Err(away("the database is busy: another process did not end its write in time")),
                Err(error) => return Err(error),
            }
        }
    }

    /// Waits for the turn and closes the connection.
    pub(crate) async fn close(&self) {
        let connection = self.0.lock().await.0.take();
        let closed = blocking(move || connection.map(Connection::close)).await;
        if let Ok(Some(Err((_, error)))) = closed {
            tracing::warn!(%error, "the database did not close cleanly; the next start recovers it");
        }
    }
}

impl Open {
    fn connection(&self) -> Result<&Connection> {
        self.0.0.as_ref().ok_or_else(|| away("the database is closed"))
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        // On a full disk SQLite rolls back by itself, and there is nothing left to roll back.
        if let Ok(connection) = self.connection()
            && !connection.is_autocommit()
            && let Err(error) = statement::execute(connection, "ROLLBACK", &[])
        {
            tracing::warn!(%error, "a transaction could not be rolled back");
        }
    }
}

impl Turn {
    /// Rows of a statement.
    pub(crate) fn rows(&self, sql: &str, values: &[Value]) -> Result<Vec<SqliteRow>> {
        statement::rows(self.0.connection()?, sql, values)
    }

    /// How many rows a statement touched.
    pub(crate) fn execute(&self, sql: &str, values: &[Value]) -> Result<u64> {
        statement::execute(self.0.connection()?, sql, values)
    }

    /// Statements without parameters that are not kept.
    pub(crate) fn execute_raw(&self, sql: &str) -> Result<()> {
        statement::execute_raw(self.0.connection()?, sql)
    }

    /// Makes it durable. It is so or it is not, whether or not the caller still waits.
    pub(crate) async fn commit(self) -> Result<()> {
        blocking(move || statement::execute(self.0.connection()?, "COMMIT", &[]).map(|_| ())).await?
    }
}
