//! One number for a histogram.

use super::layout;
use crate::{histogram::Histogram, promql::functions::math::kahan};

/// Observations.
pub fn count(histogram: &Histogram) -> f64 {
    histogram.count
}

/// Their sum.
pub fn sum(histogram: &Histogram) -> f64 {
    histogram.sum
}

/// Their mean.
pub fn mean(histogram: &Histogram) -> f64 {
    histogram.sum / histogram.count
}

/// Their estimated variance: all observations of a bucket are taken to lie at its geometric mean (arithmetic where bounds
/// are custom, zero in the zero bucket).
pub fn stdvar(histogram: &Histogram) -> f64 {
    let mean = mean(histogram);
    let (mut total, mut lost) = (0.0, 0.0);
    for bucket in layout::all(histogram) {
        if bucket.count == 0.0 {
            continue;
        }
        let value = if histogram.is_custom() {
            f64::midpoint(bucket.lower, bucket.upper)
        } else if bucket.lower <= 0.0 && bucket.upper >= 0.0 {
            0.0
        } else {
            (bucket.upper * bucket.lower).sqrt().copysign(bucket.upper)
        };
        let delta = value - mean;
        (total, lost) = kahan(bucket.count * delta * delta, total, lost);
    }
    (total + lost) / histogram.count
}

/// The root of the variance.
pub fn stddev(histogram: &Histogram) -> f64 {
    stdvar(histogram).sqrt()
}
