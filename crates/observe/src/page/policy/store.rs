//! Reading and putting policies.

use evenkeel_api::Grant;
use evenkeel_core::{
    Actor, ErrorCode, Failure,
    event::{
        NewEvent,
        definition::{DefinitionPut, DefinitionRetired},
    },
    id::{EscalationPolicyId, TeamId, TenantId},
};
use evenkeel_store::{Row, Sql, StoreError, Tx, params};

use super::{PolicyDefinition, PolicyError, unreached};
use crate::{oncall::Put, page::port::Directory};

/// The word in `definition.put`.
const KIND: &str = "escalation_policy";
/// How many are listed at most.
const LISTED_MAX: i64 = 1_000;

/// A policy in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeclaredPolicy {
    /// The name it is declared under.
    pub name: String,
    /// 1, 2, 3 …
    pub version: i64,
    /// What it says.
    pub definition: PolicyDefinition,
}

fn declared(row: &Row) -> Result<DeclaredPolicy, StoreError> {
    Ok(DeclaredPolicy { name: row.text("name")?, version: row.int("version")?, definition: row.json("body")? })
}

/// The policy of a team, when it has one of its own.
pub async fn policy(sql: &mut dyn Sql, tenant: TenantId, team: TeamId) -> Result<Option<DeclaredPolicy>, StoreError> {
    let query = "SELECT name, version, body FROM escalation_policy WHERE tenant_id = $1 AND team_id = $2 AND in_force = 1";
    sql.row(query, params![tenant, team]).await?.as_ref().map(declared).transpose()
}

/// Every policy in force, by name.
pub async fn policies(sql: &mut dyn Sql, tenant: TenantId) -> Result<Vec<DeclaredPolicy>, StoreError> {
    let query = "SELECT name, version, body FROM escalation_policy WHERE tenant_id = $1 AND in_force = 1 ORDER BY name LIMIT $2";
    sql.rows(query, params![tenant, LISTED_MAX]).await?.iter().map(declared).collect()
}

fn refused(error: &PolicyError) -> StoreError {
    let at = error.step.map_or_else(|| "/".to_owned(), |step| format!("/steps/{step}"));
    Failure::new(ErrorCode::Invalid, error.detail.clone()).at(at).into()
}

/// Puts a policy in force and appends `definition.put`; does nothing when it says what is in force already.
///
/// # Errors
/// `invalid` at `/steps/N` for a step that cannot be or reaches nobody; `duplicate` when the team has another policy.
pub async fn put_policy(
    tx: &mut Tx,
    _: &Grant,
    directory: &dyn Directory,
    tenant: TenantId,
    actor: &Actor,
    name: &str,
    definition: &PolicyDefinition,
) -> Result<Put, StoreError> {
    definition.check().map_err(|error| refused(&error))?;
    if let Some(error) = unreached(tx, directory, tenant, definition).await? {
        return Err(refused(&error));
    }
    if let Some(other) = policy(tx, tenant, definition.team).await?.filter(|other| other.name != name) {
        let detail = format!("this team has the policy {:?} already; a team has one", other.name);
        return Err(Failure::new(ErrorCode::Duplicate, detail).at("/team").into());
    }
    let id = EscalationPolicyId::named(name);
    let before =
        tx.row("SELECT version, in_force, body FROM escalation_policy WHERE tenant_id = $1 AND id = $2", params![tenant, id]).await?;
    let mut version = 1;
    if let Some(before) = before {
        version = before.int("version")?;
        if before.flag("in_force")? && before.json::<PolicyDefinition>("body")? == *definition {
            return Ok(Put { version, changed: false });
        }
        version += 1;
    }
    let (now, body) = (tx.now(), serde_json::to_value(definition)?);
    tx.execute(
        "INSERT INTO escalation_policy (tenant_id, id, name, team_id, version, in_force, body, put_at) VALUES ($1, $2, $3, $4, $5, 1, $6, $7)
         ON CONFLICT (tenant_id, id) DO UPDATE SET team_id = excluded.team_id, version = excluded.version, in_force = 1,
            body = excluded.body, put_at = excluded.put_at",
        params![tenant, id, name, definition.team, version, body.to_string(), now],
    )
    .await?;
    let put = DefinitionPut { kind: KIND.to_owned(), name: name.to_owned(), version, body };
    tx.append(&NewEvent::of(tenant, now, actor.clone(), "on_call", id, &put)?).await?;
    Ok(Put { version, changed: true })
}

/// Takes a policy out of force: the team has what its rota says again. Answers whether it was in force.
pub async fn retire_policy(tx: &mut Tx, _: &Grant, tenant: TenantId, actor: &Actor, name: &str) -> Result<bool, StoreError> {
    let id = EscalationPolicyId::named(name);
    let query = "UPDATE escalation_policy SET in_force = 0 WHERE tenant_id = $1 AND id = $2 AND in_force = 1 RETURNING version";
    let Some(row) = tx.row(query, params![tenant, id]).await? else { return Ok(false) };
    let retired = DefinitionRetired { kind: KIND.to_owned(), name: name.to_owned(), version: row.int("version")? };
    tx.append(&NewEvent::of(tenant, tx.now(), actor.clone(), "on_call", id, &retired)?).await?;
    Ok(true)
}
