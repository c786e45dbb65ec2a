//! Aggregations that need no more than a few numbers for each group and step: series stream through them.

use std::{collections::HashMap, sync::Arc};

use super::{
    ABSENT, Block, Evaluator, Grid, HISTOGRAM, Head, Row, Sink,
    block::{is_absent, is_histogram},
    key::{KeyLabels, Keys},
    label::emit,
};
use crate::{
    histogram::{Histogram, ResetHint},
    promql::{
        ast::{AggregateOp, Span},
        error::QueryError,
        functions::math::kahan,
        native::Total,
        note::Note,
        parse::NAME,
        plan::{Aggregation, Plan},
    },
};

/// What a group is at one step.
#[derive(Debug, Clone, Copy, Default)]
struct Slot {
    /// Sum, extreme, or sum of squares.
    value: f64,
    /// What rounding took.
    lost: f64,
    /// Mean, where one runs along.
    mean: f64,
    /// Samples.
    count: f64,
    floats: bool,
    histograms: bool,
    /// The mean runs, because the sum would overflow.
    running: bool,
}

/// Histograms of a group at one step.
#[derive(Debug)]
struct HistogramSlot {
    total: Total,
    reset: bool,
    not_reset: bool,
    incompatible: bool,
}

/// All groups at all steps.
#[derive(Debug)]
struct Groups<'a> {
    op: AggregateOp,
    steps: usize,
    keys: Keys,
    by: KeyLabels<'a>,
    heads: Vec<Head>,
    slots: Vec<Slot>,
    histograms: HashMap<usize, HistogramSlot>,
}

impl Evaluator<'_> {
    pub(super) fn aggregate(&self, aggregation: &Aggregation, grid: &Grid, span: Span, sink: &mut Sink<'_>) -> Result<(), QueryError> {
        let by = KeyLabels { labels: &aggregation.labels, only: !aggregation.without };
        if let Some(parameter) = &aggregation.parameter {
            return self.ranked(aggregation, by, parameter, grid, span, sink);
        }
        let mut groups = Groups {
            op: aggregation.op,
            steps: grid.len,
            keys: Keys::default(),
            by,
            heads: Vec::new(),
            slots: Vec::new(),
            histograms: HashMap::new(),
        };
        let inner: &Plan = &aggregation.inner;
        self.stream(inner, grid, &mut |row| {
            // A slot takes the room of several points.
            let slots = (groups.keys.len() + 1).saturating_mul(grid.len);
            self.check_points(slots.saturating_mul(size_of::<Slot>() / size_of::<f64>()))?;
            let group = groups.group(row);
            groups.add(group, row, self, inner.span);
            Ok(())
        })?;
        let block = groups.finish(self, inner.span);
        emit(&block, sink)
    }
}

