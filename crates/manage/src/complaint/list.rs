//! Complaints, read.

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, Json, Page, PageQuery, Path, Permission, Problem, Query, Refusals, Tagged};
use evenkeel_core::{id::ComplaintId, state::ComplaintState};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{
    machine::ComplaintMachine,
    store,
    view::{ComplaintDetail, ComplaintView, detail, views},
};
use crate::{Manage, ticket::filter::states};

/// Which.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct DiscontentQuery {
    /// `open`, `ended`, or states parted by commas; all when not given.
    pub state: Option<String>,
    /// About the ticket of this id.
    pub ticket: Option<String>,
}

/// Complaints, the newest first; for customers their organisation's.
#[utoipa::path(get, path = "/api/v1/complaints", operation_id = "complaint_list", tag = "complaint",
    params(DiscontentQuery, PageQuery), responses((status = 200, body = Page<ComplaintView>), Refusals))]
pub(super) async fn complaint_list(
    State(manage): State<Manage>,
    caller: Caller,
    Query(query): Query<DiscontentQuery>,
    Query(page): Query<PageQuery>,
) -> ApiResult<Json<Page<ComplaintView>>> {
    let own = caller.scope(Permission::ComplaintRead)?.organisation();
    let before = page.key::<i64>()?.unwrap_or(i64::MAX);
    let wanted = states::<ComplaintMachine>(query.state.as_deref().unwrap_or_default(), ComplaintState::is_open)?;
    let mut sql = manage.kit.db.read().await?;
    let found = store::page(&mut sql, caller.tenant, &wanted, own, query.ticket.as_deref(), before, page.fetch()).await?;
    let found = page.page(found, |complaint| complaint.number);
    let items = views(&mut sql, &caller, found.items).await?;
    Ok(Json(Page { items, next: found.next }))
}

/// One complaint with its history, that of the grievance it was before included.
#[utoipa::path(get, path = "/api/v1/complaints/{id}", operation_id = "complaint_show", tag = "complaint",
    params(("id" = ComplaintId, Path)), responses((status = 200, body = ComplaintDetail), Refusals))]
pub(super) async fn complaint_show(
    State(manage): State<Manage>,
    caller: Caller,
    Path(id): Path<ComplaintId>,
) -> ApiResult<Tagged<ComplaintDetail>> {
    caller.require(Permission::ComplaintRead)?;
    let mut sql = manage.kit.db.read().await?;
    let found = store::find(&mut sql, caller.tenant, id).await?.ok_or_else(|| Problem::not_found("complaint", id))?;
    let found = caller.authorise(Permission::ComplaintRead, &[found.about.organisation_id], ("complaint", id), found)?.into_inner();
    let body = detail(&mut sql, &caller, found).await?;
    Ok(Tagged { version: body.complaint.version, body })
}
