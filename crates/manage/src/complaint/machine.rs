//! The complaint's state machine (domain specification, section 4), pure.

use evenkeel_core::state::ComplaintState as S;

use crate::ticket::machine::Machine;

/// What someone asks of a complaint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The responsible leader has it.
    Acknowledge,
    /// What happened is looked into.
    Investigate,
    /// The reply may leave.
    Approve,
    /// It leaves.
    Send,
    /// The complainant accepts it.
    Accept,
    /// The complainant does not: it is looked into again.
    Reject,
    /// What is learned is written down.
    Learn,
    /// Done.
    Close,
}

/// The machine.
#[derive(Debug, Clone, Copy)]
pub struct ComplaintMachine;

impl Machine for ComplaintMachine {
    type State = S;
    type Step = Step;

    const NOUN: &'static str = "a complaint";
    const STATES: &'static [S] = S::ALL;
    const STEPS: &'static [Step] =
        &[Step::Acknowledge, Step::Investigate, Step::Approve, Step::Send, Step::Accept, Step::Reject, Step::Learn, Step::Close];

    fn word(step: Step) -> &'static str {
        match step {
            Step::Acknowledge => "acknowledge",
            Step::Investigate => "investigate",
            Step::Approve => "approve",
            Step::Send => "send",
            Step::Accept => "accept",
            Step::Reject => "reject",
            Step::Learn => "learn",
            Step::Close => "close",
        }
    }

    fn path(from: S, step: Step) -> Option<&'static [S]> {
        Some(match (from, step) {
            (S::Registered, Step::Acknowledge) => &[S::Acknowledged],
            (S::Acknowledged, Step::Investigate) | (S::Replied, Step::Reject) => &[S::Investigating],
            (S::Investigating, Step::Approve) => &[S::ReplyApproved],
            (S::ReplyApproved, Step::Send) => &[S::Replied],
            (S::Replied, Step::Accept) => &[S::Accepted],
            (S::Accepted, Step::Learn) => &[S::Learned],
            (S::Learned, Step::Close) => &[S::Closed],
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
        walk::whole::<ComplaintMachine>();
        assert_eq!(allowed::<ComplaintMachine>(S::Replied), ["accept", "reject"]);
        assert!(allowed::<ComplaintMachine>(S::Closed).is_empty());
    }
}
