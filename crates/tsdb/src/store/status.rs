//! What the store says of itself.

use std::sync::atomic::Ordering;

use evenkeel_core::id::TenantId;

use super::{Damage, Store, lock, manifest::Tier};

/// Of the whole store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct StoreStats {
    /// Samples taken since the start.
    pub samples: u64,
    /// Samples turned away since the start.
    pub refused: u64,
    /// Series in memory.
    pub series: usize,
    /// Bytes in memory, by our own count.
    pub memory_bytes: usize,
    /// Bytes of the log on disk.
    pub log_bytes: u64,
    /// Blocks of samples as they came.
    pub blocks: usize,
    /// Their bytes.
    pub block_bytes: u64,
    /// Of these, samples and instants; the rest finds them.
    pub data_bytes: u64,
    /// Samples in blocks.
    pub block_samples: u64,
    /// Bytes of roll-ups.
    pub rollup_bytes: u64,
    /// Bytes of pieces of blocks in memory.
    pub cache_bytes: usize,
    /// Damaged parts found.
    pub damaged: usize,
}

/// Of one tenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TenantStats {
    /// Series in memory.
    pub series: usize,
    /// How many it may have.
    pub series_max: usize,
    /// Late samples waiting for a block.
    pub late: usize,
    /// Blocks of samples as they came.
    pub blocks: usize,
    /// Blocks of roll-ups.
    pub rollups: usize,
    /// Their bytes.
    pub block_bytes: u64,
    /// The oldest instant, when there is any.
    pub oldest_ms: Option<i64>,
}

/// What one round of maintenance did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Maintained {
    /// Blocks written from memory.
    pub cut: usize,
    /// Blocks that went into longer ones.
    pub merged: usize,
    /// Blocks of roll-ups written.
    pub rolled: usize,
    /// Blocks removed by retention.
    pub expired: usize,
    /// Log segments removed.
    pub log_segments: usize,
}

impl Store {
    /// How much there is.
    pub fn stats(&self) -> StoreStats {
        let mut stats = StoreStats {
            samples: self.samples.load(Ordering::Relaxed),
            refused: self.refused.load(Ordering::Relaxed),
            log_bytes: lock(&self.wal).bytes(),
            cache_bytes: self.cache.bytes(),
            damaged: lock(&self.damaged).len(),
            ..StoreStats::default()
        };
        for tenant in self.all() {
            let state = tenant.read();
            stats.series += state.head.identity.len() - state.head.dead;
            stats.memory_bytes += state.head.bytes();
            for shelved in &state.blocks {
                if shelved.tier != Tier::Raw {
                    stats.rollup_bytes += shelved.block.bytes;
                    continue;
                }
                stats.blocks += 1;
                stats.block_bytes += shelved.block.bytes;
                stats.data_bytes += shelved.block.footer.data_bytes;
                stats.block_samples += shelved.block.footer.samples;
            }
        }
        stats
    }

    /// How much a tenant has.
    pub fn tenant_stats(&self, tenant: TenantId) -> TenantStats {
        let Some(tenant) = self.known(tenant) else {
            return TenantStats::default();
        };
        let state = tenant.read();
        let oldest = state.blocks.iter().map(|shelved| shelved.block.footer.from_ms).chain([state.head.oldest_ms]).min();
        TenantStats {
            series: state.head.identity.len() - state.head.dead,
            series_max: tenant.limits().series_max,
            late: state.head.late_count,
            blocks: state.blocks.iter().filter(|shelved| shelved.tier == Tier::Raw).count(),
            rollups: state.blocks.iter().filter(|shelved| shelved.tier != Tier::Raw).count(),
            block_bytes: state.blocks.iter().map(|shelved| shelved.block.bytes).sum(),
            oldest_ms: oldest.filter(|oldest| *oldest < i64::MAX),
        }
    }

    /// The damaged parts found so far: in blocks, and in the log (block 0).
    pub fn damaged(&self) -> Vec<Damage> {
        lock(&self.damaged).iter().cloned().collect()
    }
}
