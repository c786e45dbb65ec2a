//! Correct what was written down, by one more entry.

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, Json, Path, Permission, Problem, Refusals};
use evenkeel_core::id::TimeEntryId;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{
    record::{MINUTES_MAX, own, write},
    table::{self, Entry},
    view::{TimeOfTicket, of_ticket},
};
use crate::{
    Manage, refuse,
    ticket::{act, words},
};

/// How long it was really.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CorrectRequest {
    /// Minutes, 0 to 1440; 0 = it was not this ticket, or not work.
    #[schema(minimum = 0, maximum = 1440)]
    minutes: i64,
    /// Why.
    text: Option<String>,
}

/// Corrects an entry of one's own: the difference is one more entry.
#[utoipa::path(post, path = "/api/v1/time-entries/{id}/correct", operation_id = "time_correct", tag = "desk",
    params(("id" = TimeEntryId, Path)), request_body = CorrectRequest, responses((status = 200, body = TimeOfTicket), Refusals))]
pub(super) async fn time_correct(
    State(manage): State<Manage>,
    caller: Caller,
    Path(id): Path<TimeEntryId>,
    request: Result<Json<CorrectRequest>, Problem>,
) -> ApiResult<Json<TimeOfTicket>> {
    caller.require(Permission::IncidentWrite)?;
    let person = own(&caller)?;
    let Json(request) = request?;
    if !(0..=MINUTES_MAX).contains(&request.minutes) {
        return Err(refuse::invalid("/minutes", format!("an entry has 0 to {MINUTES_MAX} minutes once it is corrected")).into());
    }
    let mut tx = manage.kit.db.write().await?;
    let found = table::hold(&mut tx, caller.tenant, id).await?.filter(|entry| entry.person == person);
    let old = found.ok_or_else(|| Problem::not_found("time entry", id))?;
    if let Some(first) = old.corrects {
        return Err(refuse::invalid("/id", format!("this is a correction; correct the entry {first} itself")).into());
    }
    let minutes = request.minutes - table::sum(&mut tx, caller.tenant, id).await?;
    let act = act(&manage, &caller);
    if minutes != 0 {
        let text = words::put_said(&mut tx, caller.tenant, request.text.as_deref()).await?;
        let correction = TimeEntryId::at(act.at, tx.rng().as_ref());
        let entry = Entry { id: correction, minutes, recorded_at: act.at, text, corrects: Some(id), ..old.clone() };
        write(&mut tx, &act, &entry).await?;
    }
    let shown = of_ticket(&mut tx, &caller, &old.ticket.id).await?;
    tx.commit().await?;
    Ok(Json(shown))
}
