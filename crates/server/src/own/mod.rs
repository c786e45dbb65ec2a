//! Evenkeel itself: who watches the watcher.
//!
//! Every fifteen seconds the house takes its own pulse ([`reading`]): it writes to the database, sets a timer that must fire, and
//! asks each worker how late it is. What it finds goes three ways: into the metric store, where ready-made rules and
//! objectives judge it like anybody else's ([`watch`]); onto a page ([`route`]); and to another house ([`beat`]), which pages when
//! nothing comes, because what is dead or hangs cannot say so itself.
//!
//! Invariant: a beat that says that all is well is sent only after the database took a write and every worker was seen to
//! turn; a beat never goes by a cached reading.

mod beat;
mod check;
mod clock;
mod disk;
mod files;
mod page_times;
mod pulse;
mod reading;
mod route;
#[cfg(test)]
mod tests;
mod watch;

use std::sync::{Arc, Mutex, PoisonError, RwLock};

pub(crate) use beat::{BeatArgs, Beats};
pub(crate) use files::{RULES, SLOS};
pub(crate) use page_times::Observer;
use page_times::PageTimes;
pub(crate) use pulse::Pulse;
pub(crate) use route::router;
pub(crate) use watch::start;

use beat::Beaten;
use check::Check;
use jiff::Timestamp;

/// The service whose team is told of Evenkeel's own trouble, when one of this name is declared.
pub(crate) const SERVICE: &str = "evenkeel";

/// What is known of the house itself.
#[derive(Debug, Default)]
pub(crate) struct Own {
    /// What was found last, and when.
    last: RwLock<Option<(Timestamp, Vec<Check>)>>,
    /// How the last beat went.
    beaten: RwLock<Option<Beaten>>,
    /// How long pages take until they are taken.
    pub(crate) page_times: Arc<PageTimes>,
    /// What readings remember.
    memory: Mutex<reading::Memory>,
}

impl Own {
    fn checks(&self) -> Option<(Timestamp, Vec<Check>)> {
        self.last.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What was found last, by metric.
    pub(crate) fn gauges(&self) -> Vec<(&'static str, f64)> {
        let checks = self.checks().map(|(_, checks)| checks).unwrap_or_default();
        checks.into_iter().filter_map(|check| Some((check.subject.metric(), check.value?))).collect()
    }

    fn beaten(&self) -> Option<Beaten> {
        self.beaten.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
