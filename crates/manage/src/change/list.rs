//! Changes, read.

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, Json, Page, PageQuery, Path, Permission, Problem as Answer, Query, Refusals, Tagged};
use evenkeel_core::{
    id::{ChangeId, IncidentId, ServiceId},
    state::{ChangeKind, ChangeState},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    beside::{Beside, beside},
    detail::{ChangeDetail, detail},
    machine::ChangeMachine,
    store::{self, Filter},
    view::{ChangeView, views},
};
use crate::{Manage, incident, ticket::filter::states};

/// Which changes.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ChangeQuery {
    /// `open`, `ended`, or states parted by commas; all when not given.
    state: Option<String>,
    /// Of this service.
    service: Option<ServiceId>,
    /// `standard`, `normal` or `emergency`.
    kind: Option<ChangeKind>,
}

/// Changes, the newest first; of customers and vendors those of their services that are decided on.
#[utoipa::path(get, path = "/api/v1/changes", operation_id = "change_list", tag = "change",
    params(ChangeQuery, PageQuery), responses((status = 200, body = Page<ChangeView>), Refusals))]
pub(super) async fn change_list(
    State(manage): State<Manage>,
    caller: Caller,
    Query(query): Query<ChangeQuery>,
    Query(page): Query<PageQuery>,
) -> ApiResult<Json<Page<ChangeView>>> {
    let scope = caller.scope(Permission::ChangeRead)?;
    let before = page.key::<i64>()?.unwrap_or(i64::MAX);
    let filter = Filter {
        states: states::<ChangeMachine>(query.state.as_deref().unwrap_or_default(), ChangeState::is_open)?,
        kind: query.kind,
        services: query.service.into_iter().collect(),
        window: None,
        organisation: scope.organisation(),
    };
    let mut sql = manage.kit.db.read().await?;
    let found = store::page(&mut sql, caller.tenant, &filter, before, page.fetch()).await?;
    let found = page.page(found, |change| change.number);
    let items = views(&mut sql, &caller, found.items).await?;
    Ok(Json(Page { items, next: found.next }))
}

/// One change with its plans, its votes, what it caused and what happened.
#[utoipa::path(get, path = "/api/v1/changes/{id}", operation_id = "change_show", tag = "change",
    params(("id" = ChangeId, Path)), responses((status = 200, body = ChangeDetail), Refusals))]
pub(super) async fn change_show(State(manage): State<Manage>, caller: Caller, Path(id): Path<ChangeId>) -> ApiResult<Tagged<ChangeDetail>> {
    let scope = caller.scope(Permission::ChangeRead)?;
    let mut sql = manage.kit.db.read().await?;
    let found = store::find(&mut sql, caller.tenant, id)
        .await?
        .filter(|found| scope.organisation().is_none() || store::is_told(found.state))
        .ok_or_else(|| Answer::not_found("change", id))?;
    let organisations = found.organisations();
    let found = caller.authorise(Permission::ChangeRead, &organisations, ("change", id), found)?.into_inner();
    let body = detail(&mut sql, &caller, found).await?;
    Ok(Tagged { version: body.change.version, body })
}

/// Changes that have, or may have, to do with an incident.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct IncidentChanges {
    /// Those that somebody said caused it.
    caused_by: Vec<ChangeView>,
    /// Those of its service and of what that depends on that were begun within 72 hours before it, or in its course.
    recent: Vec<ChangeView>,
}

/// The changes beside an incident, the newest first.
#[utoipa::path(get, path = "/api/v1/incidents/{id}/changes", operation_id = "change_of_incident", tag = "change",
    params(("id" = IncidentId, Path)), responses((status = 200, body = IncidentChanges), Refusals))]
pub(super) async fn change_of_incident(
    State(manage): State<Manage>,
    caller: Caller,
    Path(id): Path<IncidentId>,
) -> ApiResult<Json<IncidentChanges>> {
    let scope = caller.scope(Permission::ChangeRead)?;
    let mut sql = manage.kit.db.read().await?;
    let found = incident::find(&mut sql, caller.tenant, id).await?.ok_or_else(|| Answer::not_found("incident", id))?;
    caller.authorise(Permission::IncidentRead, &found.organisations(), ("incident", id), ())?;
    let Beside { caused_by, recent } = beside(&mut sql, &found, scope, manage.kit.now()).await?;
    let caused_by = views(&mut sql, &caller, caused_by).await?;
    Ok(Json(IncidentChanges { caused_by, recent: views(&mut sql, &caller, recent).await? }))
}
