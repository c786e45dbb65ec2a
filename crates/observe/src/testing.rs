//! A metric store for tests, in a folder of its own.
#![allow(clippy::unwrap_used)]

use std::sync::Arc;

use evenkeel_core::Clock;
use evenkeel_tsdb::store::{Config, Store};
use tempfile::TempDir;

use crate::metric::{MetricOptions, Metrics};

/// A store that goes with its folder.
pub fn store(clock: Arc<dyn Clock>) -> (TempDir, Arc<Store>) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(Config::new(folder.path()), clock).unwrap();
    (folder, Arc::new(store))
}

/// Metrics over such a store.
pub fn metrics(clock: Arc<dyn Clock>) -> (TempDir, Metrics) {
    let (folder, store) = store(Arc::clone(&clock));
    (folder, Metrics::new(store, clock, MetricOptions::default()))
}
