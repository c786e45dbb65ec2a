//! The grievance's state machine (domain specification, section 4), pure.

use evenkeel_core::state::GrievanceState as S;

use crate::ticket::machine::Machine;

/// What someone, or time, asks of a grievance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Say what happened, and what is done.
    Explain,
    /// Whoever said it is content.
    Settle,
    /// It becomes a complaint.
    Escalate,
}

/// The machine.
#[derive(Debug, Clone, Copy)]
pub struct GrievanceMachine;

impl Machine for GrievanceMachine {
    type State = S;
    type Step = Step;

    const NOUN: &'static str = "a grievance";
    const STATES: &'static [S] = S::ALL;
    const STEPS: &'static [Step] = &[Step::Explain, Step::Settle, Step::Escalate];

    fn word(step: Step) -> &'static str {
        match step {
            Step::Explain => "explain",
            Step::Settle => "settle",
            Step::Escalate => "escalate",
        }
    }

    fn path(from: S, step: Step) -> Option<&'static [S]> {
        Some(match (from, step) {
            (S::Heard, Step::Explain) => &[S::Explained],
            (S::Explained, Step::Settle) => &[S::Settled],
            (S::Heard | S::Explained, Step::Escalate) => &[S::Escalated],
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ticket::machine::{allowed, walk};

    #[test]
    fn every_edge_is_walked_and_every_other_refused() {
        walk::whole::<GrievanceMachine>();
        assert_eq!(allowed::<GrievanceMachine>(S::Heard), ["explain", "escalate"]);
        assert!(allowed::<GrievanceMachine>(S::Settled).is_empty());
    }
}
