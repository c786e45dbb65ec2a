//! Try a rule on tickets of the past: which it would have met, when, why, and what it would have done. Nothing is written.
//!
//! Each ticket is told again from its own events, and the rule sees it as it was at each of them. What the rule itself would
//! have changed afterwards is not told: of each ticket the first time counts.

use std::collections::HashMap;

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, Json, Permission, Problem, Refusals};
use evenkeel_core::{
    Language,
    event::{
        Body as _, Event,
        automation::{FieldSet, RequestStatusSet, RuleReason, StatusSet},
        manage::{Assigned, IncidentOpened, Noted, Reprioritised, Transitioned},
        request::{RequestNoted, RequestSubmitted, RequestTransitioned},
    },
    id::{IncidentId, RequestId, TenantId},
    state::{IncidentState, RequestState, Visibility},
    title,
};
use evenkeel_store::{Sql, StoreError, ledger};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::{
    RuleDefinition, action,
    facts::Facts,
    rule::{
        happening::{self, Mark},
        passes,
    },
    subject::{Of, TicketId, TicketState},
};
use crate::{
    Manage,
    automation::AutomationDefinition,
    catalogue,
    incident::{self, Incident},
    refuse::invalid,
    request::{self, Request},
    ticket::timeline::reason_names,
};

/// The most tickets that are looked at, the newest.
const LOOKED_MAX: i64 = 2_000;
/// The most tickets that are shown.
const SHOWN_MAX: usize = 50;
/// For how long is looked.
const LONGEST: SignedDuration = SignedDuration::from_secs(5);
/// The longest period.
const PERIOD_MAX: SignedDuration = SignedDuration::from_hours(24 * 366);

/// A rule and the tickets that it is tried on.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct TryRequest {
    /// As it is or as it might be.
    rule: RuleDefinition,
    /// Tickets that were opened from here …
    from: Timestamp,
    /// … until here; at most a year.
    to: Timestamp,
}

/// A ticket that the rule would have met.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Tried {
    #[schema(format = "uuid")]
    id: String,
    number: i64,
    title: String,
    /// When it would have met it first.
    at: Timestamp,
    /// What it waits for that happened.
    when: String,
    /// What its condition saw.
    because: Vec<RuleReason>,
    /// Shown names of the ids that its condition saw.
    #[schema(value_type = Object)]
    names: Value,
}

/// What a rule would have done.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RuleTrial)]
pub(super) struct Trial {
    /// How many tickets were looked at.
    looked_at: i64,
    /// How many of them it would have met.
    met: i64,
    /// Whether all of the period were looked at; otherwise the newest of it.
    complete: bool,
    /// What it would have done to each, in order.
    acts: Vec<String>,
    /// The newest that it would have met, at most 50.
    tickets: Vec<Tried>,
}

/// A ticket told again.
struct Telling<'a> {
    facts: Facts,
    opened_at: Timestamp,
    texts: &'a HashMap<String, Option<String>>,
}

impl Telling<'_> {
    /// What the customer says publicly is what a condition hears last.
    fn hear(&mut self, visibility: Visibility, by_agent: bool, text: &str) {
        if visibility == Visibility::Public && !by_agent {
            self.facts.said = self.texts.get(text).cloned().flatten().unwrap_or_default().to_lowercase();
        }
    }

    /// What the ticket is after an event.
    fn tell(&mut self, event: &Event) -> Result<(), StoreError> {
        if let Some(moved) = event.read::<RequestTransitioned>().transpose()? {
            (self.facts.state, self.facts.hold, self.facts.status) = (TicketState::Request(moved.to), moved.hold, None);
        } else if let Some(noted) = event.read::<RequestNoted>().transpose()? {
            self.hear(noted.visibility, noted.by_agent, &noted.text);
        } else if let Some(set) = event.read::<RequestStatusSet>().transpose()? {
            self.facts.status = set.status;
        } else if let Some(moved) = event.read::<Transitioned>().transpose()? {
            (self.facts.state, self.facts.hold, self.facts.status) = (TicketState::Incident(moved.to), moved.hold, None);
        } else if let Some(to) = event.read::<Assigned>().transpose()? {
            (self.facts.team, self.facts.assignee) = (to.team_id, to.person_id);
        } else if let Some(to) = event.read::<Reprioritised>().transpose()? {
            (self.facts.priority, self.facts.impact, self.facts.urgency) = (Some(to.to), Some(to.impact), Some(to.urgency));
        } else if let Some(noted) = event.read::<Noted>().transpose()? {
            self.hear(noted.visibility, noted.by_agent, &noted.text);
        } else if let Some(set) = event.read::<StatusSet>().transpose()? {
            self.facts.status = set.status;
        } else if let Some(set) = event.read::<FieldSet>().transpose()? {
            match set.value {
                Some(value) => self.facts.fields.insert(set.field, value),
                None => self.facts.fields.remove(&set.field),
            };
        }
        Ok(())
    }
}

