//! Connections that only read, lent out.

use std::{
    mem,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use rusqlite::Connection;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::{
    WAIT, blocking, connect_reader,
    statement::{self, SqliteRow},
};
use crate::{Result, StoreError, Value};

/// How many read side by side.
const READERS: usize = 4;

/// The connections of a file, opened when first needed.
#[derive(Debug, Clone)]
pub(crate) struct Readers(Arc<Shelf>);

#[derive(Debug)]
struct Shelf {
    path: PathBuf,
    free: Mutex<Vec<Connection>>,
    permits: Arc<Semaphore>,
}

/// A connection on loan: one snapshot from its first statement until it is dropped.
#[derive(Debug)]
pub(crate) struct Reader {
    /// Away while a statement runs; lost when that was broken off.
    lent: Option<Lent>,
}

#[derive(Debug)]
struct Lent {
    /// Always there until dropped.
    connection: Option<Connection>,
    shelf: Arc<Shelf>,
    _permit: OwnedSemaphorePermit,
}

fn closed<E>(_: E) -> StoreError {
    StoreError::Away("the database is closed".to_owned())
}

impl Shelf {
    // What a poisoned lock guards here is whole: it is changed in single steps.
    fn free(&self) -> MutexGuard<'_, Vec<Connection>> {
        self.free.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Readers {
    pub(super) fn new(path: &Path) -> Self {
        Self(Arc::new(Shelf { path: path.to_owned(), free: Mutex::default(), permits: Arc::new(Semaphore::new(READERS)) }))
    }

    /// Waits for a connection, [`WAIT`] at most.
    pub(crate) async fn lend(&self) -> Result<Reader> {
        let permit = tokio::time::timeout(WAIT, Arc::clone(&self.0.permits).acquire_owned())
            .await
            .map_err(|_| StoreError::Away("the database is busy: no reader became free in time".to_owned()))?
            .map_err(closed)?;
        let free = self.0.free().pop();
        let connection = match free {
            Some(connection) => connection,
            None => {
                let path = self.0.path.clone();
                blocking(move || connect_reader(&path)).await??
            }
        };
        statement::execute(&connection, "BEGIN", &[])?;
        Ok(Reader { lent: Some(Lent { connection: Some(connection), shelf: Arc::clone(&self.0), _permit: permit }) })
    }

    /// Lends no more, waits until all are back and closes them.
    pub(crate) async fn close(&self) {
        if let Ok(permits) = self.0.permits.acquire_many(u32::try_from(READERS).unwrap_or(u32::MAX)).await {
            permits.forget();
        }
        self.0.permits.close();
        let connections = mem::take(&mut *self.0.free());
        // A reader that cannot close has nothing to lose.
        let _ = blocking(move || drop(connections)).await;
    }
}

impl Reader {
    /// Rows of a statement. It may read much from the disk, so it runs where that harms nobody; when the caller no longer
    /// waits the connection goes back on its own.
    pub(crate) async fn rows(&mut self, sql: &str, values: Vec<Value>) -> Result<Vec<SqliteRow>> {
        let lent = self.lent.take().ok_or_else(|| StoreError::Away("the statement before was broken off".to_owned()))?;
        let sql = sql.to_owned();
        let (lent, rows) = blocking(move || {
            let rows = lent.connection.as_ref().map(|connection| statement::rows(connection, &sql, &values));
            (lent, rows)
        })
        .await?;
        self.lent = Some(lent);
        rows.ok_or_else(|| closed(()))?
    }
}

impl Drop for Lent {
    /// Leaves the snapshot and puts the connection back; one that cannot leave it is closed.
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take()
            && (connection.is_autocommit() || statement::execute(&connection, "ROLLBACK", &[]).is_ok())
        {
            self.shelf.free().push(connection);
        }
    }
}
