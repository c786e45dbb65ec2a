//! Doing what a macro or a rule says to a request, and filling texts for it.

use evenkeel_core::{
    Language,
    definition::Bilingual,
    event::{Event, request::RequestNoted},
    id::{PersonId, RequestId, TenantId},
    state::{Medium, Visibility},
};
use evenkeel_store::{Sql, StoreError, Tx, ledger};
use jiff::Timestamp;

use super::{
    action::{Action, Mailing},
    letter,
    perform::{Doer, Reporter, zone_of},
    status,
    subject::TicketId,
    words,
    words::Filling,
};
use crate::{
    catalogue,
    party::{self, Wanted, load_names},
    refuse::invalid,
    request::{Change, Request, acts},
};

/// Who asked for it.
pub(super) async fn requester(sql: &mut dyn Sql, request: &Request) -> Result<Reporter, StoreError> {
    let person = party::find_person(sql, request.tenant, request.requester_id).await?;
    Ok(person
        .map_or_else(Reporter::default, |person| Reporter { name: person.definition.display, language: Some(person.definition.locale) }))
}

/// What the places of a text are filled with for a request, in one language. It has no priority.
pub(super) async fn filling(
    sql: &mut dyn Sql,
    request: &Request,
    requester: &Reporter,
    agent: Option<PersonId>,
    language: Language,
) -> Result<Filling, StoreError> {
    let item = catalogue::version(sql, request.tenant, request.item_id, request.item_version).await?.body.display;
    let mut wanted = Wanted::default();
    wanted.services.insert(request.service_id);
    wanted.teams.insert(request.team_id);
    wanted.organisations.insert(request.organisation_id);
    wanted.people.extend(agent);
    let names = load_names(sql, request.tenant, &wanted).await?;
    let zone = zone_of(sql, request.tenant, request.service_id, Some(request.organisation_id)).await?;
    let said = |at: Timestamp| at.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M %Z").to_string();
    let word = |name: Bilingual| name.in_language(language).to_owned();
    Ok(Filling::from([
        ("ticket.number", format!("REQ-{}", request.number)),
        ("ticket.title", item.in_language(language).to_owned()),
        ("reporter.name", requester.name.clone()),
        ("customer.name", word(names.organisation(request.organisation_id).display)),
        ("service.name", word(names.service(request.service_id).display)),
        ("team.name", word(names.team(request.team_id).display)),
        ("agent.name", agent.map_or_else(String::new, |id| names.person(id).display)),
        ("priority", "–".to_owned()),
        ("opened", said(request.submitted_at.unwrap_or(request.drafted_at))),
        ("due", request.due_at.map_or_else(|| "–".to_owned(), said)),
    ]))
}

/// Does one act.
///
/// # Errors
/// The refusals that a person who asked for the same would get.
pub(super) async fn perform(tx: &mut Tx, change: &mut Change, doer: Doer<'_>, action: &Action) -> Result<(), StoreError> {
    let (by_agent, medium) = doer.voice();
    match action {
        Action::SetStatus(standing) => status::request::apply(tx, change, standing.status.as_deref()).await,
        Action::Hold(holding) => {
            let text = filled(tx, change, doer, holding.text.as_ref()).await?;
            acts::wait(tx, change, holding.reason, text.as_deref().map(|text| (text, medium))).await
        }
        Action::Resume(_) => acts::resume(change),
        Action::Reply(said) => {
            let text = filled(tx, change, doer, Some(&said.text)).await?;
            say(tx, change, (Visibility::Public, medium, by_agent), text).await
        }
        Action::Note(said) => {
            let text = filled(tx, change, doer, Some(&said.text)).await?;
            say(tx, change, (Visibility::Internal, medium, by_agent), text).await
        }
        Action::MailTeam(Mailing { team, text }) => {
            let at = (change.request.tenant, TicketId::Request(change.request.id), change.request.version);
            letter::tell_team(tx, at, *team, text).await
        }
        // They are refused when the definition is put.
        Action::Assign(_) | Action::Prioritise(_) | Action::SetField(_) | Action::Start(_) | Action::Resolve(_) => {
            Err(invalid("/then", format!("a request has no {}", action.as_str())).into())
        }
    }
}

async fn say(tx: &mut Tx, change: &mut Change, how: (Visibility, Medium, bool), text: Option<String>) -> Result<(), StoreError> {
    match text.filter(|text| !text.trim().is_empty()) {
        Some(text) => acts::say(tx, change, how, &text).await,
        None => Ok(()),
    }
}

/// A text filled for the request, in the language of whoever asked for it, else of whoever acts.
async fn filled(tx: &mut Tx, change: &Change, doer: Doer<'_>, text: Option<&Bilingual>) -> Result<Option<String>, StoreError> {
    let Some(text) = text else { return Ok(None) };
    let requester = requester(tx, &change.request).await?;
    let (agent, own) = doer.writes();
    let language = requester.language.unwrap_or(own);
    let filling = filling(tx, &change.request, &requester, agent, language).await?;
    Ok(Some(words::fill(text.in_language(language), &filling)))
}

/// What was last said publicly, up to this place of the ledger, by somebody who is not one of ours; empty when nothing was, or it was erased.
pub(super) async fn said(sql: &mut dyn Sql, tenant: TenantId, id: RequestId, until: Option<i64>) -> Result<String, StoreError> {
    let events = ledger::events_of(sql, tenant, "request", &id.to_string()).await?;
    let theirs = |event: &Event| {
        event.read::<RequestNoted>().and_then(Result::ok).filter(|noted| noted.visibility == Visibility::Public && !noted.by_agent)
    };
    let mut heard = events.iter().rev().filter(|event| until.is_none_or(|until| event.seq <= until));
    let Some(noted) = heard.find_map(theirs) else { return Ok(String::new()) };
    Ok(ledger::texts(sql, &[noted.text]).await?.into_values().flatten().next().unwrap_or_default())
}
