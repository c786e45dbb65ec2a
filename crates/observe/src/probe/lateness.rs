//! How late looks begin: a log-linear histogram over the last minute or two, for the health page and the benchmark.

use std::{sync::Mutex, sync::PoisonError, time::Duration};

/// Parts of each doubling: an answer is right within an eighth.
const PARTS: usize = 8;
/// From 16 µs to 16 µs × 2^24 (more than four minutes).
const DOUBLINGS: usize = 24;
const FLOOR_MICROS: u64 = 16;
const BUCKETS: usize = PARTS * DOUBLINGS + 1;
/// How long a window is filled before the next one begins.
const WINDOW: Duration = Duration::from_mins(1);

#[derive(Debug)]
struct Windows {
    counts: [[u32; BUCKETS]; 2],
    begun_at: Duration,
}

/// The histogram. Asked, it answers over the window being filled and the one before.
#[derive(Debug)]
pub struct Lateness(Mutex<Windows>);

impl Default for Lateness {
    fn default() -> Self {
        Self(Mutex::new(Windows { counts: [[0; BUCKETS]; 2], begun_at: Duration::ZERO }))
    }
}

fn bucket(late: Duration) -> usize {
    let micros = u64::try_from(late.as_micros()).unwrap_or(u64::MAX).min(FLOOR_MICROS << DOUBLINGS);
    let Some(scaled) = micros.checked_div(FLOOR_MICROS).filter(|scaled| *scaled > 0) else {
        return 0;
    };
    let doubling = scaled.ilog2() as usize;
    let base = FLOOR_MICROS << doubling.min(DOUBLINGS);
    let part = usize::try_from((micros - base.min(micros)) * PARTS as u64 / base).unwrap_or(PARTS);
    (1 + doubling * PARTS + part).min(BUCKETS - 1)
}

/// The upper edge of a bucket: answers err towards late.
fn upper(bucket: usize) -> Duration {
    let Some(index) = bucket.checked_sub(1) else {
        return Duration::from_micros(FLOOR_MICROS);
    };
    let base = FLOOR_MICROS << (index / PARTS);
    Duration::from_micros(base + base * (index % PARTS + 1) as u64 / PARTS as u64)
}

impl Lateness {
    /// Notes a look that began `late` after its slot; `now` on the schedule's clock.
    pub fn note(&self, late: Duration, now: Duration) {
        let mut windows = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if now.saturating_sub(windows.begun_at) >= WINDOW {
            windows.begun_at = now;
            windows.counts.swap(0, 1);
            windows.counts[0] = [0; BUCKETS];
        }
        let count = &mut windows.counts[0][bucket(late)];
        *count = count.saturating_add(1);
    }

    /// The lateness that `share` of the looks (0 to 1) did not pass; `None` before the first look.
    pub fn quantile(&self, share: f64) -> Option<Duration> {
        let windows = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = |bucket: usize| u64::from(windows.counts[0][bucket]) + u64::from(windows.counts[1][bucket]);
        let total: u64 = (0..BUCKETS).map(count).sum();
        if total == 0 {
            return None;
        }
        #[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let rank = ((total as f64 * share.clamp(0.0, 1.0)).ceil() as u64).max(1);
        let mut seen = 0;
        (0..BUCKETS)
            .find(|bucket| {
                seen += count(*bucket);
                seen >= rank
            })
            .map(upper)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn quantiles_are_right_within_an_eighth() {
        let lateness = Lateness::default();
        for micros in 1..=10_000 {
            lateness.note(Duration::from_micros(micros), Duration::ZERO);
        }
        for (share, exact) in [(0.5, 5_000.0), (0.99, 9_900.0), (1.0, 10_000.0)] {
            let told = lateness.quantile(share).unwrap().as_secs_f64() * 1e6;
            assert!(told >= exact && told <= exact * 1.126, "{share}: {told}");
        }
        assert_eq!(Lateness::default().quantile(0.5), None);
    }

    #[test]
    fn what_is_older_than_two_windows_is_forgotten() {
        let lateness = Lateness::default();
        lateness.note(Duration::from_secs(1), Duration::ZERO);
        lateness.note(Duration::from_micros(1), WINDOW);
        assert!(lateness.quantile(1.0).unwrap() >= Duration::from_secs(1));
        lateness.note(Duration::from_micros(1), WINDOW * 2);
        assert!(lateness.quantile(1.0).unwrap() < Duration::from_millis(1));
    }

    #[test]
    fn every_duration_has_a_bucket() {
        for micros in [0, 1, 15, 16, 17, 31, 32, 1_000, 1_000_000, 10_000_000_000, u64::MAX] {
            assert!(bucket(Duration::from_micros(micros)) < BUCKETS);
        }
        for micros in 17..100_000 {
            let late = Duration::from_micros(micros);
            assert!(upper(bucket(late)) >= late, "{micros}");
        }
    }
}
