//! How chats go, and the messages of an incident.

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, Json, Path, Permission, Refusals, Scope};
use evenkeel_core::id::{ChatMessageId, IncidentId, NoteId};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;

use super::{definition, table};
use crate::{
    Manage, incident,
    mail::TicketRef,
    party::{NameRef, PersonRef, Wanted, load_names},
};

/// What is counted is of so long.
const COUNTED: SignedDuration = SignedDuration::from_hours(24 * 7);

/// A chat of the desk.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Chat)]
pub(super) struct ChatView {
    /// Its name; providers call `/api/v1/chats/NAME/events`.
    name: String,
    /// `slack`, `feishu`, `dingtalk`, `generic`.
    provider: String,
    /// The service of tickets that begin there.
    service: NameRef,
    /// How many people of it are known.
    people: usize,
    /// When somebody last wrote, within the last week.
    last_at: Option<Timestamp>,
    /// Messages of the last week that were taken.
    taken: i64,
    /// Messages of the last week that were not: nobody known wrote them, or somebody who may not.
    refused: i64,
    /// Answers of the last week that did not arrive.
    failed: i64,
}

/// The chats of the desk, and how they go.
#[utoipa::path(get, path = "/api/v1/chats", operation_id = "chat_list", tag = "desk",
    responses((status = 200, body = Vec<ChatView>), Refusals))]
pub(super) async fn chat_list(State(manage): State<Manage>, caller: Caller) -> ApiResult<Json<Vec<ChatView>>> {
    caller.require(Permission::MailRead)?;
    let mut sql = manage.kit.db.read().await?;
    let since = manage.kit.now().saturating_sub(COUNTED).unwrap_or(Timestamp::MIN);
    let chats = definition::list(&mut sql, caller.tenant).await?;
    let mut wanted = Wanted::default();
    wanted.services.extend(chats.iter().map(|chat| chat.body.service));
    let names = load_names(&mut sql, caller.tenant, &wanted).await?;
    let mut views = Vec::with_capacity(chats.len());
    for chat in chats {
        let going = table::going(&mut sql, caller.tenant, &chat.name, since).await?;
        views.push(ChatView {
            provider: chat.body.provider.as_str().to_owned(),
            service: names.service(chat.body.service),
            people: chat.body.people.len(),
            name: chat.name,
            last_at: going.last_at,
            taken: going.taken,
            refused: going.refused,
            failed: going.failed,
        });
    }
    Ok(Json(views))
}

/// A message that came by a chat or went there.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ChatMessage)]
pub(super) struct ChatMessageView {
    id: ChatMessageId,
    /// By which chat.
    chat: String,
    /// The note that holds its words.
    note_id: Option<NoteId>,
    /// Whether it is ours.
    outgoing: bool,
    /// `taken`; ours: `queued`, `delivered`, `failed`.
    standing: String,
    /// Who wrote it; null of ours.
    person: Option<PersonRef>,
    /// What the provider said when it took it; for staff.
    receipt: Option<String>,
    /// Why it did not arrive; for staff.
    error: Option<String>,
    /// When it came, or was to leave.
    at: Timestamp,
    /// When it is known what became of it.
    settled_at: Option<Timestamp>,
}

/// The messages of an incident's chats, oldest first.
#[utoipa::path(get, path = "/api/v1/incidents/{id}/chats", operation_id = "incident_chats", tag = "incident",
    params(("id" = IncidentId, Path)), responses((status = 200, body = Vec<ChatMessageView>), Refusals))]
pub(super) async fn incident_chats(
    State(manage): State<Manage>,
    caller: Caller,
    Path(id): Path<IncidentId>,
) -> ApiResult<Json<Vec<ChatMessageView>>> {
    let scope = caller.scope(Permission::IncidentRead)?;
    let mut sql = manage.kit.db.read().await?;
    incident::find_shown(&mut sql, &caller, id).await?;
    let staff = scope == Scope::All && caller.may(Permission::IncidentNoteInternal);
    let messages = table::of_ticket(&mut sql, caller.tenant, TicketRef::Incident(id)).await?;
    let mut wanted = Wanted::default();
    wanted.people.extend(messages.iter().filter_map(|message| message.person_id));
    let names = load_names(&mut sql, caller.tenant, &wanted).await?;
    let view = |message: table::ChatMessage| ChatMessageView {
        id: message.id,
        chat: message.chat,
        note_id: message.note_id,
        outgoing: message.outgoing,
        standing: message.standing,
        person: message.person_id.map(|id| names.person(id)),
        receipt: message.receipt.filter(|_| staff),
        error: message.error.filter(|_| staff),
        at: message.at,
        settled_at: message.settled_at,
    };
    Ok(Json(messages.into_iter().map(view).collect()))
}
