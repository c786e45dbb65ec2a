//! Results against expectations, with the tolerance that Prometheus' runner has.

use std::collections::HashSet;

use super::{Eval, Expect, Item, Loaded, Times};
use crate::{
    histogram::Histogram,
    promql::{QueryResult, Sample, SeriesResult, Value, native::layout},
    source::Labels,
};

const EPSILON: f64 = 0.000_001;

/// What of native histograms is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Histograms {
    /// Everything: schema, layout of buckets, what is known of resets.
    Whole,
    /// What Prometheus' HTTP API shows: count, sum and filled buckets.
    Shown,
}

fn nearly(a: f64, b: f64) -> bool {
    if a == b || (a.is_nan() && b.is_nan()) {
        return true;
    }
    let sum = a.abs() + b.abs();
    let difference = (a - b).abs();
    if a == 0.0 || b == 0.0 || sum < f64::MIN_POSITIVE {
        return difference < EPSILON * f64::MIN_POSITIVE;
    }
    difference / sum.min(f64::MAX) < EPSILON
}

fn whole(expected: &Histogram, actual: &Histogram, hint: bool) -> bool {
    let compacted = |histogram: &Histogram| {
        let mut histogram = histogram.clone();
        layout::compact(&mut histogram);
        histogram
    };
    let (a, b) = (compacted(expected), compacted(actual));
    let lists = |a: &[f64], b: &[f64]| a.len() == b.len() && a.iter().zip(b).all(|(a, b)| nearly(*a, *b));
    a.schema == b.schema
        && nearly(a.count, b.count)
        && nearly(a.sum, b.sum)
        && (!a.is_custom() || a.custom_bounds == b.custom_bounds)
        && a.zero_threshold == b.zero_threshold
        && nearly(a.zero_count, b.zero_count)
        && a.negative_spans == b.negative_spans
        && a.positive_spans == b.positive_spans
        && lists(&a.negative, &b.negative)
        && lists(&a.positive, &b.positive)
        && (!hint || a.reset_hint == b.reset_hint)
}

fn shown(expected: &Histogram, actual: &Histogram) -> bool {
    let filled = |histogram: &Histogram| {
        let buckets = layout::all(histogram).into_iter().filter(|bucket| bucket.count != 0.0);
        buckets.map(|bucket| [bucket.lower, bucket.upper, bucket.count]).collect::<Vec<_>>()
    };
    let (a, b) = (filled(expected), filled(actual));
    nearly(expected.count, actual.count)
        && nearly(expected.sum, actual.sum)
        && a.len() == b.len()
        && a.iter().zip(&b).all(|(a, b)| a.iter().zip(b).all(|(a, b)| nearly(*a, *b)))
}

fn check(expected: &Item, actual: &Sample, histograms: Histograms, what: &str) -> Result<(), String> {
    let same = match (&expected.value, actual) {
        (Some(Loaded::Float(wanted)), Sample::Float(actual)) => nearly(*wanted, *actual),
        (Some(Loaded::Histogram(wanted)), Sample::Histogram(actual)) => match histograms {
            Histograms::Whole => whole(wanted, actual, expected.hint_given),
            Histograms::Shown => shown(wanted, actual),
        },
        _ => false,
    };
    if same { Ok(()) } else { Err(format!("{what}: expected {:?}, got {actual:?}", expected.value)) }
}

/// One value without labels that is the scalar expected.
pub(super) fn only(eval: &Eval, value: &[(Labels, Sample)]) -> Result<(), String> {
    match value {
        [(_, Sample::Float(actual))] if eval.scalar.is_some_and(|expected| nearly(expected, *actual)) => Ok(()),
        other => Err(format!("expected {:?}, got {other:?}", eval.scalar)),
    }
}

/// Compares a value with what is expected at an instant.
pub(super) fn vector(eval: &Eval, value: &[(Labels, Sample)], ordered: bool, histograms: Histograms) -> Result<(), String> {
    if eval.scalar.is_some() {
        return Err("expected a scalar, got a vector".to_owned());
    }
    let mut seen = HashSet::new();
    for (place, (labels, sample)) in value.iter().enumerate() {
        let Some(at) = eval.series.iter().position(|(expected, _)| expected == labels) else {
            return Err(format!("unexpected {labels:?} {sample:?}"));
        };
        if ordered && at != place {
            return Err(format!("{labels:?} expected at place {at}, got at {place}"));
        }
        let first = eval.series[at].1.first().ok_or("no value expected")?;
        check(first, sample, histograms, &format!("{labels:?}"))?;
        if !seen.insert(labels) {
            return Err(format!("{labels:?} twice"));
        }
    }
    match eval.series.iter().find(|(labels, _)| !seen.contains(labels)) {
        Some((labels, _)) => Err(format!("expected {labels:?} not found")),
        None => Ok(()),
    }
}

