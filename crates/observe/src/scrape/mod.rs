//! Scraping, as Prometheus does it and by its own configuration file.
//!
//! `config` reads the file, `discover` finds targets, `target` makes of them what is asked, `watched` asks at its slots, `page`
//! brings what came into the store. [`Scraper`] holds it together and takes another configuration while it runs: jobs that
//! did not change go on undisturbed.

pub mod ask;
pub mod config;
mod discover;
mod engine;
pub mod labels;
pub mod page;
mod pool;
pub mod relabel;
mod routes;
pub mod secret;
mod slot;
pub mod target;
mod watched;

use std::{
    collections::BTreeMap,
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use evenkeel_core::{Clock, id::TenantId};
use jiff::Timestamp;
use tokio::sync::watch;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

pub use engine::Described;
pub use pool::Unasked;
pub(crate) use routes::router;
pub use watched::{Health, Seen, Watched};

use crate::{metric::Metrics, probe::address::AddressPolicy};
use config::{Findings, PrometheusConfig};
use engine::Engine;
use pool::Pool;

/// All scraping of this process. Cheap to clone.
#[derive(Clone)]
pub struct Scraper(Arc<Inner>);

struct Inner {
    engine: Arc<Engine>,
    /// The file; `None`: nothing is scraped.
    file: Option<PathBuf>,
    /// What is in force; whoever needs a part of it (rules) follows.
    config: watch::Sender<Option<Arc<PrometheusConfig>>>,
    state: Mutex<State>,
    tracker: TaskTracker,
    cancel: CancellationToken,
}

#[derive(Default)]
struct State {
    pools: BTreeMap<String, Arc<Pool>>,
    running: bool,
    reloaded: Reloaded,
}

/// How the last reading of the file went.
#[derive(Debug, Clone, Default)]
pub struct Reloaded {
    /// When the configuration in force was read; `None` before the first.
    pub at: Option<Timestamp>,
    /// Why the file as it is now is not in force.
    pub error: Option<Findings>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Scraper {
    /// Nothing runs before [`Self::run`]. Samples belong to `tenant`; `host` is this machine's name.
    pub fn new(metrics: &Metrics, tenant: TenantId, clock: Arc<dyn Clock>, host: &str, file: Option<PathBuf>) -> Self {
        Self(Arc::new(Inner {
            engine: Arc::new(Engine::new(metrics, tenant, clock, host)),
            file,
            config: watch::Sender::new(None),
            state: Mutex::default(),
            tracker: TaskTracker::new(),
            cancel: CancellationToken::new(),
        }))
    }

    /// Targets are asked where `addresses` lets us.
    pub fn set_addresses(&self, addresses: AddressPolicy) {
        self.0.engine.net.follow(addresses);
    }

    /// Reads the file, now and whenever somebody asks for it, and does what it says. A file that is wrong changes nothing.
    /// Blocks on the disk for a moment.
    ///
    /// # Errors
    /// Everything that is wrong with the file.
    pub fn load(&self) -> Result<Option<Arc<PrometheusConfig>>, Findings> {
        let Some(file) = &self.0.file else { return Ok(None) };
        match config::read(file) {
            Ok(config) => {
                for warning in &config.warnings {
                    tracing::warn!("{warning}");
                }
                Ok(Some(self.apply(config)))
            }
            Err(findings) => {
                lock(&self.0.state).reloaded.error = Some(findings.clone());
                Err(findings)
            }
        }
    }

    /// The configuration in force.
    pub fn config(&self) -> Option<Arc<PrometheusConfig>> {
        self.0.config.borrow().clone()
    }

    /// The configuration in force and those that come after it, for who uses another part of it: [`PrometheusConfig::rule_paths`].
    pub fn follow(&self) -> watch::Receiver<Option<Arc<PrometheusConfig>>> {
        self.0.config.subscribe()
    }

    /// Whether there is a file to read.
    pub fn has_file(&self) -> bool {
        self.0.file.is_some()
    }

    /// How the last reading of the file went.
    pub fn reloaded(&self) -> Reloaded {
        lock(&self.0.state).reloaded.clone()
    }

    /// Does what a configuration says from now on.
    pub fn apply(&self, config: PrometheusConfig) -> Arc<PrometheusConfig> {
        let config = Arc::new(config);
        let mut state = lock(&self.0.state);
        self.0.config.send_replace(Some(Arc::clone(&config)));
        state.reloaded = Reloaded { at: Some(self.0.engine.clock.now()), error: None };
        if state.running {
            self.bring_in(&mut state, &config);
        }
        config
    }

    fn bring_in(&self, state: &mut State, config: &PrometheusConfig) {
        let mut before = std::mem::take(&mut state.pools);
        for job in &config.jobs {
            let old = before.remove(&job.name);
            let pool = match old {
                Some(pool) if pool.job == *job => pool,
                old => Pool::start(job.clone(), &self.0.engine, old.as_deref(), &self.0.tracker, self.0.cancel.child_token()),
            };
            state.pools.insert(job.name.clone(), pool);
        }
        for gone in before.values() {
            gone.remove();
        }
    }

    /// Scrapes until `cancel`; returns when what was under way is finished.
    pub async fn run(&self, cancel: CancellationToken) {
        {
            let mut state = lock(&self.0.state);
            state.running = true;
            if let Some(config) = self.config() {
                self.bring_in(&mut state, &config);
            }
        }
        cancel.cancelled().await;
        {
            let mut state = lock(&self.0.state);
            state.running = false;
            for pool in state.pools.values() {
                pool.stop();
            }
        }
        self.0.cancel.cancel();
        self.0.tracker.close();
        self.0.tracker.wait().await;
    }

    fn pools(&self) -> Vec<Arc<Pool>> {
        lock(&self.0.state).pools.values().cloned().collect()
    }

    /// What targets say of their metrics, each family with everything that is said of it, sorted.
    pub fn metadata(&self) -> BTreeMap<String, Vec<Described>> {
        let mut all: BTreeMap<String, Vec<Described>> = BTreeMap::new();
        for target in self.pools().iter().flat_map(|pool| pool.targets()) {
            for one in target.described().iter() {
                let known = all.entry(one.family.clone()).or_default();
                if !known.contains(one) {
                    known.push(one.clone());
                }
            }
        }
        all
    }
}

impl std::fmt::Debug for Scraper {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Scraper").field("file", &self.0.file).finish_non_exhaustive()
    }
}

#[cfg(test)]
pub(crate) mod tests;
