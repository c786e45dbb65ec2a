//! The probe worker: looks when the schedule says so, and writes what changed.
//!
//! One task, the [`engine`], owns every verdict and every timeline, so that no lock stands between a look and its
//! consequences; looks run in tasks of their own, at most `concurrency` at once. What is decided goes through a bounded queue
//! to the [`writer`], which writes it in order and with its original times, however long the database is away.
//!
//! Invariants: a verdict's change, the stretches it seals and the alert it fires or ends are one transaction; only one run
//! writes (an older one is fenced off); a time in which nobody looked is unknown.

mod board;
mod engine;
mod load;
mod writer;

use std::{
    net::IpAddr,
    sync::{
        Arc,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    time::Duration,
};

use evenkeel_api::Kit;
use evenkeel_core::id::{ServiceId, TenantId};
use evenkeel_store::StoreError;
use evenkeel_tsdb::{Sample, SampleStore};
use jiff::Timestamp;
use tokio::{
    sync::{Mutex, Notify, mpsc, oneshot},
    time::Instant,
};
use tokio_util::sync::CancellationToken;

pub use board::Status;

use super::{
    address::AddressPolicy,
    kind::Prober,
    lateness::Lateness,
    look::{Code, LookResult},
    model::ProbeDefinition,
    uplink::{Uplink, UplinkOptions},
};

/// The worker's name in the table of runs.
pub(crate) const NAME: &str = "observe.probe";
/// How long a seal may wait for the engine and the database.
const SEAL_WAIT: Duration = Duration::from_secs(10);
/// Commands that may wait for the engine.
const COMMANDS_MAX: usize = 64;

/// How probes are run.
#[derive(Debug, Clone)]
pub struct ProbeOptions {
    /// Looks at once, at most.
    pub concurrency: usize,
    /// Where looks may go.
    pub addresses: AddressPolicy,
    /// How our own line is watched.
    pub uplink: UplinkOptions,
    /// Decisions that may wait for the database; when they are used up, looking pauses and the time counts as unknown.
    pub queue: usize,
}

impl Default for ProbeOptions {
    fn default() -> Self {
        Self { concurrency: 512, addresses: AddressPolicy::default(), uplink: UplinkOptions::default(), queue: 10_000 }
    }
}

/// What the worker tells of itself.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Health {
    /// Probes being looked at.
    pub probes: usize,
    /// How late 99 of 100 looks began at most, milliseconds; over the last minute or two.
    pub late_ms_p99: f64,
    /// Slots that could not be kept since the start.
    pub skipped: u64,
    /// Looks since the start.
    pub looks: u64,
    /// Decisions waiting for the database.
    pub queued: usize,
}

pub(super) enum Command {
    Seal { tenant: TenantId, service: ServiceId, at: Timestamp, done: oneshot::Sender<Option<Timestamp>> },
}

/// What everybody who has to do with probes shares.
pub struct Hub {
    pub(super) kit: Kit,
    pub(super) options: ProbeOptions,
    pub(super) prober: Prober,
    pub(super) uplink: Uplink,
    pub(super) samples: Arc<dyn SampleStore>,
    pub(super) board: board::Board,
    pub(super) lateness: Lateness,
    pub(super) reload: Notify,
    pub(super) looks: AtomicU64,
    pub(super) skipped: AtomicU64,
    pub(super) probes: AtomicUsize,
    pub(super) queued: AtomicUsize,
    commands: mpsc::Sender<Command>,
    waiting: Mutex<Option<mpsc::Receiver<Command>>>,
}

impl Hub {
    /// Nothing runs before [`Self::run`].
    pub fn new(kit: Kit, samples: Arc<dyn SampleStore>, options: ProbeOptions) -> Arc<Self> {
        let (commands, waiting) = mpsc::channel(COMMANDS_MAX);
        Arc::new(Self {
            prober: Prober::new(options.addresses, Arc::clone(&kit.clock), Arc::clone(&kit.rng)),
            uplink: Uplink::new(options.uplink.clone()),
            samples,
            board: board::Board::default(),
            lateness: Lateness::default(),
            reload: Notify::new(),
            looks: AtomicU64::new(0),
            skipped: AtomicU64::new(0),
            probes: AtomicUsize::new(0),
            queued: AtomicUsize::new(0),
            commands,
            waiting: Mutex::new(Some(waiting)),
            options,
            kit,
        })
    }

    /// Definitions changed: look at them again.
    pub fn reload(&self) {
        self.reload.notify_one();
    }

