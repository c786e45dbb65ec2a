//! The rules' worker: each group at its own slots, one runner a group; what changes is written with its events in one
//! transaction.
//!
//! Invariants: one process at a time evaluates (a lease, fenced in every write); what a group remembers is written with
//! what it told, so that a restart goes on where the last write ended and evaluates the time between from stored samples;
//! what was told as firing is told as over, also when its rule or its series are gone.

mod load;
mod runner;
mod write;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use async_trait::async_trait;
use evenkeel_api::Kit;
use evenkeel_core::id::{AlertId, ServiceId, TenantId};
use evenkeel_store::{Dialect, Lease, Sql, StoreError, lease};
use evenkeel_tsdb::{promql::Engine, source::Labels, store::Store};
use jiff::Timestamp;
use tokio::{sync::watch, task::JoinSet};
use tokio_util::sync::CancellationToken;

use super::{
    evaluate::{Around, Memory, ends},
    history::routes::RuleIncident,
    model::Group,
    routing::Routing,
    shelf::{Shelf as _, StoreShelf},
};

/// The lease's name.
const NAME: &str = "observe.rule";
/// Without a sign of life for so long another process takes over.
const LEASE_TTL: Duration = Duration::from_secs(15);
/// Between two signs of life.
const LEASE_EVERY: Duration = Duration::from_secs(5);

/// What the house knows and rules must ask. Implemented in the server.
#[async_trait]
pub trait RuleHouse: Send + Sync + 'static {
    /// How alerts are routed.
    async fn routing(&self, sql: &mut dyn Sql, tenant: TenantId) -> Result<Routing, StoreError>;
    /// The service of this name that is in force.
    async fn service(&self, sql: &mut dyn Sql, tenant: TenantId, name: &str) -> Result<Option<ServiceId>, StoreError>;
    /// The incidents of alerts, 500 alerts at most; an alert without one is left out.
    async fn incidents(
        &self,
        sql: &mut dyn Sql,
        tenant: TenantId,
        alerts: &[AlertId],
    ) -> Result<BTreeMap<AlertId, RuleIncident>, StoreError>;
}

/// How rules are run.
#[derive(Debug, Clone)]
pub struct RuleOptions {
    /// After downtime so much of the past is evaluated, milliseconds.
    pub catch_up_ms: i64,
    /// A query may take so long, seconds.
    pub timeout_secs: i64,
    /// Runs queries.
    pub engine: Engine,
}

impl Default for RuleOptions {
    fn default() -> Self {
        Self { catch_up_ms: 24 * 3_600_000, timeout_secs: 30, engine: Engine::default() }
    }
}

/// The rules in force.
#[derive(Debug, Clone)]
pub struct RuleSet {
    /// Groups.
    pub groups: Vec<Arc<Group>>,
    /// The interval of groups that have none, milliseconds.
    pub interval_ms: i64,
    /// For templates.
    pub around: Around,
}

impl Default for RuleSet {
    fn default() -> Self {
        Self { groups: Vec::new(), interval_ms: 60_000, around: Around::default() }
    }
}

/// A group right now.
#[derive(Debug, Clone)]
pub struct GroupStatus {
    /// The group.
    pub group: Arc<Group>,
    /// Its interval, milliseconds.
    pub interval_ms: i64,
    /// Its rules' memories, in the order of its rules.
    pub memories: Vec<Memory>,
    /// Up to when it was evaluated.
    pub evaluated_at: Option<Timestamp>,
    /// How long the last evaluation took.
    pub took: Duration,
    /// Slots that were left out because the one before took too long.
    pub missed: u64,
    /// Alerts that fire and open no incident: their service is not known, or their severity says so.
    pub unrouted: usize,
}

/// Rules as one thing. Cheap to clone.
#[derive(Clone)]
pub struct Rules {
    hub: Arc<Hub>,
}

pub(super) struct Hub {
    kit: Kit,
    tenant: TenantId,
    store: Arc<Store>,
    house: Arc<dyn RuleHouse>,
    options: RuleOptions,
    wanted: watch::Sender<Arc<RuleSet>>,
    board: RwLock<BTreeMap<String, GroupStatus>>,
    /// Why the last files were not taken; none when they were.
    trouble: RwLock<Option<String>>,
}

/// Series that a rule wrote last, by group and rule.
type Written = BTreeMap<(String, String), BTreeSet<Labels>>;

impl Rules {
    /// Nothing runs before [`Self::start`].
    pub fn new(kit: Kit, tenant: TenantId, store: Arc<Store>, house: Arc<dyn RuleHouse>, options: RuleOptions) -> Self {
        let wanted = watch::Sender::new(Arc::new(RuleSet::default()));
        let hub = Hub { kit, tenant, store, house, options, wanted, board: RwLock::default(), trouble: RwLock::default() };
        Self { hub: Arc::new(hub) }
    }

    /// The rules in force from now on.
    pub fn set(&self, rules: RuleSet) {
        *self.hub.trouble.write().unwrap_or_else(PoisonError::into_inner) = None;
        self.hub.wanted.send_replace(Arc::new(rules));
    }

    /// New files cannot be used: those of before hold, and it is said.
    pub fn keep(&self, trouble: String) {
        *self.hub.trouble.write().unwrap_or_else(PoisonError::into_inner) = Some(trouble);
    }

