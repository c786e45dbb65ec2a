//! Alerts that others send: a Prometheus that takes us for its Alertmanager, and webhooks.
//!
//! Invariants: an alert is known by its labels; sent again it is the same alert, and only its annotations and its end move; it
//! becomes the same `alert.fired` and `alert.resolved` as a rule's, in the transaction in which it is taken, so what was
//! answered with 200 is in the ledger; it ends when its sender says so, and one that nobody speaks of any more ends as
//! *silent*, which proves no recovery. Who is told, and whether anybody is, is not decided here.

pub mod alertmanager;
mod expire;
pub mod hook;
mod model;
mod port;
mod table;
mod take;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use evenkeel_api::{Kit, Routes};
use evenkeel_store::{Migration, TimerHandler};

pub use expire::Expire;
pub use model::{Incoming, Refused, fingerprint};
pub use port::{AlertHouse, Seen, SilenceCard, SilenceDraft};
pub use take::{Sent, Taken, take};

/// The tables.
pub fn migrations() -> Vec<Migration> {
    [table::MIGRATIONS, hook::MIGRATIONS].concat()
}

/// The state of the noun's routes. Cheap to clone.
#[derive(Clone)]
pub struct Alerts {
    pub(crate) kit: Kit,
    pub(crate) house: Arc<dyn AlertHouse>,
}

impl std::fmt::Debug for Alerts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Alerts").finish_non_exhaustive()
    }
}

impl Alerts {
    /// Over this kit; `house` knows services and silences.
    pub fn new(kit: Kit, house: Arc<dyn AlertHouse>) -> Self {
        Self { kit, house }
    }

    /// The routes, with their state applied.
    pub fn router(&self) -> Routes {
        alertmanager::router(self.clone()).merge(hook::router(self.clone()))
    }

    /// What acts when a timer is due.
    pub fn timers(&self) -> Vec<Arc<dyn TimerHandler>> {
        vec![Arc::new(Expire)]
    }
}
