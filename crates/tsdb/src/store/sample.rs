//! What goes into the store, and what became of it.

use std::fmt;

use crate::histogram::Histogram;

/// A float or a native histogram.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Value<'a> {
    /// A float, staleness markers included.
    Float(f64),
    /// A native histogram.
    Histogram(&'a Histogram),
}

/// One sample to be taken. Samples of one scrape go together in one call, in the order of the page.
#[derive(Debug, Clone, Copy)]
pub struct Incoming<'a> {
    /// Label pairs, the metric's name under `__name__`. Quickest when sorted by name. Of a name given twice the last counts;
    /// an empty value is no label.
    pub labels: &'a [(&'a str, &'a str)],
    /// Milliseconds since 1970 UTC.
    pub at_ms: i64,
    /// The value.
    pub value: Value<'a>,
}

/// Why a sample was turned away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Refusal {
    /// The tenant has as many active series as it may have.
    SeriesLimit,
    /// Another value stands at the same instant.
    Conflict,
    /// It came out of order and is older than the window for such samples.
    TooOld,
    /// It is ahead of the clock.
    TooNew,
    /// Too many late samples wait for the next block.
    LateLimit,
    /// Labels: none at all, too many or too long.
    Labels,
    /// A histogram that is not newer than the last one of its series.
    HistogramOrder,
}

/// Bytes of a text in a message at most: labels that are too long are refused, and must not make the answer long.
const TEXT_BYTES_MAX: usize = 200;

/// Labels as one writes them, cut where they are long.
fn written<'a>(labels: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    let mut text = String::from("{");
    for (name, value) in labels {
        if text.len() > TEXT_BYTES_MAX {
            text.push_str(", …");
            break;
        }
        if text.len() > 1 {
            text.push_str(", ");
        }
        text.extend(name.chars().take(TEXT_BYTES_MAX));
        text.push_str("=\"");
        text.extend(value.chars().take(TEXT_BYTES_MAX).flat_map(char::escape_default));
        text.push('"');
    }
    text.push('}');
    text
}

/// All of them, in the order of their numbers.
const ALL: [Refusal; 7] = [
    Refusal::SeriesLimit,
    Refusal::Conflict,
    Refusal::TooOld,
    Refusal::TooNew,
    Refusal::LateLimit,
    Refusal::Labels,
    Refusal::HistogramOrder,
];

impl Refusal {
    /// A stable word for it.
    pub const fn code(self) -> &'static str {
        match self {
            Self::SeriesLimit => "series_limit",
            Self::Conflict => "conflict",
            Self::TooOld => "too_old",
            Self::TooNew => "too_new",
            Self::LateLimit => "late_limit",
            Self::Labels => "labels",
            Self::HistogramOrder => "histogram_order",
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::SeriesLimit => "the tenant has as many active series as it may have (limit series_max): drop a label that takes too many values, or raise the limit",
            Self::Conflict => "another value stands at the same instant of the series",
            Self::TooOld => "out of order and older than the window for late samples (late_ms)",
            Self::TooNew => "ahead of the clock by more than ahead_ms: is the sender's clock right?",
            Self::LateLimit => "too many late samples wait for the next block (limit late_max)",
            Self::Labels => "no labels, or more of them or longer ones than labels_max and label_bytes_max allow",
            Self::HistogramOrder => "a native histogram that is not newer than the last one of its series",
        })
    }
}

/// Samples of a batch that are named when they are turned away, at most.
const NAMED_MAX: usize = 10;

/// A sample that was turned away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// Why.
    pub why: Refusal,
    /// Its labels, as one writes them: `{__name__="up", job="a"}`.
    pub labels: String,
    /// Its instant, milliseconds since 1970 UTC.
    pub at_ms: i64,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at {} ms: {}", self.labels, self.at_ms, self.why)
    }
}

/// What became of a batch.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Taken {
    /// Samples kept.
    pub accepted: usize,
    /// Of these, out of order.
    pub late: usize,
    /// Of these, native histograms.
    pub histograms: usize,
    /// Samples that were here already, to the bit; nothing was done and nothing is wrong.
    pub duplicate: usize,
    /// The first that were turned away.
    pub named: Vec<Refused>,
    refused: [usize; ALL.len()],
}

impl Taken {
    /// Counts one that was turned away.
    pub(crate) fn refuse<'a>(&mut self, why: Refusal, at_ms: i64, labels: impl Iterator<Item = (&'a str, &'a str)>) {
        self.refused[why as usize] += 1;
        if self.named.len() < NAMED_MAX {
            self.named.push(Refused { why, labels: written(labels), at_ms });
        }
    }

    /// How many were turned away for this reason.
    pub fn refused_for(&self, why: Refusal) -> usize {
        self.refused[why as usize]
    }

    /// The reasons there were, with how many.
    pub fn reasons(&self) -> impl Iterator<Item = (Refusal, usize)> {
        ALL.into_iter().zip(self.refused).filter(|(_, count)| *count > 0)
    }

    /// How many were turned away.
    pub fn refused(&self) -> usize {
        self.refused.iter().sum()
    }
}
