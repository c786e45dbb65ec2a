//! Time, by ticket and by person.

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, Json, Path, Permission, Query, Refusals};
use evenkeel_core::id::PersonId;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    record::own,
    table,
    view::{EntryView, TimeOfTicket, of_ticket, views},
};
use crate::{
    Manage, refuse,
    ticket::seen::{TicketNamed, seen},
};

/// The longest stretch that is asked for at once.
const LONGEST: SignedDuration = SignedDuration::from_hours(24 * 31);

/// Whose time, and when.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct TimeQuery {
    /// Whose; one's own when not given.
    person: Option<PersonId>,
    /// The beginning.
    from: Timestamp,
    /// The end, not counted; at most 31 days after the beginning.
    to: Timestamp,
}

/// One person's time in a stretch, such as a week.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct TimeOfStretch {
    /// All minutes of the stretch, with corrections.
    minutes: i64,
    /// The first 500 entries, in the order of the work.
    entries: Vec<EntryView>,
}

/// How long people were at a ticket.
#[utoipa::path(get, path = "/api/v1/tickets/{kind}/{id}/time", operation_id = "ticket_time", tag = "desk",
    params(("kind" = String, Path), ("id" = String, Path)), responses((status = 200, body = TimeOfTicket), Refusals))]
pub(super) async fn ticket_time(
    State(manage): State<Manage>,
    caller: Caller,
    Path(path): Path<(String, String)>,
) -> ApiResult<Json<TimeOfTicket>> {
    caller.require(Permission::IncidentNoteInternal)?;
    let mut sql = manage.kit.db.read().await?;
    let ticket = seen(&mut sql, &caller, &TicketNamed::of_path(path)?).await?.ticket;
    Ok(Json(of_ticket(&mut sql, &caller, &ticket.id).await?))
}

/// What one person spent their time on, in a stretch such as a week.
#[utoipa::path(get, path = "/api/v1/time-entries", operation_id = "time_list", tag = "desk", params(TimeQuery),
    responses((status = 200, body = TimeOfStretch), Refusals))]
pub(super) async fn time_list(
    State(manage): State<Manage>,
    caller: Caller,
    Query(query): Query<TimeQuery>,
) -> ApiResult<Json<TimeOfStretch>> {
    caller.require(Permission::IncidentNoteInternal)?;
    let person = query.person.map_or_else(|| own(&caller), Ok)?;
    if query.to <= query.from || query.to.duration_since(query.from) > LONGEST {
        return Err(refuse::invalid("to", "a stretch ends after it begins, 31 days later at the most").into());
    }
    let mut sql = manage.kit.db.read().await?;
    let (entries, minutes) = table::of_person(&mut sql, caller.tenant, person, (query.from, query.to)).await?;
    Ok(Json(TimeOfStretch { minutes, entries: views(&mut sql, &caller, entries).await? }))
}
