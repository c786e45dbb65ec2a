//! A tenant in the store: its head and its blocks, seen together.

use std::sync::{Arc, Mutex, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use evenkeel_core::id::TenantId;

use super::{block::read::Block, config::TenantLimits, head::Head, manifest::Tier};

/// A block and the stretch of time it stands for.
#[derive(Debug, Clone)]
pub struct Shelved {
    /// The block.
    pub block: Arc<Block>,
    /// What it holds.
    pub tier: Tier,
    /// Start of its stretch.
    pub start_ms: i64,
    /// Length of it.
    pub length_ms: i64,
}

/// What a reader sees at one moment.
#[derive(Debug)]
pub struct State {
    /// The newest samples.
    pub head: Head,
    /// The older ones, by start of their stretch, then by number.
    pub blocks: Vec<Shelved>,
    /// Days before this have their roll-ups.
    pub rolled_ms: i64,
    /// Rises whenever samples move between places or series get other numbers.
    pub epoch: u64,
}

/// A tenant.
#[derive(Debug)]
pub struct Tenant {
    /// Who.
    pub id: TenantId,
    state: RwLock<State>,
    limits: Mutex<TenantLimits>,
}

impl Tenant {
    /// With this head and these blocks.
    pub fn new(id: TenantId, head: Head, blocks: Vec<Shelved>, limits: TenantLimits, rolled_ms: i64) -> Self {
        Self { id, state: RwLock::new(State { head, blocks, rolled_ms, epoch: 0 }), limits: Mutex::new(limits) }
    }

    /// To read. A thread that panicked while writing has at worst left a series without its newest sample.
    pub fn read(&self) -> RwLockReadGuard<'_, State> {
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// To write.
    pub fn write(&self) -> RwLockWriteGuard<'_, State> {
        self.state.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// Its bounds.
    pub fn limits(&self) -> TenantLimits {
        *self.limits.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gives it other bounds.
    pub fn set_limits(&self, limits: TenantLimits) {
        *self.limits.lock().unwrap_or_else(PoisonError::into_inner) = limits;
    }
}

impl State {
    /// Brings the blocks into order after some came or went.
    pub fn settle(&mut self) {
        self.blocks.sort_by_key(|shelved| (shelved.start_ms, shelved.block.number));
        self.epoch += 1;
    }

    /// Blocks of samples as they came that reach into `[from_ms, to_ms]`.
    pub fn raw(&self, from_ms: i64, to_ms: i64) -> impl Iterator<Item = &Arc<Block>> {
        self.blocks
            .iter()
            .filter(move |shelved| {
                shelved.tier == Tier::Raw && shelved.block.footer.from_ms <= to_ms && shelved.block.footer.to_ms >= from_ms
            })
            .map(|shelved| &shelved.block)
    }
}
