//! The state machine of a major incident (domain specification, section 4), pure.
//!
//! It runs beside the incident's own: a major incident is an incident, and being handled as one is something about it.

use evenkeel_core::state::MajorState as S;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::ticket::machine::Machine;

/// What someone asks of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = MajorStep)]
pub enum Step {
    /// It is one.
    Declare,
    /// The effect is contained.
    Mitigate,
    /// Service is back.
    Restore,
    /// It stayed back.
    Verify,
    /// Trouble is back.
    Relapse,
    /// What was learned is written down.
    Review,
    /// Done.
    Close,
    /// It is none.
    Demote,
}

/// The machine.
#[derive(Debug, Clone, Copy)]
pub struct MajorMachine;

impl Machine for MajorMachine {
    type State = S;
    type Step = Step;

    const NOUN: &'static str = "a major incident";
    const STATES: &'static [S] = S::ALL;
    const STEPS: &'static [Step] =
        &[Step::Declare, Step::Mitigate, Step::Restore, Step::Verify, Step::Relapse, Step::Review, Step::Close, Step::Demote];

    fn word(step: Step) -> &'static str {
        match step {
            Step::Declare => "declare",
            Step::Mitigate => "mitigate",
            Step::Restore => "restore",
            Step::Verify => "verify",
            Step::Relapse => "relapse",
            Step::Review => "review",
            Step::Close => "close",
            Step::Demote => "demote",
        }
    }

    fn path(from: S, step: Step) -> Option<&'static [S]> {
        Some(match (from, step) {
            (S::Candidate | S::Demoted, Step::Declare) | (S::Mitigated | S::Restored | S::Verified, Step::Relapse) => &[S::Declared],
            (S::Declared, Step::Mitigate) => &[S::Mitigated],
            (S::Declared, Step::Restore) => &[S::Mitigated, S::Restored],
            (S::Mitigated, Step::Restore) => &[S::Restored],
            (S::Restored, Step::Verify) => &[S::Verified],
            (S::Verified, Step::Review) => &[S::Reviewed],
            (S::Reviewed, Step::Close) => &[S::Closed],
            (S::Candidate | S::Declared | S::Mitigated, Step::Demote) => &[S::Demoted],
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
        walk::whole::<MajorMachine>();
        assert_eq!(allowed::<MajorMachine>(S::Candidate), ["declare", "demote"]);
        assert_eq!(allowed::<MajorMachine>(S::Restored), ["verify", "relapse"]);
        assert!(allowed::<MajorMachine>(S::Closed).is_empty());
    }
}
