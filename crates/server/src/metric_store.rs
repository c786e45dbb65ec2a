//! The metric store in the data folder: opened, kept and closed with the server.

mod copy;

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use evenkeel_core::{Clock, ErrorCode, Failure};
use evenkeel_observe::metric::remote::{self, RemoteOptions};
use evenkeel_tsdb::store::{Config, Keeper, Store, StoreError, TenantLimits};

pub(crate) use copy::Copy;

use crate::config::MetricArgs;

/// Damaged parts that are named on the health page, at most.
pub(crate) const DAMAGED_MAX: usize = 20;

const DAY: u64 = 24 * 3600;

/// The folder within the data folder.
pub(crate) fn folder(data: &Path) -> PathBuf {
    data.join("metrics")
}

/// The open store and what went wrong with it last. Cheap to clone.
#[derive(Clone)]
pub struct MetricStore {
    /// The store.
    pub store: Arc<Store>,
    /// Another engine that samples go on to, when there is one.
    pub remote: Option<RemoteOptions>,
    /// What the last round of upkeep ran into; none while all is well.
    trouble: Arc<Mutex<Option<String>>>,
}

/// The store's own thread; dropping it brings everything to the disk and waits for that.
pub(crate) struct Upkeep(Keeper);

fn unusable(error: &StoreError) -> Failure {
    let code = match error {
        StoreError::Full { .. } => ErrorCode::StorageFull,
        StoreError::InUse(_) => ErrorCode::Conflict,
        StoreError::Disk { .. } | StoreError::Manifest(_) => ErrorCode::Invalid,
    };
    Failure::new(code, error.to_string()).at("--data")
}

fn config(data: &Path, args: &MetricArgs) -> Config {
    let ms = |days: u64| i64::try_from(days.saturating_mul(DAY * 1000)).unwrap_or(i64::MAX);
    let tenant = TenantLimits {
        series_max: args.series_max,
        retention_ms: i64::try_from(args.retention().as_millis()).unwrap_or(i64::MAX),
        rollup_retention_ms: ms(args.rollup_retention_days.max(1)),
        ..TenantLimits::default()
    };
    Config { sync_every: Duration::from_millis(args.sync_ms), tenant, ..Config::new(folder(data)) }
}

impl MetricStore {
    /// Opens it; made when it is not there. Blocks on the disk.
    ///
    /// # Errors
    /// When the folder or the file about another engine cannot be used. A damaged block is no error: it is told, and the rest is served.
    pub fn open(data: &Path, args: &MetricArgs, clock: Arc<dyn Clock>) -> Result<Self, Failure> {
        let remote = args.remote_file().map(remote::read).transpose();
        let remote = remote.map_err(|findings| Failure::new(ErrorCode::Invalid, findings.to_string()).at("--metric-remote"))?;
        let store = Store::open(config(data, args), clock).map_err(|error| unusable(&error))?;
        Ok(Self { store: Arc::new(store), remote, trouble: Arc::default() })
    }

    /// What went wrong last; none while all is well.
    pub(crate) fn trouble(&self) -> Option<String> {
        self.trouble.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Starts its upkeep.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub(crate) fn keep(&self) -> Result<Upkeep, Failure> {
        let (mine, mut told) = (self.clone(), BTreeSet::new());
        let keeper = Keeper::start(Arc::clone(&self.store), move |done| {
            mine.note(done.err());
            mine.tell_damage(&mut told);
        });
        keeper
            .map(Upkeep)
            .map_err(|error| Failure::new(ErrorCode::Internal, format!("the metric store's thread cannot be started: {error}")))
    }

    /// Notes how a round of upkeep ended. Said once while it stays the same: a full disk would fill its own log.
    fn note(&self, error: Option<StoreError>) {
        let mut trouble = self.trouble.lock().unwrap_or_else(PoisonError::into_inner);
        let now = error.map(|error| error.to_string());
        if *trouble != now {
            match &now {
                Some(error) => tracing::error!(%error, "the metric store cannot keep what it was given"),
                None => tracing::info!("the metric store is well again"),
            }
            *trouble = now;
        }
    }

    /// Logs damaged parts that were not told before.
    fn tell_damage(&self, told: &mut BTreeSet<String>) {
        for damage in self.store.damaged() {
            let damage = damage.to_string();
            if told.len() < 1_000 && told.insert(damage.clone()) {
                tracing::error!(%damage, "a part of the metric store is damaged; the rest is served");
            }
        }
    }
}

impl Upkeep {
    /// Ends it, on a thread for work that blocks.
    pub(crate) async fn end(self) {
        if let Err(error) = tokio::task::spawn_blocking(move || drop(self.0)).await {
            tracing::error!(%error, "the metric store did not end well");
        }
    }
}
