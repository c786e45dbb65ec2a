//! Surveys and phrasebooks.
#![allow(missing_docs, reason = "the doc comments here are the descriptions of the published schema; a name says the rest")]

use evenkeel_core::definition::Bilingual;
use evenkeel_manage::{
    survey::{Question, Scale},
    voice::phrase::Phrase,
};
use schemars::JsonSchema;
use serde::Deserialize;

use super::Name;
use crate::definition::schema;

/// What people are asked after a ticket, or what sides of a contract say of each other at the end of a month.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SurveyEntry {
    #[schemars(with = "String")]
    pub name: Name,
    #[schemars(schema_with = "schema::bilingual")]
    pub display: Bilingual,
    /// What the score answers.
    #[schemars(schema_with = "schema::bilingual")]
    pub question: Bilingual,
    /// csat (1 to 5), ces (1 to 7), nps (0 to 10).
    #[schemars(schema_with = "schema::survey_scale")]
    pub scale: Scale,
    /// More questions; none must be answered.
    #[serde(default)]
    #[schemars(schema_with = "schema::survey_questions")]
    pub questions: Vec<Question>,
    /// When people are asked.
    pub trigger: TriggerEntry,
    /// After tickets of these services only; of all when not given.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub services: Vec<Name>,
    /// So many of a hundred are asked; 100 when not given.
    #[serde(default = "all")]
    #[schemars(range(min = 1, max = 100))]
    pub sample_percent: i64,
    /// One person is asked after a ticket at most once in so many days; 0 = each time. 30 when not given.
    #[serde(default = "month")]
    #[schemars(range(min = 0, max = 366))]
    pub once_per_days: i64,
    /// So many hours after the ticket ended; 1 when not given.
    #[serde(default = "one")]
    #[schemars(range(min = 0, max = 720))]
    pub after_hours: i64,
    /// For so many days it can be answered; 14 when not given.
    #[serde(default = "fortnight")]
    #[schemars(range(min = 1, max = 90))]
    pub valid_days: i64,
}

/// When people are asked.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TriggerEntry {
    /// An incident that they reported is resolved.
    IncidentResolved,
    /// What they asked for is fulfilled.
    RequestFulfilled,
    /// A month ended.
    MonthEnd(MutualEntry),
}

/// One side scores another.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MutualEntry {
    /// Whose people are asked.
    pub by: SideEntry,
    /// About whom.
    pub about: SideEntry,
    /// Where the month ends (IANA zone).
    pub zone: String,
}

/// One side of a contract.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SideEntry {
    Team(#[schemars(with = "String")] Name),
    Organisation(#[schemars(with = "String")] Name),
}

/// Phrases to avoid in replies, with better ones. They are pointed out, and never keep anybody from sending.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PhrasebookEntry {
    #[schemars(with = "String")]
    pub name: Name,
    #[schemars(schema_with = "schema::phrases")]
    pub phrases: Vec<Phrase>,
}

const fn all() -> i64 {
    100
}
const fn month() -> i64 {
    30
}
const fn one() -> i64 {
    1
}
const fn fortnight() -> i64 {
    14
}
