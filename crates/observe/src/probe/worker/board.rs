//! What is known of each probe right now, for whoever asks: verdict, last look, next look. In memory; the durable part is
//! in the tables.

use std::{
    collections::HashMap,
    sync::{PoisonError, RwLock},
};

use evenkeel_core::{
    event::observe::{Look, Sighting},
    id::ProbeId,
    state::Verdict,
};
use jiff::Timestamp;

/// A probe right now.
#[derive(Debug, Clone, PartialEq)]
pub struct Status {
    /// The verdict.
    pub verdict: Verdict,
    /// Since when.
    pub since: Timestamp,
    /// Whether it goes up and down so often that coming up takes longer.
    pub flapping: bool,
    /// The last look.
    pub last: Option<Look>,
    /// When it looks next.
    pub next_at: Option<Timestamp>,
    /// What each vantage point says, when there are several.
    pub vantages: Vec<Sighting>,
}

/// All of them.
#[derive(Debug, Default)]
pub(in crate::probe) struct Board(RwLock<HashMap<ProbeId, Status>>);

impl Board {
    pub(super) fn put(&self, probe: ProbeId, status: Status) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).insert(probe, status);
    }
    pub(super) fn remove(&self, probe: ProbeId) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).remove(&probe);
    }
    pub(super) fn clear(&self) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).clear();
    }
    /// When the look is due that comes first.
    pub(super) fn next_at(&self) -> Option<Timestamp> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).values().filter_map(|status| status.next_at).min()
    }
    pub(super) fn get(&self, probe: ProbeId) -> Option<Status> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).get(&probe).cloned()
    }
}
