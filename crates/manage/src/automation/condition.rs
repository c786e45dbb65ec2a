//! When a rule acts: typed tests of a ticket, put together by `all`, `any` and `not`. Pure.
//!
//! There are no regular expressions: whoever reads a rule sees what it finds, and no text makes a test slow.

use evenkeel_core::{
    Failure,
    event::automation::RuleReason,
    id::{CatalogueItemId, OrganisationId, PersonId, ServiceId, TeamId},
    priority::{Level, Priority},
    state::HoldReason,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::{
    facts::Facts,
    reference,
    subject::{Of, TicketState},
};
use crate::{incident::OriginKind, refuse::invalid};

/// How deep conditions may lie in one another.
pub const DEPTH_MAX: usize = 8;
/// The most tests of one condition, the words that join them included.
pub const NODES_MAX: usize = 100;
/// The most values of one test.
const VALUES_MAX: usize = 100;
/// The most characters of a word that is looked for.
const WORD_CHARS_MAX: usize = 200;

/// When a rule acts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = AutomationCondition)]
pub enum Condition {
    /// Every one of these holds; of none: always.
    #[schema(no_recursion)]
    All(Vec<Condition>),
    /// One of these holds.
    #[schema(no_recursion)]
    Any(Vec<Condition>),
    /// This does not hold.
    #[schema(no_recursion)]
    Not(Box<Condition>),
    /// It is of one of these services.
    Service(#[serde(deserialize_with = "reference::many")] Vec<ServiceId>),
    /// It is one of these customers'.
    Customer(#[serde(deserialize_with = "reference::many")] Vec<OrganisationId>),
    /// One of these teams has it.
    Team(#[serde(deserialize_with = "reference::many")] Vec<TeamId>),
    /// One of these people has it.
    Assignee(#[serde(deserialize_with = "reference::many")] Vec<PersonId>),
    /// Whether anybody has it.
    Assigned(bool),
    /// It has one of these priorities.
    Priority(Vec<Priority>),
    /// It has one of these impacts.
    Impact(Vec<Level>),
    /// It has one of these urgencies.
    Urgency(Vec<Level>),
    /// It is in one of these states.
    State(Vec<TicketState>),
    /// One of these things of the catalogue is asked for.
    Item(#[serde(deserialize_with = "reference::many")] Vec<CatalogueItemId>),
    /// It waits for one of these reasons.
    Hold(Vec<HoldReason>),
    /// It has one of these statuses of the house's own, by name.
    Status(Vec<String>),
    /// It came from one of these.
    Origin(Vec<OriginKind>),
    /// Its title has one of these words in it, whatever their case.
    TitleContains(Vec<String>),
    /// What was last said publicly by somebody who is not one of ours (at first its description) has one of these words in it.
    TextContains(Vec<String>),
    /// One of the house's own fields says this.
    Field(FieldTest),
}

/// What a field says. Fields that hold words cannot be tested.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = AutomationFieldTest)]
pub struct FieldTest {
    /// Which.
    pub name: String,
    /// One of these; of several choices one is among them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub is: Vec<Value>,
    /// A number of at least.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at_least: Option<f64>,
    /// A number of at most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at_most: Option<f64>,
    /// Whether it says anything at all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answered: Option<bool>,
}

impl Default for Condition {
    fn default() -> Self {
        Self::All(Vec::new())
    }
}

impl FieldTest {
    fn holds(&self, value: Option<&Value>) -> bool {
        let among = |value: &Value| match value {
            Value::Array(several) => several.iter().any(|one| self.is.contains(one)),
            one => self.is.contains(one),
        };
        let number = value.and_then(Value::as_f64);
        (self.is.is_empty() || value.is_some_and(among))
            && self.at_least.is_none_or(|least| number.is_some_and(|number| number >= least))
            && self.at_most.is_none_or(|most| number.is_some_and(|number| number <= most))
            && self.answered.is_none_or(|answered| answered == value.is_some())
    }

    fn check(&self, at: &str) -> Result<(), Failure> {
        if self.name.is_empty() {
            return Err(invalid(&format!("{at}/name"), "name the field"));
        }
        if self.is.is_empty() && self.at_least.is_none() && self.at_most.is_none() && self.answered.is_none() {
            return Err(invalid(at, "say what the field must say").allowed(["is", "at_least", "at_most", "answered"]));
        }
        count(&format!("{at}/is"), self.is.len(), 0)
    }
}

fn count(at: &str, values: usize, least: usize) -> Result<(), Failure> {
    if (least..=VALUES_MAX).contains(&values) {
        return Ok(());
    }
    Err(invalid(at, format!("name {least} to {VALUES_MAX} values; these are {values}")))
}

fn found<'a>(words: &'a [String], text: &str) -> Option<&'a String> {
    words.iter().find(|word| text.contains(&word.to_lowercase()))
}

impl Condition {
    /// Whether it holds, with what every test saw: none is passed over, so that the answer explains itself.
    pub fn judge(&self, facts: &Facts) -> (bool, Vec<RuleReason>) {
        let mut reasons = Vec::new();
        let held = self.walk(facts, &mut reasons);
        (held, reasons)
    }

    fn walk(&self, facts: &Facts, reasons: &mut Vec<RuleReason>) -> bool {
        let among = |held: bool, saw: Option<String>| (held, saw);
        let (held, saw) = match self {
            // Every one is walked, also when the answer is known: its reason is told.
            Self::All(all) => return all.iter().map(|one| one.walk(facts, reasons)).filter(|held| !held).count() == 0,
            Self::Any(any) => return any.iter().map(|one| one.walk(facts, reasons)).filter(|held| *held).count() > 0,
            Self::Not(not) => return !not.walk(facts, reasons),
            Self::Service(ids) => among(ids.contains(&facts.service), Some(facts.service.to_string())),
            Self::Customer(ids) => one_of(ids, facts.customer),
            Self::Team(ids) => one_of(ids, facts.team),
            Self::Assignee(ids) => one_of(ids, facts.assignee),
            Self::Assigned(wanted) => among(facts.assignee.is_some() == *wanted, facts.assignee.map(|id| id.to_string())),
            Self::Priority(all) => {
                let of = facts.priority;
                among(of.is_some_and(|of| all.contains(&of)), of.map(|of| of.get().to_string()))
            }
            Self::Impact(all) => level(all, facts.impact),
            Self::Urgency(all) => level(all, facts.urgency),
            Self::Item(ids) => one_of(ids, facts.item),
            Self::State(all) => among(all.contains(&facts.state), Some(facts.state.to_string())),
            Self::Hold(all) => one_of(all, facts.hold),
            Self::Status(all) => one_of(all, facts.status.clone()),
            Self::Origin(all) => {
                let of = facts.origin;
                among(of.is_some_and(|of| all.contains(&of)), of.map(|of| of.as_str().to_owned()))
            }
            Self::TitleContains(words) => words_in(words, &facts.title),
            Self::TextContains(words) => words_in(words, &facts.said),
            Self::Field(test) => {
                let value = facts.fields.get(&test.name);
                among(test.holds(value), value.map(Value::to_string))
            }
        };
        reasons.push(RuleReason { test: self.test(), saw, held });
        held
    }

    fn test(&self) -> String {
        match self {
            Self::Field(test) => return format!("field:{}", test.name),
            Self::All(_) => "all",
            Self::Any(_) => "any",
            Self::Not(_) => "not",
            Self::Service(_) => "service",
            Self::Customer(_) => "customer",
            Self::Team(_) => "team",
            Self::Assignee(_) => "assignee",
            Self::Assigned(_) => "assigned",
            Self::Priority(_) => "priority",
            Self::Impact(_) => "impact",
            Self::Urgency(_) => "urgency",
            Self::State(_) => "state",
            Self::Item(_) => "item",
            Self::Hold(_) => "hold",
            Self::Status(_) => "status",
            Self::Origin(_) => "origin",
            Self::TitleContains(_) => "title_contains",
            Self::TextContains(_) => "text_contains",
        }
        .to_owned()
    }

    /// Every test in it, and what joins them.
    pub fn nodes(&self) -> Vec<&Self> {
        let mut nodes = vec![self];
        let mut next = 0;
        while let Some(node) = nodes.get(next).copied() {
            next += 1;
            match node {
                Self::All(all) | Self::Any(all) => nodes.extend(all),
                Self::Not(not) => nodes.push(not),
                _ => {}
            }
        }
        nodes
    }

    /// # Errors
    /// A refusal of a test that tickets of this kind cannot answer.
    pub fn check_of(&self, at: &str, of: Of) -> Result<(), Failure> {
        let other = |node: &&&Self| match (of, *node) {
            (
                Of::Request,
                Self::Assignee(_)
                | Self::Assigned(_)
                | Self::Priority(_)
                | Self::Impact(_)
                | Self::Urgency(_)
                | Self::Origin(_)
                | Self::Field(_),
            )
            | (Of::Incident, Self::Item(_)) => true,
            (of, Self::State(states)) => states.iter().any(|state| state.of() != of),
            _ => false,
        };
        match self.nodes().iter().find(other) {
            Some(node) => Err(invalid(at, format!("tickets of this kind cannot answer {:?}", node.test()))),
            None => Ok(()),
        }
    }

    /// # Errors
    /// A refusal of what is too deep, too large, or could never hold.
    pub fn check(&self, at: &str) -> Result<(), Failure> {
        self.check_at(at, 1)?;
        let nodes = self.nodes().len();
        if nodes > NODES_MAX {
            return Err(invalid(at, format!("a condition has at most {NODES_MAX} tests; this one has {nodes}")));
        }
        Ok(())
    }

    fn check_at(&self, at: &str, depth: usize) -> Result<(), Failure> {
        if depth > DEPTH_MAX {
            return Err(invalid(at, format!("conditions lie at most {DEPTH_MAX} deep in one another")));
        }
        let at = format!("{at}/{}", if let Self::Field(_) = self { "field".to_owned() } else { self.test() });
        match self {
            Self::All(all) => all.iter().enumerate().try_for_each(|(place, one)| one.check_at(&format!("{at}/{place}"), depth + 1)),
            Self::Any(any) => {
                count(&at, any.len(), 1)?;
                any.iter().enumerate().try_for_each(|(place, one)| one.check_at(&format!("{at}/{place}"), depth + 1))
            }
            Self::Not(not) => not.check_at(&at, depth + 1),
            Self::Service(all) => count(&at, all.len(), 1),
            Self::Customer(all) => count(&at, all.len(), 1),
            Self::Team(all) => count(&at, all.len(), 1),
            Self::Assignee(all) => count(&at, all.len(), 1),
            Self::Assigned(_) => Ok(()),
            Self::Priority(all) => count(&at, all.len(), 1),
            Self::Impact(all) | Self::Urgency(all) => count(&at, all.len(), 1),
            Self::State(all) => count(&at, all.len(), 1),
            Self::Item(all) => count(&at, all.len(), 1),
            Self::Hold(all) => count(&at, all.len(), 1),
            Self::Status(all) => count(&at, all.len(), 1),
            Self::Origin(all) => count(&at, all.len(), 1),
            Self::TitleContains(words) | Self::TextContains(words) => {
                count(&at, words.len(), 1)?;
                match words.iter().position(|word| word.trim().is_empty() || word.chars().count() > WORD_CHARS_MAX) {
                    Some(place) => Err(invalid(&format!("{at}/{place}"), format!("write 1 to {WORD_CHARS_MAX} characters"))),
                    None => Ok(()),
                }
            }
            Self::Field(test) => test.check(&at),
        }
    }
}

fn one_of<T: PartialEq + ToString>(all: &[T], value: Option<T>) -> (bool, Option<String>) {
    (value.as_ref().is_some_and(|value| all.contains(value)), value.map(|value| value.to_string()))
}

fn level(all: &[Level], value: Option<Level>) -> (bool, Option<String>) {
    (value.is_some_and(|value| all.contains(&value)), value.map(|value| value.get().to_string()))
}

fn words_in(words: &[String], text: &str) -> (bool, Option<String>) {
    let word = found(words, text);
    (word.is_some(), word.cloned())
}

#[cfg(test)]
#[path = "tests/condition.rs"]
mod tests;
