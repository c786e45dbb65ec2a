//! One statement: bound, run, its rows taken out.

use std::sync::Arc;

use rusqlite::{
    Connection, ErrorCode, Statement, ffi,
    types::{Null, ToSqlOutput, Value as Stored, ValueRef},
};

use crate::{Result, StoreError, Value};

/// One row, taken out of SQLite.
#[derive(Debug)]
pub struct SqliteRow {
    /// Shared by the rows of one answer.
    columns: Arc<[Box<str>]>,
    values: Vec<Stored>,
}

impl SqliteRow {
    /// The column's value.
    ///
    /// # Errors
    /// [`StoreError::Defect`] when the statement has no such column.
    pub(crate) fn value(&self, column: &str) -> Result<&Stored> {
        self.columns
            .iter()
            .position(|name| **name == *column)
            .map(|at| &self.values[at])
            .ok_or_else(|| StoreError::Defect(format!("the statement answers no column {column}")))
    }
}

/// Rows of a statement.
pub(super) fn rows(connection: &Connection, sql: &str, values: &[Value]) -> Result<Vec<SqliteRow>> {
    let mut statement = connection.prepare_cached(sql)?;
    let columns: Arc<[Box<str>]> = statement.column_names().into_iter().map(Into::into).collect();
    bind(&mut statement, sql, values)?;
    let mut answer = statement.raw_query();
    let mut rows = Vec::new();
    while let Some(row) = answer.next()? {
        let values = (0..columns.len()).map(|at| row.get(at)).collect::<rusqlite::Result<_>>()?;
        rows.push(SqliteRow { columns: Arc::clone(&columns), values });
    }
    Ok(rows)
}

/// How many rows a statement touched.
pub(super) fn execute(connection: &Connection, sql: &str, values: &[Value]) -> Result<u64> {
    let mut statement = connection.prepare_cached(sql)?;
    bind(&mut statement, sql, values)?;
    // Not `raw_execute`: a statement may answer rows that nobody asked for.
    let mut answer = statement.raw_query();
    while answer.next()?.is_some() {}
    Ok(connection.changes())
}

/// Statements without parameters that are not kept.
pub(super) fn execute_raw(connection: &Connection, sql: &str) -> Result<()> {
    Ok(connection.execute_batch(sql)?)
}

/// Binds `$1…$n`. To SQLite these are names, numbered as they first appear; to be asked for one it walks through all of them, which
/// is much for a long list: so the text is read here.
fn bind(statement: &mut Statement<'_>, sql: &str, values: &[Value]) -> Result<()> {
    let places = places(sql);
    if places.len() != statement.parameter_count() {
        return Err(StoreError::Defect("a statement has parameters that are not $1…$n".to_owned()));
    }
    for (at, number) in places.into_iter().enumerate() {
        let value = number
            .checked_sub(1)
            .and_then(|at| values.get(at))
            .ok_or_else(|| StoreError::Defect("a statement has a parameter that is given no value".to_owned()))?;
        statement.raw_bind_parameter(at + 1, bound(value))?;
    }
    Ok(())
}

/// The numbers of a statement's parameters in the order in which they first appear.
fn places(sql: &str) -> Vec<usize> {
    let (mut places, mut seen) = (Vec::new(), Vec::new());
    // What stands between quotes is every other piece.
    for text in sql.split('\'').step_by(2) {
        for after in text.split('$').skip(1) {
            let digits = after.bytes().take_while(u8::is_ascii_digit).count();
            let Ok(number) = after[..digits].parse::<usize>() else { continue };
            if seen.len() <= number {
                seen.resize(number + 1, false);
            }
            if !std::mem::replace(&mut seen[number], true) {
                places.push(number);
            }
        }
    }
    places
}

fn bound(value: &Value) -> ToSqlOutput<'_> {
    let value = match value {
        Value::Int(Some(value)) => ValueRef::Integer(*value),
        Value::Text(Some(value)) => ValueRef::Text(value.as_bytes()),
        Value::Float(Some(value)) => ValueRef::Real(*value),
        Value::Bytes(Some(value)) => ValueRef::Blob(value),
        Value::Int(None) | Value::Text(None) | Value::Float(None) | Value::Bytes(None) => return ToSqlOutput::from(Null),
    };
    ToSqlOutput::Borrowed(value)
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        let text = error.to_string();
        let rusqlite::Error::SqliteFailure(failure, _) = error else {
            return match error {
                rusqlite::Error::FromSqlConversionFailure(..) | rusqlite::Error::Utf8Error(..) => Self::Corrupt(text),
                _ => Self::Defect(text),
            };
        };
        // https://sqlite.org/rescode.html
        match failure.extended_code {
            ffi::SQLITE_CONSTRAINT_UNIQUE | ffi::SQLITE_CONSTRAINT_PRIMARYKEY | ffi::SQLITE_CONSTRAINT_ROWID => {
                return Self::Duplicate(text);
            }
            // A full disk says so in many ways.
            ffi::SQLITE_IOERR_WRITE | ffi::SQLITE_IOERR_FSYNC | ffi::SQLITE_IOERR_SHMSIZE => return Self::Full(text),
            _ => {}
        }
        match failure.code {
            ErrorCode::DiskFull => Self::Full(text),
            ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => Self::Conflict(text),
            ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => Self::Corrupt(text),
            _ => Self::Defect(text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::places;

    #[test]
    fn parameters_are_numbered_as_they_first_appear() {
        assert_eq!(places("SELECT $2, $10 FROM t WHERE a = $1 AND b IN ($2,$3)"), [2, 10, 1, 3]);
        assert_eq!(places("SELECT 'it costs $5', '$', 'it''s $7', $1 FROM t WHERE j = '$.a'"), [1]);
        assert!(places("SELECT 1").is_empty());
    }
}
