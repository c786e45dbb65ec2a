//! Everything that happened to an incident, as the ledger has it: its own events and those of its pages.

use std::collections::{BTreeSet, HashMap};

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, Json, Path, Permission, Problem, Refusals, Scope};
use evenkeel_core::{
    ActorKind,
    definition::Layer,
    event::{
        Body, Event,
        analyze::ClockBreached,
        manage::{IncidentOpened, Located, Noted},
    },
    id::{IncidentId, PersonId, ServiceId, TeamId, TenantId},
    state::Visibility,
    title,
};
use evenkeel_store::{Sql, StoreError, ledger};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::store;
use crate::{
    Manage, agreement,
    definition::find_by_name,
    party::{Names, Wanted, load_names},
};

/// Who did something.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct TimelineActor {
    kind: ActorKind,
    /// A person's or token's id, or the part of Evenkeel that acted.
    id: String,
    /// A person's shown name; else the id.
    display: String,
}

/// One event.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct TimelineEntry {
    /// Its position in the ledger: what its evidence is asked by.
    seq: i64,
    /// When it happened.
    at: Timestamp,
    /// When we learned it.
    recorded_at: Timestamp,
    /// The event type.
    kind: String,
    /// Who did it.
    actor: TimelineActor,
    /// Through what.
    source: String,
    /// The payload.
    #[schema(value_type = Object)]
    data: Value,
    /// The words that go with it; null when there are none, or they were erased, or are not for you.
    text: Option<String>,
    /// Shown names of the ids in the payload that name a person, team or service.
    #[schema(value_type = Object)]
    names: Value,
}

/// The digest of the words that go with an event.
fn digest_of(event: &Event) -> Result<Option<String>, StoreError> {
    if let Some(body) = event.read::<Noted>() {
        return Ok(Some(body?.text));
    }
    if let Some(body) = event.read::<IncidentOpened>() {
        return Ok(Some(body?.title));
    }
    if let Some(body) = event.read::<Located>() {
        return Ok(body?.text);
    }
    Ok(None)
}

/// Whether the event is for someone outside the provider: nothing internal, nobody's pager, no promise that is not theirs.
async fn is_public(sql: &mut dyn Sql, tenant: TenantId, event: &Event) -> Result<bool, StoreError> {
    if let Some(body) = event.read::<Noted>() {
        return Ok(body?.visibility == Visibility::Public);
    }
    if let Some(body) = event.read::<ClockBreached>() {
        let found = find_by_name::<evenkeel_core::definition::AgreementDefinition>(sql, tenant, agreement::KIND, &body?.agreement).await?;
        return Ok(found.is_some_and(|found| found.body.layer == Layer::Sla));
    }
    Ok(event.kind.starts_with("incident.") && event.kind != Located::KIND)
}

/// The ids in a payload that have a name to show.
fn mentioned(data: &Value, wanted: &mut Wanted) {
    let id = |field: &str| data.get(field).and_then(Value::as_str);
    wanted.people.extend(id("person_id").and_then(|id| id.parse::<PersonId>().ok()));
    wanted.people.extend(id("owner_id").and_then(|id| id.parse::<PersonId>().ok()));
    wanted.teams.extend(id("team_id").and_then(|id| id.parse::<TeamId>().ok()));
    wanted.services.extend(id("service_id").and_then(|id| id.parse::<ServiceId>().ok()));
}

fn names_of(data: &Value, names: &Names) -> Result<Value, StoreError> {
    let mut own = Wanted::default();
    mentioned(data, &mut own);
    let mut map = serde_json::Map::new();
    for id in own.people {
        map.insert(id.to_string(), Value::String(names.person(id).display));
    }
    for id in own.teams {
        map.insert(id.to_string(), serde_json::to_value(names.team(id).display)?);
    }
    for id in own.services {
        map.insert(id.to_string(), serde_json::to_value(names.service(id).display)?);
    }
    Ok(Value::Object(map))
}

/// Everything that happened to an incident, oldest first. Customers and vendors see what is public.
#[utoipa::path(get, path = "/api/v1/incidents/{id}/timeline", operation_id = "incident_timeline", tag = "incident",
    params(("id" = IncidentId, Path)), responses((status = 200, body = Vec<TimelineEntry>), Refusals))]
pub(super) async fn incident_timeline(
    State(manage): State<Manage>,
    caller: Caller,
    Path(id): Path<IncidentId>,
) -> ApiResult<Json<Vec<TimelineEntry>>> {
    let scope = caller.scope(Permission::IncidentRead)?;
    let tenant = caller.tenant;
    let mut sql = manage.kit.db.read().await?;
    store::find(&mut sql, tenant, id)
        .await?
        .filter(|incident| scope.shows(&incident.organisations()))
        .ok_or_else(|| Problem::not_found("incident", id))?;
    let mut events = ledger::events_of(&mut sql, tenant, "incident", &id.to_string()).await?;
    let staff = scope == Scope::All && caller.may(Permission::IncidentNoteInternal);
    if staff {
        let pages = ledger::events_by_evidence(&mut sql, tenant, &format!("incident:{id}")).await?;
        let known: BTreeSet<i64> = events.iter().map(|event| event.seq).collect();
        events.extend(pages.into_iter().filter(|page| !known.contains(&page.seq)));
    } else {
        let mut public = Vec::with_capacity(events.len());
        for event in events {
            if is_public(&mut sql, tenant, &event).await? {
                public.push(event);
            }
        }
        events = public;
    }
    events.sort_by_key(|event| (event.occurred_at, event.seq));
    Ok(Json(entries(&mut sql, &caller, &events).await?))
}

async fn entries(sql: &mut dyn Sql, caller: &Caller, events: &[Event]) -> Result<Vec<TimelineEntry>, StoreError> {
    let mut wanted = Wanted::default();
    let mut digests = Vec::with_capacity(events.len());
    let mut payloads = Vec::with_capacity(events.len());
    for event in events {
        let data: Value = serde_json::from_str(&event.payload)?;
        mentioned(&data, &mut wanted);
        wanted.people.extend(event.actor.as_person());
        payloads.push(data);
        digests.push(digest_of(event)?);
    }
    let asked: Vec<String> = digests.iter().flatten().cloned().collect();
    let texts: HashMap<String, Option<String>> = ledger::texts(sql, &asked).await?;
    let names = load_names(sql, caller.tenant, &wanted).await?;
    let words = |event: &Event, text: &str| {
        let opened = event.kind == IncidentOpened::KIND;
        if opened { title::in_language(text, caller.language).to_owned() } else { text.to_owned() }
    };
    events
        .iter()
        .zip(payloads)
        .zip(digests)
        .map(|((event, data), digest)| {
            let display = event.actor.as_person().map_or_else(|| event.actor.id.clone(), |id| names.person(id).display);
            Ok(TimelineEntry {
                seq: event.seq,
                at: event.occurred_at,
                recorded_at: event.recorded_at,
                kind: event.kind.clone(),
                actor: TimelineActor { kind: event.actor.kind, id: event.actor.id.clone(), display },
                source: event.source.clone(),
                names: names_of(&data, &names)?,
                data,
                text: digest.and_then(|digest| Some(words(event, texts.get(&digest)?.as_deref()?))),
            })
        })
        .collect()
}
