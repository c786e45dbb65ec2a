//! Asks after a ticket ended: whoever reported the incident, whoever made the request.

use async_trait::async_trait;
use evenkeel_core::{
    event::{
        Body as _, Event,
        manage::{IncidentOpened, Transitioned},
        request::RequestTransitioned,
        voice::TicketRef,
    },
    id::PersonId,
    state::{IncidentState, RequestState, TicketKind},
};
use evenkeel_store::{Consumer, StoreError, Tx, ledger};
use jiff::SignedDuration;
use sha2::{Digest as _, Sha256};

use super::{
    ask::{Asking, ask},
    definition::{self, SurveyDefinition, Trigger},
    store,
};
use crate::{Act, incident, party, request};

/// Asks after a ticket ended.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Surveys;

#[async_trait]
impl Consumer for Surveys {
    fn name(&self) -> &'static str {
        "manage.survey"
    }

    fn kinds(&self) -> &'static [&'static str] {
        &[Transitioned::KIND, RequestTransitioned::KIND]
    }

    async fn handle(&self, tx: &mut Tx, event: &Event) -> Result<(), StoreError> {
        let trigger = match (event.read::<Transitioned>().transpose()?, event.read::<RequestTransitioned>().transpose()?) {
            (Some(body), _) if body.to == IncidentState::Resolved => Trigger::IncidentResolved,
            (_, Some(body)) if body.to == RequestState::Fulfilled => Trigger::RequestFulfilled,
            _ => return Ok(()),
        };
        let wanted: Vec<_> = definition::list(tx, event.tenant).await?.into_iter().filter(|each| each.body.trigger == trigger).collect();
        // Tickets of long ago are history: a survey that is declared today asks about what ends from now on.
        let wanted: Vec<_> = wanted.into_iter().filter(|each| each.in_force_at <= event.occurred_at).collect();
        if wanted.is_empty() {
            return Ok(());
        }
        let asking = if trigger == Trigger::IncidentResolved { of_incident(tx, event).await? } else { of_request(tx, event).await? };
        let Some(asking) = asking else { return Ok(()) };
        let act = Act::system(event.tenant, "survey", event.occurred_at);
        for survey in wanted {
            if is_wanted(&survey.body, &asking) && !is_spared(tx, &act, &survey.body, asking.person_id).await? {
                ask(tx, &act, &survey, asking.clone()).await?;
            }
        }
        Ok(())
    }
}

/// Whether a survey is about this, and the sample falls on it: the same ticket is always in or always out.
fn is_wanted(survey: &SurveyDefinition, asking: &Asking) -> bool {
    let of_service = survey.services.is_empty() || asking.service_id.is_some_and(|id| survey.services.contains(&id));
    let digest = Sha256::digest(asking.occasion.as_bytes());
    let drawn = i64::from(u16::from_be_bytes([digest[0], digest[1]]) % 100);
    of_service && drawn < survey.sample_percent
}

/// Whether this person was asked too lately.
async fn is_spared(tx: &mut Tx, act: &Act, survey: &SurveyDefinition, person: PersonId) -> Result<bool, StoreError> {
    if survey.once_per_days == 0 {
        return Ok(false);
    }
    let since = act.at.saturating_sub(SignedDuration::from_hours(24 * survey.once_per_days)).unwrap_or(act.at);
    store::asked_since(tx, act.tenant, person, since).await
}

/// Whoever reported it, when a customer did: nobody is asked how our own alert was handled.
async fn of_incident(tx: &mut Tx, event: &Event) -> Result<Option<Asking>, StoreError> {
    let Ok(id) = event.subject.id.parse() else { return Ok(None) };
    let Some(incident) = incident::find(tx, event.tenant, id).await? else { return Ok(None) };
    let events = ledger::events_of(tx, event.tenant, "incident", &event.subject.id).await?;
    let reporter = events.iter().find(|each| each.kind == IncidentOpened::KIND).and_then(|opened| opened.actor.as_person());
    let Some(reporter) = reporter else { return Ok(None) };
    let Some(person) = party::find_person(tx, event.tenant, reporter).await? else { return Ok(None) };
    if !person.definition.active || party::is_agent(&person.definition.roles) {
        return Ok(None);
    }
    let ticket = TicketRef { kind: TicketKind::Incident, id: event.subject.id.clone(), number: incident.number };
    Ok(Some(Asking {
        occasion: format!("incident:{}", event.subject.id),
        person_id: reporter,
        organisation_id: Some(person.definition.organisation),
        service_id: Some(incident.service_id),
        team_id: incident.team_id,
        about_organisation_id: None,
        ticket: Some(ticket),
    }))
}

/// Whoever asked for it.
async fn of_request(tx: &mut Tx, event: &Event) -> Result<Option<Asking>, StoreError> {
    let Ok(id) = event.subject.id.parse() else { return Ok(None) };
    let Some(found) = request::find(tx, event.tenant, id).await? else { return Ok(None) };
    if party::find_person(tx, event.tenant, found.requester_id).await?.is_none_or(|person| !person.definition.active) {
        return Ok(None);
    }
    let ticket = TicketRef { kind: TicketKind::Request, id: event.subject.id.clone(), number: found.number };
    Ok(Some(Asking {
        occasion: format!("request:{}", event.subject.id),
        person_id: found.requester_id,
        organisation_id: Some(found.organisation_id),
        service_id: Some(found.service_id),
        team_id: Some(found.team_id),
        about_organisation_id: None,
        ticket: Some(ticket),
    }))
}
