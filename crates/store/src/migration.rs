//! Migrations: per noun, one list sorted by name, each applied once.

use crate::{Db, Result, Sql, StoreError, params};

/// One step. Names are `room.noun.NNNN`; a published step never changes.
#[derive(Debug, Clone, Copy)]
pub struct Migration {
    /// Its name; steps are applied in the order of their names.
    pub name: &'static str,
    /// Statements, with the tokens `{blob}` and `{autoid}`.
    pub sql: &'static [&'static str],
}

const TABLE: &str = "CREATE TABLE IF NOT EXISTS migration (name TEXT PRIMARY KEY, applied_at BIGINT NOT NULL)";

/// The names that [`migrate`] would apply to this database, which is only looked at; all of them where there are no tables yet.
///
/// # Errors
/// As any statement.
pub async fn missing(db: &Db, migrations: &[Migration]) -> Result<Vec<&'static str>> {
    let mut read = db.read().await?;
    let known = match read.row(read.dialect().find_table(), params!["migration"]).await? {
        Some(_) => read.rows("SELECT name FROM migration", params![]).await?,
        None => Vec::new(),
    };
    let known: Vec<String> = known.iter().map(|row| row.text("name")).collect::<Result<_>>()?;
    Ok(migrations.iter().map(|migration| migration.name).filter(|name| !known.iter().any(|known| known == name)).collect())
}

/// Applies what is missing, all in one transaction; answers the names applied.
///
/// # Errors
/// [`StoreError::Unusable`] when the database has steps this binary does not know: it is newer than the binary.
pub async fn migrate(db: &Db, mut migrations: Vec<Migration>) -> Result<Vec<&'static str>> {
    migrations.sort_by_key(|migration| migration.name);
    if let Some(twice) = migrations.windows(2).find(|pair| pair[0].name == pair[1].name) {
        return Err(StoreError::Defect(format!("two migrations are named {}", twice[0].name)));
    }
    let mut tx = db.write().await?;
    if tx.dialect() == crate::Dialect::Postgres {
        // Two replicas starting at once: the second waits, then finds nothing to do.
        tx.execute_raw("SELECT pg_advisory_xact_lock(47110000)").await?;
    }
    tx.execute_raw(TABLE).await?;
    let known: Vec<String> =
        tx.rows("SELECT name FROM migration ORDER BY name", params![]).await?.iter().map(|row| row.text("name")).collect::<Result<_>>()?;
    let unknown: Vec<&str> = known.iter().map(String::as_str).filter(|name| !migrations.iter().any(|m| m.name == *name)).collect();
    if !unknown.is_empty() {
        return Err(StoreError::Unusable(format!(
            "this database was written by a newer Evenkeel (it has {}, which this binary does not know); nothing was changed. \
             Start the newer binary, or restore a backup made with this one.",
            unknown.join(", ")
        )));
    }
    let mut applied = Vec::new();
    for migration in &migrations {
        if known.iter().any(|name| name == migration.name) {
            continue;
        }
        for statement in migration.sql {
            let statement = tx.dialect().ddl(statement);
            tx.execute_raw(&statement).await.map_err(|error| StoreError::Defect(format!("migration {}: {error}", migration.name)))?;
        }
        let now = db.clock().now();
        tx.execute("INSERT INTO migration (name, applied_at) VALUES ($1, $2)", params![migration.name, now]).await?;
        applied.push(migration.name);
    }
    tx.commit().await?;
    Ok(applied)
}
