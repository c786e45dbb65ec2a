//! Attainment: met / (met + breached). A breach counts while the ticket is still open; cancelled and merged tickets count
//! nowhere (a cluster counts once, by its survivor); always by priority beside the total, always with n.

use std::collections::BTreeMap;

use evenkeel_core::priority::Priority;
use serde::Serialize;

use crate::clock::{ClockReading, ClockState};

/// Clocks counted by how they stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Tally {
    /// Reached in time.
    pub met: u64,
    /// Missed, open ones included.
    pub breached: u64,
    /// Of the missed, those still open.
    pub breached_open: u64,
    /// Still in time: neither met nor missed.
    pub pending: u64,
    /// Stopped without a verdict.
    pub stopped: u64,
    /// Part of another ticket.
    pub merged: u64,
    /// Duplicates and no incidents.
    pub cancelled: u64,
}

impl Tally {
    /// Clocks with a verdict: the denominator.
    pub const fn n(&self) -> u64 {
        self.met + self.breached
    }

    /// The share met, 0 to 1; none when n is zero.
    #[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^53")]
    pub fn value(&self) -> Option<f64> {
        (self.n() > 0).then(|| self.met as f64 / self.n() as f64)
    }

    fn add(&mut self, reading: &ClockReading) {
        match reading.state {
            ClockState::Met => self.met += 1,
            ClockState::Breached => {
                self.breached += 1;
                self.breached_open += u64::from(reading.is_open());
            }
            ClockState::Running | ClockState::Paused => self.pending += 1,
            ClockState::Stopped => self.stopped += 1,
            ClockState::Merged => self.merged += 1,
            ClockState::Cancelled => self.cancelled += 1,
        }
    }
}

/// Attainment of one goal over a population of clocks.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Attainment {
    /// All priorities together.
    pub total: Tally,
    /// Each priority that occurs.
    pub by_priority: BTreeMap<Priority, Tally>,
}

/// Counts clocks; which belong to the period is the caller's rule.
pub fn attainment<'a>(readings: impl IntoIterator<Item = &'a ClockReading>) -> Attainment {
    let mut attainment = Attainment::default();
    for reading in readings {
        attainment.total.add(reading);
        attainment.by_priority.entry(reading.priority).or_default().add(reading);
    }
    attainment
}
