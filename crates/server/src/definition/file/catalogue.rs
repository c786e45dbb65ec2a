//! What people may ask for.
#![allow(missing_docs, reason = "the doc comments here are the descriptions of the published schema; a name says the rest")]

use evenkeel_api::Role;
use evenkeel_core::definition::Bilingual;
use evenkeel_manage::catalogue::{Condition, DoneWhen, Field, Price};
use schemars::JsonSchema;
use serde::Deserialize;

use super::Name;
use crate::definition::schema;

/// Something that people may ask for.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CatalogueEntry {
    #[schemars(with = "String")]
    pub name: Name,
    #[schemars(schema_with = "schema::bilingual")]
    pub display: Bilingual,
    /// What one gets.
    #[schemars(schema_with = "schema::bilingual")]
    pub description: Bilingual,
    /// The heading it stands under.
    #[schemars(schema_with = "schema::bilingual")]
    pub category: Bilingual,
    /// The service it belongs to.
    #[schemars(with = "String")]
    pub service: Name,
    /// The team that fulfils it.
    #[schemars(with = "String")]
    pub team: Name,
    /// What is asked, from top to bottom.
    #[serde(default)]
    #[schemars(schema_with = "schema::form")]
    pub form: Vec<Field>,
    /// What it costs.
    #[schemars(schema_with = "schema::price")]
    pub price: Option<Price>,
    /// How long it takes after approval.
    pub expected: Option<ExpectedEntry>,
    /// Who may ask for it; nobody else.
    pub entitlement: EntitlementEntry,
    /// Who must approve, one step after another.
    #[serde(default)]
    pub approvals: Vec<ApprovalEntry>,
    /// What is then done, one stage after another.
    pub stages: Vec<StageEntry>,
    /// What is fulfilled is accepted by rule after so many days; not given = the requester accepts.
    #[schemars(range(min = 1, max = 365))]
    pub accept_after_days: Option<i64>,
}

/// How long it takes.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExpectedEntry {
    /// Seconds of business time.
    #[schemars(range(min = 1))]
    pub secs: i64,
    /// In the hours of this calendar.
    #[schemars(with = "String")]
    pub calendar: Name,
}

/// Who may ask.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EntitlementEntry {
    /// People of one of these organisations …
    #[schemars(with = "Vec<String>")]
    pub organisations: Vec<Name>,
    /// … with one of these roles; none named = whatever their role.
    #[serde(default)]
    #[schemars(schema_with = "schema::roles")]
    pub roles: Vec<Role>,
}

/// A step of approving. The first no ends the request.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ApprovalEntry {
    /// Who is asked. Nobody is asked about a request of their own while somebody else can be.
    pub by: ApproverEntry,
    /// When it is asked; not given = always.
    #[schemars(schema_with = "schema::condition")]
    pub only_when: Option<Condition>,
    /// How long they have; not given = for ever.
    pub time_out: Option<TimeOutEntry>,
}

/// Who is asked.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ApproverEntry {
    /// The one accountable person of the item's service.
    ServiceOwner,
    /// The requester's manager.
    LineManager,
    /// This person.
    Person(#[schemars(with = "String")] Name),
    /// So many of a team.
    Team(QuorumEntry),
}

/// So many of a team.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct QuorumEntry {
    #[schemars(with = "String")]
    pub team: Name,
    /// So many must say yes.
    #[serde(default = "one")]
    #[schemars(range(min = 1))]
    pub quorum: u16,
}

/// How long they have.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TimeOutEntry {
    /// Hours by the wall clock, for each of those who are asked.
    #[schemars(range(min = 1, max = 2208))]
    pub hours: i64,
    /// Who is asked next, one after another; at the end of the list the request is rejected.
    #[serde(default)]
    pub escalate_to: Vec<ApproverEntry>,
}

/// What is done side by side.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StageEntry {
    pub tasks: Vec<TaskEntry>,
}

/// A task.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TaskEntry {
    #[schemars(schema_with = "schema::bilingual")]
    pub title: Bilingual,
    /// Whose it is; not given = the item's.
    #[schemars(with = "Option<String>")]
    pub team: Option<Name>,
    /// The machine that does it; not given = people do.
    pub automated: Option<AutomatedEntry>,
}

/// A machine that is asked by an HTTP POST, signed as all webhooks of the house are.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AutomatedEntry {
    /// Its address. No secrets here.
    pub url: String,
    /// When it is done: answered (with 2xx, when not given) or `called_back` (at the address it was given, once).
    #[serde(default)]
    #[schemars(schema_with = "schema::done_when")]
    pub done: DoneWhen,
}

const fn one() -> u16 {
    1
}
