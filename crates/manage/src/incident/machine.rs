//! The incident's state machine (domain specification, section 4), pure.
//!
//! A [`Step`] is what someone asks for; an *edge* is one change of state and one event in the ledger. Most steps are one
//! edge; starting work on an incident nobody has takes two, because somebody who works on it has it.
//!
//! Resolving is allowed from every open state, not only from `in_progress`: a service that recovers by itself before
//! anybody looked is resolved by rule, and walking it through `in_progress` would invent a decision to act (T2) that
//! nobody took.

use evenkeel_core::{
    ErrorCode, Failure,
    state::{HoldReason, IncidentState},
};

use IncidentState as S;

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

/// Every step by its word, with some reason where a step has one.
const STEPS: [Step; 9] = [
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

impl Step {
    /// The word that the API and a refusal use.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Assign => "assign",
            Self::Start => "start",
            Self::Hold(_) => "hold",
            Self::Resume => "resume",
            Self::Resolve => "resolve",
            Self::Close => "close",
            Self::Reopen => "reopen",
            Self::Cancel => "cancel",
            Self::Merge => "merge",
        }
    }
}

/// A step that the state does not allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refusal {
    /// Where the incident stands.
    pub state: IncidentState,
    /// What was asked.
    pub step: Step,
}

impl Refusal {
    /// The words for the caller, with the steps that would be allowed.
    pub fn failure(self) -> Failure {
        let allowed = allowed(self.state);
        let hint = if allowed.is_empty() { "this state is final".to_owned() } else { format!("from here you can {}", allowed.join(", ")) };
        Failure::new(
            ErrorCode::StateRefused,
            format!("an incident that is {} cannot take the step {}; {hint}", self.state, self.step.as_str()),
        )
        .at("/state")
        .allowed(allowed)
    }
}

/// The states that `step` leads through from `from`; the last one is where the incident stands afterwards.
///
/// # Errors
/// [`Refusal`] when the state does not allow it.
pub const fn path(from: IncidentState, step: Step) -> Result<&'static [IncidentState], Refusal> {
    Ok(match (from, step) {
        (S::New, Step::Assign) => &[S::Assigned],
        (S::New, Step::Start) => &[S::Assigned, S::InProgress],
        (S::Assigned | S::Reopened, Step::Start) | (S::OnHold, Step::Resume) => &[S::InProgress],
        (S::InProgress, Step::Hold(_)) => &[S::OnHold],
        (open, Step::Resolve) if open.is_open() => &[S::Resolved],
        (open, Step::Cancel) if open.is_open() => &[S::Cancelled],
        (open, Step::Merge) if open.is_open() => &[S::Merged],
        (S::Resolved, Step::Close) => &[S::Closed],
        (S::Resolved | S::Closed, Step::Reopen) => &[S::Reopened],
        _ => return Err(Refusal { state: from, step }),
    })
}

/// The words of the steps that are allowed from `state`.
pub fn allowed(state: IncidentState) -> Vec<&'static str> {
    STEPS.into_iter().filter(|step| path(state, *step).is_ok()).map(Step::as_str).collect()
}

/// Whether one change of state is an edge of the machine.
pub fn is_edge(from: IncidentState, to: IncidentState) -> bool {
    STEPS.into_iter().any(|step| matches!(path(from, step), Ok(states) if states.first() == Some(&to)))
}

/// The shortest way along edges from `from` to `to`, without `from`; empty when they are the same, `None` when there is
/// none. Another tool's history skips states that ours has; the import walks them.
pub fn way(from: IncidentState, to: IncidentState) -> Option<Vec<IncidentState>> {
    if from == to {
        return Some(Vec::new());
    }
    let mut seen = vec![(from, None::<usize>)];
    let mut next = 0;
    while next < seen.len() {
        let here = seen[next].0;
        for state in IncidentState::ALL.iter().copied() {
            // Shortcuts through an end are no way: nothing is cancelled in order to be reopened.
            if !is_edge(here, state) || seen.iter().any(|(known, _)| *known == state) {
                continue;
            }
            seen.push((state, Some(next)));
            if state == to {
                let mut states = Vec::new();
                let mut at = Some(seen.len() - 1);
                while let Some(index) = at {
                    if seen[index].1.is_some() {
                        states.push(seen[index].0);
                    }
                    at = seen[index].1;
                }
                states.reverse();
                return Some(states);
            }
        }
        next += 1;
    }
    None
}

#[cfg(test)]
#[path = "tests/machine.rs"]
mod tests;
