//! Looking into a batch, and showing it to the store.

use super::{Batch, Cell, Kind, Row, Span};
use crate::store::{Incoming, Value};

/// A sample of a batch.
#[derive(Debug, Clone, Copy)]
pub struct Sample<'a> {
    batch: &'a Batch,
    row: &'a Row,
    place: usize,
}

impl<'a> Sample<'a> {
    /// Its labels, sorted by name, the metric's name among them under `__name__`.
    pub fn labels(&self) -> impl ExactSizeIterator<Item = (&'a str, &'a str)> + use<'a> {
        let batch = self.batch;
        batch.pairs(self.row.labels, self.row.count)
    }

    /// Names of labels that the sender wrote with an empty value. They are no labels; with `honor_labels` they keep the target's
    /// own away (a Pushgateway writes `instance=""`).
    pub fn blank_labels(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        let batch = self.batch;
        batch.blank_of(self.place).map(|name| batch.slice(name))
    }

    /// The value of a label; empty when it is not there.
    pub fn label(&self, name: &str) -> &'a str {
        self.labels().find(|(key, _)| *key == name).map_or("", |(_, value)| value)
    }

    /// The metric's name; empty when there is none.
    pub fn metric(&self) -> &'a str {
        self.label(super::NAME)
    }

    /// Milliseconds since 1970 UTC.
    pub fn at_ms(&self) -> i64 {
        self.row.at_ms
    }

    /// Whether the sender said when, and not the reader.
    pub fn timed(&self) -> bool {
        self.row.timed
    }

    /// Since when it counts, when the sender said so.
    pub fn start_ms(&self) -> Option<i64> {
        (self.row.start_ms != 0).then_some(self.row.start_ms)
    }

    /// The value.
    pub fn value(&self) -> Value<'a> {
        self.batch.value(self.row)
    }
}

/// An exemplar: one observation, usually with the trace it came from.
#[derive(Debug, Clone, Copy)]
pub struct Exemplar<'a> {
    batch: &'a Batch,
    labels: (u32, u32),
    /// Place of its sample in the batch.
    pub sample: usize,
    /// When it was observed, milliseconds since 1970 UTC.
    pub at_ms: Option<i64>,
    /// What was observed.
    pub value: f64,
}

impl<'a> Exemplar<'a> {
    /// Its own labels, sorted by name.
    pub fn labels(&self) -> impl ExactSizeIterator<Item = (&'a str, &'a str)> + use<'a> {
        let batch = self.batch;
        batch.pairs(self.labels.0, self.labels.1)
    }
}

/// What is said about a metric family.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Family<'a> {
    /// Its name, without suffixes such as `_bucket`.
    pub name: &'a str,
    /// What it is.
    pub kind: Kind,
    /// What it measures, for people.
    pub help: &'a str,
    /// Its unit; mostly empty.
    pub unit: &'a str,
}

impl Batch {
    fn pairs(&self, first: u32, count: u32) -> impl ExactSizeIterator<Item = (&str, &str)> {
        let first = first as usize;
        let labels = self.labels.get(first..first + count as usize).unwrap_or_default();
        labels.iter().map(|(name, value)| (self.slice(*name), self.slice(*value)))
    }

    /// Names of the empty labels of a row.
    pub(super) fn blank_of(&self, row: usize) -> impl Iterator<Item = Span> + use<'_> {
        let from = self.blank.partition_point(|(of, _)| (*of as usize) < row);
        self.blank[from..].iter().take_while(move |(of, _)| *of as usize == row).map(|(_, name)| *name)
    }

    fn value(&self, row: &Row) -> Value<'_> {
        match row.cell {
            Cell::Float(value) => Value::Float(value),
            Cell::Histogram(at) => self.histograms.get(at as usize).map_or(Value::Float(f64::NAN), Value::Histogram),
        }
    }

    /// The samples, in the order in which they came.
    pub fn samples(&self) -> impl ExactSizeIterator<Item = Sample<'_>> + DoubleEndedIterator {
        self.rows.iter().enumerate().map(|(place, row)| Sample { batch: self, row, place })
    }

    /// The exemplars, in the order in which they came.
    pub fn exemplars(&self) -> impl ExactSizeIterator<Item = Exemplar<'_>> {
        self.exemplars.iter().map(|row| Exemplar {
            batch: self,
            labels: (row.labels, row.count),
            sample: row.sample as usize,
            at_ms: row.at_ms,
            value: row.value,
        })
    }

    /// What was said about families; of a name that comes again the later one counts.
    pub fn families(&self) -> impl ExactSizeIterator<Item = Family<'_>> {
        let slice = |span| self.slice(span);
        self.families.iter().map(move |row| Family { name: slice(row.name), kind: row.kind, help: slice(row.help), unit: slice(row.unit) })
    }

    /// Shows all samples to the store in one go: two allocations, whatever their number.
    ///
    /// ```
    /// # use evenkeel_tsdb::batch::Batch;
    /// let mut batch = Batch::new();
    /// batch.name("up");
    /// batch.label("job", "node");
    /// batch.float(1_700_000_000_000, 1.0).unwrap();
    /// batch.with_incoming(|samples| assert_eq!(samples[0].labels, [("__name__", "up"), ("job", "node")]));
    /// // let taken = batch.with_incoming(|samples| store.append(tenant, samples))?;
    /// ```
    pub fn with_incoming<R>(&self, give: impl FnOnce(&[Incoming<'_>]) -> R) -> R {
        let mut pairs: Vec<(&str, &str)> = Vec::with_capacity(self.labels.len());
        pairs.extend(self.labels.iter().map(|(name, value)| (self.slice(*name), self.slice(*value))));
        let labels = |row: &Row| {
            let first = row.labels as usize;
            pairs.get(first..first + row.count as usize).unwrap_or_default()
        };
        let incoming: Vec<Incoming<'_>> =
            self.rows.iter().map(|row| Incoming { labels: labels(row), at_ms: row.at_ms, value: self.value(row) }).collect();
        give(&incoming)
    }
}
