//! Routes of pages, of the outbox and of the acknowledge link.

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, Json, Page, PageQuery, Path, Permission, Query, Refusals, Routes, routes};
use evenkeel_core::{
    id::{IncidentId, MessageId, PageId},
    state::PageReason,
    title,
};
use evenkeel_store::{Message, outbox};
use http::StatusCode;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    PageState,
    acknowledge::{self, Acknowledged, Answer},
    escalate::Escalation,
    port::PersonName,
    table,
};

/// The routes, with their state applied.
pub fn router(state: PageState) -> Routes {
    Routes::new()
        .routes(routes!(incident_pages))
        .routes(routes!(outbox_list))
        .routes(routes!(outbox_retry))
        .routes(routes!(acknowledgement_create, acknowledgement_peek))
        .merge(super::receipt::router())
        .with_state(state)
}

/// One message to one person over one channel.
#[derive(Debug, Serialize, ToSchema)]
pub struct PageView {
    /// Its id.
    pub id: PageId,
    /// To whom.
    pub person: PersonName,
    /// 1 = first on call.
    pub step: i64,
    /// Counts up whenever the order is gone through again.
    pub round: i64,
    /// `mail`, `webhook`, or the name of a gateway.
    pub channel: String,
    /// What it tells.
    #[schema(value_type = String)]
    pub reason: PageReason,
    /// When it was decided.
    #[schema(value_type = String, format = DateTime)]
    pub queued_at: Timestamp,
    /// `held`, `queued`, `sent`, `dead`, `undelivered`, `dropped`.
    pub state: String,
    /// Tries, known when it has ended.
    pub attempts: i64,
    /// What the other side said, or why it was given up.
    pub receipt: Option<String>,
    /// When it was sent or given up.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub settled_at: Option<Timestamp>,
    /// Until when it waits, or waited: for quiet hours to end, or for others to go with it.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub release_at: Option<Timestamp>,
    /// When the gateway's receipt said that it arrived.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub delivered_at: Option<Timestamp>,
    /// When the person opened its link.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub read_at: Option<Timestamp>,
    /// When the person said "mine".
    #[schema(value_type = Option<String>, format = DateTime)]
    pub acknowledged_at: Option<Timestamp>,
}

/// Who was told of an incident, oldest first.
#[utoipa::path(get, path = "/api/v1/incidents/{id}/pages", tag = "page",
    params(("id" = IncidentId, Path, description = "The incident.")),
    responses((status = 200, body = Vec<PageView>), Refusals))]
async fn incident_pages(
    State(state): State<PageState>,
    caller: Caller,
    Path(incident): Path<IncidentId>,
) -> ApiResult<Json<Vec<PageView>>> {
    caller.require(Permission::PageRead)?;
    let mut sql = state.kit.db.read().await?;
    let mut list = Vec::new();
    for page in table::pages_of(&mut sql, caller.tenant, incident).await? {
        list.push(PageView {
            person: state.person(&mut sql, caller.tenant, page.person).await?,
            id: page.id,
            step: page.step,
            round: page.round,
            channel: page.channel,
            reason: page.reason,
            queued_at: page.queued_at,
            state: page.state,
            attempts: page.attempts,
            receipt: page.receipt,
            settled_at: page.settled_at,
            release_at: page.release_at,
            delivered_at: page.delivered_at,
            read_at: page.read_at,
            acknowledged_at: page.acknowledged_at,
        });
    }
    Ok(Json(list))
}

/// A row of the outbox. Its payload holds ids only and is not shown.
#[derive(Debug, Serialize, ToSchema)]
pub struct MessageView {
    /// Its id.
    pub id: MessageId,
    /// `mail`, `webhook`.
    pub channel: String,
    /// Idempotency key.
    pub key: String,
    /// `queued`, `sending`, `sent`, `dead`.
    pub state: String,
    /// Tries so far.
    pub attempts: i64,
    /// Tries before it is a dead letter.
    pub max_attempts: i64,
    /// The last error.
    pub error: Option<String>,
    /// What the other side said.
    pub receipt: Option<String>,
    /// When it was written.
    #[schema(value_type = String, format = DateTime)]
    pub queued_at: Timestamp,
    /// When the next try is, while there is one.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub next_at: Option<Timestamp>,
    /// When it was sent or given up.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub settled_at: Option<Timestamp>,
}

impl From<Message> for MessageView {
    fn from(message: Message) -> Self {
        let ended = matches!(message.state.as_str(), "sent" | "dead");
        Self {
            id: message.id,
            channel: message.channel,
            key: message.key,
            next_at: (!ended).then_some(message.next_at),
            state: message.state,
            attempts: message.attempts,
            max_attempts: message.max_attempts,
            error: message.error,
            receipt: message.receipt,
            queued_at: message.queued_at,
            settled_at: message.settled_at,
        }
    }
}

/// Which messages.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct OutboxFilter {
    /// `queued`, `sending`, `sent` or `dead`; all when not given.
    pub state: Option<String>,
}

