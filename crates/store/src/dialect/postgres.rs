//! PostgreSQL: READ COMMITTED; order of the ledger kept by advisory locks.
//!
//! **Why.** An identity column gives numbers out when a row is inserted, not when it is committed. A reader that has seen
//! number 6 could pass over number 5, still in flight, for ever. So each appender takes a *shared* advisory lock, keyed by the
//! last number given out so far, before it takes its own numbers (which are then larger), and holds it until it commits. The
//! horizon is the smaller of (last number given out) and (the smallest key held): every number at or below it is decided.
//! Appenders never wait for one another.

use std::time::Duration;

use sqlx::{
    PgPool,
    postgres::{PgArguments, PgConnectOptions, PgPoolOptions},
};

use crate::{Result, Value};

/// How many connections one replica opens at most.
pub(crate) const CONNECTIONS: u32 = 16;

pub(crate) async fn open(url: &str) -> Result<PgPool> {
    let options: PgConnectOptions = url.parse()?;
    Ok(PgPoolOptions::new()
        .max_connections(CONNECTIONS)
        .acquire_timeout(Duration::from_secs(10))
        .idle_timeout(Duration::from_mins(5))
        .connect_with(options.application_name("evenkeel").options([("statement_timeout", "60s"), ("lock_timeout", "30s")]))
        .await?)
}

pub(crate) fn bind(values: Vec<Value>) -> Result<PgArguments> {
    use sqlx::Arguments as _;
    let mut arguments = PgArguments::default();
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

/// Taken before the first append of a transaction. 4711 marks our keys among other users of advisory locks in this database.
pub(crate) const ENTER_LEDGER: &str = "SELECT pg_advisory_xact_lock_shared((CAST(4711 AS BIGINT) << 44) | CASE WHEN is_called THEN last_value ELSE 0 END) FROM ledger_event_seq_seq";

/// First read of the horizon: the last number given out. Must run as its own statement, before [`HORIZON_HELD`].
pub(crate) const HORIZON_GIVEN: &str = "SELECT CASE WHEN is_called THEN last_value ELSE 0 END AS horizon FROM ledger_event_seq_seq";

/// Second read: the smallest key held by an appender in flight.
pub(crate) const HORIZON_HELD: &str = "SELECT MIN(((CAST(CAST(classid AS BIGINT) AS BIGINT) & 4095) << 32) | CAST(objid AS BIGINT)) AS held \
     FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 1 AND (CAST(classid AS BIGINT) >> 12) = 4711 \
     AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";

/// One snapshot for many statements.
pub(crate) const BEGIN_SNAPSHOT: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

/// Moves an identity column's sequence behind the largest number there is; an empty table begins at 1 as ever.
pub(crate) fn continue_numbers(table: &str, column: &str) -> String {
    format!(
        "SELECT setval(pg_get_serial_sequence('{table}', '{column}'), MAX({column})) AS moved FROM {table} HAVING MAX({column}) IS NOT NULL"
    )
}

/// Makes an index of trigrams, which needs an extension. One replica builds, the others wait and find it built.
pub(crate) fn substring_index(name: &str, table: &str, column: &str) -> Vec<String> {
    vec![
        "SELECT pg_advisory_xact_lock(47110000)".to_owned(),
        "CREATE EXTENSION IF NOT EXISTS pg_trgm".to_owned(),
        format!("CREATE INDEX IF NOT EXISTS {name} ON {table} USING gin ({column} gin_trgm_ops)"),
    ]
}
