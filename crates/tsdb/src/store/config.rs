//! What a store is told when it is opened.

use std::{path::PathBuf, time::Duration};

/// Milliseconds of an hour.
pub(crate) const HOUR_MS: i64 = 3_600_000;

/// Bounds that a tenant has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TenantLimits {
    /// Active series at most: those with samples in the last hours.
    pub series_max: usize,
    /// Late samples waiting for the next block at most.
    pub late_max: usize,
    /// Raw samples are kept so long, milliseconds.
    pub retention_ms: i64,
    /// Roll-ups are kept so long, milliseconds.
    pub rollup_retention_ms: i64,
}

impl Default for TenantLimits {
    fn default() -> Self {
        Self { series_max: 1_000_000, late_max: 2_000_000, retention_ms: 30 * 24 * HOUR_MS, rollup_retention_ms: 3 * 366 * 24 * HOUR_MS }
    }
}

/// Bounds of one selection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QueryLimits {
    /// Series at most, whatever the query itself asks for.
    pub series_max: usize,
    /// Samples read at most.
    pub samples_max: u64,
    /// Bytes of labels and chunk places at most, by our own count.
    pub bytes_max: u64,
}

impl Default for QueryLimits {
    fn default() -> Self {
        Self { series_max: 1_000_000, samples_max: 100_000_000, bytes_max: 512 << 20 }
    }
}

/// Everything a store is told when it is opened.
#[derive(Debug, Clone)]
pub struct Config {
    /// The folder; made when it is not there. One process at a time.
    pub folder: PathBuf,
    /// How often the log is brought to the disk; zero: before each append returns.
    pub sync_every: Duration,
    /// Length of the shortest blocks, milliseconds.
    pub window_ms: i64,
    /// How long after the end of a window its block is written, milliseconds.
    pub grace_ms: i64,
    /// Samples that are older than the newest by more than this are refused when they come out of order, milliseconds.
    pub late_ms: i64,
    /// Samples that are ahead of the clock by more than this are refused, milliseconds.
    pub ahead_ms: i64,
    /// Bounds of a tenant that has none of its own.
    pub tenant: TenantLimits,
    /// Bounds of one selection.
    pub query: QueryLimits,
    /// Bytes of a sample's labels at most.
    pub label_bytes_max: usize,
    /// Labels of a sample at most.
    pub labels_max: usize,
    /// A log segment is closed at this size, bytes.
    pub log_bytes_max: u64,
    /// Index pages and pieces of blocks kept in memory, bytes.
    pub cache_bytes_max: usize,
}

impl Config {
    /// The defaults, in this folder.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self {
            folder: folder.into(),
            sync_every: Duration::from_secs(1),
            window_ms: 2 * HOUR_MS,
            grace_ms: HOUR_MS / 6,
            late_ms: HOUR_MS,
            ahead_ms: HOUR_MS / 6,
            tenant: TenantLimits::default(),
            query: QueryLimits::default(),
            label_bytes_max: 16 << 10,
            labels_max: 64,
            log_bytes_max: 128 << 20,
            cache_bytes_max: 16 << 20,
        }
    }
}
