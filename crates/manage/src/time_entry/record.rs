//! Write down time.

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, Json, Path, Permission, Problem, Refusals};
use evenkeel_core::{
    ErrorCode, Failure,
    event::{desk::TimeRecorded, voice::TicketRef},
    id::{PersonId, TimeEntryId},
};
use evenkeel_store::{StoreError, Tx};
use jiff::Timestamp;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{
    table::{self, Entry},
    view::{TimeOfTicket, of_ticket},
};
use crate::{
    Act, Manage, refuse,
    ticket::{
        act,
        seen::{TicketNamed, seen},
        words,
    },
};

/// The most minutes of one entry: a day.
pub(super) const MINUTES_MAX: i64 = 24 * 60;

/// Time that one spent.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct TimeRequest {
    /// Minutes, 1 to 1440.
    #[schema(minimum = 1, maximum = 1440)]
    minutes: i64,
    /// What was done.
    text: Option<String>,
    /// When it was done, or ended; now when not said. Not in the future.
    spent_at: Option<Timestamp>,
}

/// Whose time it is: one writes down one's own.
pub(super) fn own(caller: &Caller) -> ApiResult<PersonId> {
    let nobody = || Failure::new(ErrorCode::Forbidden, "this token has no person behind it whose time it could be");
    Ok(caller.person.ok_or_else(nobody)?)
}

/// Writes an entry and says so.
pub(super) async fn write(tx: &mut Tx, act: &Act, entry: &Entry) -> Result<(), StoreError> {
    table::insert(tx, act.tenant, entry).await?;
    let body = TimeRecorded {
        ticket: entry.ticket.clone(),
        person_id: entry.person,
        minutes: entry.minutes,
        spent_at: entry.spent_at,
        text: entry.text.clone(),
        corrects: entry.corrects,
    };
    tx.append(&act.event(entry.id, &body)?).await.map(|_| ())
}

/// The time of a call: whole minutes, begun ones counted, a day at the most.
pub(crate) async fn of_call(
    tx: &mut Tx,
    act: &Act,
    ticket: TicketRef,
    person: PersonId,
    ended_at: Timestamp,
    secs: i64,
) -> Result<(), StoreError> {
    let minutes = ((secs + 59) / 60).clamp(1, MINUTES_MAX);
    let id = TimeEntryId::at(act.at, tx.rng().as_ref());
    let entry = Entry { id, ticket, person, minutes, spent_at: ended_at, recorded_at: act.at, text: None, corrects: None };
    write(tx, act, &entry).await
}

/// Writes down time that one spent on a ticket.
#[utoipa::path(post, path = "/api/v1/tickets/{kind}/{id}/time", operation_id = "time_record", tag = "desk",
    params(("kind" = String, Path), ("id" = String, Path)), request_body = TimeRequest,
    responses((status = 200, body = TimeOfTicket), Refusals))]
pub(super) async fn time_record(
    State(manage): State<Manage>,
    caller: Caller,
    Path(path): Path<(String, String)>,
    request: Result<Json<TimeRequest>, Problem>,
) -> ApiResult<Json<TimeOfTicket>> {
    caller.require(Permission::IncidentWrite)?;
    let person = own(&caller)?;
    let Json(request) = request?;
    if !(1..=MINUTES_MAX).contains(&request.minutes) {
        return Err(refuse::invalid("/minutes", format!("an entry has 1 to {MINUTES_MAX} minutes")).into());
    }
    let mut tx = manage.kit.db.write().await?;
    let ticket = seen(&mut tx, &caller, &TicketNamed::of_path(path)?).await?.ticket;
    let act = act(&manage, &caller);
    let spent_at = request.spent_at.unwrap_or(act.at);
    if spent_at > act.at {
        return Err(refuse::invalid("/spent_at", "time is spent before it is written down").into());
    }
    let text = words::put_said(&mut tx, caller.tenant, request.text.as_deref()).await?;
    let id = TimeEntryId::at(act.at, tx.rng().as_ref());
    let entry = Entry { id, ticket, person, minutes: request.minutes, spent_at, recorded_at: act.at, text, corrects: None };
    write(&mut tx, &act, &entry).await?;
    let shown = of_ticket(&mut tx, &caller, &entry.ticket.id).await?;
    tx.commit().await?;
    Ok(Json(shown))
}
