//! Put a definition of the desk, and take one out of force.

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, Json, Path, Permission, Problem, Refusals};
use serde::Serialize;
use utoipa::ToSchema;

use super::{AutomationDefinition, AutomationKind, store};
use crate::{Manage, refuse::invalid, ticket::act};

/// What putting or retiring did.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct AutomationPut {
    /// The version in force now; null = none is.
    version: Option<i64>,
    /// Whether anything changed.
    changed: bool,
}

/// Puts a definition: from now on it is in force as it says. What happened before stays as it was.
#[utoipa::path(put, path = "/api/v1/automation/{kind}/{name}", operation_id = "automation_put", tag = "automation",
    params(("kind" = AutomationKind, Path), ("name" = String, Path)), request_body = AutomationDefinition,
    responses((status = 200, body = AutomationPut), Refusals))]
pub(super) async fn automation_put(
    State(manage): State<Manage>,
    caller: Caller,
    Path((kind, name)): Path<(AutomationKind, String)>,
    request: Result<Json<AutomationDefinition>, Problem>,
) -> ApiResult<Json<AutomationPut>> {
    let grant = caller.require(Permission::AutomationWrite)?;
    let Json(definition) = request?;
    if definition.kind() != kind || definition.name() != name {
        return Err(invalid("/name", "kind and name are those of the address").into());
    }
    let mut tx = manage.kit.db.write().await?;
    let put = store::put(&mut tx, &grant, &act(&manage, &caller), &definition).await?;
    if put.changed {
        tx.commit().await?;
    }
    Ok(Json(AutomationPut { version: Some(put.version), changed: put.changed }))
}

/// Takes a definition out of force: it acts no more and is offered no more. What it did stays.
#[utoipa::path(delete, path = "/api/v1/automation/{kind}/{name}", operation_id = "automation_retire", tag = "automation",
    params(("kind" = AutomationKind, Path), ("name" = String, Path)), responses((status = 200, body = AutomationPut), Refusals))]
pub(super) async fn automation_retire(
    State(manage): State<Manage>,
    caller: Caller,
    Path((kind, name)): Path<(AutomationKind, String)>,
) -> ApiResult<Json<AutomationPut>> {
    let grant = caller.require(Permission::AutomationWrite)?;
    let mut tx = manage.kit.db.write().await?;
    if !store::retire(&mut tx, &grant, &act(&manage, &caller), kind, &name).await? {
        return Err(store::missing(kind, &name).into());
    }
    tx.commit().await?;
    Ok(Json(AutomationPut { version: None, changed: true }))
}
