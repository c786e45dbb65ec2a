//! Events of a ticket as people read them.

use std::collections::HashMap;

use evenkeel_api::Caller;
use evenkeel_core::{
    ActorKind,
    event::{Event, automation::RuleReason},
    id::{OrganisationId, PersonId, ServiceId, TeamId, TenantId},
    title,
};
use evenkeel_store::{Sql, StoreError, ledger};
use jiff::Timestamp;
use serde::{Deserialize as _, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::party::{Names, Wanted, load_names};

/// Who did something.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TimelineActor {
    /// A person, a token, or a part of Evenkeel.
    pub kind: ActorKind,
    /// A person's or token's id, or the part of Evenkeel that acted.
    pub id: String,
    /// A person's shown name; else the id.
    pub display: String,
}

/// One event.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TimelineEntry {
    /// Its position in the ledger: what its evidence is asked by.
    pub seq: i64,
    /// When it happened.
    pub at: Timestamp,
    /// When we learned it.
    pub recorded_at: Timestamp,
    /// The event type.
    pub kind: String,
    /// Who did it.
    pub actor: TimelineActor,
    /// Through what.
    pub source: String,
    /// The payload.
    #[schema(value_type = Object)]
    pub data: Value,
    /// The words that go with it; null when there are none, or they were erased, or are not for you.
    pub text: Option<String>,
    /// Shown names of the ids in the payload that name a person, team or service.
    #[schema(value_type = Object)]
    pub names: Value,
}

/// The ids in a payload that have a name to show.
fn mentioned(data: &Value, wanted: &mut Wanted) {
    let id = |field: &str| data.get(field).and_then(Value::as_str);
    wanted.people.extend(id("person_id").and_then(|id| id.parse::<PersonId>().ok()));
    wanted.people.extend(id("owner_id").and_then(|id| id.parse::<PersonId>().ok()));
    wanted.teams.extend(id("team_id").and_then(|id| id.parse::<TeamId>().ok()));
    wanted.services.extend(id("service_id").and_then(|id| id.parse::<ServiceId>().ok()));
    if let Some(reasons) = data.get("because").and_then(|because| Vec::<RuleReason>::deserialize(because).ok()) {
        seen(&reasons, wanted);
    }
}

/// The ids that a rule's condition saw and that have a name to show.
fn seen(reasons: &[RuleReason], wanted: &mut Wanted) {
    for reason in reasons {
        let Some(id) = reason.saw.as_deref() else { continue };
        match reason.test.as_str() {
            "service" => wanted.services.extend(id.parse::<ServiceId>().ok()),
            "team" => wanted.teams.extend(id.parse::<TeamId>().ok()),
            "assignee" | "assigned" => wanted.people.extend(id.parse::<PersonId>().ok()),
            "customer" => wanted.organisations.extend(id.parse::<OrganisationId>().ok()),
            _ => {}
        }
    }
}

/// The shown names of what a rule's condition saw, by id.
///
/// # Errors
/// As any statement.
pub(crate) async fn reason_names(sql: &mut dyn Sql, tenant: TenantId, reasons: &[RuleReason]) -> Result<Value, StoreError> {
    let mut wanted = Wanted::default();
    seen(reasons, &mut wanted);
    let names = load_names(sql, tenant, &wanted).await?;
    map_of(wanted, &names)
}

fn names_of(data: &Value, names: &Names) -> Result<Value, StoreError> {
    let mut own = Wanted::default();
    mentioned(data, &mut own);
    map_of(own, names)
}

fn map_of(own: Wanted, names: &Names) -> Result<Value, StoreError> {
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
    for id in own.organisations {
        map.insert(id.to_string(), serde_json::to_value(names.organisation(id).display)?);
    }
    Ok(Value::Object(map))
}

/// How events look to this caller, in the same order; `digest_of` gives the digest of the words that go with one.
///
/// # Errors
/// When a payload cannot be read.
pub async fn entries(
    sql: &mut dyn Sql,
    caller: &Caller,
    events: &[Event],
    digest_of: impl Fn(&Event) -> Result<Option<String>, StoreError>,
) -> Result<Vec<TimelineEntry>, StoreError> {
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
                // A machine's title is in both languages; what people wrote reads the same to everyone.
                text: digest.and_then(|digest| Some(title::in_language(texts.get(&digest)?.as_deref()?, caller.language).to_owned())),
            })
        })
        .collect()
}
