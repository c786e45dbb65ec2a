//! Samples on their way into the store, whatever format they came in: one text, spans into it, no allocation a sample.
//!
//! A parser pushes labels and then a value; [`Batch::with_incoming`] shows the whole to `Store::append`. A batch that is
//! emptied with [`Batch::clear`] keeps its room for the next scrape or request.

mod build;
mod target;
mod view;

pub use build::NotUnique;
pub use target::Clash;
pub use view::{Exemplar, Family, Sample};

use crate::histogram::Histogram;

/// The label that holds a metric's name. Every batch's text begins with it.
pub const NAME: &str = "__name__";

/// What Prometheus writes for every NaN that is no staleness marker.
pub const NORMAL_NAN_BITS: u64 = 0x7ff8_0000_0000_0001;

/// A piece of the text. Offsets are 32 bits: formats bound their bodies well below that.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Span {
    pub at: u32,
    pub bytes: u32,
}

/// Where [`NAME`] stands.
pub(crate) const NAME_SPAN: Span = Span { at: 0, bytes: 8 };

/// What a metric family is, as the formats name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Kind {
    /// Nobody said.
    #[default]
    Unknown,
    /// Only rises, but for resets.
    Counter,
    /// Goes up and down.
    Gauge,
    /// Classic or native histogram.
    Histogram,
    /// A histogram whose buckets go up and down.
    GaugeHistogram,
    /// Quantiles measured by the sender.
    Summary,
    /// Labels that say something, with the value 1.
    Info,
    /// States of which each is on or off.
    StateSet,
}

impl Kind {
    /// The word for it in `OpenMetrics` and in Prometheus' metadata API.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Counter => "counter",
            Self::Gauge => "gauge",
            Self::Histogram => "histogram",
            Self::GaugeHistogram => "gaugehistogram",
            Self::Summary => "summary",
            Self::Info => "info",
            Self::StateSet => "stateset",
        }
    }

    /// From the word.
    pub fn from_word(word: &str) -> Option<Self> {
        Some(match word {
            "unknown" => Self::Unknown,
            "counter" => Self::Counter,
            "gauge" => Self::Gauge,
            "histogram" => Self::Histogram,
            "gaugehistogram" => Self::GaugeHistogram,
            "summary" => Self::Summary,
            "info" => Self::Info,
            "stateset" => Self::StateSet,
            _ => return None,
        })
    }
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum Cell {
    Float(f64),
    /// Place in the list of histograms.
    Histogram(u32),
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Row {
    /// First of its labels.
    labels: u32,
    /// How many.
    count: u32,
    at_ms: i64,
    /// Zero: not known.
    start_ms: i64,
    cell: Cell,
    /// The sender said when.
    timed: bool,
}

#[derive(Debug, Clone, Copy)]
struct ExemplarRow {
    sample: u32,
    labels: u32,
    count: u32,
    at_ms: Option<i64>,
    value: f64,
}

#[derive(Debug, Clone, Copy)]
struct FamilyRow {
    name: Span,
    kind: Kind,
    help: Span,
    unit: Span,
}

/// Samples, exemplars and metadata of one scrape or request.
#[derive(Debug)]
pub struct Batch {
    text: String,
    labels: Vec<(Span, Span)>,
    /// Labels from here on belong to the sample that is being built.
    pending: usize,
    rows: Vec<Row>,
    /// Labels that were written with an empty value, by their row: no labels, and yet they say something.
    blank: Vec<(u32, Span)>,
    histograms: Vec<Histogram>,
    exemplars: Vec<ExemplarRow>,
    families: Vec<FamilyRow>,
    /// For whoever fills it: unpacked bodies.
    pub(crate) scratch: Vec<u8>,
}

impl Default for Batch {
    fn default() -> Self {
        Self {
            text: NAME.to_owned(),
            labels: Vec::new(),
            pending: 0,
            rows: Vec::new(),
            blank: Vec::new(),
            histograms: Vec::new(),
            exemplars: Vec::new(),
            families: Vec::new(),
            scratch: Vec::new(),
        }
    }
}

/// Buffers greater than this are not kept, bytes: one large request must not hold its room for ever.
const KEEP_BYTES_MAX: usize = 8 << 20;

fn reset<T>(list: &mut Vec<T>) {
    list.clear();
    if list.capacity() * size_of::<T>() > KEEP_BYTES_MAX {
        list.shrink_to(0);
    }
}

impl Batch {
    /// An empty one.
    pub fn new() -> Self {
        Self::default()
    }

    /// Empties it and keeps its room, up to some megabytes.
    pub fn clear(&mut self) {
        self.text.truncate(NAME.len());
        if self.text.capacity() > KEEP_BYTES_MAX {
            self.text.shrink_to(NAME.len());
        }
        self.pending = 0;
        reset(&mut self.labels);
        reset(&mut self.rows);
        reset(&mut self.blank);
        reset(&mut self.histograms);
        reset(&mut self.exemplars);
        reset(&mut self.families);
        reset(&mut self.scratch);
    }

    /// How many samples it holds.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether it holds no sample.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Bytes of its text: names, values, help, and for text formats the page they stand in.
    pub fn text_bytes(&self) -> usize {
        self.text.len()
    }

    pub(crate) fn slice(&self, span: Span) -> &str {
        let at = span.at as usize;
        self.text.get(at..at + span.bytes as usize).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests;
