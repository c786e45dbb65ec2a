//! The disk of the data folder: how much is free, and when it is full if it goes on so.

use std::{collections::VecDeque, path::Path};

/// So far back the trend goes, seconds.
const TREND_SECS: f64 = 6.0 * 3600.0;
/// A trend needs so much, seconds: a burst is none.
const TREND_LEAST_SECS: f64 = 600.0;
/// Between two points of the trend, seconds.
const POINT_SECS: f64 = 60.0;
/// What is farther away than this is not told: a year, in hours.
const HOURS_MAX: f64 = 366.0 * 24.0;

/// Free bytes of the disk on which the folder lies, and all of them. Blocks on a disk that hangs.
pub(super) fn space(folder: &Path) -> Option<(f64, f64)> {
    let stat = rustix::fs::statvfs(folder).ok()?;
    #[allow(clippy::cast_precision_loss)] // bytes, to be divided
    let bytes = |blocks: u64| blocks.saturating_mul(stat.f_frsize) as f64;
    Some((bytes(stat.f_bavail), bytes(stat.f_blocks)))
}

/// Free bytes over the last hours.
#[derive(Debug, Default)]
pub(super) struct Trend(VecDeque<(f64, f64)>);

impl Trend {
    /// Notes how much is free at `at` seconds of a clock that only goes forward.
    pub(super) fn note(&mut self, at: f64, free: f64) {
        if self.0.back().is_none_or(|(last, _)| at - last >= POINT_SECS) {
            self.0.push_back((at, free));
        }
        while self.0.front().is_some_and(|(first, _)| at - first > TREND_SECS) {
            self.0.pop_front();
        }
    }

    /// Hours until nothing is free, by a straight line through the points (least squares); a year when it does not fill, none
    /// while there is too little to go by.
    pub(super) fn hours_to_full(&self) -> Option<f64> {
        let (first, last) = (self.0.front()?, self.0.back()?);
        if last.0 - first.0 < TREND_LEAST_SECS {
            return None;
        }
        #[allow(clippy::cast_precision_loss)] // some hundreds
        let count = self.0.len() as f64;
        let (mean_at, mean_free) = self.0.iter().fold((0.0, 0.0), |(at, free), point| (at + point.0 / count, free + point.1 / count));
        let (over, under) = self.0.iter().fold((0.0, 0.0), |(over, under), (at, free)| {
            let off = at - mean_at;
            (off.mul_add(free - mean_free, over), off.mul_add(off, under))
        });
        let slope = over / under;
        if slope >= 0.0 {
            return Some(HOURS_MAX);
        }
        Some((last.1 / -slope / 3600.0).min(HOURS_MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn falling(per_sec: f64, minutes: u32) -> Trend {
        let mut trend = Trend::default();
        for minute in 0..=minutes {
            let at = f64::from(minute) * 60.0;
            trend.note(at, per_sec.mul_add(-at, 1e9));
        }
        trend
    }

    #[test]
    fn a_steady_fall_says_when_the_disk_is_full() {
        // 100 kB a second of a gigabyte: 10,000 seconds, of which an hour has gone.
        let hours = falling(1e5, 60).hours_to_full().unwrap_or_default();
        assert!((hours - 6400.0 / 3600.0).abs() < 1e-6, "{hours}");
    }

    #[test]
    fn what_grows_or_stands_still_is_far_away_and_a_moment_is_no_trend() {
        assert_eq!(falling(-5.0, 60).hours_to_full(), Some(HOURS_MAX));
        assert_eq!(falling(0.0, 60).hours_to_full(), Some(HOURS_MAX));
        assert_eq!(falling(1e5, 9).hours_to_full(), None);
    }

    #[test]
    fn only_the_last_hours_count() {
        let mut trend = falling(1e5, 60);
        for minute in 61..=600 {
            trend.note(f64::from(minute) * 60.0, 6e8);
        }
        assert_eq!(trend.hours_to_full(), Some(HOURS_MAX), "it has stopped");
    }
}
