//! The list of orphans.

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, Json, Page, PageQuery, Permission, Query, Refusals, page::Cursor};
use evenkeel_core::id::{PersonId, TenantId};
use evenkeel_store::{Row, Sql, StoreError, params};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    Manage,
    party::{PersonRef, Wanted, load_names},
};

/// What has no owner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OrphanKind {
    /// A service.
    Service,
    /// An open incident.
    Incident,
}

/// Why it is an orphan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// Nobody was named, or whoever was is not known.
    OwnerAbsent,
    /// Whoever was named is no longer active.
    OwnerInactive,
}

/// Something without an accountable owner.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Orphan {
    /// What it is.
    pub kind: OrphanKind,
    /// Its id.
    #[schema(format = "uuid")]
    pub id: String,
    /// The service's name, or the incident's number.
    pub name: String,
    /// Who was its owner.
    pub owner: Option<PersonRef>,
    /// Why it is an orphan.
    pub why: Why,
}

/// How far a list has come: the kind, then the owner (empty where there is none), then the id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Place(OrphanKind, String, String);

const FIRST: Place = Place(OrphanKind::Service, String::new(), String::new());

/// A row before its owner has a name.
struct Found {
    kind: OrphanKind,
    id: String,
    name: String,
    owner: Option<PersonId>,
    why: Why,
}

/// The states of the partial index `incident_open_owner`, word for word: a query that says it otherwise reads the table.
macro_rules! open {
    () => {
        "state IN ('new', 'assigned', 'in_progress', 'on_hold', 'reopened')"
    };
}
const UNOWNED: &str =
    concat!("SELECT id, number FROM incident WHERE tenant_id = $1 AND owner_id IS NULL AND ", open!(), " AND id > $2 ORDER BY id LIMIT $3");
const OWNED: &str =
    concat!("SELECT id, number FROM incident WHERE tenant_id = $1 AND owner_id = $2 AND ", open!(), " AND id > $3 ORDER BY id LIMIT $4");
