//! The probe worker: looks when the schedule says so, and writes what changed.
//!
//! One task, the [`engine`], owns every verdict and every timeline, so that no lock stands between a look and its
//! consequences; looks run in tasks of their own, at most `concurrency` at once. Engine and looks have a thread to
//! themselves: looks begin on time whatever the rest of the process does, and cost no hand-over between threads. What is decided goes through a bounded queue
//! to the [`writer`], which writes it in order and with its original times, however long the database is away.
//!
//! Invariants: a verdict's change, the stretches it seals and the alert it fires or ends are one transaction; only one run
//! writes (an older one is fenced off); a time in which nobody looked is unknown.

mod board;
mod engine;
mod evidence;
mod keep;
mod load;
mod standby;
mod writer;

use std::{
    net::IpAddr,
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    time::Duration,
};

use evenkeel_api::Kit;
use evenkeel_core::id::{ServiceId, TenantId};
use evenkeel_store::StoreError;
use evenkeel_tsdb::SampleStore;
use jiff::Timestamp;
use tokio::{
    sync::{Mutex, Notify, mpsc, oneshot},
    time::Instant,
};
use tokio_util::sync::CancellationToken;

pub use board::Status;
pub use evidence::{Evidence, Kept as KeptEvidence};

use super::{
    address::AddressPolicy,
    kind::Prober,
    lateness::Lateness,
    look::{Code, LookResult},
    model::ProbeDefinition,
    secret::{NoSecrets, SecretSource},
    table::{self, ProbeRow},
    uplink::{Uplink, UplinkOptions},
    vantage::{house::House, wire::FarLook},
};

/// The worker's name in the table of runs.
pub(crate) const NAME: &str = "observe.probe";
/// How long a seal may wait for the engine and the database.
const SEAL_WAIT: Duration = Duration::from_secs(10);
/// The priority of the engine's thread (see nice(2)): a look that begins late measures the machine and not the target.
const NICE: i32 = -10;
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
    /// Standing by, this process takes over when the one that runs the probes has given no sign of life for so long; it
    /// gives one every five seconds.
    pub silent_after: Duration,
    /// Where the secrets lie that probes name.
    pub secrets: Arc<dyn SecretSource>,
}

impl Default for ProbeOptions {
    fn default() -> Self {
        Self {
            concurrency: 512,
            addresses: AddressPolicy::default(),
            uplink: UplinkOptions::default(),
            queue: 10_000,
            silent_after: Duration::from_secs(15),
            secrets: Arc::new(NoSecrets),
        }
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
    /// The definitions in force, read anew.
    Follow(Vec<ProbeRow>),
    /// Looks from another vantage point.
    Far(Far),
    Seal {
        tenant: TenantId,
        service: ServiceId,
        at: Timestamp,
        done: oneshot::Sender<Option<Timestamp>>,
    },
}

/// Looks from another vantage point.
pub(super) struct Far {
    pub tenant: TenantId,
    pub vantage: String,
    /// The run of its agent.
    pub run: String,
    pub looks: Vec<FarLook>,
    /// More of what it kept follows.
    pub backlog: bool,
    /// Told when they are taken into account.
    pub done: oneshot::Sender<()>,
}

/// What everybody who has to do with probes shares.
pub struct Hub {
    pub(super) kit: Kit,
    pub(super) options: ProbeOptions,
    pub(super) prober: Prober,
    uplink: RwLock<Arc<Uplink>>,
    pub(super) samples: Arc<dyn SampleStore>,
    pub(super) measured: keep::Waiting,
    /// Other vantage points.
    pub(super) house: House,
    pub(super) board: board::Board,
    pub(super) evidence: evidence::Cabinet,
    pub(super) lateness: Lateness,
    pub(super) reload: Notify,
    pub(super) looks: AtomicU64,
    pub(super) skipped: AtomicU64,
    pub(super) probes: AtomicUsize,
    pub(super) queued: AtomicUsize,
    commands: mpsc::Sender<Command>,
    /// Held by the turn that runs.
    waiting: Arc<Mutex<mpsc::Receiver<Command>>>,
}

impl Hub {
    /// Nothing runs before [`Self::run`].
    pub fn new(kit: Kit, samples: Arc<dyn SampleStore>, options: ProbeOptions) -> Arc<Self> {
        let (commands, waiting) = mpsc::channel(COMMANDS_MAX);
        Arc::new(Self {
            prober: Prober::new(options.addresses.clone(), Arc::clone(&kit.clock), Arc::clone(&kit.rng), Arc::clone(&options.secrets)),
            uplink: RwLock::new(Arc::new(Uplink::new(options.uplink.clone()))),
            samples,
            measured: keep::Waiting::default(),
            house: House::default(),
            board: board::Board::default(),
            evidence: evidence::Cabinet::default(),
            lateness: Lateness::default(),
            reload: Notify::new(),
            looks: AtomicU64::new(0),
            skipped: AtomicU64::new(0),
            probes: AtomicUsize::new(0),
            queued: AtomicUsize::new(0),
            commands,
            waiting: Arc::new(Mutex::new(waiting)),
            options,
            kit,
        })
    }

