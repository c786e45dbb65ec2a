//! What becomes of a mail that was kept aside: one of ours takes it into a ticket, or discards it.

use axum::extract::State;
use evenkeel_api::{ApiResult, Authorised, Caller, Json, Path, Permission, Problem, Refusals};
use evenkeel_core::{
    ErrorCode, Failure,
    event::mail::MailDecided,
    id::{IncidentId, MailId},
};
use evenkeel_store::{StoreError, Tx};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    arrival::Arrival,
    definition,
    model::{Standing, TicketRef},
    table,
    table::Mail,
    take::prepare,
    ticket,
};
use crate::{Act, Manage, incident};

/// Where it goes.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct MailTakeRequest {
    /// Onto this incident; a new one when not given.
    incident_id: Option<IncidentId>,
}

/// Where it went.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct MailTakenInto {
    /// The incident.
    incident_id: IncidentId,
}

/// The mail, held, when somebody still has to decide about it.
async fn waiting(tx: &mut Tx, caller: &Caller, id: MailId) -> ApiResult<Mail> {
    let mail =
        table::find_held(tx, caller.tenant, id).await?.filter(|mail| !mail.outgoing).ok_or_else(|| Problem::not_found("mail", id))?;
    if !matches!(mail.standing, Standing::Held | Standing::Parked) {
        let detail = format!("this mail is {}; only one that was kept aside can be taken or discarded", mail.standing.as_str());
        return Err(Failure::new(ErrorCode::StateRefused, detail).at("/standing").into());
    }
    Ok(mail)
}

fn act(manage: &Manage, caller: &Caller) -> Act {
    Act { tenant: caller.tenant, actor: caller.actor.clone(), at: manage.kit.now(), source: "api" }
}

/// Takes a mail that was kept aside: into a new incident, or onto one that is there. A machine's mail becomes a remark on it.
#[utoipa::path(post, path = "/api/v1/mails/{id}/take", operation_id = "mail_take", tag = "mail",
    params(("id" = MailId, Path)), request_body = MailTakeRequest, responses((status = 200, body = MailTakenInto), Refusals))]
pub(super) async fn mail_take(
    State(manage): State<Manage>,
    caller: Caller,
    Path(id): Path<MailId>,
    request: Result<Json<MailTakeRequest>, Problem>,
) -> ApiResult<Json<MailTakenInto>> {
    caller.require(Permission::MailWrite)?;
    let Json(request) = request?;
    let tenant = caller.tenant;
    let mut sql = manage.kit.db.read().await?;
    let found = table::find(&mut sql, tenant, id).await?.ok_or_else(|| Problem::not_found("mail", id))?;
    drop(sql);
    let original = found.original.ok_or_else(|| Problem::not_found("mail", id))?;
    let raw = manage.blobs.find(&original).await?.ok_or_else(|| StoreError::Corrupt(format!("the blob of mail {id} is not there")))?;
    let whole = u64::try_from(found.bytes).unwrap_or_default();
    let too_large = (whole > raw.len() as u64).then_some(whole);
    let prepared = prepare(&manage.blobs, raw, too_large).await?;
    let mut tx = manage.kit.db.write().await?;
    let mut row = waiting(&mut tx, &caller, id).await?;
    let ticket = match request.incident_id {
        Some(incident) => {
            let found = incident::find(&mut tx, tenant, incident).await?.ok_or_else(|| Problem::not_found("incident", incident))?;
            let organisations = found.organisations();
            let found: Authorised<_> = caller.authorise(Permission::IncidentNote, &organisations, ("incident", incident), found)?;
            Some(TicketRef::Incident(found.id))
        }
        None => None,
    };
    let mailbox = definition::find(&mut tx, tenant, &row.mailbox).await?.ok_or_else(|| {
        Failure::new(
            ErrorCode::StateRefused,
            format!("the mailbox {:?} is not declared any more; declare it to take its mail", row.mailbox),
        )
    })?;
    let arrival = Arrival::look(&mut tx, tenant, &mailbox, &prepared).await?;
    arrival.place(&mut tx, arrival.taken_by_hand(ticket), &mut row).await?;
    let incident_id = row.ticket.map(ticket::incident_of).ok_or_else(|| StoreError::Defect(format!("mail {id} was taken into nothing")))?;
    decide(&mut tx, &act(&manage, &caller), &mut row).await?;
    tx.commit().await?;
    Ok(Json(MailTakenInto { incident_id }))
}

/// Discards a mail that was kept aside. Its row and bytes stay until they are erased.
#[utoipa::path(post, path = "/api/v1/mails/{id}/discard", operation_id = "mail_discard", tag = "mail",
    params(("id" = MailId, Path)), responses((status = 204), Refusals))]
pub(super) async fn mail_discard(State(manage): State<Manage>, caller: Caller, Path(id): Path<MailId>) -> ApiResult<StatusCode> {
    caller.require(Permission::MailWrite)?;
    let mut tx = manage.kit.db.write().await?;
    let mut row = waiting(&mut tx, &caller, id).await?;
    row.standing = Standing::Discarded;
    decide(&mut tx, &act(&manage, &caller), &mut row).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn decide(tx: &mut Tx, act: &Act, row: &mut Mail) -> Result<(), StoreError> {
    row.decided_at = Some(act.at);
    table::place(tx, act.tenant, row).await?;
    let decided =
        MailDecided { standing: row.standing.as_str().to_owned(), incident_id: row.ticket.map(ticket::incident_of), note_id: row.note_id };
    tx.append(&act.event(row.id, &decided)?).await.map(|_| ())
}
