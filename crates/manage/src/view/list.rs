//! The views of whoever asks, each with how much it shows now.

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, Json, Permission, Refusals};
use evenkeel_core::id::ViewId;
use evenkeel_store::{Sql, StoreError};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    model::{Asks, View},
    table,
};
use crate::{
    Manage, desk,
    party::{NameRef, Wanted, load_names, teams_of},
};

/// Counted up to here: whoever has a hundred has a hundred and more.
const COUNT_MAX: i64 = 100;

/// A question to the desk, under a name.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = DeskView)]
pub(super) struct ViewView {
    pub id: ViewId,
    /// How it is called.
    pub name: String,
    /// The team that it is shared with; null = it is one's own.
    pub team: Option<NameRef>,
    /// What it asks for.
    pub asks: Asks,
    /// How many tickets it shows now, counted up to 100.
    pub count: usize,
    /// Whether the desk opens with it.
    pub pinned: bool,
}

/// How views look to this caller.
pub(super) async fn shown(sql: &mut dyn Sql, caller: &Caller, views: Vec<View>) -> Result<Vec<ViewView>, StoreError> {
    let mut wanted = Wanted::default();
    wanted.teams.extend(views.iter().filter_map(|view| view.team));
    let names = load_names(sql, caller.tenant, &wanted).await?;
    let pinned = match caller.person {
        Some(person) => table::pinned(sql, caller.tenant, person).await?,
        None => None,
    };
    let mut shown = Vec::with_capacity(views.len());
    for view in views {
        shown.push(ViewView {
            id: view.id,
            count: desk::count(sql, caller, &view.asks.filter, COUNT_MAX).await?,
            team: view.team.map(|team| names.team(team)),
            pinned: pinned == Some(view.id),
            name: view.name,
            asks: view.asks,
        });
    }
    Ok(shown)
}

/// One's own views and those of one's teams, each with how much it shows now.
#[utoipa::path(get, path = "/api/v1/views", operation_id = "view_list", tag = "desk",
    responses((status = 200, body = Vec<ViewView>), Refusals))]
pub(super) async fn view_list(State(manage): State<Manage>, caller: Caller) -> ApiResult<Json<Vec<ViewView>>> {
    caller.require(Permission::IncidentNoteInternal)?;
    let Some(person) = caller.person else { return Ok(Json(Vec::new())) };
    let mut sql = manage.kit.db.read().await?;
    let teams = teams_of(&mut sql, caller.tenant, person).await?;
    let views = table::of(&mut sql, caller.tenant, person, &teams).await?;
    Ok(Json(shown(&mut sql, &caller, views).await?))
}
