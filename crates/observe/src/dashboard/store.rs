//! Reading and putting dashboards.

use evenkeel_api::{Grant, IfMatch, Problem};
use evenkeel_core::{
    Actor, ErrorCode, Failure,
    event::{
        Body, NewEvent,
        definition::{DefinitionPut, DefinitionRetired},
    },
    id::{DashboardId, TenantId},
};
use evenkeel_store::{Row, Sql, StoreError, Tx, params};
use jiff::Timestamp;

use super::model::Board;

/// The word for dashboards in `definition.put`.
const KIND: &str = "dashboard";
/// Boards of one tenant, at most.
const BOARDS_MAX: i64 = 1_000;
/// The longest name, in characters.
const NAME_MAX: usize = 64;

/// What a put did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Put {
    /// The version in force now.
    pub version: i64,
    /// Whether this put made it; false when the same board was in force already.
    pub changed: bool,
}

/// A board in force.
#[derive(Debug, Clone, PartialEq)]
pub struct Kept {
    /// Its id.
    pub id: DashboardId,
    /// The name it is kept under.
    pub name: String,
    /// 1, 2, 3 …
    pub version: i64,
    /// Since when.
    pub put_at: Timestamp,
    /// What it says.
    pub board: Board,
}

fn kept(row: &Row) -> Result<Kept, StoreError> {
    Ok(Kept {
        id: row.id("id")?,
        name: row.text("name")?,
        version: row.int("version")?,
        put_at: row.at("put_at")?,
        board: row.json("body")?,
    })
}

fn event<B: Body>(tx: &Tx, tenant: TenantId, actor: &Actor, id: DashboardId, body: &B) -> Result<NewEvent, StoreError> {
    Ok(NewEvent::of(tenant, tx.now(), actor.clone(), "console", id, body)?)
}

/// Whether a board can be kept under this name, which is a part of its address.
fn is_name(name: &str) -> bool {
    let plain = |each: char| each.is_ascii_lowercase() || each.is_ascii_digit() || each == '-';
    !name.is_empty() && name.len() <= NAME_MAX && name.chars().all(plain) && !name.starts_with('-')
}

/// Puts a board in force under a name and appends `definition.put`; does nothing when it says what is in force already.
/// A board that is not there yet has version 0.
///
/// # Errors
/// `invalid` for a name or board that cannot be kept; `precondition_failed` when another version is in force than the caller
/// saw; `too_large` when there are too many boards.
pub async fn put(
    tx: &mut Tx,
    _: &Grant,
    tenant: TenantId,
    actor: &Actor,
    name: &str,
    board: &Board,
    seen: &IfMatch,
) -> Result<Put, Problem> {
    if !is_name(name) {
        return Err(Problem::invalid("name", "a dashboard is named with 1 to 64 small letters, digits and hyphens, such as web-shop"));
    }
    if let Err(error) = board.check() {
        return Err(Problem::invalid(error.at, error.what));
    }
    let id = DashboardId::named(name);
    let before = tx.row("SELECT version, in_force, body FROM dashboard WHERE tenant_id = $1 AND id = $2", params![tenant, id]).await?;
    let mut version = 0;
    let mut in_force = false;
    if let Some(before) = &before {
        version = before.int("version")?;
        in_force = before.flag("in_force")?;
    }
    // Who makes a new one has seen none, whatever was retired under the name before.
    seen.check(if in_force { version } else { 0 })?;
    if let Some(before) = &before
        && in_force
        && before.json::<Board>("body")? == *board
    {
        return Ok(Put { version, changed: false });
    }
    if !in_force {
        let count = tx.row("SELECT COUNT(*) AS n FROM dashboard WHERE tenant_id = $1 AND in_force = 1", params![tenant]).await?;
        if count.map_or(Ok(0), |row| row.int("n"))? >= BOARDS_MAX {
            return Err(Failure::new(ErrorCode::TooLarge, format!("{BOARDS_MAX} dashboards at most; remove one first")).into());
        }
    }
    version += 1;
    let now = tx.now();
    let body = serde_json::to_value(board)?;
    tx.execute(
        "INSERT INTO dashboard (tenant_id, id, name, version, in_force, body, put_at) VALUES ($1, $2, $3, $4, 1, $5, $6)
         ON CONFLICT (tenant_id, id) DO UPDATE SET version = excluded.version, in_force = 1, body = excluded.body,
            put_at = excluded.put_at",
        params![tenant, id, name, version, body.to_string(), now],
    )
    .await?;
    let put = DefinitionPut { kind: KIND.to_owned(), name: name.to_owned(), version, body };
    let event = event(tx, tenant, actor, id, &put)?;
    tx.append(&event).await?;
    Ok(Put { version, changed: true })
}

/// Takes a board out of force. Answers whether it was in force.
///
/// # Errors
/// `precondition_failed` when another version is in force than the caller saw.
pub async fn retire(tx: &mut Tx, _: &Grant, tenant: TenantId, actor: &Actor, name: &str, seen: &IfMatch) -> Result<bool, Problem> {
    let Some(before) = find(tx, tenant, name).await? else { return Ok(false) };
    seen.check(before.version)?;
    tx.execute("UPDATE dashboard SET in_force = 0 WHERE tenant_id = $1 AND id = $2", params![tenant, before.id]).await?;
    let retired = DefinitionRetired { kind: KIND.to_owned(), name: name.to_owned(), version: before.version };
    let event = event(tx, tenant, actor, before.id, &retired)?;
    tx.append(&event).await?;
    Ok(true)
}

/// The board in force under this name.
pub async fn find(sql: &mut dyn Sql, tenant: TenantId, name: &str) -> Result<Option<Kept>, StoreError> {
    sql.row(
        "SELECT id, name, version, put_at, body FROM dashboard WHERE tenant_id = $1 AND id = $2 AND in_force = 1",
        params![tenant, DashboardId::named(name)],
    )
    .await?
    .as_ref()
    .map(kept)
    .transpose()
}

/// Every board in force, by name.
pub async fn all(sql: &mut dyn Sql, tenant: TenantId) -> Result<Vec<Kept>, StoreError> {
    sql.rows(
        "SELECT id, name, version, put_at, body FROM dashboard WHERE tenant_id = $1 AND in_force = 1 ORDER BY name LIMIT $2",
        params![tenant, BOARDS_MAX],
    )
    .await?
    .iter()
    .map(kept)
    .collect()
}
