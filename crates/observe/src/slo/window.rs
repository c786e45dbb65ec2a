//! Edges of an objective's window. Pure.

use jiff::{Span, Timestamp, Unit, civil::DateTime, tz::TimeZone};

/// Seconds of a minute.
const MINUTE_SECS: i64 = 60;

/// A calendar's stretch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stretch {
    /// Days.
    Days(i64),
    /// Months; a quarter is three, a year twelve.
    Months(i64),
}

impl Stretch {
    fn times(self, count: i64) -> Option<Span> {
        match self {
            Self::Days(days) => Span::new().try_days(days.checked_mul(count)?).ok(),
            Self::Months(months) => Span::new().try_months(months.checked_mul(count)?).ok(),
        }
    }
}

/// Over which time an objective holds.
#[derive(Debug, Clone)]
pub enum Window {
    /// Always the last so many minutes.
    Rolling {
        /// How many.
        mins: i64,
    },
    /// One stretch of the calendar after the other, by the wall clock of a zone.
    Calendar {
        /// How long each is.
        stretch: Stretch,
        /// Where one of them begins.
        anchor: DateTime,
        /// Whose wall clock.
        zone: TimeZone,
    },
}

/// The edges in force at an instant, minutes since 1970 UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Edges {
    /// From, inclusive.
    pub from: i64,
    /// To, exclusive: for a rolling window the instant itself.
    pub to: i64,
}

impl Edges {
    /// How long it is, minutes.
    pub const fn mins(self) -> i64 {
        self.to - self.from
    }
}

/// A minute as an instant.
pub fn instant(minute: i64) -> Timestamp {
    Timestamp::from_second(minute.saturating_mul(MINUTE_SECS)).unwrap_or_default()
}

/// The minute that an instant lies in.
pub fn minute(at: Timestamp) -> i64 {
    at.as_second().div_euclid(MINUTE_SECS)
}

impl Window {
    /// The edges in force when everything up to `minute` is known. A window that is just over is shown until the next has
    /// a minute of its own.
    pub fn edges(&self, minute: i64) -> Edges {
        match self {
            Self::Rolling { mins } => Edges { from: minute - mins, to: minute },
            Self::Calendar { stretch, anchor, zone } => calendar(*stretch, *anchor, zone, minute - 1),
        }
    }

    /// About how long it is, minutes: what alerts are scaled by and how much is kept.
    pub fn usual_mins(&self) -> i64 {
        match self {
            Self::Rolling { mins } => *mins,
            Self::Calendar { stretch: Stretch::Days(days), .. } => days * 24 * 60,
            Self::Calendar { stretch: Stretch::Months(months), .. } => months * 30 * 24 * 60,
        }
    }
}

