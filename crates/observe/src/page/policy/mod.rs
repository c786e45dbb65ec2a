//! Escalation policies: whom to tell one after another, for one team. A team without one has what its rota says.
//!
//! Invariants: a policy whose step reaches nobody is never in force: it is refused when it is put, and the step is named; a
//! schedule or a team is asked who that is when the step is due, not before.

mod reach;
mod routes;
mod store;

use std::fmt;

use evenkeel_core::{
    id::{PersonId, TeamId},
    priority::Priority,
};
use serde::{Deserialize, Serialize};

pub use reach::{people, unreached};
pub use routes::router;
pub use store::{DeclaredPolicy, policies, policy, put_policy, retire_policy};

/// Steps of a policy, and targets of a step, at most.
const PARTS_MAX: usize = 20;
/// A round that is repeated until somebody answers ends after so many all the same: days, even with the shortest waits.
const ROUNDS_UNTIL_REACHED: u32 = 500;

/// Whom a step tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// Whoever is on call for this team.
    Schedule(TeamId),
    /// This person.
    Person(PersonId),
    /// Every member of this team.
    Team(TeamId),
}

/// One step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Whom, all at once.
    pub targets: Vec<Target>,
    /// How long it may stay unanswered before the next step, seconds.
    pub wait_secs: i64,
}

/// How often all steps are gone through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Repeat {
    /// So often.
    Times(u32),
    /// Until somebody answers.
    UntilReached,
}

impl Repeat {
    /// The most rounds.
    pub const fn rounds(self) -> u32 {
        match self {
            Self::Times(rounds) => rounds,
            Self::UntilReached => ROUNDS_UNTIL_REACHED,
        }
    }
}

/// So many different people must answer before nobody further is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Quorum {
    /// How many.
    pub people: u32,
    /// For incidents of this priority and graver ones.
    pub priority: Priority,
}

/// A policy as it is declared: the body of `definition.put` of kind `escalation_policy`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PolicyDefinition {
    /// Whose.
    pub team: TeamId,
    /// First to last.
    pub steps: Vec<Step>,
    /// How often.
    pub repeat: Repeat,
    /// How many must answer; none = one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quorum: Option<Quorum>,
}

/// What must hold of a policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyError {
    /// The step, from 0; none = the whole.
    pub step: Option<usize>,
    /// What is wrong and what to give.
    pub detail: String,
}

impl fmt::Display for PolicyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.step {
            Some(step) => write!(f, "step {}: {}", step + 1, self.detail),
            None => f.write_str(&self.detail),
        }
    }
}

impl PolicyDefinition {
    /// Checks what needs no database.
    ///
    /// # Errors
    /// As [`PolicyError`] says.
    pub fn check(&self) -> Result<(), PolicyError> {
        let whole = |detail: &str| Err(PolicyError { step: None, detail: detail.to_owned() });
        if !(1..=PARTS_MAX).contains(&self.steps.len()) {
            return whole("a policy has 1 to 20 steps");
        }
        if matches!(self.repeat, Repeat::Times(rounds) if !(1..=10).contains(&rounds)) {
            return whole("repeat is 1 to 10 times, or until_reached");
        }
        if self.quorum.is_some_and(|quorum| !(2..=10).contains(&quorum.people)) {
            return whole("a quorum is 2 to 10 people");
        }
        for (place, step) in self.steps.iter().enumerate() {
            let refuse = |detail: &str| Err(PolicyError { step: Some(place), detail: detail.to_owned() });
            if !(1..=PARTS_MAX).contains(&step.targets.len()) {
                return refuse("a step has 1 to 20 targets");
            }
            if !(30..=86_400).contains(&step.wait_secs) {
                return refuse("wait_secs is 30 to 86400");
            }
        }
        Ok(())
    }

    /// How many different people must answer an incident of this priority.
    pub fn needed(&self, priority: Priority) -> usize {
        let quorum = self.quorum.filter(|quorum| priority <= quorum.priority);
        quorum.map_or(1, |quorum| usize::try_from(quorum.people).unwrap_or(usize::MAX))
    }
}