impl Groups<'_> {
    fn group(&mut self, row: &Row) -> usize {
        let (group, new) = self.keys.id(self.by, &row.labels);
        if new {
            self.heads.push(Head { labels: self.by.keep(&row.labels), drop_name: false });
            self.slots.resize((group + 1) * self.steps, Slot::default());
        }
        group
    }

    fn add(&mut self, group: usize, row: &Row, evaluator: &Evaluator<'_>, span: Span) {
        self.heads[group].drop_name |= row.drop_name;
        let op = self.op;
        let from = group * self.steps;
        for (slot, value) in self.slots[from..from + self.steps].iter_mut().zip(&row.values) {
            if is_absent(*value) {
                continue;
            }
            if is_histogram(*value) {
                slot.histograms = true;
                slot.count += f64::from(u8::from(matches!(op, AggregateOp::Count | AggregateOp::Group)));
                continue;
            }
            slot.add(op, *value);
        }
        let ignored = matches!(op, AggregateOp::Min | AggregateOp::Max | AggregateOp::Stddev | AggregateOp::Stdvar);
        if ignored && !row.histograms.is_empty() {
            evaluator.notes.add(span, Note::HistogramIgnoredInAggregation(op.name()));
        }
        if matches!(op, AggregateOp::Sum | AggregateOp::Avg) {
            for (step, histogram) in &row.histograms {
                self.add_histogram(from + *step as usize, histogram, row.labels.get(NAME), evaluator, span);
            }
        }
    }

    fn add_histogram(&mut self, at: usize, histogram: &Histogram, metric: &str, evaluator: &Evaluator<'_>, span: Span) {
        let mean = self.op == AggregateOp::Avg;
        let known = self.histograms.contains_key(&at);
        let slot = self.histograms.entry(at).or_insert_with(|| HistogramSlot {
            total: Total::new(histogram, mean),
            reset: false,
            not_reset: false,
            incompatible: false,
        });
        if slot.incompatible {
            return;
        }
        slot.reset |= histogram.reset_hint == ResetHint::Reset;
        slot.not_reset |= histogram.reset_hint == ResetHint::NotReset;
        if !known {
            return;
        }
        match slot.total.add(histogram) {
            Ok(true) => evaluator.notes.add(span, Note::CustomBucketsReconciled("aggregation")),
            Ok(false) => {}
            Err(_) => {
                slot.incompatible = true;
                evaluator.notes.add(span, Note::MixedExponentialCustom(metric));
            }
        }
    }

    fn finish(mut self, evaluator: &Evaluator<'_>, span: Span) -> Block {
        let mut block = Block::new(self.steps);
        let mut row = Row::default();
        for (group, head) in self.heads.iter().enumerate() {
            row.reset(head.labels.clone(), self.steps);
            row.drop_name = head.drop_name;
            for step in 0..self.steps {
                let at = group * self.steps + step;
                let slot = self.slots[at];
                let sums = matches!(self.op, AggregateOp::Sum | AggregateOp::Avg);
                if sums && slot.floats && slot.histograms {
                    evaluator.notes.add(span, Note::MixedFloatsHistogramsAggregated);
                    continue;
                }
                row.values[step] = slot.result(self.op);
                if let Some(histograms) = self.histograms.remove(&at).filter(|slot| !slot.incompatible) {
                    if histograms.reset && histograms.not_reset {
                        evaluator.notes.add(span, Note::CounterResetCollision("aggregation"));
                    }
                    row.values[step] = HISTOGRAM;
                    row.histograms.push((step as u32, Arc::new(histograms.total.finish())));
                }
            }
            block.push(&mut row);
        }
        block
    }
}

impl Slot {
    fn add(&mut self, op: AggregateOp, value: f64) {
        let first = !self.floats;
        self.floats = true;
        self.count += 1.0;
        match op {
            AggregateOp::Sum | AggregateOp::Avg if first => self.value = value,
            AggregateOp::Sum => (self.value, self.lost) = kahan(value, self.value, self.lost),
            AggregateOp::Avg => self.add_to_mean(value),
            AggregateOp::Min if first || self.value > value || self.value.is_nan() => self.value = value,
            AggregateOp::Max if first || self.value < value || self.value.is_nan() => self.value = value,
            AggregateOp::Stddev | AggregateOp::Stdvar if first => {
                self.mean = value;
                self.value = if value.is_finite() { 0.0 } else { f64::NAN };
            }
            AggregateOp::Stddev | AggregateOp::Stdvar => {
                let delta = value - self.mean;
                self.mean += delta / self.count;
                self.value += delta * (value - self.mean);
            }
            _ => {}
        }
    }

    /// By compensated sum; by running mean from where the sum would overflow.
    fn add_to_mean(&mut self, value: f64) {
        if !self.running {
            let (sum, lost) = kahan(value, self.value, self.lost);
            if !sum.is_infinite() {
                (self.value, self.lost) = (sum, lost);
                return;
            }
            self.running = true;
            self.mean = self.value / (self.count - 1.0);
            self.lost /= self.count - 1.0;
        }
        let share = (self.count - 1.0) / self.count;
        (self.mean, self.lost) = kahan(value / self.count, share * self.mean, share * self.lost);
    }

    fn result(&self, op: AggregateOp) -> f64 {
        if matches!(op, AggregateOp::Count | AggregateOp::Group) {
            return match (self.count > 0.0, op) {
                (false, _) => ABSENT,
                (true, AggregateOp::Group) => 1.0,
                (true, _) => self.count,
            };
        }
        if !self.floats {
            return ABSENT;
        }
        match op {
            AggregateOp::Sum => self.value + self.lost,
            AggregateOp::Avg if self.running => self.mean + self.lost,
            AggregateOp::Avg => self.value / self.count + self.lost / self.count,
            AggregateOp::Stdvar => self.value / self.count,
            AggregateOp::Stddev => (self.value / self.count).sqrt(),
            _ => self.value,
        }
    }
}
