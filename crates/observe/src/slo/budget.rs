//! What of an error budget is spent, with bounds for what nobody observed. Pure.

use super::{
    model::Method,
    tally::{Cell, Tally},
    window::Edges,
};

/// An objective's window, in events or in slices.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Budget {
    /// Its edges, minutes since 1970 UTC.
    pub edges: Edges,
    /// Up to here it is known.
    pub until: i64,
    /// What was good, and all there was.
    pub counts: Cell,
    /// The share that must be good.
    pub target: f64,
    /// How many may be bad: of the events so far, or of all slices of the window.
    pub allowed: f64,
    /// The share of the time so far that nobody observed, from 0 to 1.
    pub unknown: f64,
    /// How long a slice is, minutes, when the budget is made of slices.
    pub slice_mins: Option<i64>,
}

/// A figure, and between what it lies when nothing is assumed of the time that nobody observed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bounded {
    /// Of what was observed.
    pub value: f64,
    /// If everything unobserved was bad.
    pub low: f64,
    /// If everything unobserved was good.
    pub high: f64,
}

/// Sums a window up.
pub fn budget(tally: &Tally, method: Method, target: f64, edges: Edges) -> Budget {
    let slice = method.slice_mins();
    // Older minutes are kept in buckets, and slices are whole: the edge that is shown is the one from which is counted.
    let from = if edges.from < tally.recent_from() { tally.edge_after(edges.from) } else { edges.from };
    let from = from + (slice - from.rem_euclid(slice)) % slice;
    let edges = Edges { from, to: edges.to.max(from) };
    let until = tally.end().clamp(edges.from, edges.to);
    let until = (until - until.rem_euclid(slice)).max(from);
    let counts = tally.sum(edges.from, until);
    let elapsed = (until - edges.from) as f64;
    let unknown = if elapsed > 0.0 { (1.0 - counts.seen / elapsed).clamp(0.0, 1.0) } else { 0.0 };
    let slice_mins = method.is_time().then_some(slice);
    let all = slice_mins.map_or(counts.total, |slice| edges.mins() as f64 / slice as f64);
    Budget { edges, until, counts, target, allowed: (1.0 - target) * all, unknown, slice_mins }
}

impl Budget {
    /// The share that was good; `None` where nothing was observed.
    pub fn sli(&self) -> Option<Bounded> {
        if self.counts.seen <= 0.0 {
            return None;
        }
        let value = if self.counts.total > 0.0 { self.counts.good / self.counts.total } else { 1.0 };
        Some(Bounded { value, low: value * (1.0 - self.unknown), high: value * (1.0 - self.unknown) + self.unknown })
    }

    /// How many were bad.
    pub fn spent(&self) -> f64 {
        self.counts.bad()
    }

    /// What is left of the budget, 1 at a window's beginning and below 0 when more was spent than allowed. Unobserved time is
    /// taken to have had as many events a minute as the rest.
    pub fn remaining(&self) -> Bounded {
        let value = left(self.spent(), self.allowed);
        if self.unknown <= 0.0 {
            return Bounded { value, low: value, high: value };
        }
        let unseen_mins = (self.until - self.edges.from) as f64 * self.unknown;
        if let Some(slice) = self.slice_mins {
            // The whole window's slices are in the budget already.
            return Bounded { value, low: left(self.spent() + unseen_mins / slice as f64, self.allowed), high: value };
        }
        let share = 1.0 - self.target;
        if self.counts.total <= 0.0 {
            return Bounded { value, low: 1.0 - 1.0 / share, high: 1.0 };
        }
        // Events that nobody saw spend, and widen the budget.
        let missing = self.counts.total / self.counts.seen * unseen_mins;
        let allowed = self.allowed + share * missing;
        Bounded { value, low: left(self.spent() + missing, allowed), high: left(self.spent(), allowed) }
    }
}

/// What is left when `spent` of `allowed` is gone.
fn left(spent: f64, allowed: f64) -> f64 {
    if spent <= 0.0 {
        1.0
    } else if allowed <= 0.0 {
        // A budget of nothing: any error overspends it, by the error itself.
        -spent
    } else {
        1.0 - spent / allowed
    }
}

