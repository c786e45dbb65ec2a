//! The one place where time and randomness come from outside.

use evenkeel_core::{Clock, Rng, time::truncate};
use jiff::Timestamp;

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[allow(clippy::disallowed_methods, reason = "the one ambient clock")]
    fn now(&self) -> Timestamp {
        truncate(Timestamp::now())
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
