//! How often one heartbeat may report: a bucket of tokens each. Pure.

use std::collections::HashMap;

use evenkeel_core::id::HeartbeatId;
use jiff::Timestamp;

/// So many at once …
const BURST: f64 = 60.0;
/// … and one more each second after that.
const PER_SEC: f64 = 1.0;
/// Buckets that are remembered; beyond that the full ones are forgotten.
const BUCKETS_MAX: usize = 100_000;

/// The buckets.
#[derive(Debug, Default)]
pub(super) struct Limits(HashMap<HeartbeatId, (f64, Timestamp)>);

impl Limits {
    /// Whether one more is taken at `now`.
    pub(super) fn admits(&mut self, heartbeat: HeartbeatId, now: Timestamp) -> bool {
        if self.0.len() >= BUCKETS_MAX {
            self.0.retain(|_, (tokens, at)| filled(*tokens, *at, now) < BURST);
        }
        let (tokens, at) = self.0.entry(heartbeat).or_insert((BURST, now));
        let there = filled(*tokens, *at, now);
        let admitted = there >= 1.0;
        (*tokens, *at) = (if admitted { there - 1.0 } else { there }, now);
        admitted
    }
}

fn filled(tokens: f64, at: Timestamp, now: Timestamp) -> f64 {
    let since = now.duration_since(at).as_secs_f64().max(0.0);
    since.mul_add(PER_SEC, tokens).min(BURST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_is_cut_to_one_a_second_and_others_are_not_hurt() {
        let (mut limits, begin) = (Limits::default(), Timestamp::UNIX_EPOCH);
        let (loud, quiet) = (HeartbeatId::named("loud"), HeartbeatId::named("quiet"));
        let taken = (0..1000).filter(|_| limits.admits(loud, begin)).count();
        assert_eq!(taken, 60);
        assert!(limits.admits(quiet, begin));
        let later = begin + jiff::SignedDuration::from_secs(3);
        assert_eq!((0..10).filter(|_| limits.admits(loud, later)).count(), 3);
    }
}
