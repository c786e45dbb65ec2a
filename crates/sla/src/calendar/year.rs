//! One UTC year of a calendar as open intervals with running sums: every question becomes a lookup.

use super::{
    rules::Rules,
    zone::{self, OffsetSpan},
};
use crate::{
    day::{self, DAY_SECS},
    intervals::{IntervalSet, Span},
};

#[derive(Debug, Clone, Copy)]
struct Open {
    from: i64,
    to: i64,
    /// Open seconds of the year before `from`.
    before: i64,
}

/// The open time of `[from, to)`, UTC seconds since 1970.
#[derive(Debug)]
pub(super) struct Year {
    pub(super) from: i64,
    pub(super) to: i64,
    /// Open seconds in all.
    pub(super) total: i64,
    open: Vec<Open>,
    /// For each UTC day, the first interval that ends after the day begins.
    first_of_day: Vec<u32>,
    pub(super) offsets: Vec<OffsetSpan>,
}

impl Year {
    pub(super) fn build(rules: &Rules, year: i64) -> Self {
        let from = day::number(year, 1, 1) * DAY_SECS;
        let to = day::number(year + 1, 1, 1) * DAY_SECS;
        let offsets = zone::offsets(&rules.zone, from, to);
        let set: IntervalSet = offsets.iter().flat_map(|stretch| windows_of(rules, *stretch)).collect();
        let mut total = 0;
        let open: Vec<Open> = set
            .spans()
            .iter()
            .map(|span| {
                let before = total;
                total += span.length();
                Open { from: span.from, to: span.to, before }
            })
            .collect();
        let days = (to - from) / DAY_SECS;
        let mut next = 0_u32;
        let first_of_day = (0..days)
            .map(|index| {
                let begins = from + index * DAY_SECS;
                while open.get(next as usize).is_some_and(|interval| interval.to <= begins) {
                    next += 1;
                }
                next
            })
            .collect();
        Self { from, to, total, open, first_of_day, offsets }
    }

    /// The index of the first interval that ends after `at`.
    fn index_at(&self, at: i64) -> usize {
        let of_day = usize::try_from((at - self.from).div_euclid(DAY_SECS)).unwrap_or(0);
        let mut index = self.first_of_day.get(of_day).map_or(self.open.len(), |index| *index as usize);
        while self.open.get(index).is_some_and(|interval| interval.to <= at) {
            index += 1;
        }
        index
    }

    /// Open seconds of the year before `at`, and whether the second at `at` is open. `at` lies in the year.
    pub(super) fn before(&self, at: i64) -> (i64, bool) {
        match self.open.get(self.index_at(at)) {
            Some(interval) if interval.from <= at => (interval.before + at - interval.from, true),
            Some(interval) => (interval.before, false),
            None => (self.total, false),
        }
    }

    /// The earliest instant at which the open seconds of the year reach `need`; `1 <= need <= total`.
    pub(super) fn reach(&self, need: i64) -> Option<i64> {
        let after = self.open.partition_point(|interval| interval.before < need);
        let interval = self.open.get(after.checked_sub(1)?)?;
        Some(interval.from + need - interval.before)
    }

    /// The earliest instant at which they pass `need`; `0 <= need < total`.
    pub(super) fn pass(&self, need: i64) -> Option<i64> {
        let after = self.open.partition_point(|interval| interval.before <= need);
        let interval = self.open.get(after.checked_sub(1)?)?;
        Some(interval.from + need - interval.before)
    }

    /// The open intervals that meet `[from, to)`, uncut.
    pub(super) fn open_between(&self, from: i64, to: i64) -> impl Iterator<Item = Span> + '_ {
        self.open
            .get(self.index_at(from)..)
            .unwrap_or(&[])
            .iter()
            .take_while(move |interval| interval.from < to)
            .map(|interval| Span::new(interval.from, interval.to))
    }

    /// The instant at which the calendar next opens or closes after `at`, when that is in this year.
    pub(super) fn next_change(&self, at: i64) -> Option<i64> {
        let interval = self.open.get(self.index_at(at))?;
        let change = if interval.from > at { interval.from } else { interval.to };
        (change < self.to).then_some(change)
    }
}

/// The open wall-clock time of a stretch with one offset. An instant is open when the wall clock it shows lies in a
/// window: hence a window loses the hour that a spring gap skips and gains the hour that an autumn overlap repeats.
fn windows_of(rules: &Rules, stretch: OffsetSpan) -> Vec<Span> {
    let bounds = Span::new(stretch.from, stretch.to);
    // One date earlier: its window may cross midnight.
    let first = (stretch.from + stretch.offset).div_euclid(DAY_SECS) - 1;
    let last = (stretch.to - 1 + stretch.offset).div_euclid(DAY_SECS);
    let mut spans = Vec::new();
    for number in first..=last {
        let midnight = number * DAY_SECS - stretch.offset;
        let (windows, _) = rules.of_day(number);
        spans.extend(windows.iter().filter_map(|window| {
            let span = Span::new(midnight + window.from, midnight + window.to).intersect(bounds);
            (!span.is_empty()).then_some(span)
        }));
    }
    spans
}
