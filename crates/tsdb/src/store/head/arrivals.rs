//! How old what comes is: a sender that was cut off for hours sends them again in order once it can, and what it is about to
//! send must find its window open.

/// Arrivals are remembered for one to two of these, milliseconds: longer than senders wait between two tries.
const TURN_MS: i64 = 30_000;
/// Nobody is waited for who is further behind, milliseconds: a wrong clock must not keep everything in memory.
const BEHIND_MS_MAX: i64 = 12 * 3_600_000;

/// The oldest instants that came in this turn and in the one before.
#[derive(Debug, Clone, Copy)]
pub struct Arrivals {
    turn: i64,
    oldest: [i64; 2],
}

impl Default for Arrivals {
    fn default() -> Self {
        Self { turn: i64::MIN, oldest: [i64::MAX; 2] }
    }
}

impl Arrivals {
    /// As it is in the turn of this moment.
    fn at(mut self, now_ms: i64) -> Self {
        let turn = now_ms.div_euclid(TURN_MS);
        if turn != self.turn {
            let before = if turn == self.turn.saturating_add(1) { self.oldest[0] } else { i64::MAX };
            self = Self { turn, oldest: [i64::MAX, before] };
        }
        self
    }

    /// A sample of this instant comes now.
    pub fn note(&mut self, at_ms: i64, now_ms: i64) {
        *self = self.at(now_ms);
        self.oldest[0] = self.oldest[0].min(at_ms);
    }

    /// Whether somebody who sends just now may have more from before this instant.
    pub fn behind(&self, before_ms: i64, now_ms: i64) -> bool {
        let [now, before] = self.at(now_ms).oldest;
        (now_ms.saturating_sub(BEHIND_MS_MAX)..before_ms).contains(&now.min(before))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_795_334_400_000;
    const HOUR: i64 = 3_600_000;

    #[test]
    fn who_catches_up_is_waited_for_and_who_is_far_off_is_not() {
        let mut arrivals = Arrivals::default();
        assert!(!arrivals.behind(NOW, NOW));
        arrivals.note(NOW - 3 * HOUR, NOW);
        arrivals.note(NOW, NOW);
        assert!(arrivals.behind(NOW - HOUR, NOW + TURN_MS));
        assert!(!arrivals.behind(NOW - 3 * HOUR, NOW));
        // Nothing old has come for a while.
        assert!(!arrivals.behind(NOW - HOUR, NOW + 2 * TURN_MS));
        arrivals.note(NOW - 13 * HOUR, NOW);
        assert!(!arrivals.behind(NOW - HOUR, NOW));
    }
}
