//! What is told of a scrape as series of its own.

/// How many samples of a page there were and what became of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counted {
    /// On the page.
    pub scraped: usize,
    /// After relabelling.
    pub kept: usize,
    /// Of series that were not there before.
    pub added: usize,
}

/// What is told of a scrape as series of its own.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Report {
    /// Whether the target answered as it should.
    pub up: bool,
    /// From the question to the samples, seconds.
    pub duration_secs: f64,
    /// Samples.
    pub counted: Counted,
    /// The timeout, the limit of samples, and the bytes of the body, when they are to be told.
    pub extra: Option<(f64, usize, f64)>,
}

/// Names of [`Report::values`].
pub(super) const REPORTS: [&str; 8] = [
    "up",
    "scrape_duration_seconds",
    "scrape_samples_scraped",
    "scrape_samples_post_metric_relabeling",
    "scrape_series_added",
    "scrape_timeout_seconds",
    "scrape_sample_limit",
    "scrape_body_size_bytes",
];

impl Report {
    /// In the order of [`REPORTS`].
    #[allow(clippy::cast_precision_loss)] // samples of one page
    pub(super) fn values(&self) -> Vec<f64> {
        let Counted { scraped, kept, added } = self.counted;
        let mut values = vec![f64::from(u8::from(self.up)), self.duration_secs, scraped as f64, kept as f64, added as f64];
        if let Some((timeout, limit, bytes)) = self.extra {
            values.extend([timeout, limit as f64, bytes]);
        }
        values
    }
}
