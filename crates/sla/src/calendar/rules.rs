//! The checked rules of a calendar: which windows start on a local date, and why.

use std::fmt;

use jiff::tz::TimeZone;

use super::{HolidaySet, holiday, holiday::Holiday};
use crate::day;

/// A stretch of wall-clock time, seconds after the midnight that begins its date; `to` may lie on the next date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Window {
    pub(super) from: i64,
    pub(super) to: i64,
}

impl Window {
    pub(super) const fn new(from: i64, to: i64) -> Self {
        Self { from, to }
    }
}

impl fmt::Display for Window {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let clock = |secs: i64| {
            let secs = if secs > day::DAY_SECS { secs - day::DAY_SECS } else { secs };
            let (hours, minutes, rest) = (secs / 3_600, secs / 60 % 60, secs % 60);
            if rest == 0 { format!("{hours:02}:{minutes:02}") } else { format!("{hours:02}:{minutes:02}:{rest:02}") }
        };
        write!(f, "{}-{}", clock(self.from), clock(self.to))
    }
}

/// A date that differs; no windows = closed.
#[derive(Debug, Clone)]
pub(super) struct Exception {
    pub(super) name: Option<String>,
    pub(super) windows: Vec<Window>,
}

/// What decides a date.
#[derive(Debug, Clone, Copy)]
pub(super) enum Why<'a> {
    /// The ordinary week.
    Weekly,
    /// A dated exception.
    Exception(&'a Exception),
    /// A public holiday.
    Holiday(&'a Holiday),
    /// A make-up workday.
    MakeUp(&'a Holiday),
}

#[derive(Debug)]
pub(super) struct Rules {
    pub(super) zone: TimeZone,
    pub(super) always: bool,
    /// Monday first; sorted, disjoint.
    pub(super) weekly: [Vec<Window>; 7],
    pub(super) holidays: HolidaySet,
    /// Whose hours a make-up day borrows.
    pub(super) make_up_day: Option<usize>,
    /// Sorted by day number.
    pub(super) exceptions: Vec<(i64, Exception)>,
}

impl Rules {
    /// The windows that start on this local date, and what decided them: exception > holiday set > weekly hours.
    pub(super) fn of_day(&self, number: i64) -> (&[Window], Why<'_>) {
        if let Ok(index) = self.exceptions.binary_search_by_key(&number, |(known, _)| *known)
            && let Some((_, exception)) = self.exceptions.get(index)
        {
            return (&exception.windows, Why::Exception(exception));
        }
        let weekday = day::weekday(number);
        let own = self.weekly_windows(weekday);
        let decreed = match self.holidays {
            HolidaySet::None => None,
            HolidaySet::Cn => holiday::cn().find(number),
        };
        match decreed {
            Some(day) if day.off => (&[], Why::Holiday(day)),
            // 2020-02-03 was a Monday declared a working day: it keeps its own hours. A weekend day borrows, even
            // when it has (shorter) hours of its own: the decree makes it an ordinary working day.
            Some(day) if weekday < 5 && !own.is_empty() => (own, Why::MakeUp(day)),
            Some(day) => {
                let borrowed = self.make_up_day.map_or(own, |as_day| self.weekly_windows(as_day));
                (borrowed, Why::MakeUp(day))
            }
            None => (own, Why::Weekly),
        }
    }

    fn weekly_windows(&self, weekday: usize) -> &[Window] {
        self.weekly.get(weekday).map_or(&[], Vec::as_slice)
    }

    /// The last local day that can be open, when the ordinary week is closed and only dated exceptions open it.
    pub(super) fn last_open_day(&self) -> Option<i64> {
        if self.weekly.iter().any(|windows| !windows.is_empty()) {
            return None;
        }
        self.exceptions.iter().rev().find(|(_, exception)| !exception.windows.is_empty()).map(|(number, _)| *number)
    }
}
