//! What a log segment holds, so that it can be told when it is needed no more.

use std::collections::HashMap;

use evenkeel_core::id::TenantId;

/// Of each tenant: the newest instant of samples in order, and where the last late samples begin.
#[derive(Debug, Clone, Default)]
pub struct Holds {
    /// Newest instant in order.
    pub newest: HashMap<TenantId, i64>,
    /// Byte of the last frame with late samples; while a frame is being written, any number.
    pub late: HashMap<TenantId, u64>,
}

impl Holds {
    /// Adds what a frame at byte `at` holds.
    pub fn add(&mut self, frame: &Self, at: u64) {
        for (tenant, newest) in &frame.newest {
            let mine = self.newest.entry(*tenant).or_insert(*newest);
            *mine = (*mine).max(*newest);
        }
        for tenant in frame.late.keys() {
            self.late.insert(*tenant, at);
        }
    }
}
