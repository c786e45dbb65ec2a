//! Quantiles and fractions of native histograms: exponential interpolation within powers, linear within custom bounds and
//! the zero bucket.

use super::layout::{self, Bucket};
use crate::histogram::Histogram;

/// With observations on one side of zero only, the zero bucket is taken to lie on that side too.
fn one_sided(histogram: &Histogram, bucket: &mut Bucket) {
    if histogram.negative.is_empty() && !histogram.positive.is_empty() {
        bucket.lower = 0.0;
    } else if histogram.positive.is_empty() && !histogram.negative.is_empty() {
        bucket.upper = 0.0;
    }
}

/// The value below which a share of the observations lies. -Inf below 0, +Inf above 1, NaN without observations.
pub fn quantile(q: f64, histogram: &Histogram) -> f64 {
    if q < 0.0 {
        return f64::NEG_INFINITY;
    }
    if q > 1.0 {
        return f64::INFINITY;
    }
    if histogram.count == 0.0 || q.is_nan() {
        return f64::NAN;
    }
    // NaN observations (the sum tells) count but lie in no bucket: only from below is the rank right then.
    let from_below = histogram.sum.is_nan() || q < 0.5;
    let mut buckets = layout::all(histogram);
    let mut rank = if from_below { q * histogram.count } else { (1.0 - q) * histogram.count };
    if !from_below {
        buckets.reverse();
    }
    let mut bucket = Bucket { lower: 0.0, upper: 0.0, count: 0.0 };
    let mut count = 0.0;
    for candidate in buckets {
        bucket = candidate;
        if bucket.count == 0.0 {
            continue;
        }
        count += bucket.count;
        if count >= rank {
            break;
        }
    }
    let custom = histogram.is_custom();
    if !custom && bucket.lower < 0.0 && bucket.upper > 0.0 {
        one_sided(histogram, &mut bucket);
    } else if custom {
        if bucket.lower == f64::NEG_INFINITY {
            if bucket.upper <= 0.0 {
                return bucket.upper;
            }
            bucket.lower = 0.0;
        } else if bucket.upper == f64::INFINITY {
            return bucket.lower;
        }
    }
    count = count.min(histogram.count);
    if count < rank {
        // Only NaN observations lie so high.
        return if histogram.sum.is_nan() { f64::NAN } else { bucket.upper };
    }
    rank = if from_below { rank - (count - bucket.count) } else { count - rank };
    let share = rank / bucket.count;
    if custom || (bucket.lower <= 0.0 && bucket.upper >= 0.0) {
        return bucket.lower + (bucket.upper - bucket.lower) * share;
    }
    let (log_lower, log_upper) = (bucket.lower.abs().log2(), bucket.upper.abs().log2());
    if bucket.lower > 0.0 {
        return (log_lower + (log_upper - log_lower) * share).exp2();
    }
    -(log_upper + (log_lower - log_upper) * (1.0 - share)).exp2()
}

/// The share of observations between two values; NaN observations are in no share.
pub fn fraction(lower: f64, upper: f64, histogram: &Histogram) -> f64 {
    if histogram.count == 0.0 || lower.is_nan() || upper.is_nan() {
        return f64::NAN;
    }
    if lower >= upper {
        return 0.0;
    }
    let below = |value: f64| rank(value, histogram).min(histogram.count);
    (below(upper) - below(lower)) / histogram.count
}

/// How many observations lie below a value.
fn rank(value: f64, histogram: &Histogram) -> f64 {
    let mut below = 0.0;
    for mut bucket in layout::all(histogram) {
        let zero = bucket.lower <= 0.0 && bucket.upper >= 0.0;
        if zero && !histogram.is_custom() {
            one_sided(histogram, &mut bucket);
        }
        if histogram.is_custom() && bucket.lower == f64::NEG_INFINITY && bucket.upper > 0.0 {
            bucket.lower = 0.0;
        }
        if bucket.lower >= value {
            return below;
        }
        if bucket.upper > value {
            return below + bucket.count * share_below(value, &bucket, histogram.is_custom() || zero);
        }
        below += bucket.count;
    }
    below
}

fn share_below(value: f64, bucket: &Bucket, linear: bool) -> f64 {
    if linear {
        return if bucket.lower.is_infinite() || bucket.upper.is_infinite() {
            // Nothing is known of where in an endless bucket they lie.
            if bucket.upper.is_infinite() { 0.0 } else { 1.0 }
        } else {
            (value - bucket.lower) / (bucket.upper - bucket.lower)
        };
    }
    let (log_lower, log_upper, log_value) = (bucket.lower.abs().log2(), bucket.upper.abs().log2(), value.abs().log2());
    if value > 0.0 { (log_value - log_lower) / (log_upper - log_lower) } else { 1.0 - (log_value - log_upper) / (log_lower - log_upper) }
}
