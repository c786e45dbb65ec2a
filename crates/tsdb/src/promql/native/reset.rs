//! Whether a counter was reset between two histograms, and whether two are the same.

use super::{combine::rebucket_counts, layout};
use crate::histogram::{Histogram, ResetHint};

/// Whether a counter was reset between `before` and `after`: what its hint says, else whether anything became less or the
/// layout became finer.
pub fn detect(after: &Histogram, before: &Histogram) -> bool {
    match after.reset_hint {
        ResetHint::Reset => return true,
        ResetHint::NotReset => return false,
        ResetHint::Unknown | ResetHint::Gauge => {}
    }
    if after.count < before.count || after.is_custom() != before.is_custom() {
        return true;
    }
    if after.is_custom() {
        return custom(after, before);
    }
    if after.schema > before.schema || after.zero_threshold < before.zero_threshold {
        return true;
    }
    let Some(zero) = zero_at(before, after.zero_threshold) else { return true };
    if after.zero_count < zero {
        return true;
    }
    let side = |a_spans, a, b_spans, b| {
        let reduced = reduce(layout::indexed(b_spans, b), before.schema - after.schema);
        let outside = reduced
            .into_iter()
            .filter(|(index, _)| after.zero_threshold == 0.0 || layout::exponential_bound(*index, after.schema) > after.zero_threshold);
        shrank(&layout::indexed(a_spans, a).collect::<Vec<_>>(), outside)
    };
    side(&after.positive_spans, &after.positive, &before.positive_spans, &before.positive)
        || side(&after.negative_spans, &after.negative, &before.negative_spans, &before.negative)
}

/// What the zero bucket would hold if it were so wide; `None` when a filled bucket would have to be cut.
fn zero_at(histogram: &Histogram, threshold: f64) -> Option<f64> {
    let mut count = histogram.zero_count;
    for (spans, counts) in [(&histogram.positive_spans, &histogram.positive), (&histogram.negative_spans, &histogram.negative)] {
        for (index, bucket) in layout::indexed(spans, counts) {
            if layout::exponential_bound(index.saturating_sub(1), histogram.schema) >= threshold {
                break;
            }
            if layout::exponential_bound(index, histogram.schema) > threshold && bucket != 0.0 {
                return None;
            }
            count += bucket;
        }
    }
    Some(count)
}

fn reduce(buckets: impl Iterator<Item = (i32, f64)>, by: i32) -> Vec<(i32, f64)> {
    let mut reduced: Vec<(i32, f64)> = Vec::new();
    for (index, count) in buckets {
        let target = (index.saturating_sub(1) >> by.clamp(0, 31)) + 1;
        match reduced.last_mut().filter(|last| last.0 == target) {
            Some(last) => last.1 += count,
            None => reduced.push((target, count)),
        }
    }
    reduced
}

/// Whether any bucket holds less than before.
fn shrank(after: &[(i32, f64)], before: impl Iterator<Item = (i32, f64)>) -> bool {
    let mut rest = after.iter().peekable();
    for (index, count) in before {
        while rest.peek().is_some_and(|(at, _)| *at < index) {
            rest.next();
        }
        let now = rest.peek().filter(|(at, _)| *at == index).map_or(0.0, |(_, count)| *count);
        if now < count {
            return true;
        }
    }
    false
}

fn custom(after: &Histogram, before: &Histogram) -> bool {
    let (a, b) = (layout::indexed(&after.positive_spans, &after.positive), layout::indexed(&before.positive_spans, &before.positive));
    if after.custom_bounds == before.custom_bounds {
        return shrank(&a.collect::<Vec<_>>(), b);
    }
    let common: Vec<f64> = after.custom_bounds.iter().copied().filter(|bound| before.custom_bounds.contains(bound)).collect();
    let a = rebucket_counts(a, &after.custom_bounds, &common);
    let b = rebucket_counts(b, &before.custom_bounds, &common);
    shrank(&a, b.into_iter())
}

/// Whether two histograms are the same, to the bit in count and sum; what is known of resets does not matter.
pub fn same(a: &Histogram, b: &Histogram) -> bool {
    let bits = f64::to_bits;
    let side = |a_spans, a: &[f64], b_spans, b: &[f64]| {
        a.len() == b.len()
            && layout::indexed(a_spans, a).zip(layout::indexed(b_spans, b)).all(|(x, y)| x.0 == y.0 && bits(x.1) == bits(y.1))
    };
    a.schema == b.schema
        && bits(a.count) == bits(b.count)
        && bits(a.sum) == bits(b.sum)
        && bits(a.zero_count) == bits(b.zero_count)
        && a.zero_threshold == b.zero_threshold
        && (!a.is_custom() || a.custom_bounds == b.custom_bounds)
        && side(&a.positive_spans, &a.positive, &b.positive_spans, &b.positive)
        && side(&a.negative_spans, &a.negative, &b.negative_spans, &b.negative)
}
