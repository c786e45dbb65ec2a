//! An index that finds a part of a text: what makes a search fast, and is done without where a database refuses it.
//!
//! SQLite has its own full-text index of trigrams, PostgreSQL an extension that the server's owner may not have allowed. A
//! text shorter than three characters has no trigram: there every text is read, as without the index (docs/adr/0001).

use evenkeel_core::id::TenantId;

use crate::{
    Db, Dialect, Result, Sql,
    dialect::{postgres, sqlite},
    params,
};

/// Characters that a text must have for the index to know it.
const TRIGRAM: usize = 3;

/// Which texts are found by their parts.
#[derive(Debug, Clone, Copy)]
pub struct SubstringIndex {
    /// Its own name.
    pub name: &'static str,
    /// The table, which has a column `tenant_id`.
    pub table: &'static str,
    /// The TEXT column, in one case.
    pub column: &'static str,
    /// The BIGINT column that names a row within its tenant and rises from row to row.
    pub key: &'static str,
}

/// A LIKE pattern that finds `text` anywhere, taken literally; write `ESCAPE '\'` behind it.
pub fn pattern(text: &str) -> String {
    let mut pattern = String::from("%");
    for character in text.chars() {
        if matches!(character, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(character);
    }
    pattern.push('%');
    pattern
}

impl SubstringIndex {
    /// Builds it where it is not there yet; the database's words when it refuses. Call it after the migrations, where waiting
    /// for a new index is no harm.
    ///
    /// # Errors
    /// When the database is away. A refusal is no error.
    pub async fn build(&self, db: &Db) -> Result<Option<String>> {
        let mut tx = db.write().await?;
        let statements = match tx.dialect() {
            Dialect::Sqlite if self.is_there(&mut tx).await? => return Ok(None),
            Dialect::Sqlite => sqlite::substring_index(self.name, self.table, self.column),
            Dialect::Postgres => postgres::substring_index(self.name, self.table, self.column),
        };
        for statement in statements {
            match tx.execute_raw(&statement).await {
                Ok(()) => {}
                Err(error) if error.is_passing() => return Err(error),
                Err(error) => return Ok(Some(error.to_string())),
            }
        }
        tx.commit().await?;
        Ok(None)
    }

    async fn is_there(&self, sql: &mut dyn Sql) -> Result<bool> {
        let find = sql.dialect().find_table();
        Ok(sql.row(find, params![self.name]).await?.is_some())
    }

    /// Keys of rows whose text holds `text`, the newest first, at most `most`. Give it in the column's case.
    ///
    /// # Errors
    /// As any statement.
    pub async fn find(&self, sql: &mut dyn Sql, tenant: TenantId, text: &str, most: usize) -> Result<Vec<i64>> {
        let Self { name, table, column, key } = self;
        // PostgreSQL refuses the character itself.
        if text.contains('\0') {
            return Ok(Vec::new());
        }
        let known = text.chars().nth(TRIGRAM - 1).is_some();
        let rows = if known && sql.dialect() == Dialect::Sqlite && self.is_there(sql).await? {
            let statement = sqlite::by_substring(name, table, column, key);
            sql.rows(&statement, params![tenant, pattern(text), sqlite::phrase(text), most]).await?
        } else {
            let statement = format!(
                "SELECT {key} AS key FROM {table} WHERE tenant_id = $1 AND {column} LIKE $2 ESCAPE '\\' ORDER BY {key} DESC LIMIT $3"
            );
            sql.rows(&statement, params![tenant, pattern(text), most]).await?
        };
        rows.iter().map(|row| row.int("key")).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_has_no_wildcards_but_its_own() {
        assert_eq!(pattern("50%_\\x"), "%50\\%\\_\\\\x%");
    }
}
