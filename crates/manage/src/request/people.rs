//! Colleagues: whom a form can name, and to whom an approval can be handed on.

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, Json, Permission, Query, Refusals};
use evenkeel_store::{Sql as _, params, substring};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::{Manage, party::PersonRef};

/// The most that are shown.
const SHOWN_MAX: i64 = 50;

/// Who.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ColleagueQuery {
    /// Part of the shown name.
    q: Option<String>,
}

/// Active people of one's own organisation, by shown name; names only.
#[utoipa::path(get, path = "/api/v1/requests/colleagues", operation_id = "request_colleagues", tag = "request", params(ColleagueQuery),
    responses((status = 200, body = Vec<PersonRef>), Refusals))]
pub(super) async fn request_colleagues(
    State(manage): State<Manage>,
    caller: Caller,
    Query(query): Query<ColleagueQuery>,
) -> ApiResult<Json<Vec<PersonRef>>> {
    caller.require(Permission::RequestApprove)?;
    let part = substring::pattern(&query.q.unwrap_or_default().to_lowercase());
    let mut sql = manage.kit.db.read().await?;
    let rows = sql
        .rows(
            "SELECT id, display FROM person WHERE tenant_id = $1 AND organisation_id = $2 AND active = 1 \
             AND LOWER(display) LIKE $3 ESCAPE '\\' ORDER BY display, id LIMIT $4",
            params![caller.tenant, caller.organisation, part, SHOWN_MAX],
        )
        .await?;
    let people = rows.iter().map(|row| Ok(PersonRef { id: row.id("id")?, display: row.text("display")? }));
    Ok(Json(people.collect::<Result<_, evenkeel_store::StoreError>>()?))
}
