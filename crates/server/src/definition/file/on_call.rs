//! Who is told, and one after another.
#![allow(missing_docs, reason = "the doc comments here are the descriptions of the published schema; a name says the rest")]

use evenkeel_observe::oncall::{Handover, HolidayRule};
use evenkeel_observe::page::policy::Quorum;
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Deserialize;

use super::Name;
use crate::definition::schema;

/// Who is on call when.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RotaEntry {
    /// Whose.
    #[schemars(with = "String")]
    pub team: Name,
    /// IANA zone of the wall clock.
    #[schemars(with = "String")]
    pub zone: Name,
    /// When the week changes hands: "monday 09:00". Of a rota without `layers`.
    #[schemars(
        with = "Option<String>",
        regex(pattern = r"^(?i)(monday|tuesday|wednesday|thursday|friday|saturday|sunday) \d{1,2}:\d{2}$")
    )]
    pub handover: Option<Handover>,
    /// In the order of their weeks. Of a rota without `layers`.
    #[schemars(with = "Option<Vec<String>>")]
    pub members: Option<Vec<Name>>,
    /// The first member's week begins at the first handover on or after this day. Of a rota without `layers`.
    #[schemars(with = "Option<String>", extend("format" = "date"))]
    pub starts_on: Option<Date>,
    /// People who take turns, lowest first; a later layer counts over an earlier one.
    pub layers: Option<Vec<LayerEntry>>,
    /// Days that layers may skip or be for.
    #[serde(default)]
    #[schemars(with = "Vec<String>", extend("format" = "date"))]
    pub holidays: Vec<Date>,
    /// How long a page may stay unanswered before the next person is told, seconds.
    pub ack_limit_secs: i64,
    /// How often the whole order is gone through before we stop.
    #[serde(default = "rounds")]
    pub rounds: u32,
}

/// Whom to tell one after another.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PolicyEntry {
    /// Whose.
    #[schemars(with = "String")]
    pub team: Name,
    /// First to last.
    pub steps: Vec<StepEntry>,
    /// How often all steps are gone through, 1 to 10; not given = until somebody answers.
    pub rounds: Option<u32>,
    /// How many must answer; not given = one.
    #[schemars(schema_with = "schema::quorum")]
    pub quorum: Option<Quorum>,
}

/// A step of an escalation policy.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StepEntry {
    /// Teams whose person on call is told.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub on_call: Vec<Name>,
    /// People who are told.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub people: Vec<Name>,
    /// Teams of which every member is told.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub teams: Vec<Name>,
    /// How long it may stay unanswered before the next step, 30 to 86400 seconds.
    pub wait_secs: i64,
}

/// People who take turns.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LayerEntry {
    /// What people call it.
    #[serde(default)]
    pub name: String,
    /// IANA zone of its wall clock, when it is not the rota's.
    #[schemars(with = "Option<String>")]
    pub zone: Option<Name>,
    /// How often it changes hands: week, 2 weeks, day, 3 days, 12 hours.
    #[schemars(with = "String")]
    pub every: Name,
    /// "monday 09:00" where turns are weeks, else "09:00".
    pub handover: String,
    /// In the order of their turns.
    #[schemars(with = "Vec<String>")]
    pub members: Vec<Name>,
    /// The first member's turn begins at the first handover on or after this day.
    #[schemars(with = "Option<String>", extend("format" = "date"))]
    pub starts_on: Option<Date>,
    /// In which hours it counts; not given = always.
    #[serde(default)]
    pub hours: Vec<HoursEntry>,
    /// What the rota's holidays mean for it: count (nothing), skip or only.
    #[serde(default)]
    #[schemars(schema_with = "schema::holiday_rule")]
    pub holidays: HolidayRule,
}

/// Hours on some days of the week.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HoursEntry {
    /// mon … sun; not given = every day.
    #[serde(default)]
    pub days: Vec<String>,
    /// HH:MM.
    pub from: String,
    /// HH:MM; not later than `from` = of the next day.
    pub to: String,
}

const fn rounds() -> u32 {
    3
}
