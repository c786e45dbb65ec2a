//! `histogram_quantile`, `histogram_quantiles`, `histogram_fraction`: classic histograms (series with `le`) and native ones.

use std::collections::HashMap;

use super::{Block, Cell, Evaluator, Grid, Row, Sink, label, text_of};
use crate::{
    histogram::Histogram,
    promql::{
        ast::Span,
        classic::{self, Bucket},
        error::{QueryError, evaluation},
        native,
        note::Note,
        number,
        parse::NAME,
        plan::Plan,
    },
    source::Labels,
};

/// The label of a classic bucket's upper bound.
const BOUND: &str = "le";

/// A histogram at one step.
enum Shape<'a> {
    Classic(&'a mut Vec<Bucket>),
    Native(&'a Histogram),
}

/// Series that are one histogram: classic buckets, and a native one of the same name.
#[derive(Debug, Default)]
struct Family {
    labels: Labels,
    buckets: Vec<(usize, f64)>,
    native: Vec<usize>,
}

impl Evaluator<'_> {
    /// Series gathered into histograms; what is neither is noted.
    fn families(&self, block: &Block, span: Span) -> Vec<Family> {
        let mut places: HashMap<Labels, usize> = HashMap::new();
        let mut families: Vec<Family> = Vec::new();
        let mut family = |labels: Labels| {
            *places.entry(labels.clone()).or_insert_with(|| {
                families.push(Family { labels, ..Family::default() });
                families.len() - 1
            })
        };
        let mut found = Vec::new();
        for (row, head) in block.heads.iter().enumerate() {
            let histograms = block.histograms(row).len();
            if histograms > 0 {
                found.push((family(head.labels.clone()), row, None));
            }
            if !block.values(row).iter().any(|value| super::block::is_float(*value)) {
                continue;
            }
            let bound = head.labels.get(BOUND);
            match parse_bound(bound) {
                Some(value) => found.push((family(label::with(&head.labels, BOUND, "")), row, Some(value))),
                None => self.notes.add(span, Note::BadBucketLabel { label: bound, metric: head.labels.get(NAME) }),
            }
        }
        for (place, row, bound) in found {
            match bound {
                Some(bound) => families[place].buckets.push((row, bound)),
                None => families[place].native.push(row),
            }
        }
        families
    }

    /// Each histogram at each step; a classic and a native one of the same name at the same step exclude each other.
    fn each_histogram(
        &self,
        vector: &Plan,
        grid: &Grid,
        sink: &mut Sink<'_>,
        mut compute: impl FnMut(usize, &Labels, Shape<'_>) -> f64,
        rename: impl Fn(&Labels) -> Labels,
    ) -> Result<(), QueryError> {
        let block = self.block(vector, grid)?;
        let mut buckets = Vec::new();
        for family in self.families(&block, vector.span) {
            self.check()?;
            let mut row = Row::new(rename(&family.labels), grid.len);
            row.drop_name = true;
            for step in 0..grid.len {
                buckets.clear();
                for (bucket, bound) in &family.buckets {
                    if let Cell::Float(count) = block.cell(*bucket, step) {
                        buckets.push(Bucket { bound: *bound, count });
                    }
                }
                let native = family.native.iter().find_map(|row| match block.cell(*row, step) {
                    Cell::Histogram(histogram) => Some(histogram),
                    _ => None,
                });
                row.values[step] = match native {
                    Some(_) if !buckets.is_empty() => {
                        self.notes.add(vector.span, Note::MixedClassicNative(family.labels.get(NAME)));
                        continue;
                    }
                    Some(histogram) => compute(step, &family.labels, Shape::Native(histogram)),
                    None if buckets.is_empty() => continue,
                    None => compute(step, &family.labels, Shape::Classic(&mut buckets)),
                };
            }
            if !row.is_empty() {
                sink(&mut row)?;
            }
        }
        Ok(())
    }

    /// `histogram_quantile`
    pub(super) fn histogram_quantile(&self, arguments: &[Plan], grid: &Grid, sink: &mut Sink<'_>) -> Result<(), QueryError> {
        let span = arguments[1].span;
        let quantiles = self.scalar(&arguments[0], grid)?;
        self.check_quantiles(&quantiles, arguments[0].span);
        let compute = |step: usize, labels: &Labels, shape: Shape<'_>| {
            self.one_quantile(quantiles[step], grid.at(step), labels.get(NAME), shape, span)
        };
        self.each_histogram(&arguments[1], grid, sink, compute, Labels::clone)
    }

    /// `histogram_quantiles`: several at once, told apart by a label.
    pub(super) fn histogram_quantiles(&self, arguments: &[Plan], grid: &Grid, sink: &mut Sink<'_>) -> Result<(), QueryError> {
        let name = text_of(&arguments[1]);
        if name.is_empty() {
            return evaluation("invalid label name in histogram_quantiles(): ");
        }
        let span = arguments[0].span;
        for argument in &arguments[2..] {
            let quantiles = self.scalar(argument, grid)?;
            self.check_quantiles(&quantiles, argument.span);
            let Some(first) = quantiles.first().copied() else { continue };
            let value = open_metrics(first);
            let compute = |step: usize, labels: &Labels, shape: Shape<'_>| {
                self.one_quantile(quantiles[step], grid.at(step), labels.get(NAME), shape, span)
            };
            self.each_histogram(&arguments[0], grid, sink, compute, |labels| label::with(labels, name, &value))?;
        }
        Ok(())
    }

    fn check_quantiles(&self, quantiles: &[f64], span: Span) {
        if let Some(wrong) = quantiles.iter().find(|q| !(0.0..=1.0).contains(*q)) {
            self.notes.add(span, Note::InvalidQuantile(*wrong));
        }
    }

    fn one_quantile(&self, q: f64, at_ms: i64, metric: &str, shape: Shape<'_>, span: Span) -> f64 {
        match shape {
            Shape::Native(histogram) => {
                let result = native::quantile::quantile(q, histogram);
                if histogram.sum.is_nan() && histogram.count != 0.0 && (0.0..=1.0).contains(&q) {
                    let inside: f64 = native::layout::all(histogram).iter().map(|bucket| bucket.count).sum();
                    if result.is_nan() {
                        self.notes.add(span, Note::QuantileNan(metric));
                    } else if inside < histogram.count {
                        self.notes.add(span, Note::QuantileSkewed(metric));
                    }
                }
                result
            }
            Shape::Classic(buckets) => {
                let (result, forced) = classic::quantile(q, buckets);
                if let Some(forced) = forced {
                    let note = Note::ForcedMonotonicity {
                        metric,
                        at_ms,
                        least: forced.least,
                        greatest: forced.greatest,
                        difference: forced.difference,
                    };
                    self.notes.add(span, note);
                }
                result
            }
        }
    }

    /// `histogram_fraction`
    pub(super) fn histogram_fraction(&self, arguments: &[Plan], grid: &Grid, sink: &mut Sink<'_>) -> Result<(), QueryError> {
        let (lower, upper) = (self.scalar(&arguments[0], grid)?, self.scalar(&arguments[1], grid)?);
        let compute = |step: usize, labels: &Labels, shape: Shape<'_>| match shape {
            Shape::Native(histogram) => {
                let inside: f64 = native::layout::all(histogram).iter().map(|bucket| bucket.count).sum();
                if histogram.sum.is_nan() && inside < histogram.count {
                    self.notes.add(arguments[2].span, Note::FractionNan(labels.get(NAME)));
                }
                native::quantile::fraction(lower[step], upper[step], histogram)
            }
            Shape::Classic(buckets) => classic::fraction(lower[step], upper[step], buckets),
        };
        self.each_histogram(&arguments[2], grid, sink, compute, Labels::clone)
    }
}

/// A bucket's bound as Go reads floats.
fn parse_bound(text: &str) -> Option<f64> {
    match text.to_ascii_lowercase().as_str() {
        "+inf" | "inf" | "infinity" | "+infinity" => Some(f64::INFINITY),
        "-inf" | "-infinity" => Some(f64::NEG_INFINITY),
        lower => lower.parse().ok(),
    }
}

/// A number as `OpenMetrics` writes it into labels: whole ones with a decimal.
fn open_metrics(value: f64) -> String {
    let plain = number::go_g(value);
    let whole = value.is_finite() && !plain.contains(['.', 'e']);
    if whole { format!("{plain}.0") } else { plain }
}
