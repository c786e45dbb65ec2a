//! `due` and `elapsed`: the measure of open time over UTC, half-open, in whole seconds, and its inverse.

use jiff::Timestamp;

use super::Calendar;
use crate::day::{self, MICROS};

/// When a target is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Due {
    /// At this instant.
    At {
        /// The earliest instant at which the business time reaches the target.
        at: Timestamp,
        /// The date lies beyond the last decreed holiday year: holidays yet to be decreed may move it.
        holidays_not_yet_published: bool,
    },
    /// Never.
    Never(NeverDue),
}

/// Why a target is never due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NeverDue {
    /// The calendar does not open often enough any more.
    NoOpenHours,
    /// It lies beyond the last year that is computed ([`super::YEARS`]) or that an instant can express.
    BeyondHorizon,
}

impl Due {
    /// The instant, when there is one.
    pub const fn at(self) -> Option<Timestamp> {
        match self {
            Self::At { at, .. } => Some(at),
            Self::Never(_) => None,
        }
    }

    /// Whether holidays yet to be decreed may move it.
    pub const fn holidays_not_yet_published(self) -> bool {
        matches!(self, Self::At { holidays_not_yet_published: true, .. })
    }
}

/// The earliest instant at which the business time since `start` reaches `target_secs`. A target of zero or less is due
/// at once, open or not.
pub fn due(calendar: &Calendar, start: Timestamp, target_secs: i64) -> Due {
    calendar.due(start, target_secs)
}

/// Whole seconds of business time in `[from, to)`; zero when `to` is not after `from`.
pub fn elapsed(calendar: &Calendar, from: Timestamp, to: Timestamp) -> i64 {
    calendar.elapsed(from, to)
}

impl Calendar {
    /// See [`due`].
    pub fn due(&self, start: Timestamp, target_secs: i64) -> Due {
        let (second, fraction) = day::split(start);
        if target_secs <= 0 {
            return self.at(start);
        }
        if self.is_always() {
            // Jiff's nanoseconds are kept: 24×7 is the identity.
            let sum = start.checked_add(jiff::SignedDuration::from_secs(target_secs));
            return sum.map_or(Due::Never(NeverDue::BeyondHorizon), |at| self.at(at));
        }
        // The fraction of a second counts only while open: a start in closed time moves to the next opening.
        let fraction = if self.is_open(start) { fraction } else { 0 };
        match self.due_second(second, target_secs, fraction > 0) {
            Ok(due) => {
                let at = Timestamp::from_microsecond(due.saturating_mul(MICROS) + fraction);
                at.map_or(Due::Never(NeverDue::BeyondHorizon), |at| self.at(at))
            }
            Err(never) => Due::Never(never),
        }
    }

    /// See [`elapsed`].
    pub fn elapsed(&self, from: Timestamp, to: Timestamp) -> i64 {
        if to <= from {
            return 0;
        }
        let ((from_second, from_fraction), (to_second, to_fraction)) = (day::split(from), day::split(to));
        let fraction_at = |at: Timestamp, fraction: i64| {
            if fraction > 0 && self.is_open(at) { fraction } else { 0 }
        };
        let whole = self.measure(from_second, to_second);
        let lost = fraction_at(from, from_fraction) > fraction_at(to, to_fraction);
        whole - i64::from(lost)
    }

    /// Open seconds of `[from, to)`, both whole seconds since 1970.
    pub(crate) fn measure(&self, from: i64, to: i64) -> i64 {
        if to <= from {
            return 0;
        }
        if self.is_always() {
            return to.saturating_sub(from);
        }
        let horizon = self.0.horizon;
        let (from, to) = (from.max(horizon.from), to.min(horizon.to));
        if to <= from {
            return 0;
        }
        // `to` is the first second after: it may be the first of the next year, or the end of the horizon.
        let (Some(first), Some(last)) = (self.year_at(from), self.year_at(to - 1)) else {
            return 0;
        };
        if first.from == last.from {
            return (last.before(to).0 - first.before(from).0).max(0);
        }
        let mut sum = first.total - first.before(from).0 + last.before(to).0;
        let mut cursor = first.to;
        // At most as many rounds as there are years.
        while cursor < last.from {
            let Some(year) = self.year_at(cursor) else {
                break;
            };
            sum += year.total;
            cursor = year.to;
        }
        sum
    }

    /// The earliest second at which the measure from `start` reaches `target` (`beyond`: passes it).
    pub(crate) fn due_second(&self, start: i64, target: i64, beyond: bool) -> Result<i64, NeverDue> {
        if target <= 0 {
            return Ok(start);
        }
        if self.is_always() {
            return start.checked_add(target).ok_or(NeverDue::BeyondHorizon);
        }
        let horizon = self.0.horizon;
        if start >= horizon.to || target > horizon.length() {
            return Err(NeverDue::BeyondHorizon);
        }
        let mut cursor = start.max(horizon.from);
        let mut need = target.saturating_add(self.year_at(cursor).map_or(0, |y| y.before(cursor).0));
        let last = self.last_open_second();
        while cursor < last {
            let Some(year) = self.year_at(cursor) else {
                break;
            };
            let within = if beyond { year.total > need } else { year.total >= need };
            if within {
                let found = if beyond { year.pass(need) } else { year.reach(need) };
                return found.ok_or(NeverDue::NoOpenHours);
            }
            need -= year.total;
            cursor = year.to;
        }
        Err(if last < horizon.to { NeverDue::NoOpenHours } else { NeverDue::BeyondHorizon })
    }

    fn at(&self, at: Timestamp) -> Due {
        Due::At { at, holidays_not_yet_published: self.holidays_not_yet_published(at) }
    }

    /// Whether `at` falls, on the calendar's wall clock, after the last year whose holidays are decreed.
    pub fn holidays_not_yet_published(&self, at: Timestamp) -> bool {
        let unpublished_from = self.0.unpublished_from;
        unpublished_from.is_some_and(|from| day::second(at) >= from)
    }
}
