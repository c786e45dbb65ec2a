//! Doing what a macro or a rule says, by the functions that people's own acts go through.

use evenkeel_api::Caller;
use evenkeel_core::{
    Language,
    definition::Bilingual,
    event::{
        Event,
        manage::{IncidentOpened, Noted, Origin},
    },
    id::{IncidentId, OrganisationId, PersonId, ServiceId, TenantId},
    state::{Medium, Visibility},
    title,
};
use evenkeel_store::{Sql, StoreError, Tx, ledger};
use jiff::{Timestamp, tz::TimeZone};

use super::{
    action::{Action, Mailing, Resolution},
    field, letter, status,
    subject::TicketId,
    words,
    words::Filling,
};
use crate::{
    agreement, calendar,
    incident::{Change, Incident, Speaker, acts},
    mail,
    party::{self, Wanted, load_names},
};

/// Who lets something be done.
#[derive(Debug, Clone, Copy)]
pub(super) enum Doer<'a> {
    /// A person who chose a macro.
    Person(&'a Caller),
    /// A rule.
    Rule,
}

impl Doer<'_> {
    fn person(self) -> Option<PersonId> {
        match self {
            Self::Person(caller) => caller.person,
            Self::Rule => None,
        }
    }

    /// Whether it is said by one of ours, and how.
    pub(super) fn voice(self) -> (bool, Medium) {
        match self {
            Self::Person(caller) => (crate::ticket::is_agent(caller), Medium::Note),
            // Machines do not respond: what a rule says is no first response, and its mail says that a machine wrote it.
            Self::Rule => (true, Medium::Auto),
        }
    }

    fn speaker(self) -> Speaker {
        let (by_agent, medium) = self.voice();
        Speaker { by_agent, medium }
    }

    /// Who writes, and in which language when nobody else's counts.
    pub(super) fn writes(self) -> (Option<PersonId>, Language) {
        match self {
            Self::Person(caller) => (caller.person, caller.language),
            Self::Rule => (None, Language::default()),
        }
    }
}

/// Who reported a ticket.
#[derive(Debug, Clone, Default)]
pub(super) struct Reporter {
    /// Their shown name; empty = not known.
    pub name: String,
    /// What they read.
    pub language: Option<Language>,
}

/// Who reported it, as far as known: a person of ours, or whoever wrote the mail that opened it.
pub(super) async fn reporter(sql: &mut dyn Sql, incident: &Incident) -> Result<Reporter, StoreError> {
    let events = ledger::events_of(sql, incident.tenant, "incident", &incident.id.to_string()).await?;
    let opened = events.iter().find_map(Event::read::<IncidentOpened>).transpose()?;
    if let Some(Origin::Person { person_id: Some(id), .. }) = opened.map(|opened| opened.origin)
        && let Some(person) = party::find_person(sql, incident.tenant, id).await?
    {
        return Ok(Reporter { name: person.definition.display, language: Some(person.definition.locale) });
    }
    let (name, language) = mail::correspondent(sql, incident.tenant, incident.id).await?.unwrap_or_default();
    Ok(Reporter { name, language })
}

/// The zone in which a ticket's times are said: that of its first agreement's hours.
pub(super) async fn zone_of(
    sql: &mut dyn Sql,
    tenant: TenantId,
    service: ServiceId,
    customer: Option<OrganisationId>,
) -> Result<TimeZone, StoreError> {
    let agreements = agreement::of_service(sql, tenant, service, customer).await?;
    let Some(first) = agreements.first() else { return Ok(TimeZone::UTC) };
    let Some(found) = agreement::find(sql, tenant, first.id).await? else { return Ok(TimeZone::UTC) };
    let body = calendar::find(sql, tenant, found.body.calendar).await?.map(|found| found.body);
    let name = body.as_ref().and_then(|body| body.get("zone")).and_then(serde_json::Value::as_str);
    Ok(name.and_then(|name| TimeZone::get(name).ok()).unwrap_or(TimeZone::UTC))
}