    /// Why the last files were not taken.
    pub fn trouble(&self) -> Option<String> {
        self.hub.trouble.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(in crate::rule) fn kit(&self) -> &Kit {
        &self.hub.kit
    }

    pub(in crate::rule) fn tenant(&self) -> TenantId {
        self.hub.tenant
    }

    pub(in crate::rule) fn house(&self) -> &dyn RuleHouse {
        &*self.hub.house
    }

    /// Every group right now, by file and name. Groups that have not run yet are there without results.
    pub fn status(&self) -> Vec<GroupStatus> {
        let wanted = self.hub.wanted.borrow().clone();
        let board = self.hub.board.read().unwrap_or_else(PoisonError::into_inner);
        let mut all: Vec<GroupStatus> = wanted
            .groups
            .iter()
            .map(|group| {
                board.get(&group.key()).filter(|known| Arc::ptr_eq(&known.group, group)).cloned().unwrap_or_else(|| GroupStatus {
                    group: Arc::clone(group),
                    interval_ms: group.interval_ms.unwrap_or(wanted.interval_ms),
                    memories: vec![Memory::default(); group.rules.len()],
                    evaluated_at: None,
                    took: Duration::ZERO,
                    missed: 0,
                    unrouted: 0,
                })
            })
            .collect();
        all.sort_by(|a, b| (&a.group.file, &a.group.name).cmp(&(&b.group.file, &b.group.name)));
        all
    }

    /// Evaluates until `cancel`.
    pub async fn start(&self, cancel: CancellationToken) {
        let hub = &self.hub;
        // Where one process has the folder, the one before it is gone; elsewhere replicas must be told apart.
        let owner = if hub.kit.db.dialect() == Dialect::Sqlite { "folder".to_owned() } else { run_name(hub) };
        while !cancel.is_cancelled() {
            match lease::acquire(&hub.kit.db, NAME, &owner, LEASE_TTL).await {
                Ok(Some(lease)) => {
                    let session = cancel.child_token();
                    tokio::join!(self.keep_lease(&lease, &session), self.work(&lease, &session));
                    if let Err(error) = lease::release(&hub.kit.db, &lease).await {
                        tracing::debug!(%error, "the lease of rules ends by itself");
                    }
                }
                Ok(None) => {}
                Err(error) => tracing::error!(%error, "rules wait for the database"),
            }
            tokio::select! {
                () = cancel.cancelled() => {}
                () = tokio::time::sleep(Duration::from_secs(1)) => {}
            }
        }
    }

    /// Renews the lease; ends the session when another process has it.
    async fn keep_lease(&self, lease: &Lease, session: &CancellationToken) {
        let mut renewed_at = tokio::time::Instant::now();
        loop {
            tokio::select! {
                () = session.cancelled() => return,
                () = tokio::time::sleep(LEASE_EVERY) => {}
            }
            match lease::acquire(&self.hub.kit.db, NAME, &lease.owner, LEASE_TTL).await {
                Ok(Some(now)) if now.fence == lease.fence => renewed_at = tokio::time::Instant::now(),
                Ok(_) => {
                    tracing::warn!("another process has taken over the rules; this one stands by");
                    return session.cancel();
                }
                // While nobody can take it over it stays ours; every write is fenced anyway.
                Err(error) => {
                    tracing::error!(%error, silent_secs = renewed_at.elapsed().as_secs(), "the lease of rules could not be renewed");
                }
            }
        }
    }

    /// Runs the rules in force, and begins anew when others are.
    async fn work(&self, lease: &Lease, session: &CancellationToken) {
        let mut wanted = self.hub.wanted.subscribe();
        let mut written = Written::new();
        while !session.is_cancelled() {
            let rules = wanted.borrow_and_update().clone();
            let Some(loaded) = load::load(&self.hub, lease, &rules.groups, session).await else { return };
            let running = session.child_token();
            let mut runners = JoinSet::new();
            for group in &rules.groups {
                let runner = runner::Runner::new(Arc::clone(&self.hub), lease.clone(), Arc::clone(group), &rules, &loaded, &mut written);
                runners.spawn(runner.run(running.clone()));
            }
            self.end_series(std::mem::take(&mut written)).await;
            tokio::select! {
                () = session.cancelled() => {}
                // The sender lives as long as the hub.
                _ = wanted.changed() => {}
                // No group ends by itself but badly, or because another process has the rules: all begin anew.
                Some(ended) = runners.join_next() => {
                    tracing::error!(ended_badly = ended.is_err(), "a group of rules has ended; all begin anew from what was written");
                    tokio::time::sleep(Duration::from_secs(1)).await;
                }
            }
            running.cancel();
            while let Some(ended) = runners.join_next().await {
                match ended {
                    Ok(left) => written.extend(left),
                    Err(error) => tracing::error!(%error, "a group of rules ended badly"),
                }
            }
            self.hub.board.write().unwrap_or_else(PoisonError::into_inner).clear();
        }
    }

    /// Ends the series of rules that are gone.
    async fn end_series(&self, left: Written) {
        let series: Vec<Labels> = left.into_values().flatten().collect();
        if series.is_empty() {
            return;
        }
        let (mut shelf, at_ms) = (self.hub.shelf(), self.hub.now_ms());
        let done = tokio::task::spawn_blocking(move || shelf.write(&ends(series.iter(), at_ms))).await;
        if let Ok(Err(error)) = done {
            tracing::warn!(%error, "series of rules that are gone could not be ended");
        }
    }
}

impl Hub {
    fn now_ms(&self) -> i64 {
        self.kit.now().as_millisecond()
    }

    fn shelf(&self) -> StoreShelf {
        StoreShelf {
            store: Arc::clone(&self.store),
            tenant: self.tenant,
            engine: self.options.engine.clone(),
            clock: Arc::clone(&self.kit.clock),
            timeout_secs: self.options.timeout_secs,
        }
    }
}

fn run_name(hub: &Hub) -> String {
    let mut bytes = [0_u8; 12];
    hub.kit.rng.fill(&mut bytes);
    hex::encode(bytes)
}

#[cfg(test)]
mod tests;
