//! This host: processor, memory, disks, load and network from `/proc`, under `node_exporter`'s names, every five seconds.

mod facts;
mod routes;

use std::{
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use evenkeel_api::Kit;
use evenkeel_core::id::TenantId;
use evenkeel_tsdb::SampleStore;
use tokio_util::sync::CancellationToken;

pub use facts::{Disk, Facts, HostView, Network};
pub(crate) use routes::router;

/// Between two samplings.
pub const EVERY: Duration = Duration::from_secs(5);

/// The sampler and what it saw last.
pub struct Host {
    kit: Kit,
    tenant: TenantId,
    samples: Arc<dyn SampleStore>,
    last: RwLock<Option<(Facts, HostView)>>,
}

/// This machine's name, as its kernel has it.
pub fn name() -> String {
    let name = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let name = name.trim();
    if name.is_empty() { "localhost".to_owned() } else { name.to_owned() }
}

impl Host {
    /// A sampler whose samples belong to `tenant`.
    pub fn new(kit: Kit, tenant: TenantId, samples: Arc<dyn SampleStore>) -> Arc<Self> {
        Arc::new(Self { kit, tenant, samples, last: RwLock::new(None) })
    }

    /// What was seen last; `None` before the first sampling.
    pub fn view(&self) -> Option<HostView> {
        self.last.read().unwrap_or_else(PoisonError::into_inner).as_ref().map(|(_, view)| view.clone())
    }

    /// Samples until `cancel`.
    pub async fn run(self: Arc<Self>, cancel: CancellationToken) {
        let mut tick = tokio::time::interval(EVERY);
        tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Skip);
        loop {
            tokio::select! {
                () = cancel.cancelled() => return,
                _ = tick.tick() => {}
            }
            let host = Arc::clone(&self);
            // Files of /proc, and statvfs, which can hang on a dead network disk: never on a worker thread.
            if let Err(error) = tokio::task::spawn_blocking(move || host.sample()).await {
                tracing::error!(%error, "this host could not be sampled");
            }
        }
    }

    fn sample(&self) {
        let facts = Facts::read();
        let at = self.kit.now();
        facts.keep(self.samples.as_ref(), self.tenant, at.as_millisecond());
        let mut last = self.last.write().unwrap_or_else(PoisonError::into_inner);
        let view = facts.view(last.as_ref().map(|(facts, view)| (facts, view.at)), at);
        *last = Some((facts, view));
    }
}

#[cfg(test)]
mod tests;
