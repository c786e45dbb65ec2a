//! When a group is due: at a place of its own within the interval, so that groups do not all run at once. Pure.

use sha2::{Digest, Sha256};

/// The slots of a group: instants that lie an interval apart and never drift.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slots {
    interval_ms: i64,
    offset_ms: i64,
}

impl Slots {
    /// Of the group of this key.
    pub fn new(key: &str, interval_ms: i64) -> Self {
        let interval_ms = interval_ms.max(1);
        let digest = Sha256::digest(key.as_bytes());
        let number = digest.iter().take(7).fold(0_i64, |number, byte| number << 8 | i64::from(*byte));
        Self { interval_ms, offset_ms: number % interval_ms }
    }

    /// Between two slots, milliseconds.
    pub const fn interval_ms(self) -> i64 {
        self.interval_ms
    }

    /// The last slot that is not after an instant.
    pub const fn at_or_before(self, at_ms: i64) -> i64 {
        at_ms - (at_ms - self.offset_ms).rem_euclid(self.interval_ms)
    }

    /// The first slot after an instant.
    pub const fn after(self, at_ms: i64) -> i64 {
        self.at_or_before(at_ms) + self.interval_ms
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slots_lie_an_interval_apart_wherever_one_begins() {
        let slots = Slots::new("rules.yml;node", 15_000);
        let first = slots.at_or_before(1_000_000_007);
        assert!(first <= 1_000_000_007 && 1_000_000_007 - first < 15_000);
        assert_eq!(slots.after(first), first + 15_000);
        assert_eq!(slots.after(first - 1), first);
        assert_eq!(slots.at_or_before(first), first);
        assert_ne!(Slots::new("a", 60_000).at_or_before(60_000), Slots::new("b", 60_000).at_or_before(60_000));
    }
}