/// What is left of the budget at each of at most `points` instants of the window, against what the whole window allows now:
/// it begins at 1 and ends at what remains. The newest hours are cut to the slice, those before to the bucket.
pub fn burn_down(tally: &Tally, method: Method, budget: &Budget, points: i64) -> Vec<(i64, f64)> {
    let (from, until) = (budget.edges.from, budget.until);
    let wanted = ((until - from) / points.max(1)).max(1);
    let whole = |part: i64| (wanted + part - 1) / part * part;
    let (fine, step) = (whole(method.slice_mins()), whole(tally.bucket_mins()));
    let mut line = vec![(from, 1.0)];
    let (mut at, mut spent) = (from, 0.0);
    while at < until {
        // Cuts lie on buckets' edges, so that each bucket is in one part.
        let next = if at < tally.recent_from() { tally.edge_before(at + step) } else { at + fine }.min(until);
        spent += tally.sum(at, next).bad();
        line.push((next, left(spent, budget.allowed)));
        at = next;
    }
    line
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::float_cmp, clippy::cast_possible_wrap)]
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    fn tally(method: Method, cells: &[(i64, f64, f64)], end: i64) -> Tally {
        let mut tally = Tally::new(method, 0);
        let minutes: BTreeMap<i64, Cell> = cells.iter().map(|(at, good, total)| (*at, Cell::minute(*good, *total))).collect();
        tally.put(0, end, &minutes);
        tally
    }

    #[test]
    fn a_window_that_begins_has_its_whole_budget() {
        // Everything was bad until the edge; nothing of that is in the new window.
        let tally = tally(Method::Occurrences, &[(58, 0.0, 100.0), (59, 0.0, 100.0)], 60);
        let budget = budget(&tally, Method::Occurrences, 0.99, Edges { from: 60, to: 120 });
        assert_eq!((budget.remaining().value, budget.spent(), budget.unknown), (1.0, 0.0, 0.0));
        assert_eq!(budget.sli(), None, "nothing is known yet");
    }

    #[test]
    fn events_are_counted_and_the_budget_is_a_share_of_them() {
        let cells: Vec<_> = (0..60).map(|at| (at, if at < 3 { 90.0 } else { 100.0 }, 100.0)).collect();
        let budget = budget(&tally(Method::Occurrences, &cells, 60), Method::Occurrences, 0.99, Edges { from: 0, to: 60 });
        assert_eq!((budget.counts.good, budget.counts.total), (5970.0, 6000.0));
        assert!((budget.allowed - 60.0).abs() < 1e-9 && (budget.remaining().value - 0.5).abs() < 1e-9);
        assert_eq!(budget.sli().unwrap().value, 0.995);
    }

    #[test]
    fn a_budget_of_minutes_is_that_of_the_whole_window() {
        let method = Method::Timeslices { mins: 1, target: 0.9 };
        let cells: Vec<_> = (0..600).map(|at| (at, if at < 4 { 0.0 } else { 1.0 }, 1.0)).collect();
        let budget = budget(&tally(method, &cells, 600), method, 0.99, Edges { from: 0, to: 1000 });
        assert!((budget.allowed - 10.0).abs() < 1e-9, "1 % of 1000 minutes");
        assert!((budget.remaining().value - 0.6).abs() < 1e-9);
    }

    #[test]
    fn what_nobody_observed_is_a_share_of_its_own_with_both_bounds() {
        let cells: Vec<_> = (0..75).map(|at| (at, 99.0, 100.0)).collect();
        let budget = budget(&tally(Method::Occurrences, &cells, 100), Method::Occurrences, 0.98, Edges { from: 0, to: 100 });
        assert_eq!(budget.unknown, 0.25);
        let sli = budget.sli().unwrap();
        assert!((sli.value - 0.99).abs() < 1e-9 && (sli.low - 0.7425).abs() < 1e-9 && (sli.high - 0.9925).abs() < 1e-9, "{sli:?}");
        let left = budget.remaining();
        assert!((left.value - 0.5).abs() < 1e-9 && left.low < left.value && left.high > left.value, "{left:?}");
    }

    #[test]
    fn without_events_nothing_is_spent_and_without_data_anything_may_be() {
        let quiet: Vec<_> = (0..60).map(|at| (at, 0.0, 0.0)).collect();
        let edges = Edges { from: 0, to: 60 };
        let none = budget(&tally(Method::Occurrences, &quiet, 60), Method::Occurrences, 0.99, edges);
        assert_eq!((none.remaining().value, none.sli().unwrap().value), (1.0, 1.0));
        let blind = budget(&tally(Method::Occurrences, &[], 60), Method::Occurrences, 0.99, edges);
        assert_eq!((blind.unknown, blind.sli()), (1.0, None));
        let left = blind.remaining();
        assert!(left.value == 1.0 && left.high == 1.0 && (left.low + 99.0).abs() < 1e-6, "{left:?}");
    }

    proptest! {
        #[test]
        fn the_line_falls_from_all_to_what_remains(cells in proptest::collection::vec((0_u32..20, 0_u32..5), 20..300), keep in 0_i64..300, slices in any::<bool>()) {
            let method = if slices { Method::Timeslices { mins: 5, target: 0.9 } } else { Method::Occurrences };
            let end = cells.len() as i64;
            let cells: Vec<_> = cells.iter().enumerate().map(|(at, (good, bad))| (at as i64, f64::from(*good), f64::from(good + bad))).collect();
            let mut tally = tally(method, &cells, end);
            tally.settle(0, end, keep);
            let budget = budget(&tally, method, 0.9, Edges { from: 0, to: 300 });
            let line = burn_down(&tally, method, &budget, 20);
            prop_assert_eq!(line[0].1, 1.0);
            prop_assert!(line.windows(2).all(|pair| pair[1].1 <= pair[0].1 + 1e-9 && pair[1].0 > pair[0].0));
            prop_assert!((line.last().unwrap().1 - budget.remaining().value).abs() < 1e-6, "{line:?} {budget:?}");
        }
    }
}
