//! Clocks: what happened to a ticket, folded into what one promise of one agreement has come to.
//!
//! A clock belongs to one ticket, one goal and one agreement (whose versions are the `terms`). It starts with the ticket,
//! counts business time of the agreement's calendar, pauses on the holds that the agreement names, and stops when its goal
//! is reached. The fold is a pure function of the facts up to `as_of`, in whatever order they arrive.
//!
//! - **Breach latches**: once the target is used up, neither a later priority, agreement nor re-opening undoes it, and
//!   the reading keeps showing the promise that was missed. A stop in the very second a target is due is in time.
//! - **Change of priority or version**: judged by what governed at each moment; the new promise follows
//!   [`evenkeel_core::definition::Retarget`].
//! - **Re-opening** within the agreed days continues the clock, the resolved time excluded; a later one leaves it as it was.
//! - **Merge** stops the clocks of the merged ticket; the survivor takes over the earliest opening and first response
//!   ([`FactKind::Absorbed`]). **Split** inherits the origin ([`FactKind::Split`]).
//!
//! [`read`] is the cheap path for queues and timers; [`explain`] accounts for every second.

use jiff::Timestamp;

use evenkeel_core::state::Goal;

mod explain;
mod fact;
mod judge;
mod reading;
mod terms;
mod walk;

pub use fact::{Fact, FactKind};
pub use reading::{Cause, CauseCode, ClockReading, ClockState, EventCause, Explanation, Interval, IntervalKind, OwnerSecs};
pub use terms::Terms;

use crate::day;
use judge::Judgement;
use walk::Walk;

/// What the clock of `goal` says at `as_of`. None when the ticket is not open by then, or no target applies to it.
pub fn read(terms: &[Terms], goal: Goal, facts: &[Fact], as_of: Timestamp) -> Option<ClockReading> {
    folded(terms, goal, facts, as_of, |walk, judgement| judgement.reading(walk))
}

/// As [`read`], with every second from the origin to the end accounted for.
pub fn explain(terms: &[Terms], goal: Goal, facts: &[Fact], as_of: Timestamp) -> Option<Explanation> {
    folded(terms, goal, facts, as_of, explain::explain)
}

/// When the escalation levels of a clock fall due: at `offsets_secs` of business time before (negative) or after (positive)
/// its target. One answer for each offset, none of which depends on another. None where the level does not apply: it
/// would lie before the start, the clock is paused, or it stopped earlier.
pub fn escalations(terms: &[Terms], goal: Goal, facts: &[Fact], as_of: Timestamp, offsets_secs: &[i64]) -> Vec<Option<Timestamp>> {
    let found = folded(terms, goal, facts, as_of, |walk, judgement| {
        let stopped = !walk.is_open() || judgement.lapsed_at.is_some();
        offsets_secs
            .iter()
            .map(|offset| {
                let target = judgement.promise.target.saturating_add(*offset);
                if target <= 0 {
                    return None;
                }
                judge::reach_of(walk, judgement.promise, target).filter(|at| !stopped || *at < judgement.end).map(day::instant)
            })
            .collect()
    });
    found.unwrap_or_else(|| vec![None; offsets_secs.len()])
}

fn folded<T>(terms: &[Terms], goal: Goal, facts: &[Fact], as_of: Timestamp, answer: impl FnOnce(&Walk<'_>, &Judgement) -> T) -> Option<T> {
    let sorted;
    let facts = if facts.is_sorted() {
        facts
    } else {
        let mut copy = facts.to_vec();
        copy.sort_unstable();
        sorted = copy;
        &sorted
    };
    let walk = Walk::fold(terms, goal, facts, as_of)?;
    let judgement = Judgement::of(&walk)?;
    Some(answer(&walk, &judgement))
}
