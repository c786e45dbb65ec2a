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

/// Makes a full-text index of trigrams beside a table and keeps it in step. It holds rowids, which only VACUUM would change, and
/// nobody vacuums this file; what it finds is compared with the table's own text all the same. What is erased leaves no rest
/// in it (<https://sqlite.org/fts5.html>, `secure-delete`).
pub(crate) fn substring_index(name: &str, table: &str, column: &str) -> Vec<String> {
    let put = format!("INSERT INTO {name} (rowid, {column}) VALUES (new.rowid, new.{column});");
    let take = format!("INSERT INTO {name} ({name}, rowid, {column}) VALUES ('delete', old.rowid, old.{column});");
    vec![
        format!("CREATE VIRTUAL TABLE {name} USING fts5({column}, content='{table}', tokenize='trigram')"),
        format!("INSERT INTO {name} ({name}, rank) VALUES ('secure-delete', 1)"),
        format!("CREATE TRIGGER {name}_put AFTER INSERT ON {table} BEGIN {put} END"),
        format!("CREATE TRIGGER {name}_take AFTER DELETE ON {table} BEGIN {take} END"),
        format!(
            "CREATE TRIGGER {name}_change AFTER UPDATE OF {column} ON {table} WHEN old.{column} <> new.{column} BEGIN {take} {put} END"
        ),
        format!("INSERT INTO {name} ({name}) VALUES ('rebuild')"),
    ]
}

/// Keys by what that index finds: `$1` the tenant, `$2` the LIKE pattern, `$3` the [`phrase`], `$4` how many at most.
pub(crate) fn by_substring(name: &str, table: &str, column: &str, key: &str) -> String {
    // The plus keeps indexes by tenant out of it.
    format!(
        "SELECT {key} AS key FROM {table} WHERE +tenant_id = $1 AND {column} LIKE $2 ESCAPE '\\' \
         AND rowid IN (SELECT rowid FROM {name} WHERE {name} MATCH $3 ORDER BY rowid DESC LIMIT $4) ORDER BY {key} DESC LIMIT $4"
    )
}

/// A text taken literally, as the index is asked.
pub(crate) fn phrase(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

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