    /// How the worker does.
    pub fn health(&self) -> Health {
        Health {
            probes: self.probes.load(Ordering::Relaxed),
            late_ms_p99: self.lateness.quantile(0.99).unwrap_or_default().as_secs_f64() * 1000.0,
            skipped: self.skipped.load(Ordering::Relaxed),
            looks: self.looks.load(Ordering::Relaxed),
            queued: self.queued.load(Ordering::Relaxed),
        }
    }

    /// What is known of a probe right now; `None` when it is not being looked at.
    pub fn status(&self, probe: evenkeel_core::id::ProbeId) -> Option<Status> {
        self.board.get(probe)
    }

    /// Looks once, now, without any consequence for the verdict.
    pub async fn look_once(&self, definition: &ProbeDefinition) -> Option<(Timestamp, LookResult)> {
        let check = definition.check()?;
        let at = self.kit.now();
        Some((at, self.look(check, definition.timeout()).await))
    }

    /// Looks, and asks our own line when the look fails for a reason of the network.
    async fn look(&self, check: super::model::Check<'_>, timeout: Duration) -> LookResult {
        let begun = Instant::now();
        let mut look = self.prober.look(check, timeout).await;
        if look.network && self.is_lost(look.ip, begun).await {
            look.code = Code::UplinkLost;
            look.detail = super::look::clean(&format!("our own uplink is lost; the look said: {}", look.detail));
        }
        look
    }

    async fn is_lost(&self, ip: Option<IpAddr>, begun: Instant) -> bool {
        self.uplink.is_lost_for(ip, begun).await
    }

    /// Seals a service's indicator up to `at`, as far as it is settled, and waits until that is written. Answers up to where
    /// it is sealed; `None` when the worker has never heard of the service.
    ///
    /// # Errors
    /// [`StoreError::Away`] when the worker or the database does not answer in time.
    pub async fn seal_until(&self, tenant: TenantId, service: ServiceId, at: Timestamp) -> Result<Option<Timestamp>, StoreError> {
        let away = || StoreError::Away("the probe worker does not answer".to_owned());
        let (done, sealed) = oneshot::channel();
        let command = Command::Seal { tenant, service, at, done };
        let asked = async {
            self.commands.send(command).await.map_err(|_| away())?;
            sealed.await.map_err(|_| away())
        };
        tokio::time::timeout(SEAL_WAIT, asked).await.map_err(|_| away())?
    }

    /// Runs until `cancel`, then writes what is decided and returns.
    pub async fn run(self: Arc<Self>, cancel: CancellationToken) {
        let Some(commands) = self.waiting.lock().await.take() else {
            tracing::error!("the probe worker runs already");
            return;
        };
        let Some(loaded) = load::load(&self, &cancel).await else {
            return;
        };
        let (decisions, queue) = mpsc::channel(self.options.queue.max(1));
        let writer = writer::Writer::new(Arc::clone(&self), loaded.run.clone(), cancel.clone());
        let writing = tokio::spawn(writer.run(queue));
        let sentinel = tokio::spawn(Arc::clone(&self).watch_uplink(cancel.clone()));
        engine::Engine::new(Arc::clone(&self), loaded, decisions).run(commands, &cancel).await;
        sentinel.abort();
        if let Err(error) = writing.await {
            tracing::error!(%error, "the probe writer broke");
        }
    }

    /// Learns which canaries answer while all is well: one that never did has no say when something fails.
    async fn watch_uplink(self: Arc<Self>, cancel: CancellationToken) {
        while !cancel.is_cancelled() {
            self.uplink.check(Instant::now()).await;
            tokio::select! {
                () = cancel.cancelled() => {}
                () = tokio::time::sleep(self.uplink.period()) => {}
            }
        }
    }

    /// Keeps a look's measurements.
    fn keep(&self, tenant: TenantId, definition: &ProbeDefinition, target: &str, at: Timestamp, look: &LookResult) {
        let service = definition.service.to_string();
        let fixed = [("instance", target), ("probe", definition.name.as_str()), ("service", service.as_str())];
        let labels: Vec<Vec<(&str, &str)>> = look
            .samples
            .iter()
            .map(|sample| {
                let mut labels = Vec::with_capacity(4);
                labels.extend_from_slice(&fixed);
                // Sorted by name, as the store likes it.
                if let Some(label) = sample.label {
                    let place = labels.partition_point(|(name, _)| *name < label.0);
                    labels.insert(place, label);
                }
                labels
            })
            .collect();
        let samples: Vec<Sample<'_>> = look
            .samples
            .iter()
            .zip(&labels)
            .map(|(sample, labels)| Sample { metric: sample.metric, labels, value: sample.value })
            .collect();
        self.samples.append(tenant, at.as_millisecond(), &samples);
    }
}

#[cfg(test)]
mod tests;
