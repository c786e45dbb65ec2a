//! Begin to ask somebody.

use evenkeel_core::{
    event::voice::{SurveyAskMade, TicketRef},
    id::{OrganisationId, PersonId, ServiceId, SurveyAskId, SurveyId, TeamId},
    state::SurveyState,
};
use evenkeel_store::{NewTimer, StoreError, Tx};
use jiff::SignedDuration;

use super::{definition::SurveyDefinition, model::Ask, send, table};
use crate::{Act, definition::Version};

/// Whom, and about what.
#[derive(Debug, Clone)]
pub(super) struct Asking {
    pub occasion: String,
    pub person_id: PersonId,
    pub organisation_id: Option<OrganisationId>,
    pub service_id: Option<ServiceId>,
    pub team_id: Option<TeamId>,
    pub about_organisation_id: Option<OrganisationId>,
    pub ticket: Option<TicketRef>,
}

/// Asks somebody about something, once; whether that is news.
pub(super) async fn ask(tx: &mut Tx, act: &Act, survey: &Version<SurveyDefinition>, asking: Asking) -> Result<bool, StoreError> {
    let survey_id = SurveyId::named(&survey.name);
    let after = SignedDuration::from_hours(if asking.ticket.is_some() { survey.body.after_hours } else { 0 });
    let send_at = act.at.saturating_add(after).unwrap_or(act.at);
    let valid = SignedDuration::from_hours(24 * survey.body.valid_days);
    let ask = Ask {
        tenant: act.tenant,
        id: SurveyAskId::at(act.at, tx.rng().as_ref()),
        survey_id,
        survey_version: survey.version,
        occasion: asking.occasion,
        state: SurveyState::Waiting,
        person_id: asking.person_id,
        organisation_id: asking.organisation_id,
        service_id: asking.service_id,
        team_id: asking.team_id,
        about_organisation_id: asking.about_organisation_id,
        ticket: asking.ticket,
        score: None,
        answers: None,
        send_at,
        sent_at: None,
        answered_at: None,
        expires_at: send_at.saturating_add(valid).unwrap_or(send_at),
    };
    if !table::insert(tx, &ask).await? {
        return Ok(false);
    }
    let made = SurveyAskMade {
        survey_id,
        survey_version: ask.survey_version,
        person_id: ask.person_id,
        organisation_id: ask.organisation_id,
        service_id: ask.service_id,
        team_id: ask.team_id,
        about_organisation_id: ask.about_organisation_id,
        ticket: ask.ticket.clone(),
        send_at,
        expires_at: ask.expires_at,
    };
    tx.append(&act.event(ask.id, &made)?).await?;
    for (kind, due_at) in [(send::SEND, send_at), (send::EXPIRE, ask.expires_at)] {
        tx.set_timer(&NewTimer { tenant: act.tenant, kind, key: ask.id.to_string(), due_at, payload: "{}".to_owned() }).await?;
    }
    Ok(true)
}
