//! The objectives' worker: asks each minute what the minute came to, and writes what follows.
//!
//! Every process asks, so that each can answer for what it shows; only the holder of the lease writes (fenced). What is not
//! written yet is computed again from the metrics after a restart.

mod measure;
mod write;

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock},
    time::Duration,
};

use async_trait::async_trait;
use evenkeel_api::Kit;
use evenkeel_core::id::{IncidentId, ServiceId, TenantId};
use evenkeel_store::{Dialect, Lease, Sql, StoreError, lease};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use utoipa::ToSchema;

use super::{
    burn::{self, Look},
    model::Slo,
    table,
    tally::Tally,
    window::minute,
};
use crate::metric::{Metrics, PromBackend};

/// The lease's name.
const NAME: &str = "observe.slo";
/// Without a sign of life for so long another process takes over.
const LEASE_TTL: Duration = Duration::from_mins(1);
/// Between two signs of life.
const LEASE_EVERY: Duration = Duration::from_secs(15);
/// Between two looks whether a minute is over.
const TICK: Duration = Duration::from_secs(5);
/// A minute is asked for when it is over for so long: samples are on their way.
const SETTLE: SignedDuration = SignedDuration::from_secs(20);
/// So many minutes are asked for again each time: samples that come late still count. Nothing is sealed before.
const REVISIT_MINS: i64 = 5;
/// So many minutes are asked for at once at most.
const CHUNK_MINS: i64 = 24 * 60;
/// So many minutes are kept by themselves: more than the longest window that must be exact to the minute.
const RECENT_MINS: i64 = 7 * 60;
/// A seal waits for metrics at most so long, minutes; then the time is sealed as unknown.
const SEAL_WAIT_MINS: i64 = 3 * 24 * 60;

/// An incident of a service, for laying over a curve.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SloIncident {
    /// Which.
    pub id: IncidentId,
    /// Its short number.
    pub number: i64,
    /// How urgent, 1 first.
    pub priority: i64,
    /// When it began as far as known, else when it was opened.
    #[schema(value_type = String, format = DateTime)]
    pub from: Timestamp,
    /// When the service was restored; null while it is not.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub to: Option<Timestamp>,
}

/// What the house knows and objectives must ask. Implemented in the server.
#[async_trait]
pub trait SloHouse: Send + Sync + 'static {
    /// The service of this name that is in force.
    async fn service(&self, sql: &mut dyn Sql, tenant: TenantId, name: &str) -> Result<Option<ServiceId>, StoreError>;
    /// Incidents of a service that touch `[from, to)`, oldest first, 500 at most.
    async fn incidents(
        &self,
        sql: &mut dyn Sql,
        tenant: TenantId,
        service: ServiceId,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<SloIncident>, StoreError>;
}

/// An objective and what is known of it.
pub(super) struct Tracked {
    pub slo: Arc<Slo>,
    pub query_hash: String,
    /// Its service, once it is declared.
    pub service: Option<ServiceId>,
    pub tally: Tally,
    /// Up to which minute it is sealed.
    pub sealed_to: i64,
    /// Whether that is written yet.
    pub sealed_known: bool,
    /// Up to here buckets are settled.
    pub settled_to: i64,
    /// Buckets that are not written yet.
    pub unwritten: BTreeMap<i64, super::tally::Cell>,
    /// Whether everything up to now was asked for.
    pub current: bool,
    /// Why the last question had no answer.
    pub error: Option<String>,
}

impl Tracked {
    /// Every pair, as of the newest minute.
    pub(super) fn looks(&self) -> Vec<Look> {
        let slo = &self.slo;
        slo.pairs.iter().map(|pair| burn::look(&self.tally, slo.target, *pair, slo.events_min, self.tally.end())).collect()
    }
}

/// One objective, shared between the worker and those who look at it.
pub(super) type Shared = Arc<Mutex<Tracked>>;

pub(super) fn held(shared: &Shared) -> MutexGuard<'_, Tracked> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Objectives as one thing. Cheap to clone.
#[derive(Clone)]
pub struct Slos {
    pub(super) hub: Arc<Hub>,
}

