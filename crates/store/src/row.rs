//! What a statement answers: columns by name, read into our types.

use std::str::FromStr;

use evenkeel_core::Id;
use jiff::Timestamp;
use rusqlite::types::Value as Stored;
use serde::de::DeserializeOwned;
use sqlx::Row as _;

use crate::{Result, StoreError, dialect::sqlite::SqliteRow, value};

/// One row of either database.
#[derive(Debug)]
pub enum Row {
    /// From SQLite.
    Sqlite(SqliteRow),
    /// From PostgreSQL.
    Postgres(sqlx::postgres::PgRow),
}

macro_rules! getter {
    ($(#[$doc:meta])* $opt:ident, $req:ident, $type:ty, $($stored:pat => $value:expr),+) => {
        #[doc = concat!("The column, or `None` when it is null. ")]
        $(#[$doc])*
        pub fn $opt(&self, column: &str) -> Result<Option<$type>> {
            Ok(match self {
                Self::Sqlite(row) => match row.value(column)? {
                    Stored::Null => None,
                    $($stored => Some($value),)+
                    _ => return Err(StoreError::Corrupt(format!("column {column} holds something else than {}", stringify!($type)))),
                },
                Self::Postgres(row) => row.try_get(column)?,
            })
        }
        $(#[$doc])*
        ///
        /// # Errors
        /// [`StoreError::Corrupt`] when it is null or of another type.
        pub fn $req(&self, column: &str) -> Result<$type> {
            self.$opt(column)?.ok_or_else(|| null(column))
        }
    };
}

impl Row {
    getter!(/// TEXT.
        opt_text, text, String, Stored::Text(text) => text.clone());
    getter!(/// BIGINT.
        opt_int, int, i64, Stored::Integer(number) => *number);
    getter!(/// DOUBLE PRECISION.
        opt_float, float, f64, Stored::Real(number) => *number);
    getter!(/// {blob}.
        opt_bytes, bytes, Vec<u8>, Stored::Blob(bytes) => bytes.clone());

    /// A BIGINT 0/1 as a truth value.
    pub fn flag(&self, column: &str) -> Result<bool> {
        Ok(self.int(column)? != 0)
    }
    /// A BIGINT of microseconds as an instant.
    pub fn at(&self, column: &str) -> Result<Timestamp> {
        Ok(value::instant(self.int(column)?))
    }
    /// The same, or `None` when null.
    pub fn opt_at(&self, column: &str) -> Result<Option<Timestamp>> {
        Ok(self.opt_int(column)?.map(value::instant))
    }
    /// A TEXT as a typed id.
    pub fn id<K>(&self, column: &str) -> Result<Id<K>> {
        self.word(column)
    }
    /// The same, or `None` when null.
    pub fn opt_id<K>(&self, column: &str) -> Result<Option<Id<K>>> {
        self.opt_word(column)
    }
    /// A TEXT as any type that reads itself from a word.
    pub fn word<T: FromStr<Err: std::fmt::Display>>(&self, column: &str) -> Result<T> {
        self.opt_word(column)?.ok_or_else(|| null(column))
    }
    /// The same, or `None` when null.
    pub fn opt_word<T: FromStr<Err: std::fmt::Display>>(&self, column: &str) -> Result<Option<T>> {
        self.opt_text(column)?
            .map(|text| text.parse().map_err(|error| StoreError::Corrupt(format!("column {column} holds {text:?}: {error}"))))
            .transpose()
    }
    /// A TEXT of JSON.
    pub fn json<T: DeserializeOwned>(&self, column: &str) -> Result<T> {
        Ok(serde_json::from_str(&self.text(column)?)?)
    }
    /// The same, or `None` when null.
    pub fn opt_json<T: DeserializeOwned>(&self, column: &str) -> Result<Option<T>> {
        Ok(self.opt_text(column)?.map(|text| serde_json::from_str(&text)).transpose()?)
    }
}

fn null(column: &str) -> StoreError {
    StoreError::Corrupt(format!("column {column} is null where a value must be"))
}
