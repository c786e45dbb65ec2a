//! Native histograms as JSON shows them: count, sum and filled buckets with their edges. Which schema they have is not said and
//! is found from the edges; what is not shown (empty buckets, resets) is not known.

use evenkeel_tsdb::histogram::{Histogram, Span};
use serde::Deserialize;

use super::answer::number;

/// The schema of custom bounds.
const CUSTOM: i32 = -53;
/// Schemas of exponential buckets, coarsest first.
const SCHEMAS: std::ops::RangeInclusive<i32> = -4..=8;

/// A histogram in JSON.
#[derive(Debug, Deserialize)]
pub struct Shown {
    count: String,
    sum: String,
    #[serde(default)]
    buckets: Vec<(u8, String, String, String)>,
}

#[derive(Debug, Clone, Copy)]
struct Bucket {
    lower: f64,
    upper: f64,
    count: f64,
}

impl Shown {
    /// As our model has it.
    ///
    /// # Errors
    /// A number that is none.
    pub fn read(&self) -> Result<Histogram, String> {
        let bucket = |(_, lower, upper, count): &(u8, String, String, String)| {
            Ok::<_, String>(Bucket { lower: number(lower)?, upper: number(upper)?, count: number(count)? })
        };
        let buckets = self.buckets.iter().map(bucket).collect::<Result<Vec<_>, _>>()?;
        let plain = Histogram { count: number(&self.count)?, sum: number(&self.sum)?, ..Histogram::default() };
        Ok(exponential(&plain, &buckets).unwrap_or_else(|| custom(&plain, &buckets)))
    }
}

/// The index of the bucket that ends at `upper`, when the schema has such a one.
#[expect(clippy::cast_possible_truncation, reason = "checked to be a small whole number")]
fn index(schema: i32, lower: f64, upper: f64) -> Option<i32> {
    let exact = upper.log2() * f64::from(schema).exp2();
    let index = exact.round();
    let below = ((index - 1.0) / f64::from(schema).exp2()).exp2();
    let near = |a: f64, b: f64| (a - b).abs() <= 1e-9 * b.abs();
    ((exact - index).abs() < 1e-6 && near(lower, below) && index.abs() < 1e6).then_some(index as i32)
}

fn exponential(plain: &Histogram, buckets: &[Bucket]) -> Option<Histogram> {
    let mut histogram = plain.clone();
    let (mut positive, mut negative) = (Vec::new(), Vec::new());
    for bucket in buckets {
        match bucket {
            Bucket { lower, upper, count } if *lower <= 0.0 && *upper >= 0.0 && lower.abs().to_bits() == upper.abs().to_bits() => {
                (histogram.zero_threshold, histogram.zero_count) = (*upper, *count);
            }
            Bucket { lower, upper, count } if *lower > 0.0 => positive.push((*lower, *upper, *count)),
            Bucket { lower, upper, count } if *upper < 0.0 => negative.push((-upper, -lower, *count)),
            _ => return None,
        }
    }
    negative.reverse();
    let indexed = |schema: i32, side: &[(f64, f64, f64)]| {
        side.iter().map(|(lower, upper, count)| Some((index(schema, *lower, *upper)?, *count))).collect::<Option<Vec<_>>>()
    };
    let (schema, positive, negative) =
        SCHEMAS.into_iter().find_map(|schema| Some((schema, indexed(schema, &positive)?, indexed(schema, &negative)?)))?;
    // Without a bucket beside zero any schema would do.
    histogram.schema = if positive.is_empty() && negative.is_empty() { 0 } else { schema };
    (histogram.positive_spans, histogram.positive) = spans(&positive);
    (histogram.negative_spans, histogram.negative) = spans(&negative);
    Some(histogram)
}

fn spans(buckets: &[(i32, f64)]) -> (Vec<Span>, Vec<f64>) {
    let (mut spans, mut next): (Vec<Span>, i32) = (Vec::new(), 0);
    for (index, _) in buckets {
        match spans.last_mut() {
            Some(span) if *index == next => span.length += 1,
            _ => spans.push(Span { offset: index - next, length: 1 }),
        }
        next = index + 1;
    }
    (spans, buckets.iter().map(|(_, count)| *count).collect())
}

/// With every finite edge as a bound: what lies between two filled buckets is one empty bucket.
fn custom(plain: &Histogram, buckets: &[Bucket]) -> Histogram {
    let mut bounds: Vec<f64> = buckets.iter().flat_map(|bucket| [bucket.lower, bucket.upper]).filter(|edge| edge.is_finite()).collect();
    bounds.sort_by(f64::total_cmp);
    bounds.dedup_by(|a, b| a.to_bits() == b.to_bits());
    let place = |bucket: &Bucket| {
        let at = bounds.iter().position(|bound| bound.to_bits() == bucket.upper.to_bits()).unwrap_or(bounds.len());
        (i32::try_from(at).unwrap_or(i32::MAX), bucket.count)
    };
    let placed: Vec<(i32, f64)> = buckets.iter().map(place).collect();
    let (positive_spans, positive) = spans(&placed);
    Histogram { schema: CUSTOM, custom_bounds: bounds, positive_spans, positive, ..plain.clone() }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::metric::api::json;

    fn through_json(histogram: &Histogram) -> Histogram {
        let mut text = Vec::new();
        json::histogram(&mut text, histogram);
        serde_json::from_slice::<Shown>(&text).unwrap().read().unwrap()
    }

    fn shown(histogram: &Histogram) -> String {
        let mut text = Vec::new();
        json::histogram(&mut text, histogram);
        String::from_utf8(text).unwrap()
    }

    proptest! {
        #[test]
        fn what_json_shows_is_shown_again(schema in -4..=8_i32, first in -12..12_i32, counts in proptest::collection::vec(1..9_u32, 1..6), gap in 1..5_i32, zero in 0..3_u32, both in any::<bool>()) {
            let counts: Vec<f64> = counts.into_iter().map(f64::from).collect();
            let length = u32::try_from(counts.len()).unwrap();
            let spans = vec![Span { offset: first, length: 1 }, Span { offset: gap, length }];
            let side: Vec<f64> = std::iter::once(2.0).chain(counts).collect();
            let (negative_spans, negative) = if both { (spans.clone(), side.clone()) } else { (Vec::new(), Vec::new()) };
            let histogram = Histogram {
                schema, zero_threshold: 1e-200, zero_count: f64::from(zero), count: 40.0, sum: 5.5,
                positive_spans: spans, positive: side, negative_spans, negative, ..Histogram::default()
            };
            // A bucket of a coarse schema can look the same in a coarser one: what is shown is what must be the same.
            prop_assert_eq!(shown(&through_json(&histogram)), shown(&histogram));
        }
    }

    #[test]
    fn custom_bounds_stay_where_they_are() {
        let histogram = Histogram {
            schema: CUSTOM,
            custom_bounds: vec![0.1, 0.5, 2.0],
            positive_spans: vec![Span { offset: 0, length: 4 }],
            positive: vec![1.0, 0.0, 2.0, 3.0],
            count: 6.0,
            sum: 9.0,
            ..Histogram::default()
        };
        assert_eq!(shown(&through_json(&histogram)), shown(&histogram));
    }
}
