//! How what somebody is asked looks to them.

use evenkeel_core::{
    definition::Bilingual,
    event::voice::TicketRef,
    id::{SurveyAskId, TenantId},
    state::SurveyState,
};
use evenkeel_store::{Sql, StoreError};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    definition::{self, Question, Scale},
    model::Ask,
};
use crate::{party, service};

/// What one is asked. There is no answer in it until there is one.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = SurveyAsked)]
pub(super) struct AskView {
    /// Its id.
    id: SurveyAskId,
    /// The survey's name.
    display: Bilingual,
    /// What the score answers.
    question: Bilingual,
    /// What the score says.
    scale: Scale,
    /// The lowest score.
    lowest: i64,
    /// The highest score.
    highest: i64,
    /// The other questions.
    questions: Vec<Question>,
    /// The ticket it is about.
    ticket: Option<TicketRef>,
    /// The service, team or organisation it is about.
    about: Option<Bilingual>,
    /// How it stands.
    state: SurveyState,
    /// Whether it can be answered now.
    open: bool,
    /// The score that was given.
    score: Option<i64>,
    /// Until when it can be answered.
    #[schema(value_type = String, format = DateTime)]
    expires_at: Timestamp,
    /// The language of who is asked.
    language: evenkeel_core::Language,
}

/// The name of what it is about: who is scored, else the service.
pub(super) async fn about(sql: &mut dyn Sql, ask: &Ask) -> Result<Option<Bilingual>, StoreError> {
    let tenant: TenantId = ask.tenant;
    if let Some(id) = ask.about_organisation_id {
        return Ok(party::find_organisation(sql, tenant, id).await?.map(|found| found.display));
    }
    if let Some(id) = ask.service_id {
        return Ok(service::find(sql, tenant, id).await?.map(|found| found.definition.display));
    }
    match ask.team_id {
        Some(id) => Ok(party::find_team(sql, tenant, id).await?.map(|found| found.display)),
        None => Ok(None),
    }
}

/// How it looks.
pub(super) async fn view(sql: &mut dyn Sql, ask: Ask, now: Timestamp) -> Result<AskView, StoreError> {
    let survey = definition::version(sql, ask.tenant, ask.survey_id, ask.survey_version).await?;
    let person = party::find_person(sql, ask.tenant, ask.person_id).await?;
    let (lowest, highest) = survey.scale.range();
    let about = about(sql, &ask).await?;
    Ok(AskView {
        id: ask.id,
        display: survey.display,
        question: survey.question,
        scale: survey.scale,
        lowest,
        highest,
        questions: survey.questions,
        ticket: ask.ticket,
        about,
        state: ask.state,
        open: ask.expires_at > now && (ask.state.is_open() || ask.state == SurveyState::Waiting),
        score: ask.score,
        expires_at: ask.expires_at,
        language: person.map(|person| person.definition.locale).unwrap_or_default(),
    })
}