/// The ticket at its opening, as its first event says.
fn at_opening(incident: &Incident, opened: &IncidentOpened) -> Facts {
    let mut facts = Facts::of(incident, "", std::collections::BTreeMap::new());
    (facts.service, facts.customer, facts.team, facts.assignee) = (opened.service_id, opened.organisation_id, opened.team_id, None);
    (facts.impact, facts.urgency, facts.priority) = (Some(opened.impact), Some(opened.urgency), Some(opened.priority));
    (facts.state, facts.hold, facts.status) = (TicketState::Incident(IncidentState::New), None, None);
    facts
}

/// The request when it was sent, as that event says.
fn at_sending(request: &Request, title: &str, sent: &RequestSubmitted) -> Facts {
    let mut facts = Facts::of_request(request, title, "");
    (facts.service, facts.customer, facts.team, facts.item) =
        (sent.service_id, Some(sent.organisation_id), Some(sent.team_id), Some(sent.item_id));
    (facts.state, facts.hold, facts.status) = (TicketState::Request(RequestState::Submitted), None, None);
    facts
}

/// A ticket of the past: how it was at its beginning, what happened to it, and how it is called.
struct Past {
    id: String,
    number: i64,
    title: String,
    facts: Facts,
    opened_at: Timestamp,
    events: Vec<Event>,
}

async fn incident_of(sql: &mut dyn Sql, tenant: TenantId, id: IncidentId, language: Language) -> Result<Option<Past>, StoreError> {
    let Some(incident) = incident::find(sql, tenant, id).await? else { return Ok(None) };
    let events = ledger::events_of(sql, tenant, "incident", &id.to_string()).await?;
    let Some(opened) = events.iter().find_map(Event::read::<IncidentOpened>).transpose()? else { return Ok(None) };
    let (facts, opened_at) = (at_opening(&incident, &opened), incident.opened_at);
    let title = title::in_language(&incident.title, language).to_owned();
    Ok(Some(Past { id: id.to_string(), number: incident.number, title, facts, opened_at, events }))
}

async fn request_of(sql: &mut dyn Sql, tenant: TenantId, id: RequestId, language: Language) -> Result<Option<Past>, StoreError> {
    let Some(request) = request::find(sql, tenant, id).await? else { return Ok(None) };
    let mut events = ledger::events_of(sql, tenant, "request", &id.to_string()).await?;
    let Some(begins) = events.iter().position(|event| event.kind == RequestSubmitted::KIND) else { return Ok(None) };
    events.drain(..begins);
    let Some(sent) = events.iter().find_map(Event::read::<RequestSubmitted>).transpose()? else { return Ok(None) };
    let item = catalogue::version(sql, tenant, request.item_id, request.item_version).await?.body.display;
    let facts = at_sending(&request, &title::both(&item), &sent);
    let opened_at = request.submitted_at.unwrap_or(request.drafted_at);
    let title = item.in_language(language).to_owned();
    Ok(Some(Past { id: id.to_string(), number: request.number, title, facts, opened_at, events }))
}

/// What of a transaction's events the rule sees at once: a consumer reads an event after all of its transaction.
fn together(events: &[Event]) -> impl Iterator<Item = &[Event]> {
    events.chunk_by(|one, other| one.recorded_at == other.recorded_at)
}

