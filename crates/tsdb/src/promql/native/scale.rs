//! Multiplying and dividing histograms.

use crate::histogram::{Histogram, ResetHint};

fn each(histogram: &mut Histogram, change: impl Fn(f64) -> f64) {
    for value in [&mut histogram.zero_count, &mut histogram.count, &mut histogram.sum] {
        *value = change(*value);
    }
    for value in histogram.positive.iter_mut().chain(&mut histogram.negative) {
        *value = change(*value);
    }
}

/// Multiplies all counts and the sum; by something negative it is no counter any more.
pub fn multiply(histogram: &mut Histogram, factor: f64) {
    each(histogram, |value| value * factor);
    if factor < 0.0 {
        histogram.reset_hint = ResetHint::Gauge;
    }
}

/// Divides all counts and the sum; by zero no bucket remains.
pub fn divide(histogram: &mut Histogram, divisor: f64) {
    each(histogram, |value| value / divisor);
    if divisor < 0.0 {
        histogram.reset_hint = ResetHint::Gauge;
    }
    if divisor == 0.0 {
        histogram.positive_spans.clear();
        histogram.positive.clear();
        histogram.negative_spans.clear();
        histogram.negative.clear();
    }
}
