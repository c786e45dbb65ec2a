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
pub(crate) struct Writer {
    held: Arc<Mutex<Held>>,
    /// Of those that read the ledger and act on it, one at a time stands in the line: whoever waits for an answer waits for one of
    /// them at most, and every other turn is theirs.
    behind: Arc<Mutex<()>>,
}

/// `None` once closed.
#[derive(Debug)]
struct Held(Option<Connection>);

/// The turn: dropped without [`Turn::commit`] nothing has happened.
#[derive(Debug)]
pub(crate) struct Turn {
    open: Open,
    _behind: Option<OwnedMutexGuard<()>>,
}

/// A transaction that is rolled back at once when it is dropped: another process may be waiting for the file.
#[derive(Debug)]
struct Open(OwnedMutexGuard<Held>);

fn away(text: &str) -> StoreError {
    StoreError::Away(text.to_owned())
}

impl Writer {
    pub(super) fn new(connection: Connection) -> Self {
        Self { held: Arc::new(Mutex::new(Held(Some(connection)))), behind: Arc::default() }
    }

    /// Waits for the turn and for the file, [`WAIT`] at most each, and begins a transaction.
    pub(crate) async fn turn(&self) -> Result<Turn> {
        self.open().await.map(|open| Turn { open, _behind: None })
    }

    /// The same for work that nobody waits for.
    pub(crate) async fn turn_behind(&self) -> Result<Turn> {
        let behind = Arc::clone(&self.behind).lock_owned().await;
        self.open().await.map(|open| Turn { open, _behind: Some(behind) })
    }

    async fn open(&self) -> Result<Open> {
        let held = tokio::time::timeout(WAIT, Arc::clone(&self.held).lock_owned())
            .await
            .map_err(|_| away("the database is busy: another write did not end in time"))?;
        let open = Open(held);
        let until = Instant::now() + WAIT;
        loop {
            let begun = open.connection().and_then(|connection| statement::execute(connection, "BEGIN IMMEDIATE", &[]));
            match begun {
                Ok(_) => return Ok(open),
                Err(StoreError::Conflict(_)) if Instant::now() < until => tokio::time::sleep(LOOK_AGAIN).await,
                Err(StoreError::Conflict(_)) => return Err(away("the database is busy: another process did not end its write in time")),
                Err(error) => return Err(error),
            }
        }
    }

    /// Waits for the turn and closes the connection.
    pub(crate) async fn close(&self) {
        let connection = self.held.lock().await.0.take();
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
        statement::rows(self.open.connection()?, sql, values)
    }

    /// How many rows a statement touched.
    pub(crate) fn execute(&self, sql: &str, values: &[Value]) -> Result<u64> {
        statement::execute(self.open.connection()?, sql, values)
    }

    /// Statements without parameters that are not kept.
    pub(crate) fn execute_raw(&self, sql: &str) -> Result<()> {
        statement::execute_raw(self.open.connection()?, sql)
    }

    /// Makes it durable. It is so or it is not, whether or not the caller still waits.
    pub(crate) async fn commit(self) -> Result<()> {
        blocking(move || statement::execute(self.open.connection()?, "COMMIT", &[]).map(|_| ())).await?
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::sync::Mutex as Order;

    use super::*;

    /// Three consumers asked before a person did.
    #[tokio::test(flavor = "current_thread")]
    async fn whoever_waits_for_an_answer_waits_for_one_consumer_at_most() {
        let writer = Writer::new(Connection::open_in_memory().unwrap());
        let order = Arc::new(Order::new(Vec::new()));
        let first = writer.turn().await.unwrap();
        let mut tasks = tokio::task::JoinSet::new();
        for who in ["consumer", "consumer", "consumer", "person"] {
            let (writer, order) = (writer.clone(), Arc::clone(&order));
            tasks.spawn(async move {
                let turn = if who == "person" { writer.turn().await } else { writer.turn_behind().await };
                let turn = turn.unwrap();
                order.lock().unwrap().push(who);
                turn.commit().await.unwrap();
            });
            tokio::task::yield_now().await;
        }
        drop(first);
        while let Some(ended) = tasks.join_next().await {
            ended.unwrap();
        }
        assert_eq!(*order.lock().unwrap(), ["consumer", "person", "consumer", "consumer"]);
    }
}
