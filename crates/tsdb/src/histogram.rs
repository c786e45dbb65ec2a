//! Native histograms: exponential (or custom-bounds) buckets as Prometheus defines them.

/// A run of consecutive buckets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// Buckets left out before it; for the first span the index of its first bucket.
    pub offset: i32,
    /// How many buckets.
    pub length: u32,
}

/// Whether a counter was reset before a histogram.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ResetHint {
    /// Nothing is known.
    #[default]
    Unknown,
    /// It was.
    Reset,
    /// It was not.
    NotReset,
    /// It is a gauge: there are no resets.
    Gauge,
}

/// A histogram with float counts (integer ones are converted when they are read); bucket counts are absolute.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Histogram {
    /// Resolution: a bucket grows by 2^(2^-schema); -53 = custom bounds.
    pub schema: i32,
    /// Observations in `[-zero_threshold, zero_threshold]` are in the zero bucket.
    pub zero_threshold: f64,
    /// The zero bucket's count.
    pub zero_count: f64,
    /// All observations.
    pub count: f64,
    /// Their sum.
    pub sum: f64,
    /// Where positive buckets are.
    pub positive_spans: Vec<Span>,
    /// Their counts.
    pub positive: Vec<f64>,
    /// Where negative buckets are.
    pub negative_spans: Vec<Span>,
    /// Their counts.
    pub negative: Vec<f64>,
    /// Upper bounds of custom buckets (schema -53), without +Inf.
    pub custom_bounds: Vec<f64>,
    /// See there.
    pub reset_hint: ResetHint,
}
