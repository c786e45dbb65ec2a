//! What goes in and what comes out.

/// One measurement, borrowed from whoever measured it. The instant is the batch's.
#[derive(Debug, Clone, Copy)]
pub struct Sample<'a> {
    /// The metric's name, such as `probe_duration_seconds`.
    pub metric: &'a str,
    /// Label pairs in any order; a name given twice keeps its first value.
    pub labels: &'a [(&'a str, &'a str)],
    /// The value, in the unit the name ends in.
    pub value: f64,
}

/// A value at an instant.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// Milliseconds since 1970 UTC.
    pub at_ms: i64,
    /// The value.
    pub value: f64,
}

/// A series that was asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    /// The metric's name.
    pub metric: String,
    /// Label pairs, sorted by name.
    pub labels: Vec<(String, String)>,
    /// Points, oldest first.
    pub points: Vec<Point>,
}

impl Series {
    /// The value of a label.
    pub fn label(&self, name: &str) -> Option<&str> {
        self.labels.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// Which series: a metric and label values that must be equal. Labels that are not named may have any value.
#[derive(Debug, Clone, Default)]
pub struct Selector {
    /// The metric's name.
    pub metric: String,
    /// Labels that must have exactly this value.
    pub labels: Vec<(String, String)>,
}

impl Selector {
    /// Every series of a metric.
    pub fn metric(name: impl Into<String>) -> Self {
        Self { metric: name.into(), labels: Vec::new() }
    }

    /// Only those with this label value.
    #[must_use]
    pub fn with(mut self, label: impl Into<String>, value: impl Into<String>) -> Self {
        self.labels.push((label.into(), value.into()));
        self
    }

    /// Whether a series with these labels is meant.
    pub fn matches(&self, labels: &[(String, String)]) -> bool {
        self.labels.iter().all(|wanted| labels.iter().any(|have| have == wanted))
    }
}

/// What became of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Appended {
    /// Samples kept.
    pub accepted: usize,
    /// Samples turned away: too many series, no memory left, older than the newest of their series.
    pub refused: usize,
}
