//! Watch, watch no more, and see who does.

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, Json, Path, Permission, Refusals};
use evenkeel_core::{ErrorCode, Failure, event::voice::TicketRef, id::PersonId};
use evenkeel_store::{Sql, StoreError, Tx};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::table;
use crate::{
    Manage,
    party::{PersonRef, Wanted, load_names},
    ticket::seen::{TicketNamed, seen},
};

/// Somebody who watches.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Watcher {
    person: PersonRef,
    since: Timestamp,
}

async fn watchers(sql: &mut dyn Sql, caller: &Caller, ticket: &TicketRef) -> Result<Vec<Watcher>, StoreError> {
    let found = table::of(sql, caller.tenant, ticket.kind, &ticket.id).await?;
    let mut wanted = Wanted::default();
    wanted.people.extend(found.iter().map(|(person, _)| *person));
    let names = load_names(sql, caller.tenant, &wanted).await?;
    Ok(found.into_iter().map(|(person, since)| Watcher { person: names.person(person), since }).collect())
}

/// The ticket, and who would watch it.
async fn begin(manage: &Manage, caller: &Caller, path: (String, String)) -> ApiResult<(Tx, TicketRef, PersonId)> {
    caller.require(Permission::IncidentNoteInternal)?;
    let nobody = || Failure::new(ErrorCode::Forbidden, "this token has no person behind it who could watch");
    let person = caller.person.ok_or_else(nobody)?;
    let mut tx = manage.kit.db.write().await?;
    let ticket = seen(&mut tx, caller, &TicketNamed::of_path(path)?).await?.ticket;
    Ok((tx, ticket, person))
}

async fn answer(mut tx: Tx, caller: &Caller, ticket: &TicketRef) -> ApiResult<Json<Vec<Watcher>>> {
    let shown = watchers(&mut tx, caller, ticket).await?;
    tx.commit().await?;
    Ok(Json(shown))
}

/// Who watches a ticket.
#[utoipa::path(get, path = "/api/v1/tickets/{kind}/{id}/watchers", operation_id = "watcher_list", tag = "desk",
    params(("kind" = String, Path), ("id" = String, Path)), responses((status = 200, body = Vec<Watcher>), Refusals))]
pub(super) async fn watcher_list(
    State(manage): State<Manage>,
    caller: Caller,
    Path(path): Path<(String, String)>,
) -> ApiResult<Json<Vec<Watcher>>> {
    caller.require(Permission::IncidentNoteInternal)?;
    let mut sql = manage.kit.db.read().await?;
    let ticket = seen(&mut sql, &caller, &TicketNamed::of_path(path)?).await?.ticket;
    Ok(Json(watchers(&mut sql, &caller, &ticket).await?))
}

/// Watches a ticket.
#[utoipa::path(put, path = "/api/v1/tickets/{kind}/{id}/watch", operation_id = "watch_begin", tag = "desk",
    params(("kind" = String, Path), ("id" = String, Path)), responses((status = 200, body = Vec<Watcher>), Refusals))]
pub(super) async fn watch_begin(
    State(manage): State<Manage>,
    caller: Caller,
    Path(path): Path<(String, String)>,
) -> ApiResult<Json<Vec<Watcher>>> {
    let (mut tx, ticket, person) = begin(&manage, &caller, path).await?;
    table::add(&mut tx, caller.tenant, (ticket.kind, &ticket.id), person, manage.kit.now()).await?;
    answer(tx, &caller, &ticket).await
}

/// Watches a ticket no more.
#[utoipa::path(delete, path = "/api/v1/tickets/{kind}/{id}/watch", operation_id = "watch_end", tag = "desk",
    params(("kind" = String, Path), ("id" = String, Path)), responses((status = 200, body = Vec<Watcher>), Refusals))]
pub(super) async fn watch_end(
    State(manage): State<Manage>,
    caller: Caller,
    Path(path): Path<(String, String)>,
) -> ApiResult<Json<Vec<Watcher>>> {
    let (mut tx, ticket, person) = begin(&manage, &caller, path).await?;
    table::remove(&mut tx, caller.tenant, (ticket.kind, &ticket.id), person).await?;
    answer(tx, &caller, &ticket).await
}
