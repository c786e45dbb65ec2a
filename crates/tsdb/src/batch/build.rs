//! Filling a batch: labels, then the value that ends a sample.

use super::{Batch, Cell, ExemplarRow, FamilyRow, Kind, NAME_SPAN, NORMAL_NAN_BITS, Row, Span};
use crate::{histogram::Histogram, source::is_stale};

/// A label name stood twice in one sample.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the label {0} stands twice")]
pub struct NotUnique(pub String);

/// Exemplars of one batch at most; further ones are left out. They are a few bytes on the wire and more in memory.
const EXEMPLARS_MAX: usize = 250_000;
/// Families of one batch at most that something is said about; more is not kept.
const FAMILIES_MAX: usize = 250_000;

/// A number as an offset; texts, rows and labels of a batch are bounded far below 32 bits.
pub(crate) fn offset(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

impl Batch {
    /// Adds a label to the sample that is being built, in any order. An empty value is no label.
    pub fn label(&mut self, name: &str, value: &str) {
        let name = self.put(name);
        let value = self.put(value);
        self.label_spans(name, value);
    }

    /// Adds the metric's name to the sample that is being built.
    pub fn name(&mut self, metric: &str) {
        let value = self.put(metric);
        self.label_spans(NAME_SPAN, value);
    }

    /// Ends the sample with a float. `at_ms` is milliseconds since 1970 UTC.
    ///
    /// # Errors
    /// When a label name stands twice; the sample is dropped.
    pub fn float(&mut self, at_ms: i64, value: f64) -> Result<(), NotUnique> {
        self.end(Row { labels: 0, count: 0, at_ms, start_ms: 0, cell: Cell::Float(normal(value)), timed: true })
    }

    /// Ends the sample with a native histogram.
    ///
    /// # Errors
    /// When a label name stands twice; the sample is dropped.
    pub fn histogram(&mut self, at_ms: i64, value: Histogram) -> Result<(), NotUnique> {
        let cell = Cell::Histogram(offset(self.histograms.len()));
        self.end(Row { labels: 0, count: 0, at_ms, start_ms: 0, cell, timed: true })?;
        self.histograms.push(value);
        Ok(())
    }

    /// Says since when the last sample counts, milliseconds since 1970 UTC; zero: not known.
    pub fn since(&mut self, start_ms: i64) {
        if let Some(row) = self.rows.last_mut() {
            row.start_ms = start_ms;
        }
    }

    /// The last sample's instant was not the sender's.
    pub(crate) fn untimed(&mut self) {
        if let Some(row) = self.rows.last_mut() {
            row.timed = false;
        }
    }

    /// Ends one more sample with the labels of the last one.
    pub(crate) fn again(&mut self, at_ms: i64, value: f64) {
        if let Some(last) = self.rows.last().copied() {
            self.rows.push(Row { at_ms, cell: Cell::Float(normal(value)), start_ms: 0, ..last });
        }
    }

    /// The same with a native histogram.
    pub(crate) fn histogram_again(&mut self, at_ms: i64, value: Histogram) {
        if let Some(last) = self.rows.last().copied() {
            self.rows.push(Row { at_ms, cell: Cell::Histogram(offset(self.histograms.len())), start_ms: 0, ..last });
            self.histograms.push(value);
        }
    }

    /// Forgets the samples from this one on, with what hangs on them; their texts stay.
    pub(crate) fn truncate(&mut self, rows: usize) {
        if let Some(first) = self.rows.get(rows) {
            self.pending = first.labels as usize;
        }
        self.rows.truncate(rows);
        self.exemplars.retain(|exemplar| (exemplar.sample as usize) < rows);
        self.drop_pending();
    }

    /// Forgets the labels pushed since the last sample.
    pub fn drop_pending(&mut self) {
        self.labels.truncate(self.pending);
        self.drop_blank();
    }

    /// Forgets the empty labels of the sample that is being built.
    fn drop_blank(&mut self) {
        while self.blank.pop_if(|(row, _)| *row as usize >= self.rows.len()).is_some() {}
    }

    /// Makes an exemplar of the last sample out of the labels pushed since. Returns false, and forgets them, when there is no
    /// sample or a name stands twice.
    pub fn exemplar(&mut self, at_ms: Option<i64>, value: f64) -> bool {
        let fine = !self.rows.is_empty() && self.exemplars.len() < EXEMPLARS_MAX && self.order().is_ok();
        if fine {
            let (sample, labels) = (offset(self.rows.len() - 1), offset(self.pending));
            let count = offset(self.labels.len() - self.pending);
            self.exemplars.push(ExemplarRow { sample, labels, count, at_ms, value });
            self.pending = self.labels.len();
            self.drop_blank();
        } else {
            self.drop_pending();
        }
        fine
    }

    /// Says what a family is. Said again, what is said last and is not empty counts.
    pub fn family(&mut self, name: &str, kind: Kind, help: &str, unit: &str) {
        let Some(at) = self.family_at(name) else { return };
        let (help, unit) = (self.put(help), self.put(unit));
        let row = &mut self.families[at];
        if kind != Kind::Unknown {
            row.kind = kind;
        }
        if help.bytes > 0 {
            row.help = help;
        }
        if unit.bytes > 0 {
            row.unit = unit;
        }
    }

    /// The family that a sample belongs to by its name, without the suffix that its kind gives it. Texts are there already.
    pub(crate) fn family_of_row(&mut self, row: usize, kind: Kind, help: Span, unit: Span) {
        let labels =
            self.rows.get(row).map_or(self.pending..self.labels.len(), |row| row.labels as usize..(row.labels + row.count) as usize);
        let pair = self.labels.get(labels).and_then(|labels| labels.iter().find(|(name, _)| *name == NAME_SPAN));
        let Some(mut name) = pair.map(|(_, value)| *value) else { return };
        let suffixes: &[&str] = match kind {
            Kind::Histogram => &["_bucket", "_count", "_sum"],
            Kind::GaugeHistogram => &["_bucket", "_gcount", "_gsum"],
            Kind::Summary => &["_count", "_sum"],
            _ => &[],
        };
        if let Some(stem) = suffixes.iter().find_map(|suffix| self.slice(name).strip_suffix(suffix)) {
            name.bytes = offset(stem.len());
        }
        let new = self.families.last().is_none_or(|last| self.slice(last.name) != self.slice(name));
        if new && self.families.len() < FAMILIES_MAX {
            self.families.push(FamilyRow { name, kind, help, unit });
        }
    }

    /// The family's place. Pages speak of one family at a time: only the last is looked at; a reader of metadata that meets a
    /// name again takes the later one.
    fn family_at(&mut self, name: &str) -> Option<usize> {
        if self.families.last().is_none_or(|last| self.slice(last.name) != name) {
            if self.families.len() >= FAMILIES_MAX {
                return None;
            }
            let name = self.put(name);
            self.families.push(FamilyRow { name, kind: Kind::Unknown, help: Span::default(), unit: Span::default() });
        }
        self.families.len().checked_sub(1)
    }

    /// Copies into the text.
    pub(crate) fn put(&mut self, text: &str) -> Span {
        let at = offset(self.text.len());
        self.text.push_str(text);
        Span { at, bytes: offset(text.len()) }
    }

    /// The end of the text, for spans into a page that is about to be copied there.
    pub(crate) fn text_end(&self) -> u32 {
        offset(self.text.len())
    }

    /// Adds a label whose texts are there already.
    pub(crate) fn label_spans(&mut self, name: Span, value: Span) {
        if value.bytes > 0 {
            self.labels.push((name, value));
        } else {
            self.blank.push((offset(self.rows.len()), name));
        }
    }

    /// How many labels all samples have together.
    pub(crate) fn labels_len(&self) -> usize {
        self.labels.len()
    }

    /// How many labels the sample that is being built has.
    pub(crate) fn pending_labels(&self) -> usize {
        self.labels.len() - self.pending
    }

    /// How many characters their names and values have.
    pub(crate) fn pending_chars(&self) -> usize {
        let chars = |span: &Span| self.slice(*span).chars().count();
        self.labels.get(self.pending..).unwrap_or_default().iter().map(|(name, value)| chars(name) + chars(value)).sum()
    }

    /// Sorts the pending labels by name.
    fn order(&mut self) -> Result<(), NotUnique> {
        let pending = self.pending;
        let mut sorted = true;
        for at in pending + 1..self.labels.len() {
            match self.slice(self.labels[at - 1].0).cmp(self.slice(self.labels[at].0)) {
                std::cmp::Ordering::Less => {}
                std::cmp::Ordering::Equal => return Err(NotUnique(self.slice(self.labels[at].0).to_owned())),
                std::cmp::Ordering::Greater => sorted = false,
            }
        }
        if !sorted {
            let text = &self.text;
            let name = |span: Span| text.get(span.at as usize..(span.at + span.bytes) as usize).unwrap_or_default();
            let labels = &mut self.labels[pending..];
            labels.sort_by(|a, b| name(a.0).cmp(name(b.0)));
            if let Some(pair) = labels.windows(2).find(|pair| name(pair[0].0) == name(pair[1].0)) {
                return Err(NotUnique(name(pair[0].0).to_owned()));
            }
        }
        Ok(())
    }

    fn end(&mut self, row: Row) -> Result<(), NotUnique> {
        if let Err(twice) = self.order() {
            self.drop_pending();
            return Err(twice);
        }
        let (labels, count) = (offset(self.pending), offset(self.labels.len() - self.pending));
        self.rows.push(Row { labels, count, ..row });
        self.pending = self.labels.len();
        Ok(())
    }
}

/// The value as it is kept: one NaN, beside the staleness marker.
fn normal(value: f64) -> f64 {
    if value.is_nan() && !is_stale(value) { f64::from_bits(NORMAL_NAN_BITS) } else { value }
}
