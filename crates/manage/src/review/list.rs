//! Reviews, read.

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, Json, Page, PageQuery, Path, Permission, Problem as Answer, Query, Refusals, Tagged};
use evenkeel_core::{
    id::{IncidentId, ReviewId},
    state::ReviewState,
};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{
    machine::ReviewMachine,
    store,
    view::{ReviewDetail, ReviewView, detail, views},
};
use crate::{Manage, ticket::filter::states};

/// Which reviews.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ReviewQuery {
    /// `open`, `ended`, or states parted by commas; all when not given.
    state: Option<String>,
    /// Of this incident.
    incident: Option<IncidentId>,
}

/// Reviews, the newest first.
#[utoipa::path(get, path = "/api/v1/reviews", operation_id = "review_list", tag = "review",
    params(ReviewQuery, PageQuery), responses((status = 200, body = Page<ReviewView>), Refusals))]
pub(super) async fn review_list(
    State(manage): State<Manage>,
    caller: Caller,
    Query(query): Query<ReviewQuery>,
    Query(page): Query<PageQuery>,
) -> ApiResult<Json<Page<ReviewView>>> {
    caller.require(Permission::ReviewRead)?;
    let before = page.key::<i64>()?.unwrap_or(i64::MAX);
    let is_open = |state: ReviewState| state != ReviewState::Published;
    let wanted = states::<ReviewMachine>(query.state.as_deref().unwrap_or_default(), is_open)?;
    let mut sql = manage.kit.db.read().await?;
    let found = store::page(&mut sql, caller.tenant, &wanted, query.incident, before, page.fetch()).await?;
    let found = page.page(found, |review| review.number);
    let items = views(&mut sql, &caller, manage.kit.now(), found.items).await?;
    Ok(Json(Page { items, next: found.next }))
}

/// One review: the story drafted from the ledger with what people made of it, what contributed and what follows.
#[utoipa::path(get, path = "/api/v1/reviews/{id}", operation_id = "review_show", tag = "review",
    params(("id" = ReviewId, Path)), responses((status = 200, body = ReviewDetail), Refusals))]
pub(super) async fn review_show(State(manage): State<Manage>, caller: Caller, Path(id): Path<ReviewId>) -> ApiResult<Tagged<ReviewDetail>> {
    caller.require(Permission::ReviewRead)?;
    let mut sql = manage.kit.db.read().await?;
    let found = store::find(&mut sql, caller.tenant, id).await?.ok_or_else(|| Answer::not_found("review", id))?;
    let body = detail(&mut sql, &caller, manage.kit.now(), found).await?;
    Ok(Tagged { version: body.review.version, body })
}
