//! What rules and macros do to tickets, and what a house's own fields say of them.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::body;
use crate::definition::Bilingual;

/// What became of a rule that met a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum RuleOutcome {
    /// Its acts were done.
    Acted,
    /// One of its acts was not allowed: none was done.
    Refused,
    /// It would have gone round in a circle, or on for too long: nothing was done.
    Cut,
}

/// One test of a condition, and what it saw. Never personal text: of words only those that the rule itself names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct RuleReason {
    /// What was looked at: `service`, `priority`, `field:floor` …
    pub test: String,
    /// What was there: an id, a word, a number; of texts the word that was found; null = nothing.
    pub saw: Option<String>,
    /// Whether the test held.
    pub held: bool,
}

/// A rule met a ticket whose state is what it waits for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ruled {
    /// Which, by name.
    pub rule: String,
    /// Which version of it.
    pub version: i64,
    /// What it waited for: `opened`, `moved`, `after` …
    pub when: String,
    /// The event that began it; none = time passed.
    pub event_seq: Option<i64>,
    /// The rules that led here, the first first, without this one.
    pub after: Vec<String>,
    /// What became of it.
    pub outcome: RuleOutcome,
    /// The tests of its condition.
    pub because: Vec<RuleReason>,
    /// What it does, in order: `assign`, `note` …
    pub acts: Vec<String>,
    /// Why an act was not allowed, as a code.
    pub refused: Option<String>,
}
body!(Ruled, "incident.ruled", "incident");

/// The same of a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RequestRuled(pub Ruled);
body!(RequestRuled, "request.ruled", "request");

/// Somebody let a macro act.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MacroRun {
    /// Which, by name.
    pub name: String,
    /// Which version of it.
    pub version: i64,
    /// What it does, in order.
    pub acts: Vec<String>,
}
body!(MacroRun, "incident.macro_run", "incident");

/// The same on a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RequestMacroRun(pub MacroRun);
body!(RequestMacroRun, "request.macro_run", "request");

/// One of the house's own fields says something else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldSet {
    /// Which, by name.
    pub field: String,
    /// Which version of it.
    pub version: i64,
    /// Whether customers see it.
    pub for_customers: bool,
    /// What it says; none = nothing, or words.
    pub value: Option<Value>,
    /// Digest of its words in the text table, when it holds words.
    pub text: Option<String>,
}
body!(FieldSet, "incident.field_set", "incident");

/// What the house calls where an incident stands is said anew. It ends by itself when the state does: a step of the state begins
/// without one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusSet {
    /// Which of the house's own statuses, by name; none = none of them any more.
    pub status: Option<String>,
    /// Which version of it.
    pub version: Option<i64>,
    /// What it was called then.
    pub title: Option<Bilingual>,
    /// Whether staff alone sees it.
    pub staff_only: bool,
}
body!(StatusSet, "incident.status_set", "incident");

/// The same of a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestStatusSet {
    /// Which of the house's own statuses, by name; none = none of them any more.
    pub status: Option<String>,
    /// Which version of it.
    pub version: Option<i64>,
    /// What it was called then.
    pub title: Option<Bilingual>,
    /// Whether staff alone sees it.
    pub staff_only: bool,
}
body!(RequestStatusSet, "request.status_set", "request");
