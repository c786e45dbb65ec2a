//! Reading and putting rotas and overrides.

use evenkeel_api::Grant;
use evenkeel_core::{
    Actor, ErrorCode, Failure, Id,
    event::{
        Body, NewEvent,
        definition::{DefinitionPut, DefinitionRetired},
    },
    id::{PersonId, RotaId, RotaOverrideId, TeamId, TenantId},
};
use evenkeel_store::{Row, Sql, StoreError, Tx, params};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::rota::{Override, RotaDefinition};

/// How long an override may last, days.
pub const OVERRIDE_DAYS_MAX: i64 = 366;
/// How many overrides of one team are looked at; older ones that are over do not count.
const OVERRIDES_MAX: i64 = 1_000;
/// How many teams have a rota at most.
const ROTAS_MAX: i64 = 1_000;

/// What a put did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Put {
    /// The version in force now.
    pub version: i64,
    /// Whether this put made it; false when the same definition was in force already.
    pub changed: bool,
}

/// A rota in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Declared {
    /// Its id.
    pub id: RotaId,
    /// The name it is declared under.
    pub name: String,
    /// 1, 2, 3 …
    pub version: i64,
    /// What it says.
    pub definition: RotaDefinition,
}

fn declared(row: &Row) -> Result<Declared, StoreError> {
    Ok(Declared { id: row.id("id")?, name: row.text("name")?, version: row.int("version")?, definition: row.json("body")? })
}

fn event<B: Body>(tx: &Tx, tenant: TenantId, actor: &Actor, subject: impl std::fmt::Display, body: &B) -> Result<NewEvent, StoreError> {
    Ok(NewEvent::of(tenant, tx.now(), actor.clone(), "on_call", subject, body)?)
}

/// Puts a rota in force and appends `definition.put`; does nothing when it says what is in force already.
///
/// # Errors
/// `invalid` for a definition that cannot be used; `duplicate` when the team has another rota.
pub async fn put_rota(
    tx: &mut Tx,
    _: &Grant,
    tenant: TenantId,
    actor: &Actor,
    name: &str,
    definition: &RotaDefinition,
) -> Result<Put, StoreError> {
    if let Err(error) = definition.rota() {
        return Err(Failure::new(ErrorCode::Invalid, error.to_string()).at(name).into());
    }
    let other = tx
        .row(
            "SELECT name FROM rota WHERE tenant_id = $1 AND team_id = $2 AND in_force = 1 AND name <> $3",
            params![tenant, definition.team, name],
        )
        .await?;
    if let Some(other) = other {
        return Err(Failure::new(
            ErrorCode::Duplicate,
            format!("this team has the rota {:?} already; a team has one", other.text("name")?),
        )
        .at(name)
        .into());
    }
    let id = RotaId::named(name);
    let before = tx.row("SELECT version, in_force, body FROM rota WHERE tenant_id = $1 AND id = $2", params![tenant, id]).await?;
    let mut version = 1;
    if let Some(before) = before {
        version = before.int("version")?;
        if before.flag("in_force")? && before.json::<RotaDefinition>("body")? == *definition {
            return Ok(Put { version, changed: false });
        }
        version += 1;
    }
    let now = tx.now();
    let body = serde_json::to_value(definition)?;
    tx.execute(
        "INSERT INTO rota (tenant_id, id, name, team_id, version, in_force, body, put_at) VALUES ($1, $2, $3, $4, $5, 1, $6, $7)
         ON CONFLICT (tenant_id, id) DO UPDATE SET team_id = excluded.team_id, version = excluded.version, in_force = 1,
            body = excluded.body, put_at = excluded.put_at",
        params![tenant, id, name, definition.team, version, body.to_string(), now],
    )
    .await?;
    let put = DefinitionPut { kind: "rota".to_owned(), name: name.to_owned(), version, body };
    let event = event(tx, tenant, actor, id, &put)?;
    tx.append(&event).await?;
    Ok(Put { version, changed: true })
}

/// Takes a rota out of force. Answers whether it was in force.
pub async fn retire_rota(tx: &mut Tx, _: &Grant, tenant: TenantId, actor: &Actor, name: &str) -> Result<bool, StoreError> {
    let id = RotaId::named(name);
    let row = tx
        .row("UPDATE rota SET in_force = 0 WHERE tenant_id = $1 AND id = $2 AND in_force = 1 RETURNING version", params![tenant, id])
        .await?;
    let Some(row) = row else { return Ok(false) };
    let retired = DefinitionRetired { kind: "rota".to_owned(), name: name.to_owned(), version: row.int("version")? };
    let event = event(tx, tenant, actor, id, &retired)?;
    tx.append(&event).await?;
    Ok(true)
}

/// Every rota in force, by name.
pub async fn rotas(sql: &mut dyn Sql, tenant: TenantId) -> Result<Vec<Declared>, StoreError> {
    sql.rows(
        "SELECT id, name, version, body FROM rota WHERE tenant_id = $1 AND in_force = 1 ORDER BY name LIMIT $2",
        params![tenant, ROTAS_MAX],
    )
    .await?
    .iter()
    .map(declared)
    .collect()
}

