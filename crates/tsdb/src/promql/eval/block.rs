//! Rows and blocks of them: values are dense over the steps, so that most operations are loops over slices.

use std::sync::Arc;

use crate::{
    histogram::Histogram,
    promql::native,
    source::{Labels, STALE_BITS},
};

/// Stands where there is no sample: the staleness marker, which no result can be.
pub const ABSENT: f64 = f64::from_bits(STALE_BITS);
/// Stands where the sample is a histogram: another signalling NaN, which no arithmetic yields.
pub const HISTOGRAM: f64 = f64::from_bits(STALE_BITS + 1);

/// Whether there is no sample.
pub fn is_absent(value: f64) -> bool {
    value.to_bits() == STALE_BITS
}

/// Whether the sample is a histogram.
pub fn is_histogram(value: f64) -> bool {
    value.to_bits() == STALE_BITS + 1
}

/// Whether the sample is a float.
pub fn is_float(value: f64) -> bool {
    let bits = value.to_bits();
    bits != STALE_BITS && bits != STALE_BITS + 1
}

/// A sample at a step.
#[derive(Debug, Clone, Copy)]
pub enum Cell<'a> {
    /// None.
    Absent,
    /// A number.
    Float(f64),
    /// A histogram.
    Histogram(&'a Arc<Histogram>),
}

/// One series over all steps.
#[derive(Debug, Clone, Default)]
pub struct Row {
    /// Its labels.
    pub labels: Labels,
    /// Whether the metric's name goes in the end.
    pub drop_name: bool,
    /// One value a step.
    pub values: Vec<f64>,
    /// Histograms with their steps, rising.
    pub histograms: Vec<(u32, Arc<Histogram>)>,
}

impl Row {
    /// A row without samples.
    pub fn new(labels: Labels, steps: usize) -> Self {
        Self { labels, drop_name: false, values: vec![ABSENT; steps], histograms: Vec::new() }
    }

    /// Becomes a row without samples, keeping its room.
    pub fn reset(&mut self, labels: Labels, steps: usize) {
        self.labels = labels;
        self.drop_name = false;
        self.values.clear();
        self.values.resize(steps, ABSENT);
        self.histograms.clear();
    }

    /// Whether there is no sample at all.
    pub fn is_empty(&self) -> bool {
        self.values.iter().all(|value| is_absent(*value))
    }

    /// The sample at a step.
    pub fn cell(&self, step: usize) -> Cell<'_> {
        cell(self.values[step], &self.histograms, step)
    }

    /// Puts a histogram at a step that is later than those that hold one.
    pub fn put_histogram(&mut self, step: usize, histogram: Arc<Histogram>) {
        self.values[step] = HISTOGRAM;
        self.histograms.push((step as u32, histogram));
    }

    /// Repeats the first step.
    pub fn repeat(&mut self, steps: usize) {
        let first = self.values.first().copied().unwrap_or(ABSENT);
        self.values.clear();
        self.values.resize(steps, first);
        if let Some((_, histogram)) = self.histograms.pop() {
            self.histograms = (0..steps as u32).map(|step| (step, Arc::clone(&histogram))).collect();
        }
    }

    /// Turns every sign; the name goes.
    pub fn negate(&mut self) {
        self.drop_name = true;
        for value in &mut self.values {
            if is_float(*value) {
                *value = -*value;
            }
        }
        for (_, histogram) in &mut self.histograms {
            native::scale::multiply(Arc::make_mut(histogram), -1.0);
        }
    }

    /// Replaces each float; histograms fall away and so does the name.
    pub fn map_floats(&mut self, compute: impl Fn(f64) -> f64) {
        self.drop_name = true;
        self.histograms.clear();
        for value in &mut self.values {
            if is_float(*value) {
                *value = compute(*value);
            } else {
                *value = ABSENT;
            }
        }
    }
}