/// One step in the index for each owner, however many incidents are theirs.
const GONE: &str = concat!(
    "WITH RECURSIVE owner (id) AS (
        SELECT (SELECT owner_id FROM incident WHERE tenant_id = $1 AND ",
    open!(),
    "           AND owner_id >= $2 ORDER BY owner_id LIMIT 1)
        UNION ALL
        SELECT (SELECT owner_id FROM incident WHERE tenant_id = $1 AND ",
    open!(),
    "           AND owner_id > owner.id ORDER BY owner_id LIMIT 1)
        FROM owner WHERE owner.id IS NOT NULL)
     SELECT owner.id AS id, p.active AS active FROM owner LEFT JOIN person p ON p.tenant_id = $1 AND p.id = owner.id
     WHERE owner.id IS NOT NULL AND (p.active IS NULL OR p.active = 0)
     ORDER BY owner.id LIMIT $3"
);

/// At most `limit` orphans after `place`.
async fn orphans(sql: &mut dyn Sql, tenant: TenantId, place: &Place, limit: i64) -> Result<Vec<Orphan>, StoreError> {
    let Place(kind, owner, after) = place;
    let mut found = Vec::new();
    if *kind == OrphanKind::Service {
        found = services(sql, tenant, after, limit).await?;
        found.extend(unowned(sql, tenant, "", room(&found, limit)).await?);
    } else if owner.is_empty() {
        found = unowned(sql, tenant, after, limit).await?;
    }
    let from = if *kind == OrphanKind::Incident { owner.as_str() } else { "" };
    for (owner, why) in gone(sql, tenant, from, room(&found, limit)).await? {
        let after = if owner == from { after.as_str() } else { "" };
        found.extend(owned(sql, tenant, &owner, why, after, room(&found, limit)).await?);
    }
    named(sql, tenant, found).await
}

fn room(found: &[Found], limit: i64) -> i64 {
    limit.saturating_sub(i64::try_from(found.len()).unwrap_or(i64::MAX)).max(0)
}

fn why(active: Option<i64>) -> Why {
    if active.is_some() { Why::OwnerInactive } else { Why::OwnerAbsent }
}

/// Services whose owner is not known or not active.
async fn services(sql: &mut dyn Sql, tenant: TenantId, after: &str, limit: i64) -> Result<Vec<Found>, StoreError> {
    sql.rows(
        "SELECT s.id AS id, s.name AS name, s.owner_id AS owner_id, p.active AS active
         FROM service s LEFT JOIN person p ON p.tenant_id = s.tenant_id AND p.id = s.owner_id
         WHERE s.tenant_id = $1 AND s.retired = 0 AND s.id > $2 AND (p.active IS NULL OR p.active = 0)
         ORDER BY s.id LIMIT $3",
        params![tenant, after, limit],
    )
    .await?
    .iter()
    .map(|row| {
        Ok(Found {
            kind: OrphanKind::Service,
            id: row.text("id")?,
            name: row.text("name")?,
            owner: row.opt_id("owner_id")?,
            why: why(row.opt_int("active")?),
        })
    })
    .collect()
}

/// Open incidents that nobody was named for.
async fn unowned(sql: &mut dyn Sql, tenant: TenantId, after: &str, limit: i64) -> Result<Vec<Found>, StoreError> {
    sql.rows(UNOWNED, params![tenant, after, limit]).await?.iter().map(|row| incident(row, None, Why::OwnerAbsent)).collect()
}

/// The open incidents of one owner.
async fn owned(sql: &mut dyn Sql, tenant: TenantId, owner: &str, why: Why, after: &str, limit: i64) -> Result<Vec<Found>, StoreError> {
    if limit == 0 {
        return Ok(Vec::new());
    }
    let id = owner.parse::<PersonId>().map_err(|error| StoreError::Corrupt(format!("owner {owner:?}: {error}")))?;
    sql.rows(OWNED, params![tenant, owner, after, limit]).await?.iter().map(|row| incident(row, Some(id), why)).collect()
}

fn incident(row: &Row, owner: Option<PersonId>, why: Why) -> Result<Found, StoreError> {
    Ok(Found { kind: OrphanKind::Incident, id: row.text("id")?, name: row.int("number")?.to_string(), owner, why })
}

/// Owners of open incidents, from `from` on, who are not active or not known.
async fn gone(sql: &mut dyn Sql, tenant: TenantId, from: &str, limit: i64) -> Result<Vec<(String, Why)>, StoreError> {
    if limit == 0 {
        return Ok(Vec::new());
    }
    // One more: all of the first one's incidents may have been told.
    sql.rows(GONE, params![tenant, from, limit.saturating_add(1)])
        .await?
        .iter()
        .map(|row| Ok((row.text("id")?, why(row.opt_int("active")?))))
        .collect()
}

async fn named(sql: &mut dyn Sql, tenant: TenantId, found: Vec<Found>) -> Result<Vec<Orphan>, StoreError> {
    let mut wanted = Wanted::default();
    wanted.people.extend(found.iter().filter_map(|row| row.owner));
    let names = load_names(sql, tenant, &wanted).await?;
    Ok(found
        .into_iter()
        .map(|row| Orphan { kind: row.kind, id: row.id, name: row.name, owner: row.owner.map(|id| names.person(id)), why: row.why })
        .collect())
}

/// Services and open incidents whose one accountable owner is absent or no longer active.
#[utoipa::path(get, path = "/api/v1/duties", operation_id = "duty_list", tag = "duty", params(PageQuery),
    responses((status = 200, body = Page<Orphan>), Refusals))]
pub(super) async fn duty_list(
    State(manage): State<Manage>,
    caller: Caller,
    Query(page): Query<PageQuery>,
) -> ApiResult<Json<Page<Orphan>>> {
    caller.require(Permission::DutyRead)?;
    let place = page.key::<Place>()?.unwrap_or(FIRST);
    let mut sql = manage.kit.db.read().await?;
    let mut items = orphans(&mut sql, caller.tenant, &place, page.fetch()).await?;
    let limit = usize::try_from(page.limit()).unwrap_or(usize::MAX);
    let more = items.len() > limit;
    items.truncate(limit);
    let next = items.last().filter(|_| more).map(|last| {
        let owner = last.owner.as_ref().filter(|_| last.kind == OrphanKind::Incident);
        Cursor::encode(&Place(last.kind, owner.map(|owner| owner.id.to_string()).unwrap_or_default(), last.id.clone()))
    });
    Ok(Json(Page { items, next }))
}

#[cfg(test)]
mod tests;
