//! Lists of requests, and one.

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, Json, Page, PageQuery, Path, Permission, Query, Refusals, Tagged};
use evenkeel_core::{
    id::{CatalogueItemId, RequestId, TeamId},
    state::RequestState,
};
use evenkeel_store::{Sql as _, Value, params, places};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{
    detail::{RequestDetail, detail},
    machine::RequestMachine,
    store::{Reach, look},
    table::{COLUMNS, request_of},
    view::{RequestView, views},
};
use crate::{
    Manage,
    ticket::filter::{names, states},
};

/// Which requests.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct RequestQuery {
    /// Those that one asked for oneself.
    #[serde(default)]
    mine: bool,
    /// In these states, by comma; `open` = everything that work is due on, `ended` = all others.
    state: Option<String>,
    /// With one of these statuses of the house's own, by name, parted by commas. For staff.
    status: Option<String>,
    /// That this team fulfils.
    team: Option<TeamId>,
    /// Of this item.
    item: Option<CatalogueItemId>,
    /// With this number: `REQ-1001` or `1001`.
    q: Option<String>,
}

/// The number in `REQ-1001`; none = it is no number, and nothing has it.
fn number(text: &str) -> Option<i64> {
    let text = text.trim();
    text.get(..4).filter(|head| head.eq_ignore_ascii_case("req-")).map_or(text, |_| &text[4..]).parse().ok()
}

/// Requests, newest first: for customers their own and those that they approve, for vendors those that are their work, for staff
/// everything that was sent.
#[utoipa::path(get, path = "/api/v1/requests", operation_id = "request_list", tag = "request",
    params(RequestQuery, PageQuery), responses((status = 200, body = Page<RequestView>), Refusals))]
pub(super) async fn request_list(
    State(manage): State<Manage>,
    caller: Caller,
    Query(query): Query<RequestQuery>,
    Query(page): Query<PageQuery>,
) -> ApiResult<Json<Page<RequestView>>> {
    let reach = Reach::of(&caller, Permission::RequestRead)?;
    if query.status.as_ref().is_some_and(|status| !status.is_empty()) {
        caller.require(Permission::AutomationRead)?;
    }
    let mut values: Vec<Value> = params![caller.tenant];
    let mut clauses = vec!["tenant_id = $1".to_owned(), reach.condition(&mut values)];
    let mut equal = |values: &mut Vec<Value>, column: &str, value: Value| {
        values.push(value);
        clauses.push(format!("{column} = ${}", values.len()));
    };
    if query.mine {
        equal(&mut values, "requester_id", caller.person.into());
    }
    if let Some(team) = query.team {
        equal(&mut values, "team_id", team.into());
    }
    if let Some(item) = query.item {
        equal(&mut values, "item_id", item.into());
    }
    if let Some(text) = query.q.as_deref().filter(|text| !text.trim().is_empty()) {
        equal(&mut values, "number", number(text).unwrap_or(-1).into());
    }
    let states = states::<RequestMachine>(query.state.as_deref().unwrap_or_default(), RequestState::is_open)?;
    if !states.is_empty() {
        let marks = places(&mut values, states);
        clauses.push(format!("state IN ({marks})"));
    }
    let statuses = names(query.status.as_deref())?;
    if !statuses.is_empty() {
        let marks = places(&mut values, statuses);
        clauses.push(format!("status IN ({marks})"));
    }
    if let Some(after) = page.key::<i64>()? {
        values.push(after.into());
        clauses.push(format!("number < ${}", values.len()));
    }
    values.push(page.fetch().into());
    let select = format!("SELECT {COLUMNS} FROM request WHERE {} ORDER BY number DESC LIMIT ${}", clauses.join(" AND "), values.len());
    let mut sql = manage.kit.db.read().await?;
    let rows = sql.rows(&select, values).await?;
    let found = rows.iter().map(request_of).collect::<Result<Vec<_>, _>>()?;
    let found = page.page(found, |request| request.number);
    let items = views(&mut sql, &caller, found.items).await?;
    Ok(Json(Page { items, next: found.next }))
}

/// One request with everything about it.
#[utoipa::path(get, path = "/api/v1/requests/{id}", operation_id = "request_show", tag = "request",
    params(("id" = RequestId, Path)), responses((status = 200, body = RequestDetail), Refusals))]
pub(super) async fn request_show(
    State(manage): State<Manage>,
    caller: Caller,
    Path(id): Path<RequestId>,
) -> ApiResult<Tagged<RequestDetail>> {
    let mut sql = manage.kit.db.read().await?;
    let found = look(&mut sql, &caller, Permission::RequestRead, id).await?.into_inner();
    let body = detail(&mut sql, &caller, found).await?;
    Ok(Tagged { version: body.request.version, body })
}
