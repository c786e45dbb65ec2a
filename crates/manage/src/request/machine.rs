//! The request's state machine (domain specification, section 4), pure.
//!
//! Work that is finished while the request waits stops the waiting by itself, so fulfilling from there takes two edges.

use evenkeel_core::state::{HoldReason, RequestState};

use RequestState as S;

use crate::ticket::machine::Machine;

/// What someone asks of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Send it.
    Submit,
    /// Ask those who must approve.
    Ask,
    /// All of them did, or nobody has to.
    Approve,
    /// One of them did not.
    Reject,
    /// Begin the work.
    Begin,
    /// Wait, for this reason.
    Wait(HoldReason),
    /// Stop waiting.
    Resume,
    /// The work is done.
    Fulfil,
    /// The requester has it.
    Accept,
    /// The requester does not want it any more.
    Withdraw,
}

/// The machine.
#[derive(Debug, Clone, Copy)]
pub struct RequestMachine;

impl Machine for RequestMachine {
    type State = RequestState;
    type Step = Step;

    const NOUN: &'static str = "a request";
    const STATES: &'static [S] = S::ALL;
    const STEPS: &'static [Step] = &[
        Step::Submit,
        Step::Ask,
        Step::Approve,
        Step::Reject,
        Step::Begin,
        Step::Wait(HoldReason::Customer),
        Step::Resume,
        Step::Fulfil,
        Step::Accept,
        Step::Withdraw,
    ];

    fn word(step: Step) -> &'static str {
        match step {
            Step::Submit => "submit",
            Step::Ask => "ask",
            Step::Approve => "approve",
            Step::Reject => "reject",
            Step::Begin => "begin",
            Step::Wait(_) => "wait",
            Step::Resume => "resume",
            Step::Fulfil => "fulfil",
            Step::Accept => "accept",
            Step::Withdraw => "withdraw",
        }
    }

    fn path(from: S, step: Step) -> Option<&'static [S]> {
        Some(match (from, step) {
            (S::Draft, Step::Submit) => &[S::Submitted],
            (S::Submitted, Step::Ask) => &[S::Approving],
            (S::Submitted | S::Approving, Step::Approve) => &[S::Approved],
            (S::Approving, Step::Reject) => &[S::Rejected],
            (S::Approved, Step::Begin) | (S::Waiting, Step::Resume) => &[S::Fulfilling],
            (S::Fulfilling, Step::Wait(_)) => &[S::Waiting],
            (S::Fulfilling, Step::Fulfil) => &[S::Fulfilled],
            (S::Waiting, Step::Fulfil) => &[S::Fulfilling, S::Fulfilled],
            (S::Fulfilled, Step::Accept) => &[S::Accepted],
            (open, Step::Withdraw) if open == S::Draft || open.is_open() => &[S::Withdrawn],
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::RequestMachine;
    use crate::ticket::machine::walk;

    #[test]
    fn every_edge_and_every_refusal() {
        walk::whole::<RequestMachine>();
    }
}
