//! Surveys as they are declared.

use std::collections::BTreeSet;

use evenkeel_api::Grant;
use evenkeel_core::{
    Failure,
    definition::Bilingual,
    id::{OrganisationId, ServiceId, SurveyId, TeamId, TenantId},
};
use evenkeel_store::{Sql, StoreError, Tx};
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::month;
use crate::{
    Act,
    definition::{self, Put, Version},
    party, refuse, service,
};

/// The word in `definition.put`.
pub const KIND: &str = "survey";
/// The most surveys in force: each is looked at when a ticket ends.
const SURVEYS_MAX: i64 = 200;
/// The most questions beside the score.
const QUESTIONS_MAX: usize = 20;
/// The most characters of a question, in each language.
const CHARS_MAX: usize = 300;
/// The most options of a choice.
const OPTIONS_MAX: usize = 20;

/// What the score says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Scale {
    /// Customer satisfaction, 1 to 5.
    Csat,
    /// Customer effort score, 1 (very hard) to 7 (very easy).
    Ces,
    /// Net promoter score: would you recommend us, 0 to 10.
    Nps,
}

impl Scale {
    /// The lowest and the highest score.
    pub const fn range(self) -> (i64, i64) {
        match self {
            Self::Csat => (1, 5),
            Self::Ces => (1, 7),
            Self::Nps => (0, 10),
        }
    }
}

/// One more question. None must be answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = SurveyQuestion)]
pub struct Question {
    /// What its answer is kept under.
    pub key: String,
    /// What is asked.
    pub text: Bilingual,
    /// How it is answered.
    #[serde(flatten)]
    pub kind: QuestionKind,
}

/// How a question is answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = SurveyQuestionKind)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum QuestionKind {
    /// In one's own words.
    Text,
    /// Yes or no.
    YesNo,
    /// 1 to 5.
    Score,
    /// One of these.
    Choice {
        /// The options, in order.
        options: Vec<Bilingual>,
    },
}

/// One side of a contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// A team.
    Team(TeamId),
    /// An organisation.
    Organisation(OrganisationId),
}

/// One side scores another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mutual {
    /// Whose people are asked.
    pub by: Side,
    /// About whom.
    pub about: Side,
    /// Where the month ends (IANA zone).
    pub zone: String,
}

/// When people are asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trigger {
    /// An incident that they reported is resolved.
    IncidentResolved,
    /// What they asked for is fulfilled.
    RequestFulfilled,
    /// A month ended.
    MonthEnd(Mutual),
}

/// A survey.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SurveyDefinition {
    /// Shown name.
    pub display: Bilingual,
    /// What the score answers.
    pub question: Bilingual,
    /// What the score says.
    pub scale: Scale,
    /// More questions.
    pub questions: Vec<Question>,
    /// When.
    pub trigger: Trigger,
    /// Of these services only; empty = of all.
    pub services: BTreeSet<ServiceId>,
    /// So many of a hundred are asked.
    pub sample_percent: i64,
    /// One person is asked after a ticket at most once in so many days; 0 = each time.
    pub once_per_days: i64,
    /// So many hours after the ticket ended.
    pub after_hours: i64,
    /// For so many days it can be answered.
    pub valid_days: i64,
}

