//! What somebody answers, checked against what was asked.

use std::collections::BTreeMap;

use evenkeel_core::Failure;
use evenkeel_store::{StoreError, Tx};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::{
    definition::{self, QuestionKind, SurveyDefinition},
    machine::{Step, SurveyMachine},
    model::Ask,
    store::{self, Answered},
};
use crate::{
    Act,
    refuse::invalid,
    ticket::{machine::refused, words::TEXT_CHARS_MAX},
};

/// An answer.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SurveyAnswerRequest {
    /// The score. There is none by default.
    pub score: i64,
    /// Answers to the other questions, by their key; what is left out is not answered.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub answers: BTreeMap<String, Value>,
    /// In one's own words.
    pub text: Option<String>,
}

/// Everything beside the score, as it is kept.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Kept {
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub answers: BTreeMap<String, Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

/// Whether an answer fits what was asked.
///
/// # Errors
/// A refusal that names the place.
pub(super) fn check(survey: &SurveyDefinition, answer: &SurveyAnswerRequest) -> Result<(), Failure> {
    let (low, high) = survey.scale.range();
    if !(low..=high).contains(&answer.score) {
        return Err(invalid("/score", format!("{low} to {high}")));
    }
    let long = |text: &str| text.chars().count() > TEXT_CHARS_MAX;
    if answer.text.as_deref().is_some_and(long) {
        return Err(invalid("/text", format!("at most {TEXT_CHARS_MAX} characters")));
    }
    for (key, value) in &answer.answers {
        let place = format!("/answers/{key}");
        let Some(question) = survey.questions.iter().find(|question| question.key == *key) else {
            return Err(invalid(&place, "this was not asked"));
        };
        let fits = match &question.kind {
            QuestionKind::Text => value.as_str().is_some_and(|text| !long(text)),
            QuestionKind::YesNo => value.is_boolean(),
            QuestionKind::Score => value.as_i64().is_some_and(|score| (1..=5).contains(&score)),
            QuestionKind::Choice { options } => value.as_u64().and_then(|at| usize::try_from(at).ok()).is_some_and(|at| at < options.len()),
        };
        if !fits {
            let wanted = match &question.kind {
                QuestionKind::Text => "a text",
                QuestionKind::YesNo => "true or false",
                QuestionKind::Score => "1 to 5",
                QuestionKind::Choice { .. } => "the place of an option, from 0",
            };
            return Err(invalid(&place, wanted));
        }
    }
    Ok(())
}

/// Refuses what is over: time may have ended it before the timer says so.
fn in_time(ask: &Ask, now: Timestamp) -> Result<(), Failure> {
    if ask.expires_at <= now && ask.state.is_open() {
        return Err(refused::<SurveyMachine>(evenkeel_core::state::SurveyState::Expired, "be answered any more"));
    }
    Ok(())
}

/// Writes an answer.
pub(super) async fn answer(tx: &mut Tx, act: &Act, ask: Ask, via: &'static str, said: &SurveyAnswerRequest) -> Result<Ask, StoreError> {
    in_time(&ask, act.at)?;
    let survey = definition::version(tx, ask.tenant, ask.survey_id, ask.survey_version).await?;
    check(&survey, said)?;
    let text = said.text.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(ToOwned::to_owned);
    let answers = said.answers.iter().filter(|(_, value)| value.as_str() != Some("")).map(|(key, value)| (key.clone(), value.clone()));
    let kept = Kept { answers: answers.collect(), text };
    let answers = if kept.answers.is_empty() && kept.text.is_none() {
        None
    } else {
        Some(tx.put_text(ask.tenant, &serde_json::to_string(&kept)?).await?)
    };
    store::take(tx, act, ask, Step::Answer, Answered { score: Some(said.score), answers, via: Some(via) }).await
}

/// Writes that somebody does not want to answer.
pub(super) async fn decline(tx: &mut Tx, act: &Act, ask: Ask, via: &'static str) -> Result<Ask, StoreError> {
    in_time(&ask, act.at)?;
    store::take(tx, act, ask, Step::Decline, Answered { via: Some(via), ..Answered::default() }).await
}
