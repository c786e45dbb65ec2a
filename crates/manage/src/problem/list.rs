//! Problems, read.

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, Json, Page, PageQuery, Path, Permission, Problem as Answer, Query, Refusals, Tagged};
use evenkeel_core::{
    id::{IncidentId, ProblemId, ServiceId},
    state::ProblemState,
};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{
    machine::ProblemMachine,
    store,
    view::{ProblemDetail, ProblemView, detail, views},
};
use crate::{Manage, ticket::filter::states};

/// Which problems.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ProblemQuery {
    /// `open`, `ended`, or states parted by commas; all when not given.
    state: Option<String>,
    /// Of this service.
    service: Option<ServiceId>,
}

/// Problems, the newest first.
#[utoipa::path(get, path = "/api/v1/problems", operation_id = "problem_list", tag = "problem",
    params(ProblemQuery, PageQuery), responses((status = 200, body = Page<ProblemView>), Refusals))]
pub(super) async fn problem_list(
    State(manage): State<Manage>,
    caller: Caller,
    Query(query): Query<ProblemQuery>,
    Query(page): Query<PageQuery>,
) -> ApiResult<Json<Page<ProblemView>>> {
    caller.require(Permission::ProblemRead)?;
    let before = page.key::<i64>()?.unwrap_or(i64::MAX);
    let wanted = states::<ProblemMachine>(query.state.as_deref().unwrap_or_default(), ProblemState::is_open)?;
    let mut sql = manage.kit.db.read().await?;
    let found = store::page(&mut sql, caller.tenant, &wanted, query.service, before, page.fetch()).await?;
    let found = page.page(found, |problem| problem.number);
    let items = views(&mut sql, &caller, found.items).await?;
    Ok(Json(Page { items, next: found.next }))
}

/// One problem, the incidents it is behind, and what follows from it.
#[utoipa::path(get, path = "/api/v1/problems/{id}", operation_id = "problem_show", tag = "problem",
    params(("id" = ProblemId, Path)), responses((status = 200, body = ProblemDetail), Refusals))]
pub(super) async fn problem_show(
    State(manage): State<Manage>,
    caller: Caller,
    Path(id): Path<ProblemId>,
) -> ApiResult<Tagged<ProblemDetail>> {
    caller.require(Permission::ProblemRead)?;
    let mut sql = manage.kit.db.read().await?;
    let found = store::find(&mut sql, caller.tenant, id).await?.ok_or_else(|| Answer::not_found("problem", id))?;
    let body = detail(&mut sql, &caller, manage.kit.now(), found).await?;
    Ok(Tagged { version: body.problem.version, body })
}

/// The problems behind an incident: what is known of the error, and the way around it.
#[utoipa::path(get, path = "/api/v1/incidents/{id}/problems", operation_id = "problem_of_incident", tag = "problem",
    params(("id" = IncidentId, Path)), responses((status = 200, body = Vec<ProblemView>), Refusals))]
pub(super) async fn problem_of_incident(
    State(manage): State<Manage>,
    caller: Caller,
    Path(id): Path<IncidentId>,
) -> ApiResult<Json<Vec<ProblemView>>> {
    caller.require(Permission::ProblemRead)?;
    let mut sql = manage.kit.db.read().await?;
    let found = crate::incident::find(&mut sql, caller.tenant, id).await?.ok_or_else(|| Answer::not_found("incident", id))?;
    caller.authorise(Permission::IncidentRead, &found.organisations(), ("incident", id), ())?;
    let problems = store::behind(&mut sql, caller.tenant, id).await?;
    Ok(Json(views(&mut sql, &caller, problems).await?))
}
