//! Rows of views.

use evenkeel_core::id::{PersonId, TeamId, TenantId, ViewId};
use evenkeel_store::{Migration, Row, Sql, StoreError, Tx, params, places};

use super::model::View;

/// The tables.
pub const MIGRATIONS: &[Migration] = &[Migration {
    name: "manage.view.0001",
    sql: &[
        "CREATE TABLE desk_view (
            tenant_id TEXT NOT NULL, id TEXT NOT NULL, person_id TEXT NOT NULL, team_id TEXT, name TEXT NOT NULL, asks TEXT NOT NULL,
            PRIMARY KEY (tenant_id, id))",
        "CREATE INDEX desk_view_person ON desk_view (tenant_id, person_id, id)",
        "CREATE INDEX desk_view_team ON desk_view (tenant_id, team_id, id)",
        "CREATE TABLE desk_view_pin (
            tenant_id TEXT NOT NULL, person_id TEXT NOT NULL, view_id TEXT NOT NULL, PRIMARY KEY (tenant_id, person_id))",
    ],
}];

/// Views that one person made, or that one team shares, at the most.
pub(super) const MOST: usize = 30;

const COLUMNS: &str = "id, person_id, team_id, name, asks";

fn view_of(row: &Row) -> Result<View, StoreError> {
    Ok(View {
        id: row.id("id")?,
        person: row.id("person_id")?,
        team: row.opt_id("team_id")?,
        name: row.text("name")?,
        asks: row.json("asks")?,
    })
}

/// The view, when there is one.
pub(super) async fn find(sql: &mut dyn Sql, tenant: TenantId, id: ViewId) -> Result<Option<View>, StoreError> {
    let text = format!("SELECT {COLUMNS} FROM desk_view WHERE tenant_id = $1 AND id = $2");
    sql.row(&text, params![tenant, id]).await?.map(|row| view_of(&row)).transpose()
}

/// A person's own views and those of their teams, the oldest first.
pub(super) async fn of(sql: &mut dyn Sql, tenant: TenantId, person: PersonId, teams: &[TeamId]) -> Result<Vec<View>, StoreError> {
    let mut values = params![tenant, person];
    let shared = match teams {
        [] => String::new(),
        teams => format!(" OR team_id IN ({})", places(&mut values, teams)),
    };
    values.push((MOST * (1 + teams.len())).into());
    let limit = values.len();
    let text = format!("SELECT {COLUMNS} FROM desk_view WHERE tenant_id = $1 AND (person_id = $2{shared}) ORDER BY id LIMIT ${limit}");
    sql.rows(&text, values).await?.iter().map(view_of).collect()
}

/// How many views this person keeps for themselves, or this team shares.
pub(super) async fn count(sql: &mut dyn Sql, tenant: TenantId, person: PersonId, team: Option<TeamId>) -> Result<usize, StoreError> {
    let (text, values) = match team {
        Some(team) => ("SELECT COUNT(*) AS n FROM desk_view WHERE tenant_id = $1 AND team_id = $2", params![tenant, team]),
        None => {
            ("SELECT COUNT(*) AS n FROM desk_view WHERE tenant_id = $1 AND person_id = $2 AND team_id IS NULL", params![tenant, person])
        }
    };
    let row = sql.row(text, values).await?;
    Ok(usize::try_from(row.map_or(Ok(0), |row| row.int("n"))?).unwrap_or(usize::MAX))
}

/// Writes a view, or its next form.
pub(super) async fn put(tx: &mut Tx, tenant: TenantId, view: &View) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO desk_view (tenant_id, id, person_id, team_id, name, asks) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (tenant_id, id) DO UPDATE SET team_id = excluded.team_id, name = excluded.name, asks = excluded.asks",
        params![tenant, view.id, view.person, view.team, &view.name, serde_json::to_string(&view.asks)?],
    )
    .await
    .map(|_| ())
}

/// Takes a view away, and every pin on it.
pub(super) async fn remove(tx: &mut Tx, tenant: TenantId, id: ViewId) -> Result<(), StoreError> {
    tx.execute("DELETE FROM desk_view_pin WHERE tenant_id = $1 AND view_id = $2", params![tenant, id]).await?;
    tx.execute("DELETE FROM desk_view WHERE tenant_id = $1 AND id = $2", params![tenant, id]).await.map(|_| ())
}

/// The view that a person pinned.
pub(super) async fn pinned(sql: &mut dyn Sql, tenant: TenantId, person: PersonId) -> Result<Option<ViewId>, StoreError> {
    let text = "SELECT view_id FROM desk_view_pin WHERE tenant_id = $1 AND person_id = $2";
    sql.row(text, params![tenant, person]).await?.map(|row| row.id("view_id")).transpose()
}

/// Pins a view for a person in place of any other; none = no view is pinned.
pub(super) async fn pin(tx: &mut Tx, tenant: TenantId, person: PersonId, view: Option<ViewId>) -> Result<(), StoreError> {
    tx.execute("DELETE FROM desk_view_pin WHERE tenant_id = $1 AND person_id = $2", params![tenant, person]).await?;
    let Some(view) = view else { return Ok(()) };
    tx.execute("INSERT INTO desk_view_pin (tenant_id, person_id, view_id) VALUES ($1, $2, $3)", params![tenant, person, view])
        .await
        .map(|_| ())
}