/// What the places of a text are filled with for a ticket, in one language.
pub(super) async fn filling(
    sql: &mut dyn Sql,
    incident: &Incident,
    reporter: &Reporter,
    agent: Option<PersonId>,
    language: Language,
) -> Result<Filling, StoreError> {
    let mut wanted = Wanted::default();
    wanted.services.insert(incident.service_id);
    wanted.teams.extend(incident.team_id);
    wanted.organisations.extend(incident.organisation_id);
    wanted.people.extend(agent.or(incident.assignee_id));
    let names = load_names(sql, incident.tenant, &wanted).await?;
    let zone = zone_of(sql, incident.tenant, incident.service_id, incident.organisation_id).await?;
    let said = |at: Timestamp| at.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M %Z").to_string();
    let word = |name: Bilingual| name.in_language(language).to_owned();
    Ok(Filling::from([
        ("ticket.number", format!("INC-{}", incident.number)),
        ("ticket.title", title::in_language(&incident.title, language).to_owned()),
        ("reporter.name", reporter.name.clone()),
        ("customer.name", incident.organisation_id.map_or_else(String::new, |id| word(names.organisation(id).display))),
        ("service.name", word(names.service(incident.service_id).display)),
        ("team.name", incident.team_id.map_or_else(String::new, |id| word(names.team(id).display))),
        ("agent.name", agent.or(incident.assignee_id).map_or_else(String::new, |id| names.person(id).display)),
        ("priority", format!("P{}", incident.priority.get())),
        ("opened", said(incident.opened_at)),
        ("due", incident.due_at.map_or_else(|| "–".to_owned(), said)),
    ]))
}

/// Does one act.
///
/// # Errors
/// The refusals that a person who asked for the same would get.
pub(super) async fn perform(tx: &mut Tx, change: &mut Change, doer: Doer<'_>, action: &Action) -> Result<(), StoreError> {
    let speaker = doer.speaker();
    match action {
        Action::Assign(to) => acts::assign(tx, change, to.team, to.person).await,
        Action::Prioritise(to) => {
            let impact = to.impact.unwrap_or(change.incident.impact);
            acts::prioritise(tx, change, impact, to.urgency.unwrap_or(change.incident.urgency)).await
        }
        Action::SetField(setting) => field::set::apply_one(tx, change, &setting.field, &setting.value).await,
        Action::SetStatus(standing) => status::set::apply(tx, change, doer.person(), standing.status.as_deref()).await,
        Action::Start(_) => acts::start(change, doer.person()),
        Action::Hold(holding) => {
            let text = filled(tx, change, doer, holding.text.as_ref()).await?;
            acts::hold(tx, change, speaker, holding.reason, text).await
        }
        Action::Resume(_) => acts::resume(change),
        Action::Resolve(Resolution { reason, text }) => {
            let text = filled(tx, change, doer, text.as_ref()).await?;
            acts::resolve(tx, change, speaker, *reason, text).await
        }
        Action::Reply(said) => {
            let text = filled(tx, change, doer, Some(&said.text)).await?;
            acts::say(tx, change, speaker, Visibility::Public, text).await
        }
        Action::Note(said) => {
            let text = filled(tx, change, doer, Some(&said.text)).await?;
            acts::say(tx, change, speaker, Visibility::Internal, text).await
        }
        Action::MailTeam(Mailing { team, text }) => {
            let at = (change.incident.tenant, TicketId::Incident(change.incident.id), change.incident.version);
            letter::tell_team(tx, at, *team, text).await
        }
    }
}

/// A text filled for the ticket, in the language of whoever reported it, else of whoever acts.
async fn filled(tx: &mut Tx, change: &Change, doer: Doer<'_>, text: Option<&Bilingual>) -> Result<Option<String>, StoreError> {
    let Some(text) = text else { return Ok(None) };
    let reporter = reporter(tx, &change.incident).await?;
    let (agent, own) = doer.writes();
    let language = reporter.language.unwrap_or(own);
    let filling = filling(tx, &change.incident, &reporter, agent, language).await?;
    Ok(Some(words::fill(text.in_language(language), &filling)))
}

/// What was last said publicly, up to this place of the ledger, by somebody who is not one of ours; empty when nothing was, or it was erased.
pub(super) async fn said(sql: &mut dyn Sql, tenant: TenantId, id: IncidentId, until: Option<i64>) -> Result<String, StoreError> {
    let events = ledger::events_of(sql, tenant, "incident", &id.to_string()).await?;
    let theirs = |event: &Event| {
        event.read::<Noted>().and_then(Result::ok).filter(|noted| noted.visibility == Visibility::Public && !noted.by_agent)
    };
    let mut heard = events.iter().rev().filter(|event| until.is_none_or(|until| event.seq <= until));
    let Some(noted) = heard.find_map(theirs) else { return Ok(String::new()) };
    Ok(ledger::texts(sql, &[noted.text]).await?.into_values().flatten().next().unwrap_or_default())
}
