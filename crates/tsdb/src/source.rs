//! The seam between storage and queries: label sets, matchers, and series read one at a time into a caller's buffer.
//!
//! A query decodes each series once, in bulk, into [`Samples`] that it uses again for the next one; nothing is called per
//! sample and nothing is allocated per series but what grows the buffer.

use std::{fmt, sync::Arc};

use evenkeel_core::id::TenantId;

use crate::histogram::Histogram;

/// Bits of the float that says "this series has ended here" (Prometheus' staleness marker).
pub const STALE_BITS: u64 = 0x7ff0_0000_0000_0002;

/// Whether a value is the staleness marker, to the bit: any other NaN is a value.
pub fn is_stale(value: f64) -> bool {
    value.to_bits() == STALE_BITS
}

/// A label set, sorted by name, the metric's name under `__name__`; cheap to clone.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Labels(Arc<[(Arc<str>, Arc<str>)]>);

impl Labels {
    /// From pairs in any order. Of a name given twice the last counts; an empty value is no label.
    pub fn new(pairs: impl IntoIterator<Item = (Arc<str>, Arc<str>)>) -> Self {
        let mut pairs: Vec<_> = pairs.into_iter().collect();
        pairs.sort_by(|a, b| a.0.cmp(&b.0));
        pairs.reverse();
        pairs.dedup_by(|a, b| a.0 == b.0);
        pairs.reverse();
        pairs.retain(|(_, value)| !value.is_empty());
        Self(pairs.into())
    }

    /// From pairs that are in order, without doubles and empty values.
    pub(crate) fn sorted(pairs: Vec<(Arc<str>, Arc<str>)>) -> Self {
        Self(pairs.into())
    }

    /// The value of a label; empty when it is not there.
    pub fn get(&self, name: &str) -> &str {
        self.0.binary_search_by(|(key, _)| key.as_ref().cmp(name)).map_or("", |at| &self.0[at].1)
    }

    /// The pairs, sorted by name.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&Arc<str>, &Arc<str>)> + DoubleEndedIterator {
        self.0.iter().map(|(name, value)| (name, value))
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for Labels {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

/// How a matcher compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MatchOp {
    /// `=`
    Equal,
    /// `!=`
    NotEqual,
    /// `=~`, anchored at both ends.
    Regex,
    /// `!~`, anchored at both ends.
    NotRegex,
}

/// A label matcher; an absent label matches as the empty text.
#[derive(Debug, Clone)]
pub struct Matcher {
    /// Which label.
    pub name: Arc<str>,
    /// How.
    pub op: MatchOp,
    /// With what: the text, or the expression as written.
    pub value: Arc<str>,
    /// The compiled expression, anchored; only for the two that need one.
    pub regex: Option<Arc<regex::Regex>>,
}

impl Matcher {
    /// Whether a label's value matches.
    pub fn matches(&self, value: &str) -> bool {
        let found = || self.regex.as_ref().is_some_and(|regex| regex.is_match(value));
        match self.op {
            MatchOp::Equal => *self.value == *value,
            MatchOp::NotEqual => *self.value != *value,
            MatchOp::Regex => found(),
            MatchOp::NotRegex => !found(),
        }
    }
}

/// Samples of one series, oldest first, at most one per instant.
#[derive(Debug, Clone, Default)]
pub struct Samples {
    /// Instants, milliseconds since 1970 UTC, strictly rising.
    pub at_ms: Vec<i64>,
    /// Values; where a histogram stands, what is here means nothing.
    pub values: Vec<f64>,
    /// Native histograms with their place in the two lists above, rising; empty for most series.
    pub histograms: Vec<(u32, Arc<Histogram>)>,
}

impl Samples {
    /// Empties it and keeps its room.
    pub fn clear(&mut self) {
        self.at_ms.clear();
        self.values.clear();
        self.histograms.clear();
    }
}

/// Why a read ended early.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReadError {
    /// A limit of the query; the text names it and what would help.
    Limit(String),
    /// A chunk is damaged; the text says which.
    Damaged(String),
    /// The disk.
    Io(String),
}

/// One series that a selection found.
pub trait Cursor: Send {
    /// Its labels.
    fn labels(&self) -> &Labels;
    /// Its samples in the selection's range, appended to nothing: `into` is emptied first. Staleness markers are kept.
    ///
    /// # Errors
    /// As [`ReadError`] says. After [`ReadError::Damaged`] `into` holds what could be read.
    fn read(&mut self, into: &mut Samples) -> Result<(), ReadError>;
}

/// Where samples can be read.
pub trait Source: Send + Sync {
    /// The series that all matchers match and that may have samples in `[from_ms, to_ms]`, in no promised order; each at
    /// most once. `series_max` is the query's own limit.
    ///
    /// # Errors
    /// As [`ReadError`] says.
    fn select(
        &self,
        tenant: TenantId,
        matchers: &[Matcher],
        from_ms: i64,
        to_ms: i64,
        series_max: usize,
    ) -> Result<Vec<Box<dyn Cursor + '_>>, ReadError>;
}
