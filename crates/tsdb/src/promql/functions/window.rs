//! What a range function sees: one series' samples between two instants.

use std::{cell::OnceCell, ops::Range, sync::Arc};

use super::block::Runs;
use crate::{
    histogram::Histogram,
    promql::{
        ast::{Extend, Span},
        error::QueryError,
        note::{Note, Notes},
    },
    source::{Samples, is_stale},
};

/// What a range function makes of a window.
#[derive(Debug)]
pub enum Outcome {
    /// No sample.
    Nothing,
    /// A number.
    Float(f64),
    /// A histogram.
    Histogram(Arc<Histogram>),
}

/// A function of a window.
pub type RangeFunction = fn(&Window<'_>) -> Result<Outcome, QueryError>;

/// One series' samples without staleness markers, floats and histograms apart.
#[derive(Debug, Default)]
pub struct Points {
    /// When floats were measured.
    pub float_at: Vec<i64>,
    /// Floats.
    pub floats: Vec<f64>,
    /// When histograms were measured.
    pub histogram_at: Vec<i64>,
    /// Histograms.
    pub histograms: Vec<Arc<Histogram>>,
    /// Where a counter fell, computed when first asked for.
    falls: OnceCell<Vec<u32>>,
    /// How often the value had changed up to each sample.
    changes: OnceCell<Vec<u32>>,
    /// Sums and extremes of runs of floats.
    runs: OnceCell<Runs>,
}

impl Points {
    /// Empties it and keeps its room.
    pub fn clear(&mut self) {
        self.float_at.clear();
        self.floats.clear();
        self.histogram_at.clear();
        self.histograms.clear();
        self.falls.take();
        self.changes.take();
        self.runs.take();
    }

    /// Takes over what was read; the buffer is left with room for the next series.
    pub fn fill(&mut self, samples: &mut Samples) {
        self.clear();
        if samples.histograms.is_empty() && !samples.values.iter().any(|value| is_stale(*value)) {
            std::mem::swap(&mut self.float_at, &mut samples.at_ms);
            std::mem::swap(&mut self.floats, &mut samples.values);
            return;
        }
        let mut histograms = samples.histograms.drain(..).peekable();
        for (index, (at, value)) in samples.at_ms.iter().zip(&samples.values).enumerate() {
            if histograms.peek().is_some_and(|(place, _)| *place as usize == index) {
                if let Some((_, histogram)) = histograms.next() {
                    self.push_histogram(*at, histogram);
                }
            } else if !is_stale(*value) {
                self.push_float(*at, *value);
            }
        }
    }

    /// Adds a float newer than all.
    pub fn push_float(&mut self, at: i64, value: f64) {
        self.float_at.push(at);
        self.floats.push(value);
    }

    /// Adds a histogram newer than all.
    pub fn push_histogram(&mut self, at: i64, histogram: Arc<Histogram>) {
        self.histogram_at.push(at);
        self.histograms.push(histogram);
    }

    /// Sums and extremes of runs, where the window is long enough for them to pay.
    pub fn runs(&self, window: &Range<usize>) -> Option<&Runs> {
        Runs::pay(window).then(|| self.runs.get_or_init(|| Runs::new(&self.floats)))
    }

    /// Indices at which a float is less than the one before.
    pub fn falls(&self) -> &[u32] {
        self.falls.get_or_init(|| (1..self.floats.len()).filter(|i| self.floats[*i] < self.floats[i - 1]).map(|i| i as u32).collect())
    }

    /// The falls between the first and the last of a window.
    pub fn falls_in(&self, floats: &Range<usize>) -> &[u32] {
        let falls = self.falls();
        let from = falls.partition_point(|at| *at as usize <= floats.start);
        let to = falls.partition_point(|at| (*at as usize) < floats.end);
        &falls[from..to.max(from)]
    }

    /// How often the value changes within a window.
    pub fn changes_in(&self, floats: &Range<usize>) -> u32 {
        if floats.len() < 2 {
            return 0;
        }
        let changes = self.changes.get_or_init(|| {
            let mut total = 0;
            let mut before = self.floats.first().copied().unwrap_or_default();
            let differs = |a: f64, b: f64| a != b && !(a.is_nan() && b.is_nan());
            self.floats
                .iter()
                .map(|value| {
                    total += u32::from(differs(*value, before));
                    before = *value;
                    total
                })
                .collect()
        });
        changes[floats.end - 1] - changes[floats.start]
    }
}

/// What the windows of one series have in common.
#[derive(Debug)]
pub struct Context<'a> {
    /// The metric's name, for messages.
    pub metric: &'a str,
    /// Where the first argument stands.
    pub span: Span,
    /// Where messages go.
    pub notes: &'a Notes,
    /// How far back a window reaches.
    pub range_ms: i64,
    /// How edges are filled.
    pub extend: Extend,
}

/// A series' samples between two instants, the left one excluded.
#[derive(Debug)]
pub struct Window<'a> {
    /// All samples of the series.
    pub points: &'a Points,
    /// Which floats are in the window.
    pub float_range: Range<usize>,
    /// Which histograms are in the window.
    pub histogram_range: Range<usize>,
    /// The window's end.
    pub end_ms: i64,
    /// The instant that is evaluated; not the end where `offset` or `@` shifts it.
    pub now_ms: i64,
    /// The other arguments at that instant.
    pub scalars: &'a [f64],
    /// What the windows of the series have in common.
    pub context: &'a Context<'a>,
}

impl<'a> Window<'a> {
    /// The floats.
    pub fn floats(&self) -> &'a [f64] {
        &self.points.floats[self.float_range.clone()]
    }

    /// When they were measured.
    pub fn float_times(&self) -> &'a [i64] {
        &self.points.float_at[self.float_range.clone()]
    }

    /// The histograms.
    pub fn histograms(&self) -> &'a [Arc<Histogram>] {
        &self.points.histograms[self.histogram_range.clone()]
    }

    /// When they were measured.
    pub fn histogram_times(&self) -> &'a [i64] {
        &self.points.histogram_at[self.histogram_range.clone()]
    }

    /// The window's beginning, which is not in it.
    pub fn start_ms(&self) -> i64 {
        self.end_ms - self.context.range_ms
    }

    /// Says something about the query's result.
    pub fn note(&self, note: Note<'_>) {
        self.context.notes.add(self.context.span, note);
    }

    /// Says that a function of floats left histograms out.
    pub fn note_ignored_histograms(&self) {
        if !self.histogram_range.is_empty() {
            self.note(Note::HistogramsIgnoredInRange(self.context.metric));
        }
    }

    /// Floats and histograms in the order of their time.
    pub fn merged(&self) -> impl Iterator<Item = Sample<'a>> {
        let mut floats = self.float_times().iter().zip(self.floats()).peekable();
        let mut histograms = self.histogram_times().iter().zip(self.histograms()).peekable();
        std::iter::from_fn(move || {
            let float_first = match (floats.peek(), histograms.peek()) {
                (Some((float, _)), Some((histogram, _))) => float < histogram,
                (Some(_), None) => true,
                (None, _) => false,
            };
            if float_first {
                floats.next().map(|(at, value)| Sample::Float(*at, *value))
            } else {
                histograms.next().map(|(at, histogram)| Sample::Histogram(*at, histogram))
            }
        })
    }
}

/// A sample of either kind.
#[derive(Debug, Clone, Copy)]
pub enum Sample<'a> {
    /// When, and the value.
    Float(i64, f64),
    /// When, and the value.
    Histogram(i64, &'a Arc<Histogram>),
}
