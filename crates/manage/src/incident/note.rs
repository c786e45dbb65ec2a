//! Say something on an incident. The words lie in the ledger's text table; the event has their digest.

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, IfMatch, Json, Path, Permission, Problem, Refusals, Tagged};
use evenkeel_core::{
    ErrorCode, Failure,
    event::{manage::Noted, voice::TicketRef},
    id::{AttachmentId, IncidentId, NoteId, PersonId},
    state::{IncidentState, Medium, TicketKind, Visibility},
};
use evenkeel_store::{StoreError, Tx};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{
    change::Change,
    model::Incident,
    request::{act, finish, hold, is_agent, text},
    view::IncidentView,
};
use crate::{
    Manage, attachment,
    mail::TicketRef as MailTicket,
    watch::mention::{self, mention},
};

/// What is said.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NoteRequest {
    /// Who may read it.
    visibility: Visibility,
    /// How it was given; `note` when not said.
    medium: Option<Medium>,
    /// The words.
    text: String,
    /// Staff whom they name; they watch from now on and are told once. 20 at the most.
    #[serde(default)]
    mentions: Vec<PersonId>,
    /// Files that were given for this incident and go with it. 20 at the most.
    #[serde(default)]
    attachments: Vec<AttachmentId>,
}

/// Whether this is a first response: said by one of ours, to the customer, by a human.
fn responds(visibility: Visibility, medium: Medium, by_agent: bool) -> bool {
    by_agent && visibility == Visibility::Public && medium != Medium::Auto
}

/// Who says something, and how.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Speaker {
    /// Whether one of ours.
    pub by_agent: bool,
    /// How it is given.
    pub medium: Medium,
}

impl Speaker {
    /// A caller who writes.
    pub fn of(caller: &evenkeel_api::Caller) -> Self {
        Self { by_agent: is_agent(caller), medium: Medium::Note }
    }
}

/// # Errors
/// A refusal that names the survivor when the incident is part of another.
pub(super) fn speakable(incident: &Incident) -> Result<(), Failure> {
    let Some(survivor) = incident.merged_into else { return Ok(()) };
    let detail = format!("this incident is {} of {survivor}; write there", IncidentState::Merged);
    Err(Failure::new(ErrorCode::StateRefused, detail).at("/state").allowed([survivor.to_string()]))
}

/// Writes a note; answers what the ledger is told.
///
/// # Errors
/// A refusal when it is empty or too long.
pub(super) async fn apply(
    tx: &mut Tx,
    change: &mut Change,
    visibility: Visibility,
    medium: Medium,
    by_agent: bool,
    words: &str,
) -> Result<Noted, StoreError> {
    let digest = tx.put_text(change.incident.tenant, text(words)?).await?;
    let noted = Noted { note_id: NoteId::at(change.act.at, tx.rng().as_ref()), visibility, medium, by_agent, text: digest };
    change.record(&noted)?;
    if change.incident.responded_at.is_none() && responds(visibility, medium, by_agent) {
        change.incident.responded_at = Some(change.act.at);
    }
    Ok(noted)
}

/// The same, when something was said.
pub(super) async fn apply_optional(
    tx: &mut Tx,
    change: &mut Change,
    by: Speaker,
    visibility: Visibility,
    words: Option<String>,
) -> Result<(), StoreError> {
    match words.filter(|words| !words.trim().is_empty()) {
        Some(words) => apply(tx, change, visibility, by.medium, by.by_agent, &words).await.map(|_| ()),
        None => Ok(()),
    }
}

/// Says something on an incident. The first public word of one of ours is the first response.
#[utoipa::path(post, path = "/api/v1/incidents/{id}/notes", operation_id = "incident_note", tag = "incident",
    params(("id" = IncidentId, Path)), request_body = NoteRequest,
    responses((status = 200, body = IncidentView), Refusals))]
pub(super) async fn incident_note(
    State(manage): State<Manage>,
    caller: Caller,
    Path(id): Path<IncidentId>,
    if_match: IfMatch,
    request: Result<Json<NoteRequest>, Problem>,
) -> ApiResult<Tagged<IncidentView>> {
    caller.require(Permission::IncidentNote)?;
    let Json(request) = request?;
    let mut tx = manage.kit.db.write().await?;
    let found = hold(&mut tx, &caller, Permission::IncidentNote, id, &if_match).await?;
    if request.visibility == Visibility::Internal {
        caller.require(Permission::IncidentNoteInternal)?;
    }
    speakable(&found)?;
    let mut change = Change::of(found, act(&manage, &caller));
    let medium = request.medium.unwrap_or(Medium::Note);
    let noted = apply(&mut tx, &mut change, request.visibility, medium, is_agent(&caller), &request.text).await?;
    let files = attachment::attach(&mut tx, &change.act, MailTicket::Incident(id), &noted, &request.attachments).await?;
    if let Some(files) = files {
        change.record(&files)?;
    }
    let ticket = TicketRef { kind: TicketKind::Incident, id: id.to_string(), number: change.incident.number };
    let note = mention::Noted { id: noted.note_id, text: &noted.text, visibility: request.visibility };
    mention(&mut tx, &manage, &caller, &ticket, &note, &request.mentions).await?;
    finish(tx, &caller, change).await
}
