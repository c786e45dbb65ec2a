//! Time is handed in. `clippy.toml` forbids the ambient clock everywhere but in the one implementation of the server.

use std::sync::atomic::{AtomicI64, Ordering};

use jiff::{SignedDuration, Timestamp};

/// The clock that code is given. Instants are UTC with microsecond precision, as the database keeps them.
pub trait Clock: Send + Sync + 'static {
    /// Now, cut to whole microseconds.
    fn now(&self) -> Timestamp;
}

/// Cuts to whole microseconds, so that an instant survives a round trip through the database unchanged.
pub fn truncate(at: Timestamp) -> Timestamp {
    Timestamp::from_microsecond(at.as_microsecond()).unwrap_or(at)
}

/// The instant `micros` microseconds after 1970-01-01T00:00:00Z; beyond jiff's range it is held at the range's end.
pub fn from_micros(micros: i64) -> Timestamp {
    Timestamp::from_microsecond(micros).unwrap_or(if micros < 0 { Timestamp::MIN } else { Timestamp::MAX })
}

/// A clock that stands still until it is moved: tests, drills and replays.
#[derive(Debug)]
pub struct ManualClock(AtomicI64);

impl ManualClock {
    /// A clock standing at `at`.
    pub fn at(at: Timestamp) -> Self {
        Self(AtomicI64::new(at.as_microsecond()))
    }

    /// Moves by `by`, which may be negative: a clock set back is one of the faults we test.
    pub fn advance(&self, by: SignedDuration) {
        let micros = i64::try_from(by.as_micros()).unwrap_or(i64::MAX);
        self.0.fetch_add(micros, Ordering::SeqCst);
    }

    /// Stands at `at` from now on.
    pub fn set(&self, at: Timestamp) {
        self.0.store(at.as_microsecond(), Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        from_micros(self.0.load(Ordering::SeqCst))
    }
}
