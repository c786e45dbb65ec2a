//! Grievances, read.

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, Json, Page, PageQuery, Path, Permission, Problem, Query, Refusals, Tagged};
use evenkeel_core::{id::GrievanceId, state::GrievanceState};

use super::{
    machine::GrievanceMachine,
    store,
    view::{GrievanceDetail, GrievanceView, detail, views},
};
use crate::{Manage, complaint::list::DiscontentQuery, ticket::filter::states};

/// Grievances, the newest first; for customers their organisation's.
#[utoipa::path(get, path = "/api/v1/grievances", operation_id = "grievance_list", tag = "complaint",
    params(DiscontentQuery, PageQuery), responses((status = 200, body = Page<GrievanceView>), Refusals))]
pub(super) async fn grievance_list(
    State(manage): State<Manage>,
    caller: Caller,
    Query(query): Query<DiscontentQuery>,
    Query(page): Query<PageQuery>,
) -> ApiResult<Json<Page<GrievanceView>>> {
    let own = caller.scope(Permission::ComplaintRead)?.organisation();
    let before = page.key::<i64>()?.unwrap_or(i64::MAX);
    let wanted = states::<GrievanceMachine>(query.state.as_deref().unwrap_or_default(), GrievanceState::is_open)?;
    let mut sql = manage.kit.db.read().await?;
    let found = store::page(&mut sql, caller.tenant, &wanted, own, query.ticket.as_deref(), before, page.fetch()).await?;
    let found = page.page(found, |grievance| grievance.number);
    let items = views(&mut sql, &caller, found.items).await?;
    Ok(Json(Page { items, next: found.next }))
}

/// One grievance with its history.
#[utoipa::path(get, path = "/api/v1/grievances/{id}", operation_id = "grievance_show", tag = "complaint",
    params(("id" = GrievanceId, Path)), responses((status = 200, body = GrievanceDetail), Refusals))]
pub(super) async fn grievance_show(
    State(manage): State<Manage>,
    caller: Caller,
    Path(id): Path<GrievanceId>,
) -> ApiResult<Tagged<GrievanceDetail>> {
    caller.require(Permission::ComplaintRead)?;
    let mut sql = manage.kit.db.read().await?;
    let found = store::find(&mut sql, caller.tenant, id).await?.ok_or_else(|| Problem::not_found("grievance", id))?;
    let found = caller.authorise(Permission::ComplaintRead, &[found.about.organisation_id], ("grievance", id), found)?.into_inner();
    let body = detail(&mut sql, &caller, found).await?;
    Ok(Tagged { version: body.grievance.version, body })
}
