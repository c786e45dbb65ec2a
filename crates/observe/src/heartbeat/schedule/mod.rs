//! When a report is due. Pure.

mod cron;

use jiff::{SignedDuration, Timestamp, tz::TimeZone};

pub use cron::Cron;

/// A report so much before its time is that report: clocks differ. Never more than a tenth of the way to the next.
const EARLY_MAX: SignedDuration = SignedDuration::from_secs(30);

/// When a report is due.
#[derive(Debug, Clone, PartialEq)]
pub enum Schedule {
    /// So long after the last one.
    Every(SignedDuration),
    /// At times of the clock on a wall.
    At(Cron, TimeZone),
}

impl Schedule {
    /// When the report after one at `base` is due; `None` when there is none in the coming years.
    pub fn due_after(&self, base: Timestamp) -> Option<Timestamp> {
        match self {
            Self::Every(span) => base.checked_add(*span).ok(),
            Self::At(cron, zone) => {
                let next = cron.next(base, zone)?;
                let following = cron.next(next, zone)?;
                let early = (following.duration_since(next) / 10).min(EARLY_MAX);
                Some(if next.duration_since(base) <= early { following } else { next })
            }
        }
    }

    /// The next `count` instants after `now`, for people.
    pub fn coming(&self, now: Timestamp, count: usize) -> Vec<Timestamp> {
        let step = |at: &Timestamp| match self {
            Self::Every(span) => at.checked_add(*span).ok(),
            Self::At(cron, zone) => cron.next(*at, zone),
        };
        std::iter::successors(step(&now), step).take(count).collect()
    }

    /// About how long from one report to the next, at `now`.
    pub fn period(&self, now: Timestamp) -> SignedDuration {
        match self {
            Self::Every(span) => *span,
            Self::At(..) => match self.coming(now, 2)[..] {
                [first, second] => second.duration_since(first),
                _ => SignedDuration::from_hours(24),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_job_whose_clock_is_ahead_has_kept_its_time() {
        let nightly = Schedule::At(Cron::parse("0 3 * * *").unwrap(), TimeZone::UTC);
        assert_eq!(nightly.due_after(at("2026-03-01T02:59:58Z")), Some(at("2026-03-02T03:00:00Z")));
        assert_eq!(nightly.due_after(at("2026-03-01T02:59:00Z")), Some(at("2026-03-01T03:00:00Z")));
        // Of a job of every minute only six seconds are believed.
        let minutely = Schedule::At(Cron::parse("* * * * *").unwrap(), TimeZone::UTC);
        assert_eq!(minutely.due_after(at("2026-03-01T02:59:50Z")), Some(at("2026-03-01T03:00:00Z")));
    }

    #[test]
    fn what_never_comes_is_never_due() {
        let never = Schedule::At(Cron::parse("0 0 31 2 *").unwrap(), TimeZone::UTC);
        assert_eq!(never.due_after(at("2026-03-01T00:00:00Z")), None);
        assert!(never.coming(at("2026-03-01T00:00:00Z"), 5).is_empty());
    }
}