pub(super) struct Hub {
    pub kit: Kit,
    pub tenant: TenantId,
    pub house: Arc<dyn SloHouse>,
    backend: Arc<dyn PromBackend>,
    /// Samples older than this are gone, minutes.
    retention_mins: i64,
    wanted: watch::Sender<Option<Arc<Vec<Arc<Slo>>>>>,
    board: RwLock<BTreeMap<String, Shared>>,
    trouble: RwLock<Option<String>>,
    /// What the last turn that did everything was for.
    done: Mutex<Option<Turn>>,
}

/// The objectives, the minute, and whether it was written.
type Turn = (Arc<Vec<Arc<Slo>>>, i64, bool);

impl Slos {
    /// Nothing runs before [`Self::start`].
    pub fn new(kit: Kit, tenant: TenantId, metrics: &Metrics, house: Arc<dyn SloHouse>) -> Self {
        let retention_mins = i64::try_from(metrics.options().retention.as_secs() / 60).unwrap_or(i64::MAX / 4);
        let hub = Hub {
            kit,
            tenant,
            house,
            backend: metrics.local(),
            retention_mins,
            wanted: watch::Sender::new(None),
            board: RwLock::default(),
            trouble: RwLock::default(),
            done: Mutex::default(),
        };
        Self { hub: Arc::new(hub) }
    }

    /// The objectives in force from now on.
    pub fn set(&self, slos: Vec<Slo>) {
        *self.hub.trouble.write().unwrap_or_else(PoisonError::into_inner) = None;
        self.hub.wanted.send_replace(Some(Arc::new(slos.into_iter().map(Arc::new).collect())));
    }

    /// New files cannot be used: those of before hold, and it is said.
    pub fn keep(&self, trouble: String) {
        *self.hub.trouble.write().unwrap_or_else(PoisonError::into_inner) = Some(trouble);
    }

