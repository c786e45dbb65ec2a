//! When a target is asked: pure, on the wall clock, so that it is the same after every restart.

/// The first slot after `now_ms`, never `now_ms` itself. Slots are `offset + n × interval` since 1970, milliseconds.
pub const fn after(now_ms: i64, interval_ms: i64, hash: u64) -> i64 {
    let interval = if interval_ms > 0 { interval_ms } else { 1 };
    let offset = offset(interval, hash);
    let number = (now_ms - offset).div_euclid(interval) + 1;
    offset + number * interval
}

/// A target's place in the interval.
#[allow(clippy::cast_sign_loss, clippy::cast_possible_wrap)] // a positive interval, and what is left of it
const fn offset(interval_ms: i64, hash: u64) -> i64 {
    (hash % interval_ms as u64) as i64
}

/// The slot after the one that was just kept: the next one, unless it has passed, or the clock was set back.
pub const fn next(kept_ms: i64, now_ms: i64, interval_ms: i64, hash: u64) -> i64 {
    let next = kept_ms + interval_ms;
    if next > now_ms && next - now_ms <= interval_ms { next } else { after(now_ms, interval_ms, hash) }
}

/// The instant that samples get: the slot's, when the question left on time, so that instants stay regular.
pub const fn instant(slot_ms: i64, now_ms: i64, interval_ms: i64) -> i64 {
    // As Prometheus does: 2 ms, and never more than a hundredth of the interval.
    let tolerance = if interval_ms / 100 < 2 { interval_ms / 100 } else { 2 };
    let late = now_ms - slot_ms;
    if late >= 0 && late <= tolerance { slot_ms } else { now_ms }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slots_come_at_the_interval_whatever_happens_between() {
        let (interval, hash) = (15_000, 7_000_123_456_789);
        let mut slot = after(1_000_000, interval, hash);
        let place = slot % interval;
        for late in [0, 3, 14_999, 15_000, 15_001, 100_000] {
            let now = slot + late;
            let following = next(slot, now, interval, hash);
            assert!(following > now && following - now <= interval);
            assert_eq!(following % interval, place);
            slot = following;
        }
        // The clock was set back by an hour: not an hour of silence.
        let following = next(slot, slot - 3_600_000, interval, hash);
        assert!(following <= slot - 3_600_000 + interval);
    }

    #[test]
    fn targets_are_spread_over_the_interval() {
        let mut tenths = [0; 10];
        for target in 0..1000_u64 {
            let hash = target.wrapping_mul(0x9e37_79b9_7f4a_7c15);
            let place = after(0, 10_000, hash) % 10_000;
            tenths[usize::try_from(place / 1000).unwrap_or(0)] += 1;
        }
        assert!(tenths.iter().all(|count| (60..140).contains(count)), "{tenths:?}");
    }

    #[test]
    fn a_question_that_left_on_time_has_the_slots_instant() {
        assert_eq!(instant(1000, 1002, 15_000), 1000);
        assert_eq!(instant(1000, 1003, 15_000), 1003);
        assert_eq!(instant(1000, 1001, 50), 1001);
        assert_eq!(instant(1000, 999, 15_000), 999);
    }
}
