//! What the server knows of its vantage points right now: when they were heard, how far their looks are durable.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use evenkeel_core::id::TenantId;
use jiff::{SignedDuration, Timestamp};

use super::wire::Batch;

/// One vantage point right now.
#[derive(Debug, Clone, Default)]
pub struct Seen {
    /// The run of its agent.
    pub run: String,
    /// The agent's version.
    pub agent: String,
    /// When it was heard last, by our clock.
    pub heard_at: Timestamp,
    /// How much its clock is before ours; what the way takes is in it.
    pub clock_ahead: SignedDuration,
    /// Looks that wait there.
    pub waiting: u64,
    /// Looks that were given up there.
    pub dropped: u64,
    /// Its newest look says that its own line is lost.
    pub uplink_lost: bool,
    /// Looks taken into account, by number.
    taken_seq: u64,
    /// Looks that are durable, by number.
    kept_seq: u64,
}

type Key = (TenantId, String);

/// All of them.
#[derive(Debug, Default)]
pub(crate) struct House {
    seen: Mutex<HashMap<Key, Seen>>,
    /// The run of the probe worker.
    run: Mutex<String>,
}

impl House {
    fn lock(&self) -> MutexGuard<'_, HashMap<Key, Seen>> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes a batch that came.
    pub fn hear(&self, tenant: TenantId, vantage: &str, batch: &Batch, now: Timestamp) {
        let mut all = self.lock();
        let seen = all.entry((tenant, vantage.to_owned())).or_default();
        if seen.run != batch.run {
            *seen = Seen { run: batch.run.clone(), ..Seen::default() };
        }
        seen.agent.clone_from(&batch.agent);
        seen.heard_at = now;
        seen.clock_ahead = batch.sent_at.duration_since(now);
        seen.waiting = batch.waiting;
        seen.dropped = batch.dropped;
        if let Some(last) = batch.looks.last() {
            seen.uplink_lost = last.is_uplink_lost();
        }
    }

    /// Notes that looks up to `seq` of this run have been taken into account.
    pub fn take(&self, tenant: TenantId, vantage: &str, run: &str, seq: u64) {
        if let Some(seen) = self.lock().get_mut(&(tenant, vantage.to_owned()))
            && seen.run == run
        {
            seen.taken_seq = seen.taken_seq.max(seq);
        }
    }

    /// How far each has been taken into account: what a write that begins now makes durable.
    pub fn taken(&self) -> Vec<(Key, String, u64)> {
        self.lock().iter().map(|(key, seen)| (key.clone(), seen.run.clone(), seen.taken_seq)).collect()
    }

    /// That write is over.
    pub fn keep(&self, taken: Vec<(Key, String, u64)>) {
        let mut all = self.lock();
        for (key, run, seq) in taken {
            if let Some(seen) = all.get_mut(&key)
                && seen.run == run
            {
                seen.kept_seq = seen.kept_seq.max(seq);
            }
        }
    }

    /// Looks of this run up to this number are durable.
    pub fn kept_seq(&self, tenant: TenantId, vantage: &str) -> u64 {
        self.lock().get(&(tenant, vantage.to_owned())).map_or(0, |seen| seen.kept_seq)
    }

    /// What is known of a tenant's vantage points, by name.
    pub fn of_tenant(&self, tenant: TenantId) -> Vec<(String, Seen)> {
        let mut found: Vec<(String, Seen)> =
            self.lock().iter().filter(|((of, _), _)| *of == tenant).map(|((_, name), seen)| (name.clone(), seen.clone())).collect();
        found.sort_by(|a, b| a.0.cmp(&b.0));
        found
    }

    /// Another run of the probe worker begins: what is not durable has to be sent again.
    pub fn begin(&self, run: &str) {
        run.clone_into(&mut self.run.lock().unwrap_or_else(PoisonError::into_inner));
        for seen in self.lock().values_mut() {
            seen.taken_seq = seen.kept_seq;
        }
    }

    /// The run of the probe worker.
    pub fn run(&self) -> String {
        self.run.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
