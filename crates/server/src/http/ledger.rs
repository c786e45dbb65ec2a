//! The ledger as it is: for auditors, and behind every figure.

use std::collections::HashMap;

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, Json, Page, PageQuery, Path, Permission, Problem, Query, Refusals, Routes, routes};
use evenkeel_core::{
    Actor,
    event::{Body as _, Event, Subject, manage::IncidentOpened},
    id::EventId,
    title,
};
use evenkeel_store::ledger;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::app::App;

pub(super) fn router() -> Routes<App> {
    Routes::default().routes(routes!(event_list)).routes(routes!(event_get))
}

/// An event of the ledger.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LedgerEvent)]
struct EventView {
    /// Its position.
    seq: i64,
    id: EventId,
    /// When it happened.
    occurred_at: Timestamp,
    /// When we learned it.
    recorded_at: Timestamp,
    actor: Actor,
    on_behalf_of: Option<String>,
    source: String,
    subject: Subject,
    /// The event type.
    kind: String,
    version: u16,
    /// What happened.
    #[schema(value_type = Object)]
    payload: serde_json::Value,
    evidence: Option<String>,
}

impl EventView {
    fn of(event: Event) -> Self {
        Self {
            seq: event.seq,
            id: event.id,
            occurred_at: event.occurred_at,
            recorded_at: event.recorded_at,
            actor: event.actor,
            on_behalf_of: event.on_behalf_of,
            source: event.source,
            subject: event.subject,
            kind: event.kind,
            version: event.version,
            payload: serde_json::from_str(&event.payload).unwrap_or(serde_json::Value::String(event.payload)),
            evidence: event.evidence,
        }
    }
}

/// The seal that makes an event unchangeable without being seen.
#[derive(Debug, Serialize, ToSchema)]
struct SealView {
    /// Its number.
    number: i64,
    /// The Merkle root over its events.
    root: String,
    /// Its own hash, which the next seal holds.
    hash: String,
    first_seq: i64,
    last_seq: i64,
    sealed_at: Timestamp,
}

/// An event with its seal and its personal texts.
#[derive(Debug, Serialize, ToSchema)]
struct EventWhole {
    #[serde(flatten)]
    event: EventView,
    /// Null until it is sealed, which takes seconds.
    seal: Option<SealView>,
    /// Texts by digest; null where a text was erased.
    text: HashMap<String, Option<String>>,
}

/// Which events.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct EventQuery {
    /// With `subject_id`: the history of one thing.
    subject_kind: Option<String>,
    subject_id: Option<String>,
    /// One event type.
    kind: Option<String>,
}

/// Events in order; of one thing, or of all.
#[utoipa::path(get, path = "/api/v1/events", tag = "ledger", operation_id = "event_list", params(EventQuery, PageQuery),
    responses((status = 200, body = Page<EventView>), Refusals))]
async fn event_list(
    State(app): State<App>,
    caller: Caller,
    Query(query): Query<EventQuery>,
    Query(page): Query<PageQuery>,
) -> ApiResult<Json<Page<EventView>>> {
    caller.require(Permission::EventRead)?;
    let after: i64 = page.key()?.unwrap_or(0);
    let mut read = app.kit.db.read().await?;
    let events = match (&query.subject_kind, &query.subject_id) {
        (Some(kind), Some(id)) => {
            let all = ledger::events_of(&mut read, caller.tenant, kind, id).await?;
            let wanted = usize::try_from(page.fetch()).unwrap_or(usize::MAX);
            let of_kind = |event: &Event| query.kind.as_ref().is_none_or(|kind| *kind == event.kind);
            all.into_iter().filter(|event| event.seq > after && of_kind(event)).take(wanted).collect()
        }
        (None, None) => {
            let kinds: Vec<&str> = query.kind.iter().map(String::as_str).collect();
            let horizon = ledger::horizon(&mut read).await?;
            ledger::scan(&mut read, Some(caller.tenant), after, horizon, page.fetch(), &kinds).await?
        }
        _ => return Err(Problem::invalid("subject_id", "give subject_kind and subject_id together, or neither")),
    };
    Ok(Json(page.page(events, |event| event.seq).map(EventView::of)))
}

/// One event with its seal.
#[utoipa::path(get, path = "/api/v1/events/{seq}", tag = "ledger", operation_id = "event_get", params(("seq" = i64, Path)),
    responses((status = 200, body = EventWhole), Refusals))]
async fn event_get(State(app): State<App>, caller: Caller, Path(seq): Path<i64>) -> ApiResult<Json<EventWhole>> {
    caller.require(Permission::EventRead)?;
    let mut read = app.kit.db.read().await?;
    let event = ledger::event(&mut read, caller.tenant, seq).await?.ok_or_else(|| Problem::not_found("event", seq))?;
    let seal = ledger::seal::of(&mut read, seq).await?.map(|(seal, hash)| SealView {
        number: seal.number,
        root: seal.root,
        hash,
        first_seq: seal.first_seq,
        last_seq: seal.last_seq,
        sealed_at: evenkeel_core::time::from_micros(seal.sealed_at),
    });
    let digests = digests(&event.payload);
    let mut text = if digests.is_empty() { HashMap::new() } else { ledger::texts(&mut read, &digests).await? };
    if event.kind == IncidentOpened::KIND {
        for words in text.values_mut().flatten() {
            *words = title::in_language(words, caller.language).to_owned();
        }
    }
    Ok(Json(EventWhole { event: EventView::of(event), seal, text }))
}

/// Strings of a payload that look like a digest: 64 hex digits. Those that name no text are simply not found.
fn digests(payload: &str) -> Vec<String> {
    fn walk(value: &serde_json::Value, found: &mut Vec<String>) {
        match value {
            serde_json::Value::String(text) if text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit()) => {
                found.push(text.clone());
            }
            serde_json::Value::Array(items) => items.iter().for_each(|item| walk(item, found)),
            serde_json::Value::Object(fields) => fields.values().for_each(|item| walk(item, found)),
            _ => {}
        }
    }
    let mut found = Vec::new();
    if let Ok(value) = serde_json::from_str(payload) {
        walk(&value, &mut found);
    }
    found.truncate(100);
    found
}
