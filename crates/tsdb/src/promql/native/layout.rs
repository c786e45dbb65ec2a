//! Buckets and where they lie.

use super::CUSTOM_SCHEMA;
use crate::histogram::{Histogram, Span};

/// A bucket and its bounds.
#[derive(Debug, Clone, Copy)]
pub struct Bucket {
    /// Lower bound.
    pub lower: f64,
    /// Upper bound.
    pub upper: f64,
    /// Observations.
    pub count: f64,
}

/// The upper bound of an exponential bucket.
pub fn exponential_bound(index: i32, schema: i32) -> f64 {
    let bound = if schema <= 0 {
        // Whole powers of two.
        2.0_f64.powi(index.saturating_mul(1 << schema.unsigned_abs().min(30)))
    } else {
        let parts = 1 << schema.min(30);
        let whole = index.div_euclid(parts);
        let part = index.rem_euclid(parts);
        (f64::from(part) / f64::from(parts)).exp2() * 2.0_f64.powi(whole)
    };
    // The last bucket ends at the largest number, so that what is infinite has a bucket of its own above it.
    if bound.is_infinite() && log2_bound(index, schema) <= 1024.0 { f64::MAX } else { bound }
}

fn log2_bound(index: i32, schema: i32) -> f64 {
    f64::from(index) * f64::from(-schema).exp2()
}

/// The upper bound of a bucket; custom buckets end with +Inf.
pub fn upper_bound(histogram: &Histogram, index: i32) -> f64 {
    if histogram.schema != CUSTOM_SCHEMA {
        return exponential_bound(index, histogram.schema);
    }
    match usize::try_from(index) {
        Ok(index) => histogram.custom_bounds.get(index).copied().unwrap_or(f64::INFINITY),
        Err(_) => f64::NEG_INFINITY,
    }
}

/// The lower bound of a positive bucket.
pub fn lower_bound(histogram: &Histogram, index: i32) -> f64 {
    if histogram.schema == CUSTOM_SCHEMA && index <= 0 { f64::NEG_INFINITY } else { upper_bound(histogram, index.saturating_sub(1)) }
}

/// Index and count of each bucket that spans describe.
pub fn indexed<'a>(spans: &'a [Span], counts: &'a [f64]) -> impl Iterator<Item = (i32, f64)> + 'a {
    let mut next = 0_i32;
    spans
        .iter()
        .flat_map(move |span| {
            let from = next.saturating_add(span.offset);
            next = from.saturating_add(i32::try_from(span.length).unwrap_or(i32::MAX));
            from..next
        })
        .zip(counts.iter().copied())
}

/// Spans and counts of buckets in order of their indices.
pub fn spans(buckets: impl Iterator<Item = (i32, f64)>) -> (Vec<Span>, Vec<f64>) {
    let mut spans: Vec<Span> = Vec::new();
    let mut counts = Vec::new();
    let mut next = 0;
    for (index, count) in buckets {
        match spans.last_mut().filter(|_| index == next) {
            Some(span) => span.length += 1,
            None => spans.push(Span { offset: index.saturating_sub(next), length: 1 }),
        }
        next = index.saturating_add(1);
        counts.push(count);
    }
    (spans, counts)
}

/// Leaves out empty buckets.
pub fn compact(histogram: &mut Histogram) {
    let filled = |spans_given: &[Span], counts: &[f64]| {
        let (spans, counts) = spans(indexed(spans_given, counts).filter(|(_, count)| *count != 0.0));
        (spans, counts)
    };
    (histogram.positive_spans, histogram.positive) = filled(&histogram.positive_spans, &histogram.positive);
    (histogram.negative_spans, histogram.negative) = filled(&histogram.negative_spans, &histogram.negative);
}

/// Positive buckets, lowest first.
pub fn positive(histogram: &Histogram) -> impl Iterator<Item = Bucket> + '_ {
    indexed(&histogram.positive_spans, &histogram.positive).map(|(index, count)| Bucket {
        lower: lower_bound(histogram, index),
        upper: upper_bound(histogram, index),
        count,
    })
}

/// Negative buckets, nearest to zero first.
pub fn negative(histogram: &Histogram) -> impl Iterator<Item = Bucket> + '_ {
    indexed(&histogram.negative_spans, &histogram.negative).map(|(index, count)| Bucket {
        lower: -upper_bound(histogram, index),
        upper: -lower_bound(histogram, index),
        count,
    })
}

/// The zero bucket.
pub fn zero(histogram: &Histogram) -> Bucket {
    Bucket { lower: -histogram.zero_threshold, upper: histogram.zero_threshold, count: histogram.zero_count }
}

/// All buckets, lowest first; those next to the zero bucket give way to it.
pub fn all(histogram: &Histogram) -> Vec<Bucket> {
    let mut buckets: Vec<Bucket> = negative(histogram).collect();
    buckets.reverse();
    let threshold = histogram.zero_threshold;
    if !histogram.is_custom() {
        for bucket in &mut buckets {
            bucket.upper = bucket.upper.min(-threshold);
        }
        if histogram.zero_count > 0.0 {
            buckets.push(zero(histogram));
        }
    }
    buckets.extend(positive(histogram).map(|mut bucket| {
        if !histogram.is_custom() {
            bucket.lower = bucket.lower.max(threshold);
        }
        bucket
    }));
    buckets
}
