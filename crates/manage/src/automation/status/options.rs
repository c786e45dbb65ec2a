//! Which statuses a ticket can have.

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, Json, Path, Permission, Refusals};
use evenkeel_core::{
    definition::Bilingual,
    id::{IncidentId, RequestId},
};
use serde::Serialize;
use utoipa::ToSchema;

use super::{StatusDefinition, Tone, Under, default::chosen};
use crate::{Manage, definition::Version, incident, request};

/// A status that a ticket can have.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = StatusOption)]
pub(in crate::automation) struct StatusOption {
    name: String,
    title: Bilingual,
    tone: Tone,
    /// The state that it lies under: choosing it takes the ticket there.
    under: Under,
    /// Whether the ticket has it now.
    current: bool,
    /// Whether customers see the state alone.
    staff_only: bool,
}

fn options(found: Vec<Version<StatusDefinition>>, now: Option<&str>) -> Json<Vec<StatusOption>> {
    let option = |status: Version<StatusDefinition>| StatusOption {
        current: now == Some(status.name.as_str()),
        name: status.name,
        title: status.body.title,
        tone: status.body.tone,
        under: status.body.under,
        staff_only: status.body.staff_only,
    };
    Json(found.into_iter().map(option).collect())
}

/// The house's own statuses that an incident can have, in their order.
#[utoipa::path(get, path = "/api/v1/incidents/{id}/statuses", operation_id = "status_list", tag = "automation",
    params(("id" = IncidentId, Path)), responses((status = 200, body = Vec<StatusOption>), Refusals))]
pub(in crate::automation) async fn status_list(
    State(manage): State<Manage>,
    caller: Caller,
    Path(id): Path<IncidentId>,
) -> ApiResult<Json<Vec<StatusOption>>> {
    caller.require(Permission::AutomationRead)?;
    let mut sql = manage.kit.db.read().await?;
    let incident = incident::find_shown(&mut sql, &caller, id).await?;
    let found = chosen(&mut sql, caller.tenant, |status| status.scope.covers(&incident), Under::is_of_incidents).await?;
    Ok(options(found, incident.status.as_deref()))
}

/// The house's own statuses that a request can have, in their order.
#[utoipa::path(get, path = "/api/v1/requests/{id}/statuses", operation_id = "request_status_list", tag = "automation",
    params(("id" = RequestId, Path)), responses((status = 200, body = Vec<StatusOption>), Refusals))]
pub(in crate::automation) async fn request_status_list(
    State(manage): State<Manage>,
    caller: Caller,
    Path(id): Path<RequestId>,
) -> ApiResult<Json<Vec<StatusOption>>> {
    caller.require(Permission::AutomationRead)?;
    let mut sql = manage.kit.db.read().await?;
    let request = request::look(&mut sql, &caller, Permission::RequestRead, id).await?;
    let found = chosen(&mut sql, caller.tenant, |status| status.scope.covers_request(&request), |under| !under.is_of_incidents()).await?;
    Ok(options(found, request.status.as_deref()))
}
