//! The problem's state machine (domain specification, section 4), pure.
//!
//! A repair may be planned without a workaround: then the error was never *known* in the sense of the desk, and the state
//! is passed over. Verified is entered by time alone, so no person has that step.

use evenkeel_core::state::ProblemState as S;

use crate::ticket::machine::Machine;

/// What someone, or time, asks of a problem.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// It is worth looking for the cause.
    Assess,
    /// Look for it.
    Analyse,
    /// The cause is known, and a way around it.
    Know,
    /// A change will repair it.
    Plan,
    /// It is repaired.
    Fix,
    /// It has not come back.
    Verify,
    /// Done.
    Close,
    /// It came back.
    Recur,
}

/// The machine.
#[derive(Debug, Clone, Copy)]
pub struct ProblemMachine;

impl Machine for ProblemMachine {
    type State = S;
    type Step = Step;

    const NOUN: &'static str = "a problem";
    const STATES: &'static [S] = S::ALL;
    const STEPS: &'static [Step] =
        &[Step::Assess, Step::Analyse, Step::Know, Step::Plan, Step::Fix, Step::Verify, Step::Close, Step::Recur];

    fn word(step: Step) -> &'static str {
        match step {
            Step::Assess => "assess",
            Step::Analyse => "analyse",
            Step::Know => "know",
            Step::Plan => "plan",
            Step::Fix => "fix",
            Step::Verify => "verify",
            Step::Close => "close",
            Step::Recur => "recur",
        }
    }

    fn path(from: S, step: Step) -> Option<&'static [S]> {
        Some(match (from, step) {
            (S::Opened, Step::Assess) => &[S::Assessed],
            (S::Assessed, Step::Analyse) => &[S::Analysing],
            (S::Analysing, Step::Know) => &[S::KnownError],
            (S::Analysing | S::KnownError, Step::Plan) => &[S::FixPending],
            (S::FixPending, Step::Fix) => &[S::Fixed],
            (S::Fixed, Step::Verify) => &[S::Verified],
            (S::Verified, Step::Close) => &[S::Closed],
            (fixed, Step::Recur) if fixed.is_fixed() => &[S::Analysing],
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
        walk::whole::<ProblemMachine>();
        assert_eq!(allowed::<ProblemMachine>(S::Analysing), ["know", "plan"]);
        assert_eq!(allowed::<ProblemMachine>(S::Verified), ["close", "recur"]);
        assert_eq!(allowed::<ProblemMachine>(S::Closed), ["recur"]);
    }
}