fn matrix(eval: &Eval, value: &[SeriesResult], (start, end, step): (i64, i64, i64), histograms: Histograms) -> Result<(), String> {
    if eval.scalar.is_some() {
        return Err("expected a scalar, got a matrix".to_owned());
    }
    if !value.is_sorted_by(|a, b| a.labels <= b.labels) {
        return Err("result is not sorted by labels".to_owned());
    }
    let mut seen = HashSet::new();
    for series in value {
        let labels = &series.labels;
        let Some((_, items)) = eval.series.iter().find(|(expected, _)| expected == labels) else {
            return Err(format!("unexpected {labels:?} {:?} {:?}", series.floats, series.histograms));
        };
        seen.insert(labels);
        let mut samples: Vec<(i64, Sample)> = series.floats.iter().map(|(at, value)| (*at, Sample::Float(*value))).collect();
        samples.extend(series.histograms.iter().map(|(at, histogram)| (*at, Sample::Histogram(histogram.clone()))));
        samples.sort_by_key(|(at, _)| *at);
        let expected: Vec<(i64, &Item)> =
            items.iter().enumerate().filter(|(_, item)| item.value.is_some()).map(|(at, item)| (start + step * at as i64, item)).collect();
        if start + step * (items.len() as i64 - 1) > end {
            return Err(format!("{labels:?}: {} values expected, more than the range has", items.len()));
        }
        if expected.len() != samples.len() {
            return Err(format!("{labels:?}: expected {} samples, got {}: {samples:?}", expected.len(), samples.len()));
        }
        for ((at, item), (got_at, sample)) in expected.iter().zip(&samples) {
            if at != got_at {
                return Err(format!("{labels:?}: expected a sample at {at}, got one at {got_at}"));
            }
            check(item, sample, histograms, &format!("{labels:?} at {at}"))?;
        }
    }
    match eval.series.iter().find(|(labels, _)| !seen.contains(labels)) {
        Some((labels, _)) => Err(format!("expected {labels:?} not found")),
        None => Ok(()),
    }
}

/// Compares a result's value with what is expected.
///
/// # Errors
/// What is different.
pub fn value(eval: &Eval, result: &QueryResult, histograms: Histograms) -> Result<(), String> {
    match (&result.value, eval.times) {
        (Value::Scalar(actual), _) => match eval.scalar {
            Some(expected) if nearly(expected, *actual) => Ok(()),
            expected => Err(format!("expected {expected:?}, got scalar {actual}")),
        },
        (Value::Text(actual), _) => match &eval.text {
            Some(expected) if expected == actual => Ok(()),
            expected => Err(format!("expected {expected:?}, got {actual:?}")),
        },
        (Value::Vector(actual), _) => vector(eval, actual, eval.expects.contains_key(&Expect::Ordered), histograms),
        (Value::Matrix(actual), Times::Range { start, end, step }) => matrix(eval, actual, (start, end, step), histograms),
        (Value::Matrix(actual), Times::Instant(_)) => match eval.range_vector {
            Some(times) => matrix(eval, actual, times, histograms),
            None => Err("unexpected range vector".to_owned()),
        },
    }
}

/// Compares a result's warnings and remarks with what is expected.
///
/// # Errors
/// What is different.
pub fn annotations(eval: &Eval, result: &QueryResult) -> Result<(), String> {
    for (wanted, unwanted, actual) in [(Expect::Warn, Expect::NoWarn, &result.warnings), (Expect::Info, Expect::NoInfo, &result.infos)] {
        if eval.expects.contains_key(&unwanted) && !actual.is_empty() {
            return Err(format!("unexpected {actual:?}"));
        }
        let Some(patterns) = eval.expects.get(&wanted) else { continue };
        if actual.is_empty() {
            return Err(format!("expected {wanted:?} {patterns:?}, got none"));
        }
        if let Some(missing) = patterns.iter().find(|pattern| !actual.iter().any(|text| pattern.matches(text))) {
            return Err(format!("expected {wanted:?} {missing:?}, got {actual:?}"));
        }
        if let Some(surplus) = actual.iter().find(|text| !patterns.iter().any(|pattern| pattern.matches(text))) {
            return Err(format!("unexpected {surplus:?}"));
        }
    }
    Ok(())
}
