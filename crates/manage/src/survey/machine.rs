//! One person's survey as a state machine, pure. An answer may come between the mail server's word that it has the mail and our
//! noting it: then it was sent, and answered.

use evenkeel_core::state::SurveyState as S;

use crate::ticket::machine::Machine;

/// What somebody, or something, does to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// It reached them.
    Send,
    /// It did not.
    Fail,
    /// They answered.
    Answer,
    /// They do not want to.
    Decline,
    /// Its time is over.
    Expire,
}

/// The machine.
#[derive(Debug, Clone, Copy)]
pub struct SurveyMachine;

impl Machine for SurveyMachine {
    type State = S;
    type Step = Step;

    const NOUN: &'static str = "a survey";
    const STATES: &'static [S] = S::ALL;
    const STEPS: &'static [Step] = &[Step::Send, Step::Fail, Step::Answer, Step::Decline, Step::Expire];

    fn word(step: Step) -> &'static str {
        match step {
            Step::Send => "send",
            Step::Fail => "fail",
            Step::Answer => "answer",
            Step::Decline => "decline",
            Step::Expire => "expire",
        }
    }

    fn path(from: S, step: Step) -> Option<&'static [S]> {
        Some(match (from, step) {
            (S::Waiting, Step::Send) => &[S::Sent],
            (S::Waiting, Step::Fail) => &[S::Undelivered],
            (S::Waiting, Step::Answer) => &[S::Sent, S::Answered],
            (S::Waiting, Step::Decline) => &[S::Sent, S::Declined],
            // Whoever the mail did not reach may still find it in the portal.
            (S::Sent | S::Undelivered, Step::Answer) => &[S::Answered],
            (S::Sent | S::Undelivered, Step::Decline) => &[S::Declined],
            (S::Sent, Step::Expire) => &[S::Expired],
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
        walk::whole::<SurveyMachine>();
        for ended in [S::Answered, S::Declined, S::Expired] {
            assert!(allowed::<SurveyMachine>(ended).is_empty());
        }
    }
}