/// The stretch that holds `minute`.
fn calendar(stretch: Stretch, anchor: DateTime, zone: &TimeZone, at: i64) -> Edges {
    let wall = zone.to_datetime(instant(at));
    let edge = |count: i64| -> Option<i64> {
        let begins = anchor.checked_add(stretch.times(count)?).ok()?;
        // A wall clock that does not exist (spring) is the first that does after it; one that exists twice, the first.
        Some(minute(zone.to_ambiguous_timestamp(begins).compatible().ok()?))
    };
    let (unit, length) = match stretch {
        Stretch::Days(days) => (Unit::Day, days),
        Stretch::Months(months) => (Unit::Month, months),
    };
    let gone = anchor.until((unit, wall)).ok();
    let gone = gone.map_or(0, |span| if unit == Unit::Day { i64::from(span.get_days()) } else { i64::from(span.get_months()) });
    let mut count = gone.div_euclid(length.max(1));
    // The guess is by the wall clock and months are of different lengths: at most a few steps off.
    for _ in 0..4 {
        match (edge(count), edge(count + 1)) {
            (Some(from), _) if from > at => count -= 1,
            (_, Some(to)) if to <= at => count += 1,
            (Some(from), Some(to)) => return Edges { from, to },
            _ => break,
        }
    }
    Edges { from: at, to: at + 1 }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::*;

    fn told(window: &Window, at: &str) -> (String, String) {
        let at: Timestamp = at.parse().unwrap();
        let edges = window.edges(minute(at));
        (instant(edges.from).to_string(), instant(edges.to).to_string())
    }

    fn window(stretch: Stretch, anchor: &str, zone: &str) -> Window {
        Window::Calendar { stretch, anchor: anchor.parse().unwrap(), zone: TimeZone::get(zone).unwrap() }
    }

    fn pair(a: &str, b: &str) -> (String, String) {
        (a.to_owned(), b.to_owned())
    }

    #[test]
    fn a_rolling_window_ends_now() {
        let window = Window::Rolling { mins: 7 * 24 * 60 };
        assert_eq!(told(&window, "2026-03-10T10:07:30Z"), pair("2026-03-03T10:07:00Z", "2026-03-10T10:07:00Z"));
    }

    #[test]
    fn calendar_edges_follow_the_wall_clock_through_summer_time() {
        let week = window(Stretch::Days(7), "2026-01-05T00:00", "Europe/Berlin");
        // The week in which the clock goes forward is an hour short.
        assert_eq!(told(&week, "2026-03-25T12:00:00Z"), pair("2026-03-22T23:00:00Z", "2026-03-29T22:00:00Z"));
        let month = window(Stretch::Months(1), "2026-01-01T00:00", "America/New_York");
        assert_eq!(told(&month, "2026-11-30T12:00:00Z"), pair("2026-11-01T04:00:00Z", "2026-12-01T05:00:00Z"));
        let quarter = window(Stretch::Months(3), "2026-01-01T00:00", "Asia/Shanghai");
        assert_eq!(told(&quarter, "2026-05-01T00:00:00Z"), pair("2026-03-31T16:00:00Z", "2026-06-30T16:00:00Z"));
        let year = window(Stretch::Months(12), "2020-01-01T00:00", "Asia/Kolkata");
        assert_eq!(told(&year, "2026-05-01T00:00:00Z"), pair("2025-12-31T18:30:00Z", "2026-12-31T18:30:00Z"));
    }

    #[test]
    fn an_anchor_at_the_end_of_a_month_stays_there_and_may_lie_in_the_future() {
        let month = window(Stretch::Months(1), "2026-01-31T12:30", "UTC");
        assert_eq!(told(&month, "2026-03-01T00:00:00Z"), pair("2026-02-28T12:30:00Z", "2026-03-31T12:30:00Z"));
        let day = window(Stretch::Days(1), "2030-01-01T06:00", "UTC");
        assert_eq!(told(&day, "2026-03-01T05:00:00Z"), pair("2026-02-28T06:00:00Z", "2026-03-01T06:00:00Z"));
    }

    #[test]
    fn a_window_that_is_just_over_is_shown_until_the_next_has_a_minute() {
        let day = window(Stretch::Days(1), "2026-01-01T00:00", "UTC");
        assert_eq!(told(&day, "2026-03-01T00:00:00Z"), pair("2026-02-28T00:00:00Z", "2026-03-01T00:00:00Z"));
        assert_eq!(told(&day, "2026-03-01T00:01:00Z"), pair("2026-03-01T00:00:00Z", "2026-03-02T00:00:00Z"));
    }

    proptest! {
        #[test]
        fn calendar_windows_cover_time_without_gap_or_overlap(
            at in 26_000_000_i64..32_000_000, days in 1_i64..40, months in 0_i64..13, day in 1_i8..29, hour in 0_i8..24,
            zone in prop::sample::select(vec!["UTC", "Europe/Berlin", "America/New_York", "Asia/Shanghai", "Australia/Lord_Howe", "America/Sao_Paulo"]),
        ) {
            let stretch = if months == 0 { Stretch::Days(days) } else { Stretch::Months(months) };
            let window = Window::Calendar { stretch, anchor: jiff::civil::date(2020, 1, day).at(hour, 0, 0, 0), zone: TimeZone::get(zone).unwrap() };
            let edges = window.edges(at + 1);
            prop_assert!(edges.from <= at && at < edges.to, "{edges:?} {at}");
            prop_assert_eq!(window.edges(edges.to + 1).from, edges.to);
            prop_assert_eq!(window.edges(edges.from).to, edges.from);
        }
    }
}
