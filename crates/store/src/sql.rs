//! One SQL text for both databases.
//!
//! The portable subset: `$1…$n`, TEXT / BIGINT / DOUBLE PRECISION / {blob}, `ON CONFLICT … DO UPDATE SET x = excluded.x`,
//! `RETURNING`, common table expressions, window functions. `CAST(SUM(x) AS BIGINT)`, because PostgreSQL answers numeric.
//! `lower()` on both sides of LIKE. Never GROUP BY an expression that holds a bound value (PostgreSQL refuses it).

use std::fmt::Write as _;

use async_trait::async_trait;

use crate::{Dialect, Result, Row, Value};

/// The list of an `IN (…)`: adds each value to `params` and answers its places, `$2, $3`. An empty list is no SQL: ask first.
pub fn places<V: Into<Value>>(params: &mut Vec<Value>, values: impl IntoIterator<Item = V>) -> String {
    let mut text = String::new();
    for value in values {
        params.push(value.into());
        let comma = if text.is_empty() { "" } else { ", " };
        let _ = write!(text, "{comma}${}", params.len());
    }
    text
}

/// The rows of a `VALUES`: adds every value to `params` and answers their places, `($2, $3), ($4, $5)`. No rows are no SQL:
/// ask first.
pub fn tuples(params: &mut Vec<Value>, rows: impl IntoIterator<Item = Vec<Value>>) -> String {
    let mut text = String::new();
    for row in rows {
        let comma = if text.is_empty() { "" } else { ", " };
        let _ = write!(text, "{comma}({})", places(params, row));
    }
    text
}

/// Something that answers queries: a [`crate::Read`] or a [`crate::Tx`].
#[async_trait]
pub trait Sql: Send {
    /// Which database answers.
    fn dialect(&self) -> Dialect;

    /// Every row of the answer. Lists are paged by the caller: always with a LIMIT or a bounded key.
    async fn rows(&mut self, sql: &str, params: Vec<Value>) -> Result<Vec<Row>>;

    /// The first row, when there is one.
    async fn row(&mut self, sql: &str, params: Vec<Value>) -> Result<Option<Row>> {
        Ok(self.rows(sql, params).await?.into_iter().next())
    }
}
