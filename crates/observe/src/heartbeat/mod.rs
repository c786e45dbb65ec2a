//! Heartbeats (心跳): signs of life that jobs and systems owe us. What does not report in time is down, as if a probe had
//! failed.
//!
//! A report goes: [`ping`] knows the address, [`intake`] writes it, [`machine`] decides, [`settle`] tells what changed. A
//! silence goes: a durable timer ([`deadline`]) asks the same machine.
//!
//! Invariants: what was answered with 200 is durable; a heartbeat has one open alert at most, and it begins and ends in the
//! transaction in which the state changes; nobody is called because *we* were away ([`attendance`]); of an address only its
//! digest is kept.

mod attendance;
mod deadline;
mod intake;
mod limit;
pub mod machine;
pub mod model;
mod ping;
mod routes;
pub mod schedule;
mod settle;
pub mod store;
pub mod table;
#[cfg(test)]
mod tests;
mod view;

use std::sync::Arc;

use evenkeel_api::{Kit, Routes};
use evenkeel_store::TimerHandler;
use evenkeel_tsdb::SampleStore;
use tokio_util::sync::CancellationToken;

pub use model::HeartbeatDefinition;
pub use ping::PATH as PING_PATH;

use crate::ServiceOwners;

/// Heartbeats as one thing. Cheap to clone.
#[derive(Clone)]
pub struct Heartbeats {
    pub(crate) kit: Kit,
    pub(crate) services: Arc<dyn ServiceOwners>,
    pub(crate) public_url: Arc<str>,
    shared: Arc<intake::Shared>,
}

impl std::fmt::Debug for Heartbeats {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Heartbeats").finish_non_exhaustive()
    }
}

impl Heartbeats {
    /// Over this kit; addresses begin with `public_url`. Nothing is taken before [`Self::start`].
    pub fn new(kit: Kit, samples: Arc<dyn SampleStore>, services: Arc<dyn ServiceOwners>, public_url: &str) -> Self {
        let shared = Arc::new(intake::Shared::new(kit.clone(), samples));
        Self { kit, services, public_url: public_url.into(), shared }
    }

    /// The routes, with their state applied.
    pub fn router(&self) -> Routes {
        routes::router(self.clone()).merge(ping::router(self.clone()))
    }

    /// What acts when a timer is due.
    pub fn timers(&self) -> Vec<Arc<dyn TimerHandler>> {
        vec![Arc::new(deadline::Deadline(Arc::clone(&self.shared)))]
    }

    /// Takes reports until `cancel`.
    pub async fn start(&self, cancel: CancellationToken) {
        tokio::join!(self.attend(&cancel), self.shared.run(&cancel));
    }

    /// Gives signs of life, as long as the database takes them.
    async fn attend(&self, cancel: &CancellationToken) {
        let (shared, mut begun) = (&self.shared, false);
        loop {
            let done = if begun { shared.attendance.go_on(&self.kit.db).await } else { shared.attendance.begin(&self.kit.db).await };
            match done {
                Ok(()) => begun = true,
                Err(error) => tracing::warn!(%error, "no sign of life could be written; reports of heartbeats wait for the database"),
            }
            tokio::select! {
                () = cancel.cancelled() => return,
                () = tokio::time::sleep(if begun { attendance::EVERY } else { attendance::EVERY / 5 }) => {}
            }
        }
    }
}
