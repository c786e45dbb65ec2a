//! Releases, read.

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, Json, Page, PageQuery, Path, Permission, Problem as Answer, Query, Refusals, Tagged};
use evenkeel_core::{
    id::{ChangeId, ReleaseId, ServiceId},
    state::ReleaseState,
};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{
    detail::{ReleaseDetail, detail},
    machine::ReleaseMachine,
    store::{self, Filter},
    table,
    view::{ReleaseView, views},
};
use crate::{Manage, change, ticket::filter::states};

/// Which releases.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ReleaseQuery {
    /// `open`, `ended`, or states parted by commas; all when not given.
    state: Option<String>,
    /// Touching this service.
    service: Option<ServiceId>,
}

/// Releases, the newest first; of customers and vendors those of their services that are approved.
#[utoipa::path(get, path = "/api/v1/releases", operation_id = "release_list", tag = "release",
    params(ReleaseQuery, PageQuery), responses((status = 200, body = Page<ReleaseView>), Refusals))]
pub(super) async fn release_list(
    State(manage): State<Manage>,
    caller: Caller,
    Query(query): Query<ReleaseQuery>,
    Query(page): Query<PageQuery>,
) -> ApiResult<Json<Page<ReleaseView>>> {
    let scope = caller.scope(Permission::ReleaseRead)?;
    let before = page.key::<i64>()?.unwrap_or(i64::MAX);
    let filter = Filter {
        states: states::<ReleaseMachine>(query.state.as_deref().unwrap_or_default(), ReleaseState::is_open)?,
        service: query.service,
        organisation: scope.organisation(),
    };
    let mut sql = manage.kit.db.read().await?;
    let found = store::page(&mut sql, caller.tenant, &filter, before, page.fetch()).await?;
    let found = page.page(found, |release| release.number);
    let items = views(&mut sql, &caller, found.items).await?;
    Ok(Json(Page { items, next: found.next }))
}

/// One release: what is in it, how far it is, what happened. Customers and vendors see what their users are told.
#[utoipa::path(get, path = "/api/v1/releases/{id}", operation_id = "release_show", tag = "release",
    params(("id" = ReleaseId, Path)), responses((status = 200, body = ReleaseDetail), Refusals))]
pub(super) async fn release_show(
    State(manage): State<Manage>,
    caller: Caller,
    Path(id): Path<ReleaseId>,
) -> ApiResult<Tagged<ReleaseDetail>> {
    let scope = caller.scope(Permission::ReleaseRead)?;
    let mut sql = manage.kit.db.read().await?;
    let found = store::find(&mut sql, caller.tenant, id)
        .await?
        .filter(|found| scope.organisation().is_none() || store::is_told(found.state))
        .ok_or_else(|| Answer::not_found("release", id))?;
    let organisations = found.organisations();
    let found = caller.authorise(Permission::ReleaseRead, &organisations, ("release", id), found)?.into_inner();
    let body = detail(&manage, &mut sql, &caller, found).await?;
    Ok(Tagged { version: body.release.version, body })
}

/// The releases that carry a change, or carried it, the newest first; at most twenty.
#[utoipa::path(get, path = "/api/v1/changes/{id}/releases", operation_id = "release_of_change", tag = "release",
    params(("id" = ChangeId, Path)), responses((status = 200, body = Vec<ReleaseView>), Refusals))]
pub(super) async fn release_of_change(
    State(manage): State<Manage>,
    caller: Caller,
    Path(id): Path<ChangeId>,
) -> ApiResult<Json<Vec<ReleaseView>>> {
    let scope = caller.scope(Permission::ReleaseRead)?;
    let reads = caller.scope(Permission::ChangeRead)?;
    let mut sql = manage.kit.db.read().await?;
    let found = change::find(&mut sql, caller.tenant, id)
        .await?
        .filter(|found| reads.organisation().is_none() || change::is_told(found.state))
        .ok_or_else(|| Answer::not_found("change", id))?;
    caller.authorise(Permission::ChangeRead, &found.organisations(), ("change", id), ())?;
    let mut releases = table::carriers(&mut sql, caller.tenant, id).await?;
    releases.retain(|one| scope.shows(&one.organisations()) && (scope.organisation().is_none() || store::is_told(one.state)));
    Ok(Json(views(&mut sql, &caller, releases).await?))
}