/// The rota of a team, when it has one.
pub async fn current(sql: &mut dyn Sql, tenant: TenantId, team: TeamId) -> Result<Option<Declared>, StoreError> {
    sql.row("SELECT id, name, version, body FROM rota WHERE tenant_id = $1 AND team_id = $2 AND in_force = 1", params![tenant, team])
        .await?
        .as_ref()
        .map(declared)
        .transpose()
}

/// The overrides of a team that end after `after`, in the order in which they were made.
pub async fn overrides(sql: &mut dyn Sql, tenant: TenantId, team: TeamId, after: Timestamp) -> Result<Vec<Override>, StoreError> {
    sql.rows(
        "SELECT id, person_id, from_at, to_at FROM rota_override
         WHERE tenant_id = $1 AND team_id = $2 AND to_at > $3 AND removed_at IS NULL ORDER BY made_at, id LIMIT $4",
        params![tenant, team, after, OVERRIDES_MAX],
    )
    .await?
    .iter()
    .map(|row| Ok(Override { id: row.id("id")?, person: row.id("person_id")?, from: row.at("from_at")?, to: row.at("to_at")? }))
    .collect()
}

/// An override to make.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewOverride {
    /// Whose rota.
    pub team: TeamId,
    /// Who stands in.
    pub person: PersonId,
    /// From, inclusive.
    pub from: Timestamp,
    /// To, exclusive.
    pub to: Timestamp,
}

/// How an override is written in the ledger: `definition.put` of kind `rota_override`.
#[derive(Debug, Serialize, Deserialize)]
struct OverrideBody {
    team: TeamId,
    person: PersonId,
    from: Timestamp,
    to: Timestamp,
}

/// Makes an override.
///
/// # Errors
/// `not_found` when the team has no rota; `invalid` for a span that is empty, over already or too long.
pub async fn add_override(tx: &mut Tx, _: &Grant, tenant: TenantId, actor: &Actor, new: NewOverride) -> Result<RotaOverrideId, StoreError> {
    let now = tx.now();
    let refuse = |at: &str, detail: &str| -> StoreError { Failure::new(ErrorCode::Invalid, detail).at(at).into() };
    if new.to <= new.from {
        return Err(refuse("/to", "the span must end after it begins"));
    }
    if new.to <= now {
        return Err(refuse("/to", "the span is over already; who was on call is not changed afterwards"));
    }
    if new.to.duration_since(new.from) > SignedDuration::from_hours(OVERRIDE_DAYS_MAX * 24) {
        return Err(refuse("/to", "the span is longer than 366 days; change the rota instead"));
    }
    if current(tx, tenant, new.team).await?.is_none() {
        return Err(Failure::new(ErrorCode::NotFound, "this team has no rota to stand in for").into());
    }
    let id: RotaOverrideId = Id::at(now, tx.rng().as_ref());
    tx.execute(
        "INSERT INTO rota_override (tenant_id, id, team_id, person_id, from_at, to_at, made_at) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        params![tenant, id, new.team, new.person, new.from, new.to, now],
    )
    .await?;
    let body = OverrideBody { team: new.team, person: new.person, from: new.from, to: new.to };
    let put = DefinitionPut { kind: "rota_override".to_owned(), name: id.to_string(), version: 1, body: serde_json::to_value(body)? };
    let event = event(tx, tenant, actor, id, &put)?;
    tx.append(&event).await?;
    Ok(id)
}

/// Takes an override away. What has passed of it stays as it was.
///
/// # Errors
/// `not_found` when there is none of this id.
pub async fn remove_override(tx: &mut Tx, _: &Grant, tenant: TenantId, actor: &Actor, id: RotaOverrideId) -> Result<(), StoreError> {
    let now = tx.now();
    let row = tx
        .row("SELECT from_at, to_at FROM rota_override WHERE tenant_id = $1 AND id = $2 AND removed_at IS NULL", params![tenant, id])
        .await?;
    let Some(row) = row else {
        return Err(Failure::new(ErrorCode::NotFound, "there is no override with this id").into());
    };
    if row.at("from_at")? < now && now < row.at("to_at")? {
        // It has been in force for a while: that while must still be told truthfully.
        tx.execute("UPDATE rota_override SET to_at = $3 WHERE tenant_id = $1 AND id = $2", params![tenant, id, now]).await?;
    } else if row.at("from_at")? >= now {
        tx.execute("UPDATE rota_override SET removed_at = $3 WHERE tenant_id = $1 AND id = $2", params![tenant, id, now]).await?;
    } else {
        return Err(Failure::new(ErrorCode::StateRefused, "this override is over already").into());
    }
    let retired = DefinitionRetired { kind: "rota_override".to_owned(), name: id.to_string(), version: 1 };
    let event = event(tx, tenant, actor, id, &retired)?;
    tx.append(&event).await.map(|_| ())
}
