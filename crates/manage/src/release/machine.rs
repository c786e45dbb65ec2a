//! The release's state machine (domain specification, section 4) and that of its stages, pure.
//!
//! The specification draws the way of a release that goes well or is taken back; two edges are what people need beside it: one
//! that is not right goes back to be written anew, and one that is not rolled out is cancelled.

use evenkeel_core::state::{ReleaseState as S, StageState};

use crate::ticket::machine::Machine;

/// What someone asks of a release.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// What it is made of lies ready.
    Build,
    /// It has to be written anew.
    Rework,
    /// Somebody else finds it right.
    Approve,
    /// Roll it out.
    Start,
    /// It is rolled out, and works.
    Verify,
    /// Take it back.
    RollBack,
    /// Done.
    Close,
    /// It is not rolled out.
    Cancel,
}

/// The machine.
#[derive(Debug, Clone, Copy)]
pub struct ReleaseMachine;

impl Machine for ReleaseMachine {
    type State = S;
    type Step = Step;

    const NOUN: &'static str = "a release";
    const STATES: &'static [S] = S::ALL;
    const STEPS: &'static [Step] =
        &[Step::Build, Step::Rework, Step::Approve, Step::Start, Step::Verify, Step::RollBack, Step::Close, Step::Cancel];

    fn word(step: Step) -> &'static str {
        match step {
            Step::Build => "build",
            Step::Rework => "rework",
            Step::Approve => "approve",
            Step::Start => "start",
            Step::Verify => "verify",
            Step::RollBack => "roll_back",
            Step::Close => "close",
            Step::Cancel => "cancel",
        }
    }

    fn path(from: S, step: Step) -> Option<&'static [S]> {
        Some(match (from, step) {
            (S::Planned, Step::Build) => &[S::Built],
            (S::Built | S::Approved, Step::Rework) => &[S::Planned],
            (S::Built, Step::Approve) => &[S::Approved],
            (S::Approved, Step::Start) => &[S::RollingOut],
            (S::RollingOut, Step::Verify) => &[S::Verified],
            (S::RollingOut, Step::RollBack) => &[S::RolledBack],
            (S::Verified | S::RolledBack, Step::Close) => &[S::Closed],
            (S::Planned | S::Built | S::Approved, Step::Cancel) => &[S::Cancelled],
            _ => return None,
        })
    }
}

/// What someone asks of a stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ReleaseStageAct)]
pub enum StageStep {
    /// Begin it.
    Begin,
    /// It is over, and what must hold holds.
    End,
    /// Hold it up.
    Halt,
    /// Go on.
    Resume,
}

/// The machine of a stage.
#[derive(Debug, Clone, Copy)]
pub struct StageMachine;

impl Machine for StageMachine {
    type State = StageState;
    type Step = StageStep;

    const NOUN: &'static str = "a stage";
    const STATES: &'static [StageState] = StageState::ALL;
    const STEPS: &'static [StageStep] = &[StageStep::Begin, StageStep::End, StageStep::Halt, StageStep::Resume];

    fn word(step: StageStep) -> &'static str {
        match step {
            StageStep::Begin => "begin",
            StageStep::End => "end",
            StageStep::Halt => "halt",
            StageStep::Resume => "resume",
        }
    }

    fn path(from: StageState, step: StageStep) -> Option<&'static [StageState]> {
        Some(match (from, step) {
            (StageState::Waiting, StageStep::Begin) | (StageState::Halted, StageStep::Resume) => &[StageState::Running],
            (StageState::Running, StageStep::End) => &[StageState::Done],
            (StageState::Running, StageStep::Halt) => &[StageState::Halted],
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
        walk::whole::<ReleaseMachine>();
        walk::whole::<StageMachine>();
        assert_eq!(allowed::<ReleaseMachine>(S::Built), ["rework", "approve", "cancel"]);
        assert_eq!(allowed::<ReleaseMachine>(S::RollingOut), ["verify", "roll_back"], "what is begun is taken back, not cancelled");
        assert_eq!(allowed::<StageMachine>(StageState::Halted), ["resume"], "what is held up goes on before it ends");
    }
}
