//! The one place where time and randomness come from outside.

use std::sync::atomic::{AtomicI64, Ordering};

use evenkeel_core::{Clock, Rng, time::truncate};
use jiff::{SignedDuration, Timestamp};

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[allow(clippy::disallowed_methods, reason = "the one ambient clock")]
    fn now(&self) -> Timestamp {
        truncate(Timestamp::now())
    }
}

/// The clock that all replicas on one database share: the machine's, moved by as much as the database's is ahead of it. A replica
/// whose machine runs ahead would otherwise find every timer due too early, and write down what happened before it did.
#[derive(Debug, Default)]
pub struct SharedClock {
    /// Microseconds.
    ahead: AtomicI64,
}

impl SharedClock {
    /// Moves by what this clock was still found to differ, and says by how much it differs from the machine's now.
    pub fn follow(&self, skew: SignedDuration) -> SignedDuration {
        let by = i64::try_from(skew.as_micros()).unwrap_or(0);
        let before = self.ahead.fetch_add(by, Ordering::Relaxed);
        SignedDuration::from_micros(before.saturating_add(by))
    }
}

impl Clock for SharedClock {
    fn now(&self) -> Timestamp {
        let now = SystemClock.now();
        now.checked_add(SignedDuration::from_micros(self.ahead.load(Ordering::Relaxed))).unwrap_or(now)
    }
}

/// The operating system's randomness.
#[derive(Debug, Clone, Copy, Default)]
pub struct OsRng;

impl Rng for OsRng {
    #[allow(
        clippy::disallowed_methods,
        clippy::panic,
        reason = "the one ambient source; without it no secret can be made and going on would be worse"
    )]
    fn fill(&self, bytes: &mut [u8]) {
        if let Err(error) = getrandom::fill(bytes) {
            panic!("the operating system gives no randomness: {error}");
        }
    }
}
