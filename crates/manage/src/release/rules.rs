//! What must be so before a release takes a step, pure.

use evenkeel_core::{
    ErrorCode, Failure,
    event::release::ReleaseContent,
    id::PersonId,
    state::{ChangeMode, ChangeState, StageState},
};
use jiff::{SignedDuration, Timestamp};

use super::{
    machine::{StageMachine, StageStep, Step},
    model::{Progress, Release},
};
use crate::ticket::machine;

/// A change that a release carries, as far as the release asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Carried {
    pub number: i64,
    pub state: ChangeState,
    pub authorised: bool,
}

fn refuse(place: &str, detail: impl Into<String>, allowed: &[&str]) -> Failure {
    Failure::new(ErrorCode::StateRefused, detail).at(place).allowed(allowed.iter().copied())
}

/// What must be in a release before it takes this step. It is asked in the one place where a release takes steps: there is no
/// way around it.
pub(super) fn content(step: Step, content: &ReleaseContent) -> Result<(), Failure> {
    match step {
        Step::Build if content.artefacts.is_empty() => {
            Err(refuse("/artefacts", "nothing was built: name at least one artefact with its version and digest", &["edit"]))
        }
        Step::Approve | Step::Start if content.roll_back.is_none() => {
            Err(refuse("/roll_back", "it has no roll-back plan; send it back and write how it is taken back", &["rework"]))
        }
        Step::Approve | Step::Start if content.stages.is_empty() => {
            Err(refuse("/stages", "it has no stage; send it back and plan its roll-out", &["rework"]))
        }
        _ => Ok(()),
    }
}

/// Four eyes: who built a release does not approve it.
pub(super) fn four_eyes(builder: Option<PersonId>, person: PersonId) -> Result<(), Failure> {
    if builder == Some(person) {
        return Err(crate::refuse::invalid("", "you built it; somebody else approves it"));
    }
    Ok(())
}

fn named(numbers: impl Iterator<Item = i64>) -> String {
    numbers.map(|number| format!("CHG-{number}")).collect::<Vec<_>>().join(", ")
}

fn all(changes: &[Carried], fits: impl Fn(&Carried) -> bool, what: &str) -> Result<(), Failure> {
    let wrong = named(changes.iter().filter(|change| !fits(change)).map(|change| change.number));
    if wrong.is_empty() { Ok(()) } else { Err(refuse("/changes", format!("{what}: {wrong}"), &[])) }
}

/// Whether its roll-out may begin. Of a stable service every change is authorised before; where all services are agile the
/// release's own approval is enough to begin, and each change is still carried out through its own gates only.
pub(super) fn may_start(modes: &[ChangeMode], changes: &[Carried]) -> Result<(), Failure> {
    all(changes, |change| change.state != ChangeState::Cancelled, "it carries changes that were cancelled; write it anew without them")?;
    if modes.iter().all(|mode| *mode == ChangeMode::Agile) {
        return Ok(());
    }
    all(changes, |change| change.authorised, "it touches a stable service, and these changes are not authorised yet")
}

/// Whether it may be said to be verified: every stage is over, and no change is still to be carried out.
pub(super) fn may_verify(progress: &[Progress], changes: &[Carried]) -> Result<(), Failure> {
    if let Some(open) = progress.iter().position(|stage| stage.state != StageState::Done) {
        return Err(refuse("/stages", format!("stage {} is not over", open + 1), &["roll_back"]));
    }
    let carried_out = |change: &Carried| {
        matches!(change.state, ChangeState::Verifying | ChangeState::Review | ChangeState::Closed | ChangeState::Cancelled)
    };
    all(changes, carried_out, "these changes are not carried out yet; finish them, or roll the release back")
}

/// Whether it may be closed: what it carried was reviewed. Of one that was taken back, changes that were never begun stay as
/// they are: the next release may carry them.
pub(super) fn may_close(rolled_back: bool, changes: &[Carried]) -> Result<(), Failure> {
    let reviewed = |change: &Carried| matches!(change.state, ChangeState::Review | ChangeState::Closed | ChangeState::Cancelled);
    // Its roll-back reviewed what was under way then; what is under way now was begun afterwards.
    all(changes, |change| rolled_back || reviewed(change), "these changes are not reviewed yet")
}

/// Moves a stage (the first is 0): one after the other, none over before it was watched as long as planned, and none ended over
/// open incidents of its services without a word about them.
pub(super) fn move_stage(
    release: &Release,
    place: usize,
    step: StageStep,
    now: Timestamp,
    open_incidents: i64,
    said: bool,
) -> Result<Progress, Failure> {
    let before = release.progress[place];
    let to = machine::path::<StageMachine>(before.state, step)?[0];
    let mut after = Progress { state: to, ..before };
    match step {
        StageStep::Begin => {
            if release.progress[..place].iter().any(|stage| stage.state != StageState::Done) {
                return Err(refuse("/stages", format!("stage {place} is not over; end it first"), &[]));
            }
            (after.began_at, after.watched_since) = (Some(now), Some(now));
        }
        // What went wrong is watched anew from when it goes on.
        StageStep::Resume => after.watched_since = Some(now),
        StageStep::Halt if !said => return Err(refuse("/text", "say why it is halted", &[])),
        StageStep::Halt => {}
        StageStep::End => {
            if let Some(until) = watched_until(release.content.stages[place].watch_secs, before)
                && now < until
            {
                return Err(refuse("/stages", format!("it is watched until {until}; end it then, or halt it"), &["halt"]));
            }
            if open_incidents > 0 && !said {
                let detail = format!("{open_incidents} incidents of its services are open since it began; say why it may end all the same");
                return Err(refuse("/text", detail, &["halt"]));
            }
            after.ended_at = Some(now);
        }
    }
    Ok(after)
}

/// Until when a stage is watched; none before it began.
pub(super) fn watched_until(watch_secs: i64, stage: Progress) -> Option<Timestamp> {
    let since = stage.watched_since?;
    Some(since.checked_add(SignedDuration::from_secs(watch_secs)).unwrap_or(Timestamp::MAX))
}

#[cfg(test)]
pub(super) mod tests;
