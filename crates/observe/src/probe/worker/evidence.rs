//! What the steps of looks saw, of the newest look and of the newest that failed. In memory alone: an answer's body may hold
//! what nobody means to keep.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use evenkeel_core::id::ProbeId;
use jiff::Timestamp;

use crate::probe::look::StepSeen;

/// Steps that are kept of one look.
const STEPS_MAX: usize = 20;

/// What one look saw, step by step.
#[derive(Debug, Clone, PartialEq)]
pub struct Evidence {
    /// The vantage point.
    pub vantage: String,
    /// When it began.
    pub at: Timestamp,
    /// Its steps.
    pub steps: Vec<StepSeen>,
}

/// Of one probe.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Kept {
    /// The newest.
    pub last: Option<Evidence>,
    /// The newest that failed.
    pub failed: Option<Evidence>,
}

/// Of all of them.
#[derive(Debug, Default)]
pub(in crate::probe) struct Cabinet(Mutex<HashMap<ProbeId, Kept>>);

impl Cabinet {
    fn with<T>(&self, act: impl FnOnce(&mut HashMap<ProbeId, Kept>) -> T) -> T {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub fn put(&self, probe: ProbeId, vantage: &str, at: Timestamp, steps: Vec<StepSeen>, failed: bool) {
        if steps.is_empty() {
            return;
        }
        let steps = steps.into_iter().take(STEPS_MAX).map(StepSeen::bounded).collect();
        let evidence = Evidence { vantage: vantage.to_owned(), at, steps };
        self.with(|all| {
            let kept = all.entry(probe).or_default();
            if failed {
                kept.failed = Some(evidence.clone());
            }
            kept.last = Some(evidence);
        });
    }

    pub fn get(&self, probe: ProbeId) -> Kept {
        self.with(|all| all.get(&probe).cloned()).unwrap_or_default()
    }

    pub fn remove(&self, probe: ProbeId) {
        self.with(|all| all.remove(&probe));
    }
}