    /// Why the last files were not taken.
    pub fn trouble(&self) -> Option<String> {
        self.hub.trouble.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Every objective, by name.
    pub(super) fn all(&self) -> Vec<Shared> {
        self.hub.board.read().unwrap_or_else(PoisonError::into_inner).values().cloned().collect()
    }

    /// One objective.
    pub(super) fn find(&self, name: &str) -> Option<Shared> {
        self.hub.board.read().unwrap_or_else(PoisonError::into_inner).get(name).cloned()
    }

    /// Evaluates until `cancel`.
    pub async fn start(&self, cancel: CancellationToken) {
        let hub = &self.hub;
        // Where one process has the folder, the one before it is gone; elsewhere replicas must be told apart.
        let owner = if hub.kit.db.dialect() == Dialect::Sqlite { "folder".to_owned() } else { run_name(hub) };
        let mut wanted = hub.wanted.subscribe();
        let (mut lease, mut renewed_at): (Option<Lease>, Option<tokio::time::Instant>) = (None, None);
        while !cancel.is_cancelled() {
            wanted.mark_unchanged();
            if renewed_at.is_none_or(|at| at.elapsed() >= LEASE_EVERY) {
                renewed_at = Some(tokio::time::Instant::now());
                lease = match lease::acquire(&hub.kit.db, NAME, &owner, LEASE_TTL).await {
                    Ok(lease) => lease,
                    Err(error) => {
                        tracing::error!(%error, "objectives wait for the database");
                        // Every write is fenced anyway.
                        lease
                    }
                };
            }
            let behind = tokio::select! {
                behind = self.turn(lease.as_ref()) => behind,
                () = cancel.cancelled() => break,
            };
            tokio::select! {
                () = cancel.cancelled() => {}
                _ = wanted.changed() => {}
                () = tokio::time::sleep(if behind { Duration::from_millis(20) } else { TICK }) => {}
            }
        }
        if let Some(lease) = lease
            && let Err(error) = lease::release(&hub.kit.db, &lease).await
        {
            tracing::debug!(%error, "the lease of objectives ends by itself");
        }
    }

    /// One turn: each objective goes on by a day at most, then what follows is written by who has the lease. Answers whether
    /// there is more to do at once.
    pub(super) async fn turn(&self, lease: Option<&Lease>) -> bool {
        let hub = &self.hub;
        let Some(wanted) = hub.wanted.borrow().clone() else { return false };
        let target = minute(hub.kit.now().saturating_sub(SETTLE).unwrap_or(Timestamp::MIN));
        let done = |turn: &Turn| Arc::ptr_eq(&turn.0, &wanted) && (turn.1, turn.2) == (target, lease.is_some());
        if hub.done.lock().unwrap_or_else(PoisonError::into_inner).as_ref().is_some_and(done) {
            return false;
        }
        if let Err(error) = self.follow(&wanted).await {
            tracing::error!(%error, "objectives could not be loaded; trying again");
            return false;
        }
        let (mut behind, mut moved) = (false, false);
        for shared in self.all() {
            let before = held(&shared).tally.end();
            behind |= measure::advance(hub, &shared, target).await;
            moved |= held(&shared).tally.end() != before;
        }
        let mut written = true;
        if let Some(lease) = lease {
            match write::write(self, lease).await {
                Ok(()) => {}
                Err(StoreError::Fenced(_)) => tracing::debug!("another process writes for objectives"),
                Err(error) => {
                    written = false;
                    tracing::error!(%error, "what objectives came to could not be written; trying again");
                }
            }
            if moved {
                measure::record(hub, &self.all()).await;
            }
        }
        if written && self.all().iter().all(|shared| held(shared).current) {
            *hub.done.lock().unwrap_or_else(PoisonError::into_inner) = Some((wanted, target, lease.is_some()));
        }
        behind
    }

    /// Takes up new objectives and lets go of those that are gone.
    async fn follow(&self, wanted: &[Arc<Slo>]) -> Result<(), StoreError> {
        let hub = &self.hub;
        let mut next = BTreeMap::new();
        for slo in wanted {
            let known = self.find(&slo.name).filter(|known| {
                let mut known = held(known);
                let same = Arc::ptr_eq(&known.slo, slo)
                    || (known.query_hash == slo.query_hash() && known.slo.window.usual_mins() >= slo.window.usual_mins());
                if same {
                    known.slo = Arc::clone(slo);
                }
                same
            });
            let shared = match known {
                Some(known) => known,
                None => Arc::new(Mutex::new(self.load(slo).await?)),
            };
            next.insert(slo.name.clone(), shared);
        }
        // A service may be declared, renamed or retired at any time.
        let mut read = hub.kit.db.read().await?;
        for shared in next.values() {
            let name = held(shared).slo.service.clone();
            let service = hub.house.service(&mut read, hub.tenant, &name).await?;
            held(shared).service = service;
        }
        drop(read);
        *hub.board.write().unwrap_or_else(PoisonError::into_inner) = next;
        Ok(())
    }

    async fn load(&self, slo: &Arc<Slo>) -> Result<Tracked, StoreError> {
        let hub = &self.hub;
        let query_hash = slo.query_hash();
        let now = minute(hub.kit.now());
        let first = slo.window.edges(now).from.min(now - longest(slo)).max(now - hub.retention_mins.max(slo.window.usual_mins() + 1));
        let mut read = hub.kit.db.read().await?;
        let buckets = table::buckets(&mut read, hub.tenant, &slo.name, &query_hash, first).await?;
        let sealed = table::sealed_to(&mut read, hub.tenant, &slo.name).await?;
        drop(read);
        let slice = slo.method.slice_mins();
        let sealed_to = sealed.unwrap_or(now - now.rem_euclid(slice));
        let begin = match buckets.last_key_value() {
            // What is sealed and what is looked at to the minute is asked for again.
            Some((last, _)) => (*last).min(now - RECENT_MINS).min(sealed_to.max(now - SEAL_WAIT_MINS)),
            None => first.max(now - hub.retention_mins),
        };
        let mut tally = Tally::new(slo.method, begin);
        let begin = tally.recent_from();
        buckets.into_iter().filter(|(at, _)| *at < begin).for_each(|(at, cell)| tally.load(at, cell));
        Ok(Tracked {
            slo: Arc::clone(slo),
            query_hash,
            service: None,
            settled_to: begin,
            tally,
            sealed_to,
            sealed_known: sealed.is_some(),
            unwritten: BTreeMap::new(),
            current: false,
            error: None,
        })
    }
}

/// The longest window of an objective's alerts, minutes.
fn longest(slo: &Slo) -> i64 {
    slo.pairs.iter().map(|pair| pair.long_mins + pair.hold_mins).max().unwrap_or(0)
}

fn run_name(hub: &Hub) -> String {
    let mut bytes = [0_u8; 12];
    hub.kit.rng.fill(&mut bytes);
    hex::encode(bytes)
}
