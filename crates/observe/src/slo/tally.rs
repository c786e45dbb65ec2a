//! What each minute came to, and sums of minutes between two edges. Pure.
//!
//! Minutes are counted since 1970 UTC. The newest are kept as they are; older ones as buckets of a quarter of an hour (more
//! when a slice is longer), which every IANA zone's midnight is an edge of.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::model::Method;

/// Events of a stretch of time.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Cell {
    /// The good ones.
    pub good: f64,
    /// All of them.
    pub total: f64,
    /// Minutes of it that were observed.
    pub seen: f64,
}

impl Cell {
    /// A minute that was observed; good events are never more than all.
    pub fn minute(good: f64, total: f64) -> Self {
        let total = total.max(0.0);
        Self { good: good.clamp(0.0, total), total, seen: 1.0 }
    }

    /// Events that were not good.
    pub fn bad(self) -> f64 {
        (self.total - self.good).max(0.0)
    }

    /// Adds what another stretch came to.
    pub fn add(&mut self, other: Self) {
        self.good += other.good;
        self.total += other.total;
        self.seen += other.seen;
    }
}

/// What a slice is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Judged {
    /// With its share of good events; where nothing happened nothing was bad.
    Seen(f64),
    /// Less than half of it was observed.
    Unknown,
}

/// Judges the minutes of a slice together.
pub fn judge(minutes: Cell, mins: i64) -> Judged {
    if minutes.seen * 2.0 < mins as f64 || minutes.seen <= 0.0 {
        return Judged::Unknown;
    }
    Judged::Seen(if minutes.total > 0.0 { minutes.good / minutes.total } else { 1.0 })
}

/// One objective's minutes.
#[derive(Debug, Clone)]
pub struct Tally {
    method: Method,
    minutes: BTreeMap<i64, Cell>,
    buckets: BTreeMap<i64, Cell>,
    /// From here on there are minutes, a bucket's edge.
    recent_from: i64,
    /// Up to here everything was asked for.
    end: i64,
}

fn gcd(a: i64, b: i64) -> i64 {
    if b == 0 { a } else { gcd(b, a % b) }
}

impl Tally {
    /// Nothing is known; the next minute is `start`, or the bucket's edge before it.
    pub fn new(method: Method, start: i64) -> Self {
        let mut tally = Self { method, minutes: BTreeMap::new(), buckets: BTreeMap::new(), recent_from: 0, end: 0 };
        tally.recent_from = tally.edge_before(start);
        tally.end = tally.recent_from;
        tally
    }

    /// How long a slice is, minutes; one where events are counted.
    pub const fn slice_mins(&self) -> i64 {
        self.method.slice_mins()
    }

    /// How long a bucket is, minutes.
    pub fn bucket_mins(&self) -> i64 {
        let slice = self.method.slice_mins().max(1);
        15 * slice / gcd(15, slice)
    }

    /// The bucket's edge at or before a minute.
    pub fn edge_before(&self, minute: i64) -> i64 {
        minute - minute.rem_euclid(self.bucket_mins())
    }

    /// The bucket's edge at or after a minute.
    pub fn edge_after(&self, minute: i64) -> i64 {
        let before = self.edge_before(minute);
        if before == minute { minute } else { before + self.bucket_mins() }
    }

    /// Up to which minute everything was asked for.
    pub const fn end(&self) -> i64 {
        self.end
    }

    /// The first minute that is kept by itself.
    pub const fn recent_from(&self) -> i64 {
        self.recent_from
    }

    /// Takes a bucket that was kept.
    pub fn load(&mut self, edge: i64, bucket: Cell) {
        self.buckets.insert(edge, bucket);
    }

    /// Takes what `[from, to)` came to, in place of what was known of it; minutes that are missing were not observed.
    pub fn put(&mut self, from: i64, to: i64, minutes: &BTreeMap<i64, Cell>) {
        let from = from.max(self.recent_from);
        self.minutes.retain(|minute, _| *minute < from || *minute >= to);
        self.minutes.extend(minutes.range(from..to.max(from)).map(|(minute, cell)| (*minute, *cell)));
        self.end = self.end.max(to);
    }

    /// Minutes before `keep_from` become buckets; gives the buckets of `[from, to)` as they are now.
    pub fn settle(&mut self, from: i64, to: i64, keep_from: i64) -> Vec<(i64, Cell)> {
        let mut settled = Vec::new();
        let mut edge = self.edge_before(from).max(self.recent_from);
        while edge + self.bucket_mins() <= to {
            let cell = self.units(edge, edge + self.bucket_mins());
            self.buckets.insert(edge, cell);
            settled.push((edge, cell));
            edge += self.bucket_mins();
        }
        let keep_from = self.edge_before(keep_from.min(to));
        if keep_from > self.recent_from {
            self.minutes = self.minutes.split_off(&keep_from);
            self.recent_from = keep_from;
        }
        settled
    }

    /// Forgets buckets before `minute`.
    pub fn forget(&mut self, minute: i64) {
        self.buckets = self.buckets.split_off(&minute);
    }

    /// The minutes of `[from, to)` added up, as far as they are kept by themselves.
    pub fn minutes(&self, from: i64, to: i64) -> Cell {
        let mut sum = Cell::default();
        if from < to {
            self.minutes.range(from..to).for_each(|(_, cell)| sum.add(*cell));
        }
        sum
    }

    /// A minute that is kept by itself.
    pub fn minute(&self, minute: i64) -> Option<Cell> {
        self.minutes.get(&minute).copied()
    }

