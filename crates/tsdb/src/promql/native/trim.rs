//! `</` and `>/`: what lies above or below a value is cut off a histogram. Where anything is cut the sum is estimated anew
//! from what stays: geometric middles within powers, arithmetic ones within custom bounds and the zero bucket.

use super::layout::{self, Bucket};
use crate::{histogram::Histogram, promql::functions::math::kahan};

/// What stays of a bucket, and where it is taken to lie.
#[derive(Debug, Clone, Copy)]
struct Kept {
    count: f64,
    middle: f64,
    /// Whether anything was cut, or moved.
    cut: bool,
}

impl Kept {
    fn nothing() -> Self {
        Self { count: 0.0, middle: 0.0, cut: true }
    }
}

/// Cuts a histogram at a value; `upper`: what is above goes.
pub fn trim(histogram: &mut Histogram, at: f64, upper: bool) {
    let custom = histogram.is_custom();
    let positive: Vec<Kept> = layout::positive(histogram)
        .map(|bucket| if custom { custom_bucket(&bucket, at, upper) } else { within(&bucket, at, upper, Scale::Logarithmic) })
        .collect();
    let negative: Vec<Kept> = layout::negative(histogram).map(|bucket| within(&bucket, at, upper, Scale::Logarithmic)).collect();
    let mut zero_bucket = layout::zero(histogram);
    // With observations on one side of zero only, the zero bucket is taken to lie on that side too.
    if histogram.negative.is_empty() && !histogram.positive.is_empty() {
        zero_bucket.lower = 0.0;
    } else if histogram.positive.is_empty() && !histogram.negative.is_empty() {
        zero_bucket.upper = 0.0;
    }
    let zero = within(&zero_bucket, at, upper, Scale::Linear);
    let kept = || positive.iter().chain(&negative).chain([&zero]).filter(|kept| kept.count != 0.0 || kept.cut);
    let empty = |count: f64| count == 0.0;
    let touched = positive.iter().zip(&histogram.positive).chain(negative.iter().zip(&histogram.negative));
    let changed = touched.chain([(&zero, &histogram.zero_count)]).any(|(kept, count)| kept.cut && !empty(*count));
    if !changed {
        return;
    }
    let total = |value: fn(&Kept) -> f64| {
        let (sum, lost) = kept().fold((0.0, 0.0), |(sum, lost), kept| kahan(value(kept), sum, lost));
        sum + lost
    };
    histogram.count = total(|kept| kept.count);
    histogram.sum = total(|kept| if kept.count == 0.0 { 0.0 } else { kept.count * kept.middle });
    histogram.zero_count = zero.count;
    histogram.positive = positive.iter().map(|kept| kept.count).collect();
    histogram.negative = negative.iter().map(|kept| kept.count).collect();
    layout::compact(histogram);
}

/// How observations are taken to be spread within a bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Scale {
    Linear,
    Logarithmic,
}

impl Scale {
    fn middle(self, lower: f64, upper: f64) -> f64 {
        match self {
            Self::Linear => f64::midpoint(lower, upper),
            Self::Logarithmic => (lower.abs() * upper.abs()).sqrt().copysign(lower + upper),
        }
    }

    /// The share of a bucket below a value.
    fn below(self, bucket: &Bucket, at: f64) -> f64 {
        if self == Self::Linear {
            return (at - bucket.lower) / (bucket.upper - bucket.lower);
        }
        let (lower, upper, at) = (bucket.lower.abs().log2(), bucket.upper.abs().log2(), at.abs().log2());
        (at - lower) / (upper - lower)
    }
}

/// A bucket with two ends.
fn within(bucket: &Bucket, at: f64, upper: bool, scale: Scale) -> Kept {
    let (lower_edge, upper_edge) = (bucket.lower, bucket.upper);
    if upper_edge == f64::INFINITY && at != f64::INFINITY && upper {
        return Kept::nothing();
    }
    let whole = if upper { upper_edge <= at } else { lower_edge >= at };
    if whole {
        return Kept { count: bucket.count, middle: scale.middle(lower_edge, upper_edge), cut: false };
    }
    let gone = if upper { lower_edge >= at } else { upper_edge <= at };
    if gone {
        return Kept::nothing();
    }
    let below = bucket.count * scale.below(bucket, at);
    if upper {
        Kept { count: below, middle: scale.middle(lower_edge, at), cut: true }
    } else {
        Kept { count: bucket.count - below, middle: scale.middle(at, upper_edge), cut: true }
    }
}

/// A custom bucket. The first and the last have one end only: of how observations are spread in them nothing is known, so
/// that the last goes when cut from above and stays, moved to the cut, when cut from below; the first is taken to begin at
/// zero if it reaches above it.
fn custom_bucket(bucket: &Bucket, at: f64, upper: bool) -> Kept {
    let whole = |middle| Kept { count: bucket.count, middle, cut: false };
    if (upper && at == f64::INFINITY) || (!upper && at == f64::NEG_INFINITY) {
        return whole(0.0);
    }
    let from_zero = Bucket { lower: 0.0, ..*bucket };
    match (bucket.lower == f64::NEG_INFINITY, bucket.upper == f64::INFINITY) {
        (false, false) => within(bucket, at, upper, Scale::Linear),
        _ if at.is_infinite() => Kept::nothing(),
        (true, true) => Kept::nothing(),
        (true, false) if bucket.upper > 0.0 => {
            if at >= 0.0 {
                within(&from_zero, at, upper, Scale::Linear)
            } else {
                Kept::nothing()
            }
        }
        (true, false) if !upper => Kept::nothing(),
        (true, false) if at >= bucket.upper => whole(bucket.upper),
        (false, true) if upper => Kept::nothing(),
        (false, true) if at <= bucket.lower => whole(bucket.lower),
        _ => Kept { count: bucket.count, middle: at, cut: true },
    }
}
