//! Say something on a request. The words lie in the ledger's text table; the event has their digest.

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, IfMatch, Json, Path, Permission, Problem, Refusals, Tagged};
use evenkeel_core::{
    event::{request::RequestNoted, voice::TicketRef},
    id::{NoteId, PersonId, RequestId},
    state::{HoldReason, Medium, RequestState, TicketKind, Visibility},
};
use evenkeel_store::{StoreError, Tx};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{
    change::Change,
    machine::Step,
    store,
    view::{RequestView, finish},
};
use crate::{
    Act, Manage,
    ticket::{act, is_agent, words},
    watch::mention::{self, mention},
};

/// What is said.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RequestNoteRequest {
    /// Who may read it.
    visibility: Visibility,
    /// How it was given; `note` when not said.
    medium: Option<Medium>,
    /// The words.
    text: String,
    /// Staff whom they name; they watch from now on and are told once. 20 at the most.
    #[serde(default)]
    mentions: Vec<PersonId>,
}

/// Writes a note; its id and the digest of its words.
///
/// # Errors
/// A refusal when it is empty or too long.
pub(super) async fn apply(
    tx: &mut Tx,
    change: &mut Change,
    (visibility, medium, by_agent): (Visibility, Medium, bool),
    said: &str,
) -> Result<(NoteId, String), StoreError> {
    let text = tx.put_text(change.act.tenant, words::text(said)?).await?;
    let note_id = NoteId::at(change.act.at, tx.rng().as_ref());
    change.record(&RequestNoted { note_id, visibility, medium, by_agent, text: text.clone() })?;
    Ok((note_id, text))
}

/// Writes down what the requester said on the telephone. The call is a word of ours to them, and ends the waiting for them.
pub(crate) async fn by_call(tx: &mut Tx, caller: &Caller, act: &Act, id: RequestId, said: &str) -> ApiResult<i64> {
    let found = store::hold(tx, caller, Permission::RequestNote, id, &IfMatch::Any).await?;
    let act = act.at(found.submitted_at.map_or(act.at, |at| act.at.max(at)));
    let mut change = Change::of(tx, found, act).await?;
    apply(tx, &mut change, (Visibility::Public, Medium::Call, true), said).await?;
    if change.request.state == RequestState::Waiting && change.request.hold == Some(HoldReason::Customer) {
        // The waiting ends now: the call may have begun before it did.
        change.act = change.act.at(tx.now());
        change.step(Step::Resume, Some("answered"))?;
    }
    let number = change.request.number;
    change.save(tx).await?;
    Ok(number)
}

/// Says something on a request. A word of the requester ends the waiting for them.
#[utoipa::path(post, path = "/api/v1/requests/{id}/notes", operation_id = "request_note", tag = "request",
    params(("id" = RequestId, Path)), request_body = RequestNoteRequest,
    responses((status = 200, body = RequestView), Refusals))]
pub(super) async fn request_note(
    State(manage): State<Manage>,
    caller: Caller,
    Path(id): Path<RequestId>,
    if_match: IfMatch,
    request: Result<Json<RequestNoteRequest>, Problem>,
) -> ApiResult<Tagged<RequestView>> {
    caller.require(Permission::RequestNote)?;
    let Json(request) = request?;
    if request.visibility == Visibility::Internal {
        caller.require(Permission::IncidentNoteInternal)?;
    }
    let mut tx = manage.kit.db.write().await?;
    let found = store::hold(&mut tx, &caller, Permission::RequestNote, id, &if_match).await?;
    let own = Some(found.requester_id) == caller.person;
    let mut change = Change::of(&mut tx, found, act(&manage, &caller)).await?;
    let how = (request.visibility, request.medium.unwrap_or(Medium::Note), !own && is_agent(&caller));
    let (note_id, text) = apply(&mut tx, &mut change, how, &request.text).await?;
    let ticket = TicketRef { kind: TicketKind::Request, id: id.to_string(), number: change.request.number };
    let note = mention::Noted { id: note_id, text: &text, visibility: request.visibility };
    mention(&mut tx, &manage, &caller, &ticket, &note, &request.mentions).await?;
    if own && change.request.state == RequestState::Waiting && change.request.hold == Some(HoldReason::Customer) {
        change.step(Step::Resume, Some("answered"))?;
    }
    finish(tx, &caller, change).await
}
