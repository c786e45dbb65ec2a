//! SQLite: one write connection, several readers, WAL, `synchronous=FULL`.

mod readers;
mod statement;
mod writer;

use std::{path::Path, time::Duration};

use rusqlite::{Connection, OpenFlags};

pub(crate) use readers::{Reader, Readers};
pub use statement::SqliteRow;
pub(crate) use writer::{Turn, Writer};

use crate::{Result, StoreError};

/// How long a writer waits for its turn, and a reader for a connection, before it gives up.
const WAIT: Duration = Duration::from_secs(30);
/// Statements that a connection keeps prepared.
const STATEMENTS_KEPT: usize = 256;

/// One process, one writer: what is committed is in order.
pub(crate) const HORIZON: &str = "SELECT COALESCE(MAX(seq), 0) AS horizon FROM ledger_event";

/// The writer and the readers of a file, which is made when it is not there.
pub(crate) async fn open(path: &Path) -> Result<(Writer, Readers)> {
    let own = path.to_owned();
    let connection = blocking(move || connect_writer(&own)).await??;
    Ok((Writer::new(connection), Readers::new(path)))
}

/// Work that waits for the disk, on a thread where waiting harms nobody.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    // It ends early when it panicked or when the runtime is being shut down.
    tokio::task::spawn_blocking(work).await.map_err(|_| StoreError::Away("the work on the database was broken off".to_owned()))
}

fn connect_writer(path: &Path) -> Result<Connection> {
    let connection = connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    // Both lock the file for a moment, which another process may do too.
    connection.pragma_update(None, "journal_mode", "wal")?;
    connection.pragma_update(None, "synchronous", "full")?;
    // What is erased or changed leaves no readable rest in its page.
    connection.pragma_update(None, "secure_delete", "fast")?;
    connection.pragma_update(None, "journal_size_limit", 64 << 20)?;
    // From now on waiting is the writer's own (see `writer`).
    connection.busy_timeout(Duration::ZERO)?;
    Ok(connection)
}

fn connect_reader(path: &Path) -> Result<Connection> {
    connect(path, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX)
}

fn connect(path: &Path, flags: OpenFlags) -> Result<Connection> {
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(WAIT)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS_KEPT);
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "cache_size", -16384)?;
    connection.pragma_update(None, "temp_store", "memory")?;
    Ok(connection)
}