fn cell(value: f64, histograms: &[(u32, Arc<Histogram>)], step: usize) -> Cell<'_> {
    if is_absent(value) {
        return Cell::Absent;
    }
    if !is_histogram(value) {
        return Cell::Float(value);
    }
    match histograms.binary_search_by_key(&(step as u32), |(step, _)| *step) {
        Ok(at) => Cell::Histogram(&histograms[at].1),
        Err(_) => Cell::Absent,
    }
}

/// What a row of a block is called.
#[derive(Debug, Clone)]
pub struct Head {
    /// Its labels.
    pub labels: Labels,
    /// Whether the metric's name goes in the end.
    pub drop_name: bool,
}

/// Rows held together: values in one piece.
#[derive(Debug, Default)]
pub struct Block {
    /// Steps of each row.
    pub steps: usize,
    /// What the rows are called.
    pub heads: Vec<Head>,
    values: Vec<f64>,
    /// Histograms of each row that has any.
    histograms: Vec<Vec<(u32, Arc<Histogram>)>>,
}

impl Block {
    /// An empty one.
    pub fn new(steps: usize) -> Self {
        Self { steps, ..Self::default() }
    }

    /// How many rows.
    pub fn len(&self) -> usize {
        self.heads.len()
    }

    /// Adds a row, unless it has no sample.
    pub fn push(&mut self, row: &mut Row) {
        if row.is_empty() {
            return;
        }
        if !row.histograms.is_empty() {
            self.histograms.resize(self.heads.len(), Vec::new());
            self.histograms.push(std::mem::take(&mut row.histograms));
        }
        self.heads.push(Head { labels: row.labels.clone(), drop_name: row.drop_name });
        self.values.extend_from_slice(&row.values);
    }

    /// The values of a row.
    pub fn values(&self, row: usize) -> &[f64] {
        &self.values[row * self.steps..(row + 1) * self.steps]
    }

    /// The histograms of a row.
    pub fn histograms(&self, row: usize) -> &[(u32, Arc<Histogram>)] {
        self.histograms.get(row).map_or(&[], Vec::as_slice)
    }

    /// The sample of a row at a step.
    pub fn cell(&self, row: usize, step: usize) -> Cell<'_> {
        cell(self.values[row * self.steps + step], self.histograms(row), step)
    }

    /// Copies a row out.
    pub fn copy(&self, index: usize, row: &mut Row) {
        row.labels = self.heads[index].labels.clone();
        row.drop_name = self.heads[index].drop_name;
        row.values.clear();
        row.values.extend_from_slice(self.values(index));
        row.histograms.clear();
        row.histograms.extend_from_slice(self.histograms(index));
    }

    /// Merges rows of equal labels whose samples do not meet; false when two do.
    pub fn merge_equal(self) -> Option<Self> {
        let mut seen = std::collections::HashMap::with_capacity(self.len());
        let mut unique = true;
        for (index, head) in self.heads.iter().enumerate() {
            unique &= seen.insert(head.labels.clone(), index).is_none();
        }
        if unique {
            return Some(self);
        }
        let mut order: Vec<Row> = Vec::new();
        let mut places: std::collections::HashMap<Labels, usize> = std::collections::HashMap::new();
        for index in 0..self.len() {
            let mut row = Row::default();
            self.copy(index, &mut row);
            match places.get(&row.labels) {
                None => {
                    places.insert(row.labels.clone(), order.len());
                    order.push(row);
                }
                Some(place) => {
                    let into = &mut order[*place];
                    for (step, value) in row.values.iter().enumerate() {
                        if is_absent(*value) {
                            continue;
                        }
                        if !is_absent(into.values[step]) {
                            return None;
                        }
                        into.values[step] = *value;
                    }
                    into.histograms.append(&mut row.histograms);
                    into.histograms.sort_by_key(|(step, _)| *step);
                }
            }
        }
        let mut merged = Self::new(self.steps);
        for mut row in order {
            merged.push(&mut row);
        }
        Some(merged)
    }
}
