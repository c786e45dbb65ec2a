//! A page of the desk.

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, Json, Page, PageQuery, Permission, Query, Refusals};
use evenkeel_core::state::DeskKind;
use evenkeel_store::{Sql, StoreError};

use super::{
    filter::DeskFilter,
    row::{DeskRow, Found, Place, rows},
    source::{Desk, of_kind},
};
use crate::Manage;

/// Which permission lets one see tickets of a kind.
const fn reading(kind: DeskKind) -> Permission {
    match kind {
        DeskKind::Incident => Permission::IncidentRead,
        DeskKind::Request => Permission::RequestRead,
        DeskKind::Problem => Permission::ProblemRead,
        DeskKind::Change => Permission::ChangeRead,
        DeskKind::Complaint => Permission::ComplaintRead,
    }
}

/// At most `limit` things on this caller's desk after `after`, the first due first.
pub(super) async fn found(
    sql: &mut dyn Sql,
    caller: &Caller,
    filter: &DeskFilter,
    after: Option<Place>,
    limit: i64,
) -> Result<Vec<Found>, StoreError> {
    let desk = Desk::of(sql, caller.tenant, caller.person).await?;
    let mut all = Vec::new();
    for kind in DeskKind::ALL.iter().copied().filter(|kind| filter.asks(*kind) && caller.may(reading(*kind))) {
        all.extend(of_kind(sql, &desk, filter, kind, after, limit).await?);
    }
    all.sort_by_key(|row| row.place);
    all.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    Ok(all)
}

/// How many things this filter finds, counted up to `most`.
///
/// # Errors
/// As any statement.
pub(crate) async fn count(sql: &mut dyn Sql, caller: &Caller, filter: &DeskFilter, most: i64) -> Result<usize, StoreError> {
    Ok(found(sql, caller, filter, None, most).await?.len())
}

/// Everything that waits for me or my teams, whatever its kind: the first due first, what is never due last.
#[utoipa::path(get, path = "/api/v1/desk", operation_id = "desk_list", tag = "desk", params(DeskFilter, PageQuery),
    responses((status = 200, body = Page<DeskRow>), Refusals))]
pub(super) async fn desk_list(
    State(manage): State<Manage>,
    caller: Caller,
    Query(filter): Query<DeskFilter>,
    Query(page): Query<PageQuery>,
) -> ApiResult<Json<Page<DeskRow>>> {
    caller.require(Permission::IncidentNoteInternal)?;
    filter.may_be_asked_by(&caller)?;
    let after = page.key::<Place>()?;
    let mut sql = manage.kit.db.read().await?;
    let found = found(&mut sql, &caller, &filter, after, page.fetch()).await?;
    let found = page.page(found, |row| row.place);
    let items = rows(&mut sql, &caller, found.items).await?;
    Ok(Json(Page { items, next: found.next }))
}