    /// Definitions changed: look at them again.
    pub fn reload(&self) {
        self.reload.notify_one();
    }

    /// From now on looks go where `addresses` lets them, and our own line is watched as `uplink` says.
    pub fn set_rules(&self, addresses: AddressPolicy, uplink: UplinkOptions) {
        self.prober.net.follow(addresses);
        let mut watched = self.uplink.write().unwrap_or_else(PoisonError::into_inner);
        // What a canary has shown is worth keeping while the canaries are the same.
        if *watched.options() != uplink {
            *watched = Arc::new(Uplink::new(uplink));
        }
    }

    fn uplink(&self) -> Arc<Uplink> {
        Arc::clone(&self.uplink.read().unwrap_or_else(PoisonError::into_inner))
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

    /// By how much the look that was due first has not been finished: as much as a look takes while the engine turns.
    pub fn overdue(&self, now: Timestamp) -> jiff::SignedDuration {
        self.board.next_at().map_or(jiff::SignedDuration::ZERO, |due| now.duration_since(due).max(jiff::SignedDuration::ZERO))
    }

    /// What is known of a probe right now; `None` when it is not being looked at.
    pub fn status(&self, probe: evenkeel_core::id::ProbeId) -> Option<Status> {
        self.board.get(probe)
    }

    /// What the steps of a probe's looks saw.
    pub fn evidence(&self, probe: evenkeel_core::id::ProbeId) -> KeptEvidence {
        self.evidence.get(probe)
    }

    /// Looks once, now, without any consequence for the verdict.
    pub async fn look_once(&self, definition: &ProbeDefinition) -> Option<(Timestamp, LookResult)> {
        let at = self.kit.now();
        Some((at, self.look(definition).await?))
    }

    /// Looks, and asks our own line when the look fails for a reason of the network.
    async fn look(&self, definition: &ProbeDefinition) -> Option<LookResult> {
        let check = definition.check()?;
        let begun = Instant::now();
        let mut look = self.prober.look(check, definition.ip.unwrap_or_default(), definition.timeout()).await;
        if look.network && self.is_lost(look.ip, begun).await {
            look.code = Code::UplinkLost;
            look.detail = super::look::clean(&format!("our own uplink is lost; the look said: {}", look.detail));
        }
        Some(look)
    }

    async fn is_lost(&self, ip: Option<IpAddr>, begun: Instant) -> bool {
        self.uplink().is_lost_for(ip, begun).await
    }

    /// Takes in looks from another vantage point, and waits until they are taken into account.
    ///
    /// # Errors
    /// [`StoreError::Away`] when the worker does not answer in time, or another process has the work.
    pub(super) async fn take_far(
        &self,
        (tenant, vantage): (TenantId, &str),
        run: &str,
        looks: Vec<FarLook>,
        backlog: bool,
    ) -> Result<(), StoreError> {
        let (done, taken) = oneshot::channel();
        let far = Far { tenant, vantage: vantage.to_owned(), run: run.to_owned(), looks, backlog, done };
        let asked = async {
            self.commands.send(Command::Far(far)).await.ok()?;
            taken.await.ok()
        };
        let answer = tokio::time::timeout(SEAL_WAIT, asked).await.ok().flatten();
        answer.ok_or_else(|| StoreError::Away("the probe worker does not take looks just now".to_owned()))
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

    /// Runs until `cancel`, then writes what is decided and returns. A process that starts takes the work over; the one
    /// that had it stands by, and takes it back when the other falls silent.
    pub async fn run(self: Arc<Self>, cancel: CancellationToken) {
        let Ok(mut commands) = Arc::clone(&self.waiting).try_lock_owned() else {
            tracing::error!("the probe worker runs already");
            return;
        };
        let sentinel = tokio::spawn(Arc::clone(&self).watch_uplink(cancel.clone()));
        let keeping = tokio::spawn({
            let (hub, over) = (Arc::clone(&self), cancel.clone());
            async move { hub.measured.keep(&hub.samples, &over).await }
        });
        while !cancel.is_cancelled() {
            // The writer ends this turn, and this turn only, when another process has taken over.
            let turn = cancel.child_token();
            drop(commands);
            self.turn(&turn).await;
            commands = Arc::clone(&self.waiting).lock_owned().await;
            self.board.clear();
            self.probes.store(0, Ordering::Relaxed);
            if !cancel.is_cancelled() {
                standby::stand_by(&self, &mut commands, &cancel).await;
            }
        }
        sentinel.abort();
        if let Err(error) = keeping.await {
            tracing::error!(%error, "the keeper of measurements broke");
        }
    }

    /// Has the work until `turn` ends.
    async fn turn(self: &Arc<Self>, turn: &CancellationToken) {
        let Some(loaded) = load::load(self, turn).await else { return };
        self.house.begin(&loaded.run);
        let (decisions, queue) = mpsc::channel(self.options.queue.max(1));
        let writer = writer::Writer::new(Arc::clone(self), loaded.run.clone(), turn.clone());
        let writing = tokio::spawn(writer.run(queue));
        let reading = tokio::spawn(Arc::clone(self).read_definitions(turn.clone()));
        let engine = engine::Engine::new(Arc::clone(self), loaded, decisions);
        let (commands, stop) = (Arc::clone(&self.waiting), turn.clone());
        let (ended, end) = oneshot::channel();
        let thread = std::thread::Builder::new().name("probes".to_owned()).spawn(move || {
            // On Linux this is the thread's own priority. Only root may raise it; without it looks are as punctual as the
            // machine is idle.
            if let Err(error) = rustix::process::setpriority_process(None, NICE) {
                tracing::debug!(%error, "the probes' thread keeps its usual priority");
            }
            match tokio::runtime::Builder::new_current_thread().enable_all().build() {
                Ok(runtime) => runtime.block_on(async {
                    engine.run(&mut *commands.lock().await, &stop).await;
                }),
                Err(error) => tracing::error!(%error, "the probes' runtime could not be set up"),
            }
            // Whoever waits learns of the end by this or, after a panic, by its loss.
            let _ = ended.send(());
        });
        match thread {
            Ok(_) if end.await.is_ok() => {}
            Ok(_) => tracing::error!("the probe engine broke; it begins again"),
            Err(error) => tracing::error!(%error, "the probes' thread could not be started"),
        }
        turn.cancel();
        reading.abort();
        if let Err(error) = writing.await {
            tracing::error!(%error, "the probe writer broke");
        }
    }

    /// Reads the definitions whenever they changed, however long the database is away, without holding up the engine.
    async fn read_definitions(self: Arc<Self>, turn: CancellationToken) {
        while !turn.is_cancelled() {
            tokio::select! {
                () = turn.cancelled() => return,
                () = self.reload.notified() => {}
            }
            let rows = async { table::probes_in_force(&mut self.kit.db.read().await?).await };
            match rows.await {
                Ok(rows) => {
                    if self.commands.send(Command::Follow(rows)).await.is_err() {
                        return;
                    }
                }
                Err(error) => {
                    tracing::error!(%error, "changed probes could not be read; trying again");
                    tokio::time::sleep(Duration::from_secs(1)).await;
                    self.reload();
                }
            }
        }
    }

    /// Learns which canaries answer while all is well: one that never did has no say when something fails.
    async fn watch_uplink(self: Arc<Self>, cancel: CancellationToken) {
        while !cancel.is_cancelled() {
            let watched = self.uplink();
            watched.check(Instant::now()).await;
            let mut left = watched.period();
            // New canaries are asked soon, so that they have a say before they are needed.
            while !cancel.is_cancelled() && left > Duration::ZERO && Arc::ptr_eq(&watched, &self.uplink()) {
                let step = left.min(Duration::from_secs(1));
                left -= step;
                tokio::select! {
                    () = cancel.cancelled() => {}
                    () = tokio::time::sleep(step) => {}
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
