//! Routes of dashboards.

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, IfMatch, Json, Path, Permission, Problem, Refusals, Routes, Tagged, routes};
use evenkeel_core::id::DashboardId;
use http::StatusCode;
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    model::{Board, Text},
    store::{self, Kept},
};
use crate::Observe;

pub(crate) fn router(state: Observe) -> Routes {
    Routes::new().routes(routes!(dashboard_list)).routes(routes!(dashboard_show, dashboard_put, dashboard_remove)).with_state(state)
}

/// A dashboard in a list.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DashboardHead {
    /// Its id.
    id: DashboardId,
    /// The name it is kept under: a part of its address.
    name: String,
    /// Send it as `If-Match`.
    version: i64,
    /// What it is called.
    title: Text,
    /// What it is for.
    description: Option<Text>,
    /// Words to find it by.
    tags: Vec<String>,
    /// How many panels it has.
    panels: usize,
    /// Since when this version is in force.
    #[schema(value_type = String, format = DateTime)]
    put_at: Timestamp,
}

/// A dashboard.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DashboardView {
    /// Its id.
    id: DashboardId,
    /// The name it is kept under: a part of its address.
    name: String,
    /// Send it as `If-Match`.
    version: i64,
    /// Since when this version is in force.
    #[schema(value_type = String, format = DateTime)]
    put_at: Timestamp,
    /// What it says.
    board: Board,
}

fn head(kept: Kept) -> DashboardHead {
    DashboardHead {
        id: kept.id,
        name: kept.name,
        version: kept.version,
        panels: kept.board.panels.len(),
        title: kept.board.title,
        description: kept.board.description,
        tags: kept.board.tags,
        put_at: kept.put_at,
    }
}

fn view(kept: Kept) -> Tagged<DashboardView> {
    let version = kept.version;
    Tagged { version, body: DashboardView { id: kept.id, name: kept.name, version, put_at: kept.put_at, board: kept.board } }
}

/// Dashboards by name; a thousand at most.
#[utoipa::path(get, path = "/api/v1/dashboards", tag = "dashboard", responses((status = 200, body = Vec<DashboardHead>), Refusals))]
async fn dashboard_list(State(state): State<Observe>, caller: Caller) -> ApiResult<Json<Vec<DashboardHead>>> {
    caller.require(Permission::DashboardRead)?;
    let mut sql = state.kit.db.read().await?;
    Ok(Json(store::all(&mut sql, caller.tenant).await?.into_iter().map(head).collect()))
}

/// One dashboard.
#[utoipa::path(get, path = "/api/v1/dashboards/{name}", tag = "dashboard",
    params(("name" = String, Path, description = "The name it is kept under.")),
    responses((status = 200, body = DashboardView), Refusals))]
async fn dashboard_show(State(state): State<Observe>, caller: Caller, Path(name): Path<String>) -> ApiResult<Tagged<DashboardView>> {
    caller.require(Permission::DashboardRead)?;
    let mut sql = state.kit.db.read().await?;
    let kept = store::find(&mut sql, caller.tenant, &name).await?.ok_or_else(|| Problem::not_found("dashboard", &name))?;
    Ok(view(kept))
}

/// Keeps a dashboard under a name. `If-Match` with the version that was seen; `"0"` for one that is not there yet.
#[utoipa::path(put, path = "/api/v1/dashboards/{name}", tag = "dashboard",
    params(("name" = String, Path, description = "The name it is kept under.")),
    request_body = Board, responses((status = 200, body = DashboardView), Refusals))]
async fn dashboard_put(
    State(state): State<Observe>,
    caller: Caller,
    Path(name): Path<String>,
    if_match: IfMatch,
    Json(board): Json<Board>,
) -> ApiResult<Tagged<DashboardView>> {
    let grant = caller.require(Permission::DashboardWrite)?;
    let mut tx = state.kit.db.write().await?;
    store::put(&mut tx, &grant, caller.tenant, &caller.actor, &name, &board, &if_match).await?;
    let kept = store::find(&mut tx, caller.tenant, &name).await?.ok_or_else(|| Problem::not_found("dashboard", &name))?;
    tx.commit().await?;
    Ok(view(kept))
}

/// Removes a dashboard. Its versions stay in the ledger.
#[utoipa::path(delete, path = "/api/v1/dashboards/{name}", tag = "dashboard",
    params(("name" = String, Path, description = "The name it is kept under.")),
    responses((status = 204), Refusals))]
async fn dashboard_remove(
    State(state): State<Observe>,
    caller: Caller,
    Path(name): Path<String>,
    if_match: IfMatch,
) -> ApiResult<StatusCode> {
    let grant = caller.require(Permission::DashboardWrite)?;
    let mut tx = state.kit.db.write().await?;
    if !store::retire(&mut tx, &grant, caller.tenant, &caller.actor, &name, &if_match).await? {
        return Err(Problem::not_found("dashboard", &name));
    }
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