type Met = (Timestamp, &'static str, Vec<RuleReason>);

/// The first time that a rule would have met a ticket.
async fn first(sql: &mut dyn Sql, tenant: TenantId, rule: &RuleDefinition, past: &Past, now: Timestamp) -> Result<Option<Met>, StoreError> {
    let events = &past.events;
    let said = |event: &Event| match event.read::<Noted>() {
        Some(noted) => noted.ok().map(|noted| noted.text),
        None => event.read::<RequestNoted>()?.ok().map(|noted| noted.text),
    };
    let digests: Vec<String> = if rule.reads_texts() { events.iter().filter_map(said).collect() } else { Vec::new() };
    let texts = ledger::texts(sql, &digests).await?;
    let mut telling = Telling { facts: past.facts.clone(), opened_at: past.opened_at, texts: &texts };
    let mut waiting: Option<Timestamp> = None;
    for group in together(events) {
        let at = group[0].recorded_at;
        if let Some(due_at) = waiting.filter(|due_at| *due_at <= at) {
            waiting = None;
            if let (true, because) = rule.condition.judge(&telling.facts) {
                return Ok(Some((due_at, "after", because)));
            }
        }
        for event in group {
            telling.tell(event)?;
        }
        for event in group {
            let Some(happening) = happening::of(event, telling.opened_at)? else { continue };
            if let Some(after) = rule.after() {
                match after.since.mark(happening) {
                    Mark::Nothing => {}
                    Mark::Ended => waiting = None,
                    Mark::From => waiting = passes(sql, tenant, after, event.occurred_at).await?,
                }
            }
            if let Some(when) = rule.when.iter().find(|when| when.awaits(happening))
                && let (true, because) = rule.condition.judge(&telling.facts)
            {
                return Ok(Some((at, when.as_str(), because)));
            }
        }
    }
    if let Some(due_at) = waiting.filter(|due_at| *due_at <= now)
        && let (true, because) = rule.condition.judge(&telling.facts)
    {
        return Ok(Some((due_at, "after", because)));
    }
    Ok(None)
}

/// The tickets that were opened within a period, the newest first: one more than are looked at.
async fn within(sql: &mut dyn Sql, tenant: TenantId, of: Of, (from, to): (Timestamp, Timestamp)) -> Result<Vec<TicketId>, StoreError> {
    Ok(match of {
        Of::Incident => incident::opened_within(sql, tenant, from, to, LOOKED_MAX + 1).await?.into_iter().map(TicketId::Incident).collect(),
        Of::Request => request::submitted_within(sql, tenant, from, to, LOOKED_MAX + 1).await?.into_iter().map(TicketId::Request).collect(),
    })
}

/// Tries a rule on tickets of the past and writes nothing.
#[utoipa::path(post, path = "/api/v1/automation/try", operation_id = "rule_try", tag = "automation",
    request_body = TryRequest, responses((status = 200, body = Trial), Refusals))]
pub(super) async fn rule_try(
    State(manage): State<Manage>,
    caller: Caller,
    request: Result<Json<TryRequest>, Problem>,
) -> ApiResult<Json<Trial>> {
    caller.require(Permission::AutomationRead)?;
    // Only staff may ask for the one, and staff sees every ticket; a token may lack the other.
    caller.require(Permission::IncidentRead)?;
    let Json(request) = request?;
    if request.rule.of == Of::Request {
        caller.require(Permission::RequestRead)?;
    }
    let (rule, begun) = (request.rule, manage.kit.now());
    if request.to <= request.from || request.to.duration_since(request.from) > PERIOD_MAX {
        return Err(invalid("/to", "a period ends after it begins and has at most 366 days").into());
    }
    let definition = AutomationDefinition::TicketRule(rule.clone());
    definition.check()?;
    let mut sql = manage.kit.db.read().await?;
    let ids = within(&mut sql, caller.tenant, rule.of, (request.from, request.to)).await?;
    let most = usize::try_from(LOOKED_MAX).unwrap_or(usize::MAX);
    let mut trial = Trial { looked_at: 0, met: 0, complete: ids.len() <= most, acts: action::words_of(&rule.then), tickets: Vec::new() };
    for id in ids.into_iter().take(most) {
        if manage.kit.now().duration_since(begun) > LONGEST {
            trial.complete = false;
            break;
        }
        let past = match id {
            TicketId::Incident(id) => incident_of(&mut sql, caller.tenant, id, caller.language).await?,
            TicketId::Request(id) => request_of(&mut sql, caller.tenant, id, caller.language).await?,
        };
        let Some(past) = past else { continue };
        trial.looked_at += 1;
        let Some((at, when, because)) = first(&mut sql, caller.tenant, &rule, &past, begun).await? else { continue };
        trial.met += 1;
        if trial.tickets.len() < SHOWN_MAX {
            let names = reason_names(&mut sql, caller.tenant, &because).await?;
            let Past { id, number, title, .. } = past;
            trial.tickets.push(Tried { id, number, title, at, when: when.to_owned(), because, names });
        }
    }
    Ok(Json(trial))
}
