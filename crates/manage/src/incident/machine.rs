//! The incident's state machine (domain specification, section 4), pure.
//!
//! Starting work on an incident nobody has takes two edges, because somebody who works on it has it.
//!
//! Resolving is allowed from every open state, not only from `in_progress`: a service that recovers by itself before
//! anybody looked is resolved by rule, and walking it through `in_progress` would invent a decision to act (T2) that
//! nobody took.

use evenkeel_core::state::{HoldReason, IncidentState};

use IncidentState as S;

use crate::ticket::machine::Machine;

/// What someone asks of an incident.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Give it to a team or person.
    Assign,
    /// Begin to work on it.
    Start,
    /// Wait, for this reason.
    Hold(HoldReason),
    /// Stop waiting.
    Resume,
    /// Service is back.
    Resolve,
    /// Done.
    Close,
    /// It came back.
    Reopen,
    /// Duplicate or not an incident.
    Cancel,
    /// Make it part of another.
    Merge,
}

/// The machine.
#[derive(Debug, Clone, Copy)]
pub struct IncidentMachine;

impl Machine for IncidentMachine {
    type State = IncidentState;
    type Step = Step;

    const NOUN: &'static str = "an incident";
    const STATES: &'static [S] = S::ALL;
    const STEPS: &'static [Step] = &[
        Step::Assign,
        Step::Start,
        Step::Hold(HoldReason::Customer),
        Step::Resume,
        Step::Resolve,
        Step::Close,
        Step::Reopen,
        Step::Cancel,
        Step::Merge,
    ];

    fn word(step: Step) -> &'static str {
        match step {
            Step::Assign => "assign",
            Step::Start => "start",
            Step::Hold(_) => "hold",
            Step::Resume => "resume",
            Step::Resolve => "resolve",
            Step::Close => "close",
            Step::Reopen => "reopen",
            Step::Cancel => "cancel",
            Step::Merge => "merge",
        }
    }

    fn path(from: S, step: Step) -> Option<&'static [S]> {
        Some(match (from, step) {
            (S::New, Step::Assign) => &[S::Assigned],
            (S::New, Step::Start) => &[S::Assigned, S::InProgress],
            (S::Assigned | S::Reopened, Step::Start) | (S::OnHold, Step::Resume) => &[S::InProgress],
            (S::InProgress, Step::Hold(_)) => &[S::OnHold],
            (open, Step::Resolve) if open.is_open() => &[S::Resolved],
            (open, Step::Cancel) if open.is_open() => &[S::Cancelled],
            (open, Step::Merge) if open.is_open() => &[S::Merged],
            (S::Resolved, Step::Close) => &[S::Closed],
            (S::Resolved | S::Closed, Step::Reopen) => &[S::Reopened],
            _ => return None,
        })
    }
}

#[cfg(test)]
#[path = "tests/machine.rs"]
mod tests;