    /// What a slice that begins at `from` counts for.
    fn unit(&self, from: i64) -> Cell {
        let mins = self.method.slice_mins();
        let minutes = self.minutes(from, from + mins);
        let share = match (self.method, judge(minutes, mins)) {
            (Method::Occurrences, _) => return minutes,
            (_, Judged::Unknown) => return Cell::default(),
            (Method::Timeslices { target, .. }, Judged::Seen(share)) => f64::from(u8::from(share >= target)),
            (Method::RatioTimeslices { .. }, Judged::Seen(share)) => share,
        };
        Cell { good: share, total: 1.0, seen: mins as f64 }
    }

    fn units(&self, from: i64, to: i64) -> Cell {
        let slice = self.method.slice_mins();
        if slice == 1 && !self.method.is_time() {
            return self.minutes(from, to);
        }
        let mut sum = Cell::default();
        let mut at = from + (slice - from.rem_euclid(slice)) % slice;
        while at + slice <= to {
            sum.add(self.unit(at));
            at += slice;
        }
        sum
    }

    /// What `[from, to)` counts for, in events or in slices: where only buckets are kept, those that begin in it.
    pub fn sum(&self, from: i64, to: i64) -> Cell {
        let mut sum = Cell::default();
        let old_to = to.min(self.recent_from);
        if from < old_to {
            self.buckets.range(from..old_to).for_each(|(_, cell)| sum.add(*cell));
        }
        sum.add(self.units(from.max(self.recent_from), to));
        sum
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::float_cmp, clippy::cast_possible_wrap)]
    use proptest::prelude::*;

    use super::*;

    fn filled(method: Method, cells: &[(f64, f64)]) -> Tally {
        let mut tally = Tally::new(method, 0);
        let minutes = cells.iter().enumerate().map(|(at, (good, total))| (at as i64, Cell::minute(*good, *total))).collect();
        tally.put(0, cells.len() as i64, &minutes);
        tally
    }

    #[test]
    fn a_busy_minute_weighs_more_than_a_quiet_one() {
        // 1 of 2 in one minute, 998 of 998 in the other: 999 of 1000, not 75 %.
        let tally = filled(Method::Occurrences, &[(1.0, 2.0), (998.0, 998.0)]);
        let sum = tally.sum(0, 2);
        assert_eq!((sum.good, sum.total, sum.bad()), (999.0, 1000.0, 1.0));
    }

    #[test]
    fn a_slice_is_good_or_bad_as_a_whole_and_nothing_happening_is_not_bad() {
        let method = Method::Timeslices { mins: 5, target: 0.9 };
        let mut cells = vec![(10.0, 10.0); 4];
        cells.push((0.0, 10.0)); // 40 of 50
        cells.extend([(0.0, 0.0); 5]);
        let sum = filled(method, &cells).sum(0, 10);
        assert_eq!((sum.good, sum.total, sum.seen), (1.0, 2.0, 10.0));
        let sum = filled(Method::RatioTimeslices { mins: 5 }, &cells).sum(0, 10);
        assert_eq!((sum.good, sum.total), (1.8, 2.0));
    }

    #[test]
    fn a_slice_of_which_less_than_half_was_observed_is_unknown() {
        let mut tally = Tally::new(Method::Timeslices { mins: 5, target: 0.9 }, 0);
        let seen = |minutes: &[i64]| minutes.iter().map(|minute| (*minute, Cell::minute(0.0, 1.0))).collect();
        tally.put(0, 5, &seen(&[0, 1]));
        assert_eq!(tally.sum(0, 5), Cell::default());
        tally.put(0, 5, &seen(&[0, 1, 2]));
        assert_eq!(tally.sum(0, 5), Cell { good: 0.0, total: 1.0, seen: 5.0 });
    }

    #[test]
    fn what_was_learnt_later_takes_the_place_of_what_was_known() {
        let mut tally = filled(Method::Occurrences, &[(1.0, 1.0); 5]);
        tally.put(3, 6, &[(3, Cell::minute(0.0, 7.0))].into());
        assert_eq!(tally.sum(0, 6), Cell { good: 3.0, total: 10.0, seen: 4.0 });
        assert_eq!(tally.end(), 6);
    }

    proptest! {
        #[test]
        fn buckets_lose_nothing_whatever_is_kept_by_itself(
            cells in proptest::collection::vec((0_u32..50, 0_u32..50), 1..200), keep in 0_i64..240, slice in prop::sample::select(vec![1_i64, 2, 5, 10, 15, 30]), way in 0_u8..3,
        ) {
            let method = match way { 0 => Method::Occurrences, 1 => Method::Timeslices { mins: slice, target: 0.5 }, _ => Method::RatioTimeslices { mins: slice } };
            let cells: Vec<(f64, f64)> = cells.into_iter().map(|(good, more)| (f64::from(good), f64::from(good + more))).collect();
            let whole = filled(method, &cells);
            let mut folded = whole.clone();
            let end = cells.len() as i64;
            folded.settle(0, end, keep);
            let (a, b) = (whole.sum(0, end), folded.sum(0, end));
            prop_assert!((a.good - b.good).abs() < 1e-6 && (a.total - b.total).abs() < 1e-6 && (a.seen - b.seen).abs() < 1e-6, "{a:?} {b:?}");
        }

        #[test]
        fn parts_add_up_to_the_whole(cells in proptest::collection::vec((0_u32..50, 0_u32..50), 30..120), cut in 0_i64..4) {
            let cells: Vec<(f64, f64)> = cells.into_iter().map(|(good, more)| (f64::from(good), f64::from(good + more))).collect();
            let tally = filled(Method::Timeslices { mins: 5, target: 0.5 }, &cells);
            let (cut, end) = (cut * 5, cells.len() as i64);
            let (a, b, whole) = (tally.sum(0, cut), tally.sum(cut, end), tally.sum(0, end));
            prop_assert_eq!((a.good + b.good, a.total + b.total), (whole.good, whole.total));
        }
    }
}