impl SurveyDefinition {
    /// Whether it can be.
    ///
    /// # Errors
    /// A refusal that names the place.
    pub fn check(&self) -> Result<(), Failure> {
        let within = |place: &str, value: i64, least: i64, most: i64| {
            let wrong = || refuse::invalid(place, format!("{value} is not {least} to {most}"));
            (least..=most).contains(&value).then_some(()).ok_or_else(wrong)
        };
        within("/sample_percent", self.sample_percent, 1, 100)?;
        within("/once_per_days", self.once_per_days, 0, 366)?;
        within("/after_hours", self.after_hours, 0, 720)?;
        within("/valid_days", self.valid_days, 1, 90)?;
        said("/question", &self.question)?;
        if self.questions.len() > QUESTIONS_MAX {
            return Err(refuse::invalid("/questions", format!("at most {QUESTIONS_MAX}")));
        }
        let mut keys = BTreeSet::new();
        for (at, question) in self.questions.iter().enumerate() {
            let place = format!("/questions/{at}");
            let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
            if question.key.is_empty() || question.key.len() > 40 || !question.key.chars().all(plain) {
                return Err(refuse::invalid(&format!("{place}/key"), "1 to 40 of a to z, 0 to 9 and _"));
            }
            if !keys.insert(&question.key) {
                return Err(refuse::invalid(&format!("{place}/key"), format!("{:?} stands here a second time", question.key)));
            }
            said(&format!("{place}/text"), &question.text)?;
            if let QuestionKind::Choice { options } = &question.kind {
                if options.len() < 2 || options.len() > OPTIONS_MAX {
                    return Err(refuse::invalid(&format!("{place}/options"), format!("2 to {OPTIONS_MAX}")));
                }
                for option in options {
                    said(&format!("{place}/options"), option)?;
                }
            }
        }
        if let Trigger::MonthEnd(mutual) = &self.trigger {
            if mutual.by == mutual.about {
                return Err(refuse::invalid("/trigger/month_end/about", "nobody scores themselves"));
            }
            TimeZone::get(&mutual.zone)
                .map_err(|_| refuse::invalid("/trigger/month_end/zone", format!("{:?} is no IANA zone", mutual.zone)))?;
        }
        Ok(())
    }
}

fn said(place: &str, text: &Bilingual) -> Result<(), Failure> {
    let fits = |text: &str| !text.trim().is_empty() && text.chars().count() <= CHARS_MAX;
    let wrong = || refuse::invalid(place, format!("1 to {CHARS_MAX} characters in each language"));
    (fits(&text.zh) && fits(&text.en)).then_some(()).ok_or_else(wrong)
}

/// Puts a survey under its name; the same again makes no version.
///
/// # Errors
/// A refusal that names the place that cannot be, or the service, team or organisation that does not exist.
pub async fn put(tx: &mut Tx, _grant: &Grant, act: &Act, name: &str, survey: &SurveyDefinition) -> Result<Put, StoreError> {
    survey.check()?;
    for (at, id) in survey.services.iter().enumerate() {
        if service::find(tx, act.tenant, *id).await?.is_none_or(|service| service.retired) {
            return Err(refuse::dangling(KIND, name, &format!("/services/{at}"), id));
        }
    }
    if let Trigger::MonthEnd(mutual) = &survey.trigger {
        for (place, side) in [("by", mutual.by), ("about", mutual.about)] {
            let place = format!("/trigger/month_end/{place}");
            match side {
                Side::Team(id) if party::find_team(tx, act.tenant, id).await?.is_none() => {
                    return Err(refuse::dangling(KIND, name, &place, id));
                }
                Side::Organisation(id) if party::find_organisation(tx, act.tenant, id).await?.is_none() => {
                    return Err(refuse::dangling(KIND, name, &place, id));
                }
                Side::Team(_) | Side::Organisation(_) => {}
            }
        }
    }
    let id = SurveyId::named(name);
    let put = definition::put(tx, act, KIND, id, name, survey).await?;
    if put.changed {
        month::schedule(tx, act.tenant, id, survey, act.at).await?;
    }
    Ok(put)
}

/// Takes a survey out of force: nobody is asked it any more; what was asked can be answered. Answers whether it was in force.
///
/// # Errors
/// As any statement.
pub async fn retire(tx: &mut Tx, _grant: &Grant, act: &Act, name: &str) -> Result<bool, StoreError> {
    let id = SurveyId::named(name);
    month::forget(tx, id).await?;
    definition::retire(tx, act, KIND, id).await
}

/// The surveys in force, by name.
pub(super) async fn list(sql: &mut dyn Sql, tenant: TenantId) -> Result<Vec<Version<SurveyDefinition>>, StoreError> {
    definition::list(sql, tenant, KIND, "", SURVEYS_MAX).await
}

/// The newest version, in force or retired.
pub(super) async fn newest(sql: &mut dyn Sql, tenant: TenantId, id: SurveyId) -> Result<Option<Version<SurveyDefinition>>, StoreError> {
    definition::find(sql, tenant, KIND, id).await
}

/// A survey as it was in one version.
pub(super) async fn version(sql: &mut dyn Sql, tenant: TenantId, id: SurveyId, number: i64) -> Result<SurveyDefinition, StoreError> {
    let found = definition::version(sql, tenant, KIND, id, number).await?;
    found.map(|found| found.body).ok_or_else(|| StoreError::Defect(format!("survey {id} has no version {number}")))
}
