//! The mails of an incident, beside its timeline: who wrote to whom, with which files, and whether it left.

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, Json, Path, Permission, Problem, Refusals, Scope};
use evenkeel_core::{
    id::{AttachmentId, IncidentId, MailId, NoteId},
    state::Visibility,
};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    conversation,
    model::{Kind, Party, Standing, TicketRef},
    table,
    table::Mail,
};
use crate::{
    Manage,
    attachment::{self, Attachment},
    incident,
};

/// Somebody a mail names.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct MailParty {
    /// Their address; empty when it was erased.
    address: String,
    /// The name beside it.
    name: String,
}

impl From<Party> for MailParty {
    fn from(party: Party) -> Self {
        Self { address: party.address.to_string(), name: party.name }
    }
}

/// A file.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct AttachmentView {
    /// What it is fetched by.
    id: AttachmentId,
    /// Its name.
    name: String,
    /// Its media type, as the sender says.
    media_type: String,
    /// Its size.
    bytes: i64,
}

impl From<Attachment> for AttachmentView {
    fn from(attachment: Attachment) -> Self {
        Self { id: attachment.id, name: attachment.name, media_type: attachment.media_type, bytes: attachment.bytes }
    }
}

/// A mail of an incident.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct MailView {
    /// Its id.
    id: MailId,
    /// The note that holds its words; null of an acknowledgement.
    note_id: Option<NoteId>,
    /// Whether we sent it.
    outgoing: bool,
    /// What it is.
    kind: Kind,
    /// Where it stands.
    standing: Standing,
    /// Why it did not leave; for staff.
    error: Option<String>,
    /// Who wrote it, or to whom ours goes.
    party: MailParty,
    /// To whom it was written.
    recipients: Vec<MailParty>,
    /// Quoted history and signature; for staff.
    folded: String,
    /// Its files.
    attachments: Vec<AttachmentView>,
    /// Whether the mail can be fetched as it came; for staff.
    original: bool,
    /// When it came, or was to leave.
    at: Timestamp,
}

/// The mails of an incident.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct IncidentMails {
    /// To whom a public note of ours goes by mail; nobody when no mail opened the incident.
    answers_to: Vec<MailParty>,
    /// The mails, oldest first.
    mails: Vec<MailView>,
    /// Files that came with notes written in the console, in the order in which they were given.
    files: Vec<NoteFile>,
}

/// A file of a note that no mail brought.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct NoteFile {
    /// The note.
    #[schema(format = "uuid")]
    note_id: String,
    /// The file.
    #[serde(flatten)]
    file: AttachmentView,
}

/// The mails of an incident, oldest first, and to whom answers go. Customers and vendors see those whose words they see.
#[utoipa::path(get, path = "/api/v1/incidents/{id}/mails", operation_id = "incident_mails", tag = "incident",
    params(("id" = IncidentId, Path)), responses((status = 200, body = IncidentMails), Refusals))]
pub(super) async fn incident_mails(
    State(manage): State<Manage>,
    caller: Caller,
    Path(id): Path<IncidentId>,
) -> ApiResult<Json<IncidentMails>> {
    let scope = caller.scope(Permission::IncidentRead)?;
    let mut sql = manage.kit.db.read().await?;
    incident::find(&mut sql, caller.tenant, id)
        .await?
        .filter(|incident| scope.shows(&incident.organisations()))
        .ok_or_else(|| Problem::not_found("incident", id))?;
    let staff = scope == Scope::All && caller.may(Permission::IncidentNoteInternal);
    let ticket = TicketRef::Incident(id);
    let answers_to = conversation::of_ticket(&mut sql, caller.tenant, ticket).await?.into_iter().map(|one| one.to.into()).collect();
    let mut files = attachment::of_ticket(&mut sql, caller.tenant, ticket).await?;
    let mut mails = table::of_ticket(&mut sql, caller.tenant, ticket).await?;
    if !staff {
        // What a machine said is an internal remark.
        files.retain(|file| file.visibility == Visibility::Public);
        mails.retain(|mail| mail.outgoing || matches!(mail.kind, Kind::Human | Kind::List));
    }
    let mails = mails.into_iter().map(|mail| view(mail, &mut files, staff)).collect();
    let own = files.into_iter().filter(|file| file.mail_id.is_none());
    let files = own.map(|file| NoteFile { note_id: file.note_id.clone(), file: file.into() }).collect();
    Ok(Json(IncidentMails { answers_to, mails, files }))
}

fn view(mail: Mail, files: &mut Vec<Attachment>, staff: bool) -> MailView {
    let (own, rest): (Vec<_>, Vec<_>) = std::mem::take(files).into_iter().partition(|file| file.mail_id == Some(mail.id));
    *files = rest;
    MailView {
        id: mail.id,
        note_id: mail.note_id,
        outgoing: mail.outgoing,
        kind: mail.kind,
        standing: mail.standing,
        error: mail.error.filter(|_| staff),
        party: MailParty { address: mail.address, name: mail.name },
        recipients: mail.recipients.into_iter().map(Into::into).collect(),
        folded: if staff { mail.folded } else { String::new() },
        attachments: own.into_iter().map(Into::into).collect(),
        original: staff && mail.original.is_some(),
        at: mail.at,
    }
}
