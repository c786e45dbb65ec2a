//! The change's state machine (domain specification, section 4), pure.
//!
//! Which of these steps a *kind* may take (a standard change is authorised by its template, an emergency may begin before)
//! is a guard of the use case: the machine knows states alone.

use evenkeel_core::state::ChangeState as S;

use crate::ticket::machine::Machine;

/// What someone asks of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Find what it collides with and how risky it is.
    Assess,
    /// Write it anew.
    Edit,
    /// Ask those who must authorise it.
    Submit,
    /// They, or its template, authorise it.
    Authorise,
    /// They do not: its author writes it anew.
    Reject,
    /// Its window is another one: it is authorised anew.
    Reopen,
    /// Carry it out.
    Start,
    /// It is carried out.
    Finish,
    /// Its outcome is known.
    Review,
    /// Done.
    Close,
    /// It does not take place.
    Cancel,
}

/// The machine.
#[derive(Debug, Clone, Copy)]
pub struct ChangeMachine;

impl Machine for ChangeMachine {
    type State = S;
    type Step = Step;

    const NOUN: &'static str = "a change";
    const STATES: &'static [S] = S::ALL;
    const STEPS: &'static [Step] = &[
        Step::Assess,
        Step::Edit,
        Step::Submit,
        Step::Authorise,
        Step::Reject,
        Step::Reopen,
        Step::Start,
        Step::Finish,
        Step::Review,
        Step::Close,
        Step::Cancel,
    ];

    fn word(step: Step) -> &'static str {
        match step {
            Step::Assess => "assess",
            Step::Edit => "edit",
            Step::Submit => "submit",
            Step::Authorise => "authorise",
            Step::Reject => "reject",
            Step::Reopen => "reopen",
            Step::Start => "start",
            Step::Finish => "finish",
            Step::Review => "review",
            Step::Close => "close",
            Step::Cancel => "cancel",
        }
    }

    fn path(from: S, step: Step) -> Option<&'static [S]> {
        Some(match (from, step) {
            (S::Draft, Step::Assess) => &[S::Assess],
            (S::Assess, Step::Edit) | (S::Authorise, Step::Reject) => &[S::Draft],
            (S::Assess, Step::Submit) | (S::Scheduled, Step::Reopen) => &[S::Authorise],
            // A standard change, by its template.
            (S::Assess | S::Authorise, Step::Authorise) => &[S::Scheduled],
            // From assess and authorise only an emergency.
            (S::Assess | S::Authorise | S::Scheduled, Step::Start) => &[S::Implementing],
            (S::Implementing, Step::Finish) => &[S::Verifying],
            // What failed or was taken back has nothing to verify.
            (S::Implementing | S::Verifying, Step::Review) => &[S::Review],
            (S::Review, Step::Close) => &[S::Closed],
            (S::Draft | S::Assess | S::Authorise | S::Scheduled, Step::Cancel) => &[S::Cancelled],
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
        walk::whole::<ChangeMachine>();
        assert_eq!(allowed::<ChangeMachine>(S::Scheduled), ["reopen", "start", "cancel"]);
        assert_eq!(allowed::<ChangeMachine>(S::Implementing), ["finish", "review"], "what is begun is not cancelled");
        assert!(allowed::<ChangeMachine>(S::Closed).is_empty());
    }
}
