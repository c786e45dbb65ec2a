//! How passing on goes: for the health page, our own metrics and the log.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Why samples were dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Drop {
    /// The engine calls them wrong.
    Refused,
    /// More waited than may.
    QueueFull,
    /// They are another tenant's.
    Tenant,
}

/// How passing on goes, since the start.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Forwarded {
    /// Samples that the engine took.
    pub sent: u64,
    /// Samples that it calls wrong; of these it may have taken some.
    pub refused: u64,
    /// Samples that were dropped because more waited than may.
    pub overflowed: u64,
    /// Samples of other tenants.
    pub strangers: u64,
    /// Requests that failed and were sent again.
    pub failed: u64,
    /// Bytes of the log that wait.
    pub waiting_bytes: u64,
    /// Bytes of the log that could not be read.
    pub lost_bytes: u64,
    /// How far the engine is behind, milliseconds.
    pub lag_ms: i64,
    /// Why nothing goes on; none while all is well.
    pub trouble: Option<String>,
    /// Why samples were dropped last.
    pub last_drop: Option<String>,
}

/// The same, shared.
#[derive(Debug, Default)]
pub struct Board(Mutex<(Forwarded, Option<i64>)>);

impl Board {
    fn held(&self) -> MutexGuard<'_, (Forwarded, Option<i64>)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How it goes.
    pub fn look(&self) -> Forwarded {
        self.held().0.clone()
    }

    pub(super) fn waiting(&self, bytes: u64, lost: u64) {
        let mut held = self.held();
        if lost > held.0.lost_bytes {
            tracing::error!(bytes = lost, "a part of the metric log is damaged and was not passed on to the engine");
        }
        (held.0.waiting_bytes, held.0.lost_bytes) = (bytes, lost);
    }

    /// While the engine is away.
    pub(super) fn waiting_now(&self, bytes: u64, now_ms: i64) {
        let mut held = self.held();
        held.0.waiting_bytes = bytes;
        let since = *held.1.get_or_insert(now_ms);
        held.0.lag_ms = (now_ms - since).max(0);
    }

    /// Everything up to samples of this instant was passed on.
    pub(super) fn passed(&self, newest_ms: i64, now_ms: i64) {
        let mut held = self.held();
        held.1 = Some(newest_ms);
        held.0.lag_ms = (now_ms - newest_ms).max(0);
    }

    /// Nothing waits.
    pub(super) fn empty(&self) {
        let mut held = self.held();
        (held.0.waiting_bytes, held.0.lag_ms) = (0, 0);
    }

    pub(super) fn sent(&self, samples: usize) {
        let mut held = self.held();
        held.0.sent += samples as u64;
        if held.0.trouble.take().is_some() {
            tracing::info!("the other metric engine takes samples again");
        }
    }

    /// Whether the last attempt failed.
    pub(super) fn is_away(&self) -> bool {
        self.held().0.trouble.is_some()
    }

    pub(super) fn dropped(&self, why: Drop, samples: usize, words: &str) {
        let mut held = self.held();
        let count = match why {
            Drop::Refused => &mut held.0.refused,
            Drop::QueueFull => &mut held.0.overflowed,
            Drop::Tenant => &mut held.0.strangers,
        };
        *count += samples as u64;
        // Said once while it stays the same.
        if held.0.last_drop.as_deref() != Some(words) {
            tracing::error!(samples, why = words, "samples for the other metric engine were dropped");
            held.0.last_drop = Some(words.to_owned());
        }
    }

    pub(super) fn failed(&self, words: &str) {
        self.held().0.failed += 1;
        self.trouble(words);
    }

    pub(super) fn trouble(&self, words: &str) {
        let mut held = self.held();
        if held.0.trouble.as_deref() != Some(words) {
            tracing::warn!(why = words, "the other metric engine takes no samples; they wait in our log");
            held.0.trouble = Some(words.to_owned());
        }
    }
}
