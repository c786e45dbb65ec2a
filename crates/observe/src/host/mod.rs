//! This host: what its kernel says, under `node_exporter`'s names, as job `node` of this machine; and its page.
//!
//! One reading serves both: the page every five seconds, the store every fifteen.

pub mod collect;
mod facts;
mod routes;

use std::{
    sync::{Arc, Mutex, PoisonError, RwLock},
    time::Duration,
};

use evenkeel_api::Kit;
use evenkeel_core::id::TenantId;
use evenkeel_tsdb::batch::Batch;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::{
    metric::Metrics,
    scrape::{
        config::Take,
        labels::LabelSet,
        page::{Counted, Into, Memory, Report},
    },
};
use collect::Root;

pub use collect::clock_error_secs;
pub use facts::{Disk, Facts, HostView, Network};
pub(crate) use routes::router;

/// Between two samplings.
pub const EVERY: Duration = Duration::from_secs(5);
/// The job of its series.
const JOB: &str = "node";
/// Of so many samplings one goes into the store.
const KEPT_ONE_OF: u64 = 3;

/// The sampler and what it saw last.
pub struct Host {
    kit: Kit,
    tenant: TenantId,
    metrics: Metrics,
    root: Root,
    /// Labels of its series.
    labels: LabelSet,
    take: Take,
    sampled: Mutex<Sampled>,
    last: RwLock<Option<(Facts, HostView)>>,
}

#[derive(Default)]
struct Sampled {
    memory: Memory,
    batch: Batch,
    count: u64,
}

/// This machine's name, as its kernel has it.
pub fn name() -> String {
    let name = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let name = name.trim();
    if name.is_empty() { "localhost".to_owned() } else { name.to_owned() }
}

/// Whether a network device leads nowhere but to this machine and its containers.
fn is_inner(device: &str) -> bool {
    device == "lo" || device.starts_with("veth")
}

impl Host {
    /// A sampler whose samples belong to `tenant`.
    pub fn new(kit: Kit, tenant: TenantId, metrics: Metrics) -> Arc<Self> {
        Arc::new(Self {
            kit,
            tenant,
            metrics,
            root: Root::default(),
            labels: LabelSet::new([("job", JOB.to_owned()), ("instance", name())]),
            take: Take::default(),
            sampled: Mutex::default(),
            last: RwLock::new(None),
        })
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
        let begun = Instant::now();
        let at = self.kit.now();
        let mut sampled = self.sampled.lock().unwrap_or_else(PoisonError::into_inner);
        let Sampled { memory, batch, count } = &mut *sampled;
        batch.clear();
        collect::collect(&self.root, at.as_millisecond(), batch);
        if count.is_multiple_of(KEPT_ONE_OF) {
            self.keep(memory, batch, at.as_millisecond(), begun);
        }
        *count += 1;
        let facts = Facts::of(batch);
        drop(sampled);
        let mut last = self.last.write().unwrap_or_else(PoisonError::into_inner);
        let view = facts.view(last.as_ref().map(|(facts, view)| (facts, view.at)), at);
        *last = Some((facts, view));
    }

    /// Puts a reading into the store as if this host had been scraped.
    fn keep(&self, memory: &mut Memory, batch: &Batch, at_ms: i64, begun: Instant) {
        self.metrics.metadata().note(self.tenant, batch);
        let into = Into { store: self.metrics.store(), tenant: self.tenant, target: &self.labels, take: &self.take };
        let report =
            |counted: Counted, _: Option<&_>| Report { up: true, duration_secs: begun.elapsed().as_secs_f64(), counted, extra: None };
        match memory.take(into, batch, at_ms, report) {
            Ok(_) => {
                if let Some(refused) = memory.refusal() {
                    tracing::warn!(refused, "not all of this host's samples were kept");
                }
            }
            Err(error) => tracing::warn!(%error, "this host's samples were not kept"),
        }
    }
}

#[cfg(test)]
mod tests;
