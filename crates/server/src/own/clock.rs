//! Whether the clock on the wall was set: it is compared with one that only goes forward.

use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;

/// Where both clocks stood.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mark(Timestamp, Instant);

impl Mark {
    /// Now, by both.
    pub(super) fn new(wall: Timestamp, steady: Instant) -> Self {
        Self(wall, steady)
    }

    /// How much the wall's clock went ahead of the other since `before`; behind when negative.
    pub(super) fn jump_since(&self, before: &Self) -> SignedDuration {
        let steady = SignedDuration::try_from(self.1.duration_since(before.1)).unwrap_or(SignedDuration::MAX);
        self.0.duration_since(before.0).saturating_sub(steady)
    }

    /// Seconds of the wall's clock since `before`; none when it was set back.
    pub(super) fn wall_secs_since(&self, before: &Self) -> f64 {
        self.0.duration_since(before.0).as_secs_f64().max(0.0)
    }

    /// Seconds of the steady clock since `before`.
    pub(super) fn secs_since(&self, before: &Self) -> f64 {
        self.1.duration_since(before.1).as_secs_f64()
    }
}
