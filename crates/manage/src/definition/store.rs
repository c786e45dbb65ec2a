//! Reading and putting definitions.

use evenkeel_core::{
    event::definition::{DefinitionPut, DefinitionRetired},
    id::TenantId,
};
use evenkeel_store::{Row, Sql, StoreError, Tx, params};
use jiff::Timestamp;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use crate::Act;

/// What a put did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Put {
    /// The version in force now.
    pub version: i64,
    /// Whether this put made it; false when the same definition was in force already.
    pub changed: bool,
}

/// One version of one definition.
#[derive(Debug, Clone, PartialEq)]
pub struct Version<T> {
    /// The id of the thing, as text.
    pub id: String,
    /// The name it is declared under.
    pub name: String,
    /// 1, 2, 3 …
    pub version: i64,
    /// Since when.
    pub in_force_at: Timestamp,
    /// Whether it is the one in force; false for an older or a retired one.
    pub current: bool,
    /// What it says.
    pub body: T,
}

const COLUMNS: &str = "id, name, version, body, in_force_at, state";

fn version_of<T: DeserializeOwned>(row: &Row) -> Result<Version<T>, StoreError> {
    Ok(Version {
        id: row.text("id")?,
        name: row.text("name")?,
        version: row.int("version")?,
        in_force_at: row.at("in_force_at")?,
        current: row.text("state")? == "current",
        body: row.json("body")?,
    })
}

async fn newest(sql: &mut dyn Sql, tenant: TenantId, kind: &str, id: &str) -> Result<Option<Version<Value>>, StoreError> {
    sql.row(
        &format!(
            "SELECT {COLUMNS} FROM definition_version WHERE tenant_id = $1 AND kind = $2 AND id = $3 \
             ORDER BY version DESC LIMIT 1"
        ),
        params![tenant, kind, id],
    )
    .await?
    .map(|row| version_of(&row))
    .transpose()
}

/// Puts a definition in force at the act's instant and appends `definition.put`; does nothing when it says what is in
/// force already.
///
/// # Errors
/// [`StoreError::Conflict`] when another writer put one at the same moment.
pub async fn put<T: Serialize>(
    tx: &mut Tx,
    act: &Act,
    kind: &str,
    id: impl std::fmt::Display,
    name: &str,
    body: &T,
) -> Result<Put, StoreError> {
    let id = id.to_string();
    let body = serde_json::to_value(body)?;
    let before = newest(tx, act.tenant, kind, &id).await?;
    if let Some(before) = &before
        && before.current
        && before.body == body
        && before.name == name
    {
        return Ok(Put { version: before.version, changed: false });
    }
    let version = before.map_or(1, |before| before.version + 1);
    write(tx, act, kind, &id, name, version, body).await
}

/// Puts the first version of a definition that everybody begins with; never over one that exists.
///
/// # Errors
/// [`StoreError::Conflict`] when there is one already: read that one.
pub async fn put_first<T: Serialize>(
    tx: &mut Tx,
    act: &Act,
    kind: &str,
    id: impl std::fmt::Display,
    name: &str,
    body: &T,
) -> Result<Put, StoreError> {
    write(tx, act, kind, &id.to_string(), name, 1, serde_json::to_value(body)?).await
}

async fn write(tx: &mut Tx, act: &Act, kind: &str, id: &str, name: &str, version: i64, body: Value) -> Result<Put, StoreError> {
    let written = tx
        .execute(
            "INSERT INTO definition_version (tenant_id, kind, id, version, name, body, in_force_at, state)
             VALUES ($1, $2, $3, $4, $5, $6, $7, 'current')
             ON CONFLICT (tenant_id, kind, id, version) DO NOTHING",
            params![act.tenant, kind, id, version, name, body.to_string(), act.at],
        )
        .await?;
    if written == 0 {
        return Err(StoreError::Conflict(format!("{kind} {name}")));
    }
    // After the insert, which is where two writers meet: the one who loses must leave the winner's version alone.
    end(tx, act, kind, id, version, "superseded").await?;
    let event = DefinitionPut { kind: kind.to_owned(), name: name.to_owned(), version, body };
    tx.append(&act.event(id, &event)?).await?;
    Ok(Put { version, changed: true })
}

