//! The one write connection of an embedded database: whoever has the turn writes.
//!
//! A durable append should cost what the disk costs. A pool asks its connection how it is before each use and gives it
//! back through a task, and each of those is a trip to SQLite's own thread and back; here a transaction of one statement
//! takes two trips (BEGIN goes along with the first statement), which `make bench ONLY=ledger` measures.
//!
//! Not sqlx's own `Transaction` either: when the disk is full SQLite rolls back by itself, the ROLLBACK that follows fails,
//! and sqlx then takes the connection to be inside a transaction for ever. With one writer that is the end of all writing.

use std::sync::Arc;

use sqlx::{AssertSqlSafe, Connection as _, Executor as _, SqliteConnection, sqlite::SqliteConnectOptions, sqlite::SqliteRow};
use tokio::sync::{Mutex, OwnedMutexGuard};

use super::sqlite::{WRITE_WAIT, bind};
use crate::{Result, StoreError, Value};

/// Gives turns, in the order of asking.
#[derive(Debug, Clone)]
pub(crate) struct Writer(Arc<Mutex<Held>>);

#[derive(Debug)]
struct Held {
    /// `None` once closed, and between a broken connection and the next turn.
    connection: Option<SqliteConnection>,
    options: SqliteConnectOptions,
    closed: bool,
    /// The turn before ended without COMMIT: what it began has to be rolled back.
    left: bool,
}

/// The turn: dropped without [`Turn::commit`] nothing has happened.
#[derive(Debug)]
pub(crate) struct Turn {
    /// Always there until dropped.
    held: Option<OwnedMutexGuard<Held>>,
    begun: bool,
}

fn away(text: &str) -> StoreError {
    StoreError::Away(text.to_owned())
}

impl Writer {
    /// Opens the connection.
    pub(crate) async fn open(options: SqliteConnectOptions) -> Result<Self> {
        let connection = SqliteConnection::connect_with(&options).await?;
        Ok(Self(Arc::new(Mutex::new(Held { connection: Some(connection), options, closed: false, left: false }))))
    }

    /// Waits for the turn, [`WRITE_WAIT`] at most.
    pub(crate) async fn turn(&self) -> Result<Turn> {
        let mut held = tokio::time::timeout(WRITE_WAIT, Arc::clone(&self.0).lock_owned())
            .await
            .map_err(|_| away("the database is busy: another write did not end in time"))?;
        if held.closed {
            return Err(away("the database is closed"));
        }
        if held.left {
            held.roll_back().await;
        }
        if held.connection.is_none() {
            let opened = SqliteConnection::connect_with(&held.options).await?;
            held.connection = Some(opened);
        }
        Ok(Turn { held: Some(held), begun: false })
    }

    /// Waits for the turn and closes the connection.
    pub(crate) async fn close(&self) {
        let mut held = self.0.lock().await;
        if held.left {
            held.roll_back().await;
        }
        held.closed = true;
        if let Some(connection) = held.connection.take()
            && let Err(error) = connection.close().await
        {
            tracing::warn!(%error, "the database did not close cleanly; the next start recovers it");
        }
    }
}

impl Held {
    /// Ends whatever transaction is open; without one the statement fails, which is as well.
    async fn roll_back(&mut self) {
        if let Some(connection) = &mut self.connection {
            let _ = connection.execute("ROLLBACK").await;
        }
        self.left = false;
    }
}

impl Turn {
    fn parts(&mut self) -> Result<(&mut SqliteConnection, &mut bool)> {
        let gone = || away("the connection to the database was lost");
        let held = self.held.as_mut().ok_or_else(gone)?;
        let Held { connection, left, .. } = &mut **held;
        Ok((connection.as_mut().ok_or_else(gone)?, left))
    }

    /// Lets go of a connection whose thread is gone; the next turn opens another.
    fn checked<T>(&mut self, outcome: Result<T, sqlx::Error>) -> Result<T> {
        if let (Err(sqlx::Error::WorkerCrashed), Some(held)) = (&outcome, &mut self.held) {
            held.connection = None;
        }
        Ok(outcome?)
    }

    /// Rows of a statement.
    pub(crate) async fn rows(&mut self, sql: &str, params: Vec<Value>) -> Result<Vec<SqliteRow>> {
        let params = bind(params)?;
        let begun = std::mem::replace(&mut self.begun, true);
        let (connection, left) = self.parts()?;
        *left = true;
        let rows = if begun {
            sqlx::query_with(AssertSqlSafe(sql), params).fetch_all(connection).await
        } else {
            let sql = format!("BEGIN IMMEDIATE;{sql}");
            sqlx::query_with(AssertSqlSafe(sql.as_str()), params).fetch_all(connection).await
        };
        self.checked(rows)
    }

    /// How many rows a statement touched.
    pub(crate) async fn execute(&mut self, sql: &str, params: Vec<Value>) -> Result<u64> {
        let params = bind(params)?;
        self.begin().await?;
        let (connection, _) = self.parts()?;
        let done = sqlx::query_with(AssertSqlSafe(sql), params).execute(connection).await;
        Ok(self.checked(done)?.rows_affected())
    }

    /// Statements without parameters that are not prepared.
    pub(crate) async fn execute_raw(&mut self, sql: &str) -> Result<()> {
        self.begin().await?;
        let (connection, _) = self.parts()?;
        let done = connection.execute(AssertSqlSafe(sql.to_owned())).await;
        self.checked(done).map(|_| ())
    }

    // Counting touched rows over BEGIN would count those of the statement before it, so here BEGIN goes alone.
    async fn begin(&mut self) -> Result<()> {
        if !std::mem::replace(&mut self.begun, true) {
            let (connection, left) = self.parts()?;
            *left = true;
            let begun = connection.execute("BEGIN IMMEDIATE").await;
            self.checked(begun)?;
        }
        Ok(())
    }

    /// Makes it durable.
    pub(crate) async fn commit(mut self) -> Result<()> {
        if !self.begun {
            return Ok(());
        }
        let (connection, _) = self.parts()?;
        let done = connection.execute("COMMIT").await;
        self.checked(done)?;
        let (_, left) = self.parts()?;
        *left = false;
        Ok(())
    }
}

impl Drop for Turn {
    /// Rolls back at once: another process may be waiting for the file. The turn passes on when that is done.
    fn drop(&mut self) {
        if let Some(mut held) = self.held.take()
            && held.left
            && let Ok(runtime) = tokio::runtime::Handle::try_current()
        {
            runtime.spawn(async move { held.roll_back().await });
        }
    }
}