/// Outgoing messages, newest first; `state=dead` gives the dead letters.
#[utoipa::path(get, path = "/api/v1/outbox", tag = "outbox", params(OutboxFilter, PageQuery),
    responses((status = 200, body = Page<MessageView>), Refusals))]
async fn outbox_list(
    State(state): State<PageState>,
    caller: Caller,
    Query(filter): Query<OutboxFilter>,
    Query(query): Query<PageQuery>,
) -> ApiResult<Json<Page<MessageView>>> {
    caller.require(Permission::OutboxRead)?;
    let after: Option<MessageId> = query.key()?;
    let mut sql = state.kit.db.read().await?;
    let rows = outbox::page(&mut sql, caller.tenant, filter.state.as_deref(), after, query.fetch()).await?;
    Ok(Json(query.page(rows, |message| message.id).map(MessageView::from)))
}

/// Gives a dead letter another round of tries.
#[utoipa::path(post, path = "/api/v1/outbox/{id}/retry", tag = "outbox",
    params(("id" = MessageId, Path, description = "The message.")),
    responses((status = 204), Refusals))]
async fn outbox_retry(State(state): State<PageState>, caller: Caller, Path(id): Path<MessageId>) -> ApiResult<StatusCode> {
    caller.require(Permission::OutboxWrite)?;
    let mut tx = state.kit.db.write().await?;
    outbox::revive(&mut tx, caller.tenant, id).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The token of an acknowledge link.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Token {
    /// What stands after `?token=` in the link.
    pub token: String,
}

/// An answer from a message.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = AcknowledgementRequest)]
pub struct AnswerRequest {
    /// What stands after `?token=` in the link.
    pub token: String,
    /// What is answered.
    #[serde(default)]
    #[schema(inline)]
    pub answer: AnswerWord,
}

/// What is answered.
#[derive(Debug, Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AnswerWord {
    /// I have it.
    #[default]
    Acknowledge,
    /// I cannot: tell the next now.
    Escalate,
    /// It is done.
    Resolve,
}

/// What an acknowledge link is for.
#[derive(Debug, Serialize, ToSchema)]
pub struct Acknowledgement {
    /// `INC-1042` is 1042.
    pub incident_number: i64,
    /// The incident's title.
    pub title: String,
    /// Shown name of the person whose link it is.
    pub person: String,
    /// `open` (nobody has it), `taken` (somebody has it already), `over` (resolved or closed).
    pub state: String,
    /// The language of the person: `zh`, `en`.
    pub language: String,
}

async fn shown(state: &PageState, found: Acknowledged) -> ApiResult<Acknowledgement> {
    let mut sql = state.kit.db.read().await?;
    let person = state.directory.person(&mut sql, found.tenant, found.person).await?;
    let incident = state.directory.incident(&mut sql, found.tenant, found.incident).await?;
    let language = person.as_ref().map(|person| person.locale).unwrap_or_default();
    Ok(Acknowledgement {
        incident_number: incident.as_ref().map_or(0, |incident| incident.number),
        title: incident.map(|incident| title::in_language(&incident.title, language).to_owned()).unwrap_or_default(),
        person: person.map(|person| person.display).unwrap_or_default(),
        state: match found.state {
            table::RunState::Paging | table::RunState::Exhausted => "open",
            table::RunState::Taken => "taken",
            table::RunState::Over => "over",
        }
        .to_owned(),
        language: language.as_str().to_owned(),
    })
}

/// Acknowledges an incident with the token of a message's link, hands it on, or resolves it. Needs no session; works once.
#[utoipa::path(post, path = "/api/v1/acknowledgements", tag = "page", security(()),
    request_body = AnswerRequest, responses((status = 200, body = Acknowledgement), Refusals))]
async fn acknowledgement_create(State(state): State<PageState>, Json(request): Json<AnswerRequest>) -> ApiResult<Json<Acknowledgement>> {
    let escalation = Escalation::new(state.directory.clone());
    let mut tx = state.kit.db.write().await?;
    let answer = match request.answer {
        AnswerWord::Acknowledge => Answer::Acknowledge,
        AnswerWord::Escalate => Answer::Escalate,
        AnswerWord::Resolve => Answer::Resolve,
    };
    let found = acknowledge::acknowledge(&mut tx, &escalation, &request.token, answer).await?;
    tx.commit().await?;
    Ok(Json(shown(&state, found).await?))
}

/// What an acknowledge link is for. Uses nothing up, so that a mail scanner that follows links answers nothing; that it was
/// opened is noted as read.
#[utoipa::path(get, path = "/api/v1/acknowledgements", tag = "page", security(()), params(Token),
    responses((status = 200, body = Acknowledgement), Refusals))]
async fn acknowledgement_peek(State(state): State<PageState>, Query(query): Query<Token>) -> ApiResult<Json<Acknowledgement>> {
    let mut tx = state.kit.db.write().await?;
    let found = acknowledge::peek(&mut tx, &query.token, state.kit.now()).await?;
    acknowledge::opened(&mut tx, &found).await?;
    tx.commit().await?;
    Ok(Json(shown(&state, found).await?))
}
