//! Rules: when something happens to a ticket and a condition holds, acts are done.
//!
//! Invariants: a rule reads only events that were recorded while it was in force as it says; for one thing
//! that people or machines did it acts at most once, whatever follows of it; a chain is at most [`chain::LENGTH_MAX`] rules long; whatever it does or may not do is said on the
//! ticket, in the same transaction.

pub(super) mod chain;
mod consume;
mod engine;
pub(super) mod happening;
pub(super) mod runs;
mod timer;

use evenkeel_core::{Failure, definition::Bilingual, id::CalendarId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    Action, Condition, action, definition, reference,
    subject::{Of, TicketState},
};
use crate::refuse::invalid;

pub use consume::Rules;
pub use runs::{Cuts, cuts};
pub use timer::Passed;
pub(super) use timer::passes;

/// The most things that one rule waits for.
const WHENS_MAX: usize = 10;
/// The shortest and the longest time that a rule waits, seconds.
const WAIT_SECS: std::ops::RangeInclusive<i64> = 60..=366 * 86_400;
/// Where a rule stands when nobody says.
const ORDER: i64 = 100;

/// A rule.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = TicketRule)]
pub struct RuleDefinition {
    /// The name it is declared under.
    pub name: String,
    /// What it is called.
    pub title: Bilingual,
    /// For which kind of tickets; for incidents when not given.
    #[serde(default, skip_serializing_if = "Of::is_usual")]
    pub of: Of,
    /// Smaller ones act first; those of one number by name. 100 when not given.
    #[serde(default = "order")]
    pub order: i64,
    /// What it waits for: one of these.
    pub when: Vec<When>,
    /// What must hold then; always when not given.
    #[serde(rename = "if", default)]
    pub condition: Condition,
    /// What it does, one after another, all or nothing.
    pub then: Vec<Action>,
    /// Whether rules after it see nothing of the same event once it acted.
    #[serde(default)]
    pub stop: bool,
    /// Whether it does nothing for now.
    #[serde(default)]
    pub paused: bool,
}

/// What a rule waits for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = AutomationWhen)]
pub enum When {
    /// A ticket was opened; of a request: it was sent.
    Opened,
    /// It came into one of these states; none named = any.
    Moved(Vec<TicketState>),
    /// Somebody who is not one of ours said something publicly, after it was opened.
    Replied,
    /// One of ours said something publicly.
    Answered,
    /// Its priority changed.
    Reprioritised,
    /// It was given to somebody.
    Assigned,
    /// One of its promises is close to being missed, as its agreement says.
    AtRisk,
    /// One of its promises was missed.
    Breached,
    /// One of its promises has been missed for long, as its agreement says.
    Overdue,
    /// Time passed.
    After(After),
}

/// Time passed since something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AutomationAfter)]
pub struct After {
    /// Since what.
    pub since: Since,
    /// So many seconds …
    pub secs: i64,
    /// … in the hours of this calendar; by the wall clock when not given.
    #[serde(default, deserialize_with = "reference::optional", skip_serializing_if = "Option::is_none")]
    pub calendar: Option<CalendarId>,
}

/// Since what time is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = AutomationSince)]
pub enum Since {
    /// The ticket was opened, and is still open.
    Opened,
    /// It came into the state it is in.
    State,
    /// The customer said something that nobody answered yet.
    CustomerReply,
    /// We said something that the customer did not answer yet.
    OurReply,
}

const fn order() -> i64 {
    ORDER
}

impl When {
    /// Its word.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Opened => "opened",
            Self::Moved(_) => "moved",
            Self::Replied => "replied",
            Self::Answered => "answered",
            Self::Reprioritised => "reprioritised",
            Self::Assigned => "assigned",
            Self::AtRisk => "at_risk",
            Self::Breached => "breached",
            Self::Overdue => "overdue",
            Self::After(_) => "after",
        }
    }

    /// Whether it happens to tickets of this kind: a request has no priority, nobody whom it is given to, and its promise has
    /// no escalation.
    fn is_of(&self, of: Of) -> bool {
        match self {
            Self::Moved(states) => states.iter().all(|state| state.of() == of),
            Self::Opened | Self::Replied | Self::Answered | Self::After(_) => true,
            Self::Reprioritised | Self::Assigned | Self::AtRisk | Self::Breached | Self::Overdue => of == Of::Incident,
        }
    }
}

impl RuleDefinition {
    /// What of it waits for time to pass, if it does.
    pub fn after(&self) -> Option<After> {
        self.when.iter().find_map(|when| match when {
            When::After(after) => Some(*after),
            _ => None,
        })
    }

    /// Whether it looks at what people said.
    pub fn reads_texts(&self) -> bool {
        self.condition.nodes().iter().any(|node| matches!(node, Condition::TextContains(_)))
    }

    pub(super) fn check(&self) -> Result<(), Failure> {
        definition::title("/title", &self.title)?;
        if self.when.is_empty() || self.when.len() > WHENS_MAX {
            return Err(invalid("/when", format!("name 1 to {WHENS_MAX} things that it waits for")));
        }
        let mut times = 0;
        for (place, when) in self.when.iter().enumerate() {
            if let When::After(after) = when {
                times += 1;
                if !WAIT_SECS.contains(&after.secs) {
                    let (least, most) = (WAIT_SECS.start(), WAIT_SECS.end());
                    return Err(invalid(&format!("/when/{place}/after/secs"), format!("{least} to {most} seconds")));
                }
            }
        }
        if times > 1 {
            return Err(invalid("/when", "one rule waits for one time; make another rule for another"));
        }
        if let Some(place) = self.when.iter().position(|when| !when.is_of(self.of)) {
            return Err(invalid(&format!("/when/{place}"), "this does not happen to tickets of this kind"));
        }
        self.condition.check("/if")?;
        self.condition.check_of("/if", self.of)?;
        action::check("/then", &self.then, self.of)
    }
}
