//! The article's state machine, pure. The state is that of its latest version; what was published before stays live until
//! the next is published, or the article is retired.

use evenkeel_core::state::ArticleState as S;

use crate::ticket::machine::Machine;

/// What someone asks of an article.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Have somebody else read it.
    Submit,
    /// It is not good yet.
    SendBack,
    /// Show it to those it is for.
    Publish,
    /// Write a newer version.
    Revise,
    /// Show it no longer.
    Retire,
    /// Take it up again.
    Revive,
}

/// The machine.
#[derive(Debug, Clone, Copy)]
pub struct ArticleMachine;

impl Machine for ArticleMachine {
    type State = S;
    type Step = Step;

    const NOUN: &'static str = "an article";
    const STATES: &'static [S] = S::ALL;
    const STEPS: &'static [Step] = &[Step::Submit, Step::SendBack, Step::Publish, Step::Revise, Step::Retire, Step::Revive];

    fn word(step: Step) -> &'static str {
        match step {
            Step::Submit => "submit",
            Step::SendBack => "send_back",
            Step::Publish => "publish",
            Step::Revise => "revise",
            Step::Retire => "retire",
            Step::Revive => "revive",
        }
    }

    fn path(from: S, step: Step) -> Option<&'static [S]> {
        Some(match (from, step) {
            (S::Draft, Step::Submit) => &[S::InReview],
            (S::InReview, Step::Publish) => &[S::Published],
            (S::InReview, Step::SendBack | Step::Revise) | (S::Published, Step::Revise) | (S::Retired, Step::Revive) => &[S::Draft],
            (S::Draft | S::InReview | S::Published, Step::Retire) => &[S::Retired],
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
        walk::whole::<ArticleMachine>();
        assert_eq!(allowed::<ArticleMachine>(S::Draft), ["submit", "retire"]);
        assert_eq!(allowed::<ArticleMachine>(S::Published), ["revise", "retire"]);
        assert_eq!(allowed::<ArticleMachine>(S::Retired), ["revive"]);
    }
}