/// Takes what is in force and older than `before` out of force.
async fn end(tx: &mut Tx, act: &Act, kind: &str, id: &str, before: i64, state: &str) -> Result<u64, StoreError> {
    tx.execute(
        "UPDATE definition_version SET state = $5
         WHERE tenant_id = $1 AND kind = $2 AND id = $3 AND version < $4 AND state = 'current'",
        params![act.tenant, kind, id, before, state],
    )
    .await
}

/// Takes a definition out of force and appends `definition.retired`. Answers whether it was in force.
pub async fn retire(tx: &mut Tx, act: &Act, kind: &str, id: impl std::fmt::Display) -> Result<bool, StoreError> {
    let id = id.to_string();
    let Some(last) = newest(tx, act.tenant, kind, &id).await? else {
        return Ok(false);
    };
    if end(tx, act, kind, &id, last.version + 1, "retired").await? == 0 {
        return Ok(false);
    }
    let event = DefinitionRetired { kind: kind.to_owned(), name: last.name, version: last.version };
    tx.append(&act.event(&id, &event)?).await?;
    Ok(true)
}

/// The newest version, in force or retired.
pub async fn find<T: DeserializeOwned>(
    sql: &mut dyn Sql,
    tenant: TenantId,
    kind: &str,
    id: impl std::fmt::Display,
) -> Result<Option<Version<T>>, StoreError> {
    sql.row(
        &format!(
            "SELECT {COLUMNS} FROM definition_version WHERE tenant_id = $1 AND kind = $2 AND id = $3 \
             ORDER BY version DESC LIMIT 1"
        ),
        params![tenant, kind, id.to_string()],
    )
    .await?
    .map(|row| version_of(&row))
    .transpose()
}

/// The version in force now, or `None` when there is none or it is retired.
pub async fn current<T: DeserializeOwned>(
    sql: &mut dyn Sql,
    tenant: TenantId,
    kind: &str,
    id: impl std::fmt::Display,
) -> Result<Option<Version<T>>, StoreError> {
    Ok(find(sql, tenant, kind, id).await?.filter(|version| version.current))
}

/// One version by its number.
pub async fn version<T: DeserializeOwned>(
    sql: &mut dyn Sql,
    tenant: TenantId,
    kind: &str,
    id: impl std::fmt::Display,
    version: i64,
) -> Result<Option<Version<T>>, StoreError> {
    sql.row(
        &format!("SELECT {COLUMNS} FROM definition_version WHERE tenant_id = $1 AND kind = $2 AND id = $3 AND version = $4"),
        params![tenant, kind, id.to_string(), version],
    )
    .await?
    .map(|row| version_of(&row))
    .transpose()
}

/// The version in force under this name.
pub async fn find_by_name<T: DeserializeOwned>(
    sql: &mut dyn Sql,
    tenant: TenantId,
    kind: &str,
    name: &str,
) -> Result<Option<Version<T>>, StoreError> {
    sql.row(
        &format!(
            "SELECT {COLUMNS} FROM definition_version \
             WHERE tenant_id = $1 AND kind = $2 AND state = 'current' AND name = $3 LIMIT 1"
        ),
        params![tenant, kind, name],
    )
    .await?
    .map(|row| version_of(&row))
    .transpose()
}

/// The version that was in force at `at`, for figures: never today's. A retired definition keeps its history.
pub async fn in_force<T: DeserializeOwned>(
    sql: &mut dyn Sql,
    tenant: TenantId,
    kind: &str,
    id: impl std::fmt::Display,
    at: Timestamp,
) -> Result<Option<Version<T>>, StoreError> {
    sql.row(
        &format!(
            "SELECT {COLUMNS} FROM definition_version \
             WHERE tenant_id = $1 AND kind = $2 AND id = $3 AND in_force_at <= $4 ORDER BY version DESC LIMIT 1"
        ),
        params![tenant, kind, id.to_string(), at],
    )
    .await?
    .map(|row| version_of(&row))
    .transpose()
}

/// At most `limit` definitions in force, by name, after the name `after`.
pub async fn list<T: DeserializeOwned>(
    sql: &mut dyn Sql,
    tenant: TenantId,
    kind: &str,
    after: &str,
    limit: i64,
) -> Result<Vec<Version<T>>, StoreError> {
    sql.rows(
        &format!(
            "SELECT {COLUMNS} FROM definition_version \
             WHERE tenant_id = $1 AND kind = $2 AND state = 'current' AND name > $3 ORDER BY name LIMIT $4"
        ),
        params![tenant, kind, after, limit],
    )
    .await?
    .iter()
    .map(version_of)
    .collect()
}
