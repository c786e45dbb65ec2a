//! Classic histograms: cumulative buckets, each a series of its own.

/// A bucket: observations up to a bound.
#[derive(Debug, Clone, Copy)]
pub struct Bucket {
    /// Upper bound.
    pub bound: f64,
    /// Observations up to it.
    pub count: f64,
}

/// What was done to counts that fell from one bucket to the next.
#[derive(Debug, Clone, Copy)]
pub struct Forced {
    /// The first bound of those raised.
    pub least: f64,
    /// The last.
    pub greatest: f64,
    /// The most by which one was raised.
    pub difference: f64,
}

/// Differences below this share are rounding, not order.
const TOLERANCE: f64 = 1e-12;

/// Orders buckets and makes those of one bound one; false without a bucket up to +Inf.
fn arrange(buckets: &mut Vec<Bucket>) -> bool {
    buckets.sort_by(|a, b| a.bound.total_cmp(&b.bound));
    if buckets.last().is_none_or(|last| last.bound != f64::INFINITY) {
        return false;
    }
    buckets.dedup_by(|later, first| {
        let same = later.bound == first.bound;
        if same {
            first.count += later.count;
        }
        same
    });
    true
}

/// Raises counts that are less than those of the bucket before; rounding differences are smoothed silently.
fn force_order(buckets: &mut [Bucket]) -> Option<Forced> {
    let mut forced: Option<Forced> = None;
    let mut before = buckets.first()?.count;
    for bucket in &mut buckets[1..] {
        let count = bucket.count;
        if nearly_equal(before, count) {
            bucket.count = before;
        } else if count < before {
            let difference = before - count;
            let known = forced.get_or_insert(Forced { least: bucket.bound, greatest: bucket.bound, difference });
            known.greatest = bucket.bound;
            known.difference = known.difference.max(difference);
            bucket.count = before;
        } else {
            before = count;
        }
    }
    forced
}

fn nearly_equal(a: f64, b: f64) -> bool {
    if a == b || (a.is_nan() && b.is_nan()) {
        return true;
    }
    let sum = a.abs() + b.abs();
    let difference = (a - b).abs();
    if a == 0.0 || b == 0.0 || sum < f64::MIN_POSITIVE {
        return difference < TOLERANCE * f64::MIN_POSITIVE;
    }
    difference / sum.min(f64::MAX) < TOLERANCE
}

/// The value below which a share of the observations lies, evenly spread within buckets, and whether counts had to be put
/// in order.
pub fn quantile(q: f64, buckets: &mut Vec<Bucket>) -> (f64, Option<Forced>) {
    if q.is_nan() {
        return (f64::NAN, None);
    }
    if q < 0.0 {
        return (f64::NEG_INFINITY, None);
    }
    if q > 1.0 {
        return (f64::INFINITY, None);
    }
    if !arrange(buckets) {
        return (f64::NAN, None);
    }
    let forced = force_order(buckets);
    let last = buckets.len() - 1;
    let observations = buckets[last].count;
    if last == 0 || observations == 0.0 || observations.is_nan() {
        return (f64::NAN, forced);
    }
    let mut rank = q * observations;
    let at = buckets[..last].partition_point(|bucket| bucket.count < rank);
    if at == last {
        return (buckets[last - 1].bound, forced);
    }
    if at == 0 && buckets[0].bound <= 0.0 {
        return (buckets[0].bound, forced);
    }
    let Bucket { bound, mut count } = buckets[at];
    let mut start = 0.0;
    if at > 0 {
        start = buckets[at - 1].bound;
        count -= buckets[at - 1].count;
        rank -= buckets[at - 1].count;
    }
    (start + (bound - start) * (rank / count), forced)
}

/// The share of observations between two values.
pub fn fraction(lower: f64, upper: f64, buckets: &mut Vec<Bucket>) -> f64 {
    if !arrange(buckets) {
        return f64::NAN;
    }
    let total = buckets[buckets.len() - 1].count;
    if total == 0.0 || total.is_nan() || lower.is_nan() || upper.is_nan() {
        return f64::NAN;
    }
    if lower >= upper {
        return 0.0;
    }
    (rank(upper, buckets) - rank(lower, buckets)) / total
}

/// How many observations lie below a value.
fn rank(value: f64, buckets: &[Bucket]) -> f64 {
    let mut below = 0.0;
    // The first bucket begins at zero where it reaches above it.
    let mut start = if buckets[0].bound > 0.0 { 0.0 } else { f64::NEG_INFINITY };
    for bucket in buckets {
        if start >= value {
            return below;
        }
        if bucket.bound > value {
            let share = if bucket.bound == f64::INFINITY {
                0.0
            } else if start == f64::NEG_INFINITY {
                1.0
            } else {
                (value - start) / (bucket.bound - start)
            };
            return below + (bucket.count - below) * share;
        }
        below = bucket.count;
        start = bucket.bound;
    }
    below
}
