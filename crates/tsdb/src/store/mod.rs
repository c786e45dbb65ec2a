//! The store on disk: a log, a head in memory, immutable blocks.
//!
//! A sample is written to the log, then into the head: a cell of its scrape group. Every two hours what the head holds of
//! that time becomes a block, and blocks become longer blocks. Readers see head and blocks as one. Nothing here knows what
//! the samples mean.
//!
//! Locks are taken in this order: maintenance, a tenant's state, the log.

mod append;
pub(crate) mod block;
mod cardinality;
pub(crate) mod chunk;
mod compact;
mod config;
mod cut;
mod error;
mod find;
mod follow;
pub(crate) mod head;
mod history;
mod keeper;
mod known;
mod labels;
mod manifest;
mod merge;
mod open;
mod ports;
mod rollup;
mod sample;
mod select;
mod shelve;
mod status;
mod tenant;
pub(crate) mod wal;
pub(crate) mod wire;

use std::{
    collections::{BTreeSet, HashMap},
    fs::File,
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, atomic::AtomicU64},
};

use evenkeel_core::{id::TenantId, time::Clock};

pub use block::Damage;
pub use cardinality::{Cardinality, Count};
pub use config::{Config, QueryLimits, TenantLimits};
pub use error::StoreError;
pub use follow::{Follower, Frame, Logged};
pub use history::History;
pub use keeper::Keeper;
pub use known::{Known, Numbering, Renumbered, SeriesRef};
pub use rollup::{RolledUp, Rollup};
pub use sample::{Incoming, Refusal, Refused, Taken, Value};
pub use status::{Maintained, StoreStats, TenantStats};

use block::cache::Cache;
use head::Head;
use manifest::Manifest;
use tenant::Tenant;
use wal::{Position, Wal};

/// The store. Calls block on the disk, never on the network; one process at a time has the folder.
pub struct Store {
    config: Config,
    clock: Arc<dyn Clock>,
    tenants: RwLock<HashMap<TenantId, Arc<Tenant>>>,
    wal: Mutex<Wal>,
    /// Held while the log is brought to the disk: who comes second finds it done.
    syncing: Mutex<()>,
    manifest: Mutex<Manifest>,
    cache: Arc<Cache>,
    /// Held while blocks are made, so that one does it at a time.
    maintenance: Mutex<()>,
    damaged: Arc<Mutex<BTreeSet<Damage>>>,
    refused: AtomicU64,
    /// The log is kept from here on for who follows; nobody does when there is none.
    followed: Mutex<Option<Position>>,
    samples: AtomicU64,
    /// Keeps the folder ours.
    _lock: File,
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store").field("folder", &self.config.folder).finish_non_exhaustive()
    }
}

/// What a poisoned lock guards here is whole: it is changed in single steps.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Store {
    fn now_ms(&self) -> i64 {
        self.clock.now().as_millisecond()
    }

    fn block_path(&self, number: u64) -> PathBuf {
        block_path(&self.config.folder, number)
    }

    fn known(&self, tenant: TenantId) -> Option<Arc<Tenant>> {
        self.tenants.read().unwrap_or_else(PoisonError::into_inner).get(&tenant).cloned()
    }

    fn tenant(&self, id: TenantId) -> Arc<Tenant> {
        if let Some(tenant) = self.known(id) {
            return tenant;
        }
        let mut tenants = self.tenants.write().unwrap_or_else(PoisonError::into_inner);
        let tenant = tenants.entry(id).or_insert_with(|| {
            let head = Head::new(self.config.window_ms, i64::MIN);
            Arc::new(Tenant::new(id, head, Vec::new(), self.config.tenant, i64::MIN))
        });
        Arc::clone(tenant)
    }

    fn all(&self) -> Vec<Arc<Tenant>> {
        self.tenants.read().unwrap_or_else(PoisonError::into_inner).values().cloned().collect()
    }

    /// Gives a tenant bounds of its own.
    pub fn set_limits(&self, tenant: TenantId, limits: TenantLimits) {
        self.tenant(tenant).set_limits(limits);
    }

    fn note(&self, damage: Damage) {
        lock(&self.damaged).insert(damage);
    }
}

fn block_path(folder: &std::path::Path, number: u64) -> PathBuf {
    folder.join("blocks").join(format!("{number:010}.blk"))
}

#[cfg(test)]
mod tests;
