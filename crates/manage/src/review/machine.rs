//! The review's state machine, pure.

use evenkeel_core::state::ReviewState as S;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::ticket::machine::Machine;

/// What someone asks of a review.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ReviewStep)]
pub enum Step {
    /// Others are to read it.
    Submit,
    /// It is not right yet.
    SendBack,
    /// It is.
    Publish,
    /// It has to be corrected: the next edition begins.
    Reopen,
}

/// The machine.
#[derive(Debug, Clone, Copy)]
pub struct ReviewMachine;

impl Machine for ReviewMachine {
    type State = S;
    type Step = Step;

    const NOUN: &'static str = "a review";
    const STATES: &'static [S] = S::ALL;
    const STEPS: &'static [Step] = &[Step::Submit, Step::SendBack, Step::Publish, Step::Reopen];

    fn word(step: Step) -> &'static str {
        match step {
            Step::Submit => "submit",
            Step::SendBack => "send_back",
            Step::Publish => "publish",
            Step::Reopen => "reopen",
        }
    }

    fn path(from: S, step: Step) -> Option<&'static [S]> {
        Some(match (from, step) {
            (S::Drafted, Step::Submit) => &[S::InReview],
            (S::InReview, Step::SendBack) | (S::Published, Step::Reopen) => &[S::Drafted],
            (S::InReview, Step::Publish) => &[S::Published],
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
        walk::whole::<ReviewMachine>();
        assert_eq!(allowed::<ReviewMachine>(S::InReview), ["send_back", "publish"]);
        assert_eq!(allowed::<ReviewMachine>(S::Published), ["reopen"]);
    }
}
