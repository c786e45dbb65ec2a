//! What the fuzz targets share: what must hold of every batch, and stores in memory-backed folders.

use std::{path::Path, sync::Arc, time::Duration};

use evenkeel_core::{id::TenantId, time::ManualClock};
use evenkeel_tsdb::{
    batch::{Batch, Clash},
    source::{MatchOp, Matcher, Samples, Source as _},
    store::{Config, Store},
};
use jiff::Timestamp;

/// An instant that the stores begin at.
pub const START_MS: i64 = 1_795_334_400_000;

/// Labels are sorted, stand once and have values; so they are after a target's were added.
pub fn sound(batch: &mut Batch) {
    ordered(batch);
    batch.add_labels(&[("instance", "host:9100"), ("job", "node")], Clash::Rename);
    ordered(batch);
}

fn ordered(batch: &Batch) {
    batch.with_incoming(|samples| {
        for sample in samples {
            assert!(sample.labels.windows(2).all(|pair| pair[0].0 < pair[1].0), "{:?}", sample.labels);
            assert!(sample.labels.iter().all(|(name, value)| !name.is_empty() && !value.is_empty()));
        }
    });
    for exemplar in batch.exemplars() {
        assert!(exemplar.sample < batch.len());
    }
}

/// Whose the samples are.
pub fn tenant() -> TenantId {
    TenantId::named("fuzz")
}

/// Opens a store.
pub fn open(folder: &Path) -> Result<Store, evenkeel_tsdb::store::StoreError> {
    let clock = Arc::new(ManualClock::at(Timestamp::from_millisecond(START_MS).expect("an instant")));
    Store::open(Config { sync_every: Duration::from_secs(3600), ahead_ms: i64::MAX / 4, ..Config::new(folder) }, clock)
}

/// Reads everything that a store has.
pub fn read_all(store: &Store) {
    let all = Matcher { name: "__name__".into(), op: MatchOp::NotEqual, value: "".into(), regex: None };
    let mut samples = Samples::default();
    if let Ok(cursors) = store.select(tenant(), &[all], i64::MIN / 4, i64::MAX / 4, 10_000) {
        for mut cursor in cursors {
            let _ = cursor.read(&mut samples);
            assert!(samples.at_ms.is_sorted_by(|a, b| a < b), "instants rise");
            assert_eq!(samples.at_ms.len(), samples.values.len());
        }
    }
    let _ = store.label_names(tenant(), &[], i64::MIN / 4, i64::MAX / 4);
}

/// A folder in memory when there is one.
pub fn folder() -> tempfile::TempDir {
    let memory = Path::new("/dev/shm");
    let made = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
    made.expect("a folder")
}

/// Fills a store with floats and histograms of a window and writes its block; returns the block's file.
pub fn one_block(folder: &Path) -> std::path::PathBuf {
    let store = open(folder).expect("a store");
    store.append_batch(&samples());
    store.flush().expect("a block");
    drop(store);
    let mut files = std::fs::read_dir(folder.join("blocks")).expect("blocks").map(|file| file.expect("a file").path());
    files.next().expect("a block")
}

/// Floats and native histograms of some series over half an hour.
pub fn samples() -> Vec<Batch> {
    use evenkeel_tsdb::histogram::{Histogram, Span};
    let mut batches = Vec::new();
    for row in 0..130i32 {
        let mut batch = Batch::new();
        let at_ms = START_MS + i64::from(row) * 15_000;
        for (name, value) in [("constant", 1.0), ("counter_total", f64::from(row) * 3.0), ("noise", (f64::from(row) * 1.7).sin()), ("few", f64::from(row % 3))] {
            batch.name(name);
            batch.label("job", "node");
            batch.label("instance", "host:9100");
            batch.float(at_ms, value).expect("labels");
        }
        batch.name("latency_seconds");
        batch.label("job", "node");
        let spans = vec![Span { offset: -2, length: 2 }, Span { offset: 3, length: 1 }];
        let positive = vec![f64::from(row), 2.0, 1.0];
        let count = positive.iter().sum();
        batch.histogram(at_ms, Histogram { schema: 2, count, sum: 1.5, positive_spans: spans, positive, ..Histogram::default() }).expect("labels");
        batches.push(batch);
    }
    batches
}

/// Taking batches.
pub trait Taking {
    /// Takes all of them.
    fn append_batch(&self, batches: &[Batch]);
}

impl Taking for Store {
    fn append_batch(&self, batches: &[Batch]) {
        for batch in batches {
            batch.with_incoming(|samples| self.append(tenant(), samples)).expect("room");
        }
    }
}
