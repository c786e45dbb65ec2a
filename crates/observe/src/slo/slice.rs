//! Slices as stretches of good, bad and unknown, to be sealed. Pure.

use evenkeel_core::state::SliState;

use super::{
    model::Method,
    tally::{Judged, Tally, judge},
};

/// The stretch in force is sealed when it is this long, minutes: figures are never further behind.
const STRETCH_MINS_MAX: i64 = 6 * 60;

/// A stretch of one state, minutes since 1970 UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stretch {
    /// The state.
    pub state: SliState,
    /// From, inclusive.
    pub from: i64,
    /// To, exclusive.
    pub to: i64,
}

/// From which share on a slice is good; none when the method judges no slice.
const fn limit(method: Method, target: f64) -> Option<f64> {
    match method {
        Method::Occurrences => None,
        Method::Timeslices { target, .. } => Some(target),
        Method::RatioTimeslices { .. } => Some(target),
    }
}

/// The stretches of `[from, to)` that can be sealed: all that have ended, and the one in force once it is long. What is
/// not kept any more is unknown.
pub fn sealable(tally: &Tally, method: Method, target: f64, from: i64, to: i64) -> Vec<Stretch> {
    let Some(limit) = limit(method, target) else { return Vec::new() };
    let mins = method.slice_mins();
    let mut stretches: Vec<Stretch> = Vec::new();
    let mut at = from;
    while at + mins <= to {
        let state = if at < tally.recent_from() {
            SliState::Unknown
        } else {
            match judge(tally.minutes(at, at + mins), mins) {
                Judged::Unknown => SliState::Unknown,
                Judged::Seen(share) if share >= limit => SliState::Good,
                Judged::Seen(_) => SliState::Bad,
            }
        };
        match stretches.last_mut() {
            Some(last) if last.state == state => last.to = at + mins,
            _ => stretches.push(Stretch { state, from: at, to: at + mins }),
        }
        at += mins;
    }
    if stretches.last().is_some_and(|last| last.to - last.from < STRETCH_MINS_MAX) {
        stretches.pop();
    }
    stretches
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::slo::tally::Cell;

    #[test]
    fn stretches_that_have_ended_are_sealed_and_the_one_in_force_when_it_is_long() {
        let method = Method::Timeslices { mins: 5, target: 0.9 };
        let mut tally = Tally::new(method, 0);
        let minutes: BTreeMap<i64, Cell> = (0..400)
            .filter(|at| !(20..30).contains(at))
            .map(|at| (at, Cell::minute(if (10..15).contains(&at) { 1.0 } else { 10.0 }, 10.0)))
            .collect();
        tally.put(0, 400, &minutes);
        let told =
            |to| sealable(&tally, method, 0.99, 0, to).iter().map(|part| (part.state.as_str(), part.from, part.to)).collect::<Vec<_>>();
        assert_eq!(told(60), [("good", 0, 10), ("bad", 10, 15), ("good", 15, 20), ("unknown", 20, 30)]);
        assert_eq!(told(400).last(), Some(&("good", 30, 400)));
        assert_eq!(sealable(&tally, Method::Occurrences, 0.99, 0, 400), []);
    }
}
