//! What every handler needs: the database, the clock, the randomness.

use std::sync::Arc;

use evenkeel_core::{Clock, Rng};
use evenkeel_store::Db;

/// The shared state of every hall's router; a hall's own state gives it by `FromRef`.
#[derive(Clone)]
pub struct Kit {
    /// The database.
    pub db: Db,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// The randomness.
    pub rng: Arc<dyn Rng>,
}

impl Kit {
    /// The kit of a database, with the clock and randomness that it was opened with.
    pub fn new(db: Db) -> Self {
        let clock = db.clock().clone();
        let rng = db.rng().clone();
        Self { db, clock, rng }
    }

    /// Now.
    pub fn now(&self) -> jiff::Timestamp {
        self.clock.now()
    }
}

impl std::fmt::Debug for Kit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Kit").field("db", &self.db).finish_non_exhaustive()
    }
}
