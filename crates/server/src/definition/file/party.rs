//! Who there is, what they promise, and when.
#![allow(missing_docs, reason = "the doc comments here are the descriptions of the published schema; a name says the rest")]

use evenkeel_api::Role;
use evenkeel_core::definition::{Bilingual, EscalationTerms, GoalTarget, Layer, MaintenanceTerms, PauseRule, Retarget};
use evenkeel_core::state::{ChangeMode, Criticality, OrganisationKind};
use evenkeel_manage::party::Locale;
use evenkeel_sla::{ExceptionDefinition, HolidaySet, Weekday, WeeklyDefinition};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_saphyr::Spanned;

use super::Name;
use crate::definition::schema;

/// A provider, a customer or a vendor.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OrganisationEntry {
    #[schemars(with = "String")]
    pub name: Name,
    #[schemars(schema_with = "schema::bilingual")]
    pub display: Bilingual,
    #[schemars(schema_with = "schema::organisation_kind")]
    pub kind: OrganisationKind,
}

/// Hours in which clocks run.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CalendarEntry {
    #[schemars(with = "String")]
    pub name: Name,
    /// IANA zone whose wall clock the hours are read on, such as Asia/Shanghai; UTC when not given.
    #[schemars(with = "Option<String>")]
    pub zone: Option<Name>,
    /// Open every second of every day; then no other hours are given.
    #[serde(default)]
    pub always: bool,
    /// Hours of an ordinary week; several windows a day are several entries.
    #[serde(default)]
    #[schemars(schema_with = "schema::weekly")]
    pub weekly: Vec<Spanned<WeeklyDefinition>>,
    /// Public holidays that close it and make-up workdays that open it.
    #[serde(default)]
    #[schemars(schema_with = "schema::holidays")]
    pub holidays: HolidaySet,
    /// Whose hours a make-up workday (调休) has when it falls on a day without hours of its own.
    #[serde(default)]
    #[schemars(schema_with = "schema::weekday")]
    pub make_up_days_as: Option<Weekday>,
    /// Dates that differ.
    #[serde(default)]
    #[schemars(schema_with = "schema::exceptions")]
    pub exceptions: Vec<Spanned<ExceptionDefinition>>,
}

/// A person.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PersonEntry {
    /// What they sign in with.
    #[schemars(with = "String")]
    pub name: Name,
    /// Shown name.
    pub display: String,
    /// The one organisation they belong to.
    #[schemars(with = "String")]
    pub organisation: Name,
    /// Where mail reaches them.
    #[schemars(with = "Option<String>")]
    pub email: Option<Name>,
    /// Where a call reaches them, and what a caller is known by.
    #[schemars(with = "Option<String>")]
    pub phone: Option<Name>,
    /// Where a webhook reaches them.
    #[schemars(with = "Option<String>")]
    pub webhook_url: Option<Name>,
    /// The language they read: zh or en.
    #[serde(default)]
    #[schemars(schema_with = "schema::locale")]
    pub locale: Locale,
    /// Who leads them: may be asked to approve what they ask for.
    #[schemars(with = "Option<String>")]
    pub manager: Option<Name>,
    /// Whether they may sign in, own or be paged.
    #[serde(default = "yes")]
    pub active: bool,
    /// What they may do.
    #[serde(default)]
    #[schemars(schema_with = "schema::roles")]
    pub roles: Vec<Role>,
}

/// People who own work together.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TeamEntry {
    #[schemars(with = "String")]
    pub name: Name,
    #[schemars(schema_with = "schema::bilingual")]
    pub display: Bilingual,
    #[schemars(with = "String")]
    pub organisation: Name,
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub members: Vec<Name>,
}

/// What customers are promised.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ServiceEntry {
    #[schemars(with = "String")]
    pub name: Name,
    #[schemars(schema_with = "schema::bilingual")]
    pub display: Bilingual,
    /// The organisation it is promised to; none = internal.
    #[schemars(with = "Option<String>")]
    pub customer: Option<Name>,
    /// The team that runs it and is paged.
    #[schemars(with = "String")]
    pub team: Name,
    /// Exactly one accountable person.
    #[schemars(with = "String")]
    pub owner: Name,
    /// How much hangs on it.
    #[serde(default = "medium")]
    #[schemars(schema_with = "schema::criticality")]
    pub criticality: Criticality,
    /// Service hours: a calendar; none = always.
    #[schemars(with = "Option<String>")]
    pub hours: Option<Name>,
    /// Recovery time objective, seconds; none = not agreed.
    pub rto_secs: Option<i64>,
    /// How long it must stay good before a recovery counts as verified, seconds.
    #[serde(default)]
    pub verify_secs: i64,
    /// Whether a verified recovery resolves the incident by rule; otherwise a person does.
    #[serde(default = "yes")]
    pub auto_resolve: bool,
    /// Services without which it does not work: while one of them is down, nobody is paged about this one.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub depends_on: Vec<Name>,
    /// Who authorises its normal changes: stable = the board every one, agile = a peer up to a medium risk.
    #[serde(default)]
    #[schemars(schema_with = "schema::change_mode")]
    pub mode: ChangeMode,
}

/// A promise.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AgreementEntry {
    #[schemars(with = "String")]
    pub name: Name,
    #[schemars(schema_with = "schema::bilingual")]
    pub display: Bilingual,
    /// sla (with the customer), ola (between our teams) or uc (with the vendor).
    #[serde(default = "sla")]
    #[schemars(schema_with = "schema::layer")]
    pub layer: Layer,
    /// With whom.
    #[schemars(with = "Option<String>")]
    pub customer: Option<Name>,
    /// For which services.
    #[schemars(with = "Vec<String>")]
    pub services: Vec<Name>,
    /// The hours its clocks run in.
    #[schemars(with = "String")]
    pub calendar: Name,
    /// Targets in seconds of business time.
    #[serde(default)]
    #[schemars(schema_with = "schema::goals")]
    pub goals: Vec<Spanned<GoalTarget>>,
    /// Reasons for waiting that stop its clocks, and whose time that is.
    #[serde(default)]
    #[schemars(schema_with = "schema::pauses")]
    pub pauses: Vec<PauseRule>,
    /// What a change of priority does to a running clock.
    #[serde(default)]
    #[schemars(schema_with = "schema::retarget")]
    pub retarget: Retarget,
    /// Re-opening within so many days goes on with the same clock.
    #[serde(default = "week")]
    pub reopen_within_days: i64,
    /// Promised availability, percent.
    #[schemars(with = "Option<f64>")]
    pub availability_target: Option<Spanned<f64>>,
    /// Promised attainment of the goals, percent.
    #[schemars(with = "Option<f64>")]
    pub attainment_target: Option<Spanned<f64>>,
    /// Which approved maintenance it takes out of the committed time; not given = none. `{}` = all.
    #[schemars(schema_with = "schema::maintenance_terms")]
    pub maintenance: Option<Spanned<MaintenanceTerms>>,
    /// When its clocks warn and escalate, in percent of the target; not given = 25 before and 50 after they are due.
    #[schemars(schema_with = "schema::escalation_terms")]
    pub escalation: Option<Spanned<EscalationTerms>>,
}

const fn yes() -> bool {
    true
}

const fn medium() -> Criticality {
    Criticality::Medium
}

const fn sla() -> Layer {
    Layer::Sla
}
const fn week() -> i64 {
    7
}
