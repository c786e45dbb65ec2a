//! Who else has a ticket open, and who is writing.
//!
//! A lease that the console renews while the ticket is open: it says that somebody is there now, and lapses by itself when a
//! browser goes without a word. It is not an event and not in the stream of changes, which carries what happened and is read
//! again after a break; who *was* there a minute ago is nobody's business. A renewal writes only when the lease is half over
//! or what it says changes, so that forty open tickets cost a database less than one write a second.

mod table;

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, Json, Path, Permission, Problem, Refusals, Routes, routes};
use evenkeel_core::{ErrorCode, Failure, id::PersonId};
use http::StatusCode;
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    Manage,
    party::{PersonRef, Wanted, load_names},
    ticket::seen::{TicketNamed, seen},
};

pub use table::MIGRATIONS;

/// So long somebody is taken to be there after the last word; the console renews every 20 seconds.
const LEASE: SignedDuration = SignedDuration::from_secs(75);

/// The routes.
pub(crate) fn router() -> Routes<Manage> {
    Routes::new().routes(routes!(presence_renew, presence_end))
}

/// That one is there.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PresenceRequest {
    /// Whether one is writing.
    writing: bool,
}

/// Somebody else who has the ticket open.
#[derive(Debug, Serialize, ToSchema)]
struct Present {
    person: PersonRef,
    /// Whether they are writing.
    writing: bool,
}

fn whoever(caller: &Caller) -> ApiResult<PersonId> {
    caller.require(Permission::IncidentNoteInternal)?;
    let nobody = || Failure::new(ErrorCode::Forbidden, "this token has no person behind it who could be there");
    Ok(caller.person.ok_or_else(nobody)?)
}

/// Says that one has the ticket open, for 75 seconds; answers who else has.
#[utoipa::path(put, path = "/api/v1/tickets/{kind}/{id}/presence", operation_id = "presence_renew", tag = "desk",
    params(("kind" = String, Path), ("id" = String, Path)), request_body = PresenceRequest,
    responses((status = 200, body = Vec<Present>), Refusals))]
async fn presence_renew(
    State(manage): State<Manage>,
    caller: Caller,
    Path(path): Path<(String, String)>,
    request: Result<Json<PresenceRequest>, Problem>,
) -> ApiResult<Json<Vec<Present>>> {
    let person = whoever(&caller)?;
    let Json(PresenceRequest { writing }) = request?;
    let named = TicketNamed::of_path(path)?;
    let now = manage.kit.now();
    let mut sql = manage.kit.db.read().await?;
    seen(&mut sql, &caller, &named).await?;
    let mut there = table::of(&mut sql, caller.tenant, &named, now).await?;
    let half = now.saturating_add(LEASE / 2).unwrap_or(now);
    let fresh = there.iter().any(|one| one.person == person && one.writing == writing && one.until >= half);
    there.retain(|one| one.person != person);
    let mut wanted = Wanted::default();
    wanted.people.extend(there.iter().map(|one| one.person));
    let names = load_names(&mut sql, caller.tenant, &wanted).await?;
    drop(sql);
    if !fresh {
        let until = now.saturating_add(LEASE).unwrap_or(now);
        let mut tx = manage.kit.db.write().await?;
        table::put(&mut tx, caller.tenant, &named, &table::Lease { person, writing, until }, now).await?;
        tx.commit().await?;
    }
    Ok(Json(there.into_iter().map(|one| Present { person: names.person(one.person), writing: one.writing }).collect()))
}

/// Says that one has the ticket open no more.
#[utoipa::path(delete, path = "/api/v1/tickets/{kind}/{id}/presence", operation_id = "presence_end", tag = "desk",
    params(("kind" = String, Path), ("id" = String, Path)), responses((status = 204), Refusals))]
async fn presence_end(State(manage): State<Manage>, caller: Caller, Path(path): Path<(String, String)>) -> ApiResult<StatusCode> {
    let person = whoever(&caller)?;
    let named = TicketNamed::of_path(path)?;
    let mut tx = manage.kit.db.write().await?;
    seen(&mut tx, &caller, &named).await?;
    table::remove(&mut tx, caller.tenant, &named, person).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
