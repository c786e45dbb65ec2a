//! SQLite: one write connection, several readers, WAL, `synchronous=FULL`.

use std::{path::Path, time::Duration};

use sqlx::{
    Executor as _, SqliteConnection, SqlitePool,
    sqlite::{SqliteArguments, SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use super::writer::Writer;
use crate::{Result, Value};

/// How long a writer waits for its turn before it gives up.
pub(crate) const WRITE_WAIT: Duration = Duration::from_secs(30);
/// How many connections read side by side.
pub(crate) const READERS: u32 = 4;

/// The writer and the readers of a file.
pub(crate) async fn open(path: &Path) -> Result<(Writer, SqlitePool)> {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(10))
        .statement_cache_capacity(256)
        .pragma("cache_size", "-16384")
        .pragma("temp_store", "memory")
        // What is erased or changed leaves no readable rest in its page.
        .pragma("secure_delete", "fast")
        .pragma("journal_size_limit", "67108864");
    let writer = Writer::open(options.clone()).await?;
    let readers = SqlitePoolOptions::new()
        .max_connections(READERS)
        .after_release(|connection, _| Box::pin(leave(connection)))
        .acquire_timeout(WRITE_WAIT)
        .idle_timeout(None)
        .max_lifetime(None)
        .connect_with(options.read_only(true).create_if_missing(false))
        .await?;
    Ok((writer, readers))
}

/// Leaves whatever transaction a connection is still in when it comes back: it was dropped, or it failed. Without one the
/// statement fails, which is as well; a connection that cannot even do that is closed by the pool's own check.
async fn leave(connection: &mut SqliteConnection) -> Result<bool, sqlx::Error> {
    let _ = connection.execute("ROLLBACK").await;
    Ok(true)
}

pub(crate) fn bind(values: Vec<Value>) -> Result<SqliteArguments> {
    use sqlx::Arguments as _;
    let mut arguments = SqliteArguments::default();
    for value in values {
        match value {
            Value::Int(v) => arguments.add(v),
            Value::Text(v) => arguments.add(v),
            Value::Float(v) => arguments.add(v),
            Value::Bytes(v) => arguments.add(v),
        }
        .map_err(sqlx::Error::Encode)?;
    }
    Ok(arguments)
}

/// One process, one writer: what is committed is in order.
pub(crate) const HORIZON: &str = "SELECT COALESCE(MAX(seq), 0) AS horizon FROM ledger_event";
