//! How much each of the built-in views of the desk shows.

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, Json, Permission, Refusals};
use evenkeel_core::state::Whose;
use serde::Serialize;
use utoipa::ToSchema;

use super::{filter::DeskFilter, list::count, waiting::COUNT_MAX};
use crate::Manage;

/// How many tickets a built-in view shows.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DeskCount)]
pub(super) struct Count {
    /// Which view.
    whose: Whose,
    /// How many tickets, counted up to 100.
    count: usize,
}

/// How much each of the built-in views of the desk shows, counted up to 100.
#[utoipa::path(get, path = "/api/v1/desk/counts", operation_id = "desk_counts", tag = "desk",
    responses((status = 200, body = Vec<Count>), Refusals))]
pub(super) async fn desk_counts(State(manage): State<Manage>, caller: Caller) -> ApiResult<Json<Vec<Count>>> {
    caller.require(Permission::IncidentNoteInternal)?;
    let mut sql = manage.kit.db.read().await?;
    let mut counts = Vec::new();
    for whose in Whose::ALL.iter().copied() {
        let filter = DeskFilter { whose: Some(whose), ..DeskFilter::default() };
        counts.push(Count { whose, count: count(&mut sql, &caller, &filter, COUNT_MAX).await? });
    }
    Ok(Json(counts))
}
