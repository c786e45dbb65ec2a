//! The list of orphans.

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, Json, Page, PageQuery, Permission, Query, Refusals, page::Cursor};
use evenkeel_core::id::{PersonId, TenantId};
use evenkeel_store::{Sql, StoreError, params};
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

/// At most `limit` orphans of one kind after the key `after`, with the key to go on after.
pub async fn orphans(sql: &mut dyn Sql, tenant: TenantId, kind: OrphanKind, after: &str, limit: i64) -> Result<Vec<Orphan>, StoreError> {
    let statement = match kind {
        OrphanKind::Service => {
            "SELECT s.id AS id, s.name AS name, s.owner_id AS owner_id, p.active AS active
             FROM service s LEFT JOIN person p ON p.tenant_id = s.tenant_id AND p.id = s.owner_id
             WHERE s.tenant_id = $1 AND s.retired = 0 AND s.id > $2 AND (p.active IS NULL OR p.active = 0)
             ORDER BY s.id LIMIT $3"
        }
        OrphanKind::Incident => {
            "SELECT i.id AS id, CAST(i.number AS TEXT) AS name, i.owner_id AS owner_id, p.active AS active
             FROM incident i LEFT JOIN person p ON p.tenant_id = i.tenant_id AND p.id = i.owner_id
             WHERE i.tenant_id = $1 AND i.state IN ('new', 'assigned', 'in_progress', 'on_hold', 'reopened')
                AND i.id > $2 AND (p.active IS NULL OR p.active = 0)
             ORDER BY i.id LIMIT $3"
        }
    };
    let rows = sql.rows(statement, params![tenant, after, limit]).await?;
    let mut wanted = Wanted::default();
    let mut owners: Vec<Option<PersonId>> = Vec::with_capacity(rows.len());
    for row in &rows {
        let owner = row.opt_id("owner_id")?;
        wanted.people.extend(owner);
        owners.push(owner);
    }
    let names = load_names(sql, tenant, &wanted).await?;
    rows.iter()
        .zip(owners)
        .map(|(row, owner)| {
            Ok(Orphan {
                kind,
                id: row.text("id")?,
                name: row.text("name")?,
                owner: owner.map(|id| names.person(id)),
                why: if row.opt_int("active")?.is_some() { Why::OwnerInactive } else { Why::OwnerAbsent },
            })
        })
        .collect()
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
    let (mut kind, mut after) = page.key::<(OrphanKind, String)>()?.unwrap_or((OrphanKind::Service, String::new()));
    let mut sql = manage.kit.db.read().await?;
    let mut items = Vec::new();
    loop {
        let room = page.fetch() - i64::try_from(items.len()).unwrap_or(i64::MAX);
        items.extend(orphans(&mut sql, caller.tenant, kind, &after, room).await?);
        if kind == OrphanKind::Incident || i64::try_from(items.len()).unwrap_or(i64::MAX) >= page.fetch() {
            break;
        }
        (kind, after) = (OrphanKind::Incident, String::new());
    }
    let more = i64::try_from(items.len()).unwrap_or(i64::MAX) > page.limit();
    items.truncate(usize::try_from(page.limit()).unwrap_or(usize::MAX));
    let next = items.last().filter(|_| more).map(|last| Cursor::encode(&(last.kind, &last.id)));
    Ok(Json(Page { items, next }))
}
