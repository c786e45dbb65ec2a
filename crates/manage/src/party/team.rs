//! Teams: people who own work together.

use std::collections::HashMap;

use evenkeel_api::Grant;
use evenkeel_core::{
    definition::TeamDefinition,
    id::{OrganisationId, PersonId, TeamId, TenantId},
};
use evenkeel_store::{Row, Sql, StoreError, Tx, Value, params, places};

use super::{find_organisation, find_person, model::Team, table::display_of};
use crate::{
    Act, catalogue,
    definition::{self, Put},
    refuse,
};

pub(crate) const KIND: &str = "team";

/// Puts a team under its name. Its id is [`TeamId::named`] of the name.
///
/// # Errors
/// A refusal that names the organisation or member that does not exist.
pub async fn put_team(
    tx: &mut Tx,
    _grant: &Grant,
    act: &Act,
    name: &str,
    definition: &TeamDefinition,
) -> Result<(TeamId, Put), StoreError> {
    let id = TeamId::named(name);
    if find_organisation(tx, act.tenant, definition.organisation).await?.is_none() {
        return Err(refuse::dangling("team", name, "/organisation", definition.organisation));
    }
    for (position, member) in definition.members.iter().enumerate() {
        if find_person(tx, act.tenant, *member).await?.is_none() {
            let place = format!("/members/{position}");
            return Err(refuse::dangling("team", name, &place, member));
        }
    }
    let put = definition::put(tx, act, KIND, id, name, definition).await?;
    if put.changed {
        write(tx, act.tenant, id, name, definition).await?;
    }
    Ok((id, put))
}

async fn write(tx: &mut Tx, tenant: TenantId, id: TeamId, name: &str, definition: &TeamDefinition) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO team (tenant_id, id, name, display_zh, display_en, organisation_id)
         VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (tenant_id, id) DO UPDATE SET name = excluded.name, display_zh = excluded.display_zh,
            display_en = excluded.display_en, organisation_id = excluded.organisation_id, retired = 0",
        params![tenant, id, name, &definition.display.zh, &definition.display.en, definition.organisation],
    )
    .await?;
    tx.execute("DELETE FROM team_member WHERE tenant_id = $1 AND team_id = $2", params![tenant, id]).await?;
    for (position, member) in definition.members.iter().enumerate() {
        tx.execute(
            "INSERT INTO team_member (tenant_id, team_id, person_id, position) VALUES ($1, $2, $3, $4)
             ON CONFLICT (tenant_id, team_id, person_id) DO NOTHING",
            params![tenant, id, member, position],
        )
        .await?;
    }
    Ok(())
}

/// Takes a team out of force; its name is still shown where it stood. Answers whether it was in force.
///
/// # Errors
/// A refusal that names the services and catalogue items in force and the open incidents that it still has.
pub async fn retire_team(tx: &mut Tx, _grant: &Grant, act: &Act, id: TeamId) -> Result<bool, StoreError> {
    const SHOWN: i64 = 11;
    let mut users = Vec::new();
    for row in tx
        .rows(
            "SELECT name FROM service WHERE tenant_id = $1 AND team_id = $2 AND retired = 0 ORDER BY name LIMIT $3",
            params![act.tenant, id, SHOWN],
        )
        .await?
    {
        users.push(format!("service {:?}", row.text("name")?));
    }
    for row in tx
        .rows(
            "SELECT number FROM incident WHERE tenant_id = $1 AND team_id = $2 \
             AND state IN ('new', 'assigned', 'in_progress', 'on_hold', 'reopened') ORDER BY number LIMIT $3",
            params![act.tenant, id, SHOWN],
        )
        .await?
    {
        users.push(format!("INC-{}", row.int("number")?));
    }
    users.extend(catalogue::users(tx, act.tenant, |item| item.teams().any(|team| team == id)).await?);
    if !users.is_empty() {
        return Err(refuse::in_use("team", &users));
    }
    tx.execute("UPDATE team SET retired = 1 WHERE tenant_id = $1 AND id = $2", params![act.tenant, id]).await?;
    definition::retire(tx, act, KIND, id).await
}

const COLUMNS: &str = "id, name, display_zh, display_en, organisation_id";

fn team_of(row: &Row) -> Result<Team, StoreError> {
    Ok(Team {
        id: row.id("id")?,
        name: row.text("name")?,
        display: display_of(row)?,
        organisation_id: row.id("organisation_id")?,
        members: Vec::new(),
    })
}

/// The team with its members, when there is one.
pub async fn find_team(sql: &mut dyn Sql, tenant: TenantId, id: TeamId) -> Result<Option<Team>, StoreError> {
    let row = sql.row(&format!("SELECT {COLUMNS} FROM team WHERE tenant_id = $1 AND id = $2"), params![tenant, id]).await?;
    let Some(row) = row else { return Ok(None) };
    let mut teams = vec![team_of(&row)?];
    with_members(sql, tenant, &mut teams).await?;
    Ok(teams.pop())
}

/// At most `limit` teams with their members by name, after the name `after`; only those of `only` when given.
pub async fn list_teams(
    sql: &mut dyn Sql,
    tenant: TenantId,
    only: Option<OrganisationId>,
    after: &str,
    limit: i64,
) -> Result<Vec<Team>, StoreError> {
    let mut teams = sql
        .rows(
            &format!(
                "SELECT {COLUMNS} FROM team WHERE tenant_id = $1 AND retired = 0 AND name > $2 \
                 AND organisation_id = COALESCE($3, organisation_id) ORDER BY name LIMIT $4"
            ),
            params![tenant, after, only, limit],
        )
        .await?
        .iter()
        .map(team_of)
        .collect::<Result<Vec<_>, _>>()?;
    with_members(sql, tenant, &mut teams).await?;
    Ok(teams)
}

async fn with_members(sql: &mut dyn Sql, tenant: TenantId, teams: &mut [Team]) -> Result<(), StoreError> {
    if teams.is_empty() {
        return Ok(());
    }
    let mut params: Vec<Value> = params![tenant];
    let marks = places(&mut params, teams.iter().map(|team| team.id));
    let rows = sql
        .rows(
            &format!(
                "SELECT team_id, person_id FROM team_member WHERE tenant_id = $1 AND team_id IN ({marks}) \
                 ORDER BY team_id, position"
            ),
            params,
        )
        .await?;
    let mut members: HashMap<TeamId, Vec<PersonId>> = HashMap::new();
    for row in &rows {
        members.entry(row.id("team_id")?).or_default().push(row.id("person_id")?);
    }
    for team in teams {
        team.members = members.remove(&team.id).unwrap_or_default();
    }
    Ok(())
}

/// The most teams of one person that are asked for.
const TEAMS_MAX: i64 = 50;

/// The teams that a person is in, those that are retired left out; the first fifty by their id.
///
/// # Errors
/// As any statement.
pub async fn teams_of(sql: &mut dyn Sql, tenant: TenantId, person: PersonId) -> Result<Vec<TeamId>, StoreError> {
    let text = "SELECT m.team_id AS id FROM team_member m JOIN team t ON t.tenant_id = m.tenant_id AND t.id = m.team_id
         WHERE m.tenant_id = $1 AND m.person_id = $2 AND t.retired = 0 ORDER BY m.team_id LIMIT $3";
    sql.rows(text, params![tenant, person, TEAMS_MAX]).await?.iter().map(|row| row.id("id")).collect()
}
