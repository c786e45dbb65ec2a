//! An objective's window as stretches of good, bad and unknown, each with what it came to: what the figures are the sums of. Pure.

use evenkeel_core::state::SliState;

use super::{
    budget::Budget,
    tally::{Cell, Judged, Tally, judge},
};

/// Parts that a window is cut into at most; longer windows are cut more coarsely.
const PARTS_MAX: i64 = 3_000;

/// A stretch of one state, minutes since 1970 UTC.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Course {
    /// Good as long as it is no worse than the objective asks; unknown when less than half of it was observed.
    pub state: SliState,
    /// From, inclusive.
    pub from: i64,
    /// To, exclusive.
    pub to: i64,
    /// What it came to, in the budget's unit; what was seen of an unknown stretch counts too.
    pub counts: Cell,
}

/// The window up to now, oldest first, without gaps; what they came to adds up to the budget's counts. The newest hours are
/// cut to the slice, those before to the bucket.
pub fn course(tally: &Tally, budget: &Budget) -> Vec<Course> {
    let (slice, bucket) = (tally.slice_mins(), tally.bucket_mins());
    let buckets = (tally.recent_from().min(budget.until) - budget.edges.from).max(0) / bucket;
    let coarse = bucket * (buckets / PARTS_MAX + 1);
    let mut line: Vec<Course> = Vec::new();
    let mut at = budget.edges.from;
    while at < budget.until {
        let to = if at < tally.recent_from() { (at + coarse).min(tally.recent_from()) } else { at + slice }.min(budget.until);
        let counts = tally.sum(at, to);
        let state = match judge(counts, to - at) {
            Judged::Unknown => SliState::Unknown,
            Judged::Seen(share) if share >= budget.target => SliState::Good,
            Judged::Seen(_) => SliState::Bad,
        };
        match line.last_mut() {
            Some(last) if last.state == state => {
                last.to = to;
                last.counts.add(counts);
            }
            _ => line.push(Course { state, from: at, to, counts }),
        }
        at = to;
    }
    line
}

#[cfg(test)]
mod tests {
    #![allow(clippy::float_cmp)]
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;
    use crate::slo::{budget::budget, model::Method, window::Edges};

    fn tally(method: Method, end: i64, minute: impl Fn(i64) -> Option<(f64, f64)>) -> Tally {
        let mut tally = Tally::new(method, 0);
        let minutes: BTreeMap<i64, Cell> = (0..end)
            .filter_map(|at| {
                let (good, total) = minute(at)?;
                Some((at, Cell::minute(good, total)))
            })
            .collect();
        tally.put(0, end, &minutes);
        tally
    }

    #[test]
    fn a_stretch_is_bad_where_it_is_worse_than_asked_and_unknown_where_nobody_looked() {
        let minutes = |at| match at {
            20..30 => None,
            10..15 => Some((90.0, 100.0)),
            // One in a hundred is what may be.
            _ => Some((99.0, 100.0)),
        };
        let tally = tally(Method::Occurrences, 60, minutes);
        let line = course(&tally, &budget(&tally, Method::Occurrences, 0.99, Edges { from: 0, to: 60 }));
        let told: Vec<_> = line.iter().map(|part| (part.state.as_str(), part.from, part.to, part.counts.bad())).collect();
        assert_eq!(
            told,
            [("good", 0, 10, 10.0), ("bad", 10, 15, 50.0), ("good", 15, 20, 5.0), ("unknown", 20, 30, 0.0), ("good", 30, 60, 30.0)]
        );
    }

    #[test]
    fn a_long_window_is_cut_into_few_parts() {
        let mut tally = tally(Method::Occurrences, 100_000, |at| Some((f64::from(u8::from(at / 15 % 2 == 0)), 1.0)));
        tally.settle(0, 100_000, 99_000);
        let line = course(&tally, &budget(&tally, Method::Occurrences, 0.9, Edges { from: 0, to: 100_000 }));
        assert!(line.len() <= 3_000 + 1_100, "{}", line.len());
    }

    proptest! {
        #[test]
        fn stretches_follow_one_another_and_add_up_to_the_budget(
            cells in proptest::collection::vec(proptest::option::of((0_u32..20, 0_u32..5)), 20..300), keep in 0_i64..300, slices in any::<bool>(),
        ) {
            let method = if slices { Method::Timeslices { mins: 5, target: 0.9 } } else { Method::Occurrences };
            let end = i64::try_from(cells.len()).unwrap_or_default();
            let mut tally = tally(method, end, |at| {
                let (good, bad) = cells[usize::try_from(at).ok()?]?;
                Some((f64::from(good), f64::from(good + bad)))
            });
            tally.settle(0, end, keep);
            let budget = budget(&tally, method, 0.9, Edges { from: 0, to: 300 });
            let line = course(&tally, &budget);
            prop_assert_eq!(line.first().map(|part| part.from), (budget.until > budget.edges.from).then_some(budget.edges.from));
            prop_assert_eq!(line.last().map_or(budget.until, |part| part.to), budget.until);
            prop_assert!(line.windows(2).all(|pair| pair[0].to == pair[1].from && pair[0].state != pair[1].state));
            let mut sum = Cell::default();
            for part in &line {
                sum.add(part.counts);
            }
            prop_assert!((sum.good - budget.counts.good).abs() < 1e-6 && (sum.total - budget.counts.total).abs() < 1e-6, "{sum:?} {budget:?}");
        }
    }
}
