//! Answers against expectations, with the tolerance that Prometheus' runner has. Of a histogram JSON shows count, sum and
//! filled buckets; what is known of its resets it does not show.

use std::collections::HashSet;

use evenkeel_observe::metric::api::json;
use evenkeel_tsdb::{
    histogram::Histogram,
    script::{Item, Loaded},
    source::Labels,
};
use serde_json::Value;

use crate::{
    answer::{Answer, Data, Got, number},
    script::{Eval, Expect, Times},
};

const EPSILON: f64 = 0.000_001;

pub fn nearly(a: f64, b: f64) -> bool {
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

fn written(histogram: &Histogram) -> Value {
    let mut out = Vec::new();
    json::histogram(&mut out, histogram);
    serde_json::from_slice(&out).unwrap()
}

fn same_histogram(expected: &Histogram, actual: &Value) -> bool {
    let expected = written(expected);
    let near = |a: &Value, b: &Value| nearly(number(a), number(b));
    let none = Vec::new();
    let buckets = |value: &Value| value["buckets"].as_array().unwrap_or(&none).clone();
    let (a, b) = (buckets(&expected), buckets(actual));
    near(&expected["count"], &actual["count"])
        && near(&expected["sum"], &actual["sum"])
        && a.len() == b.len()
        && a.iter().zip(&b).all(|(a, b)| a[0] == b[0] && (1..4).all(|at| near(&a[at], &b[at])))
}

fn check(expected: &Item, actual: &Got, what: &str) -> Result<(), String> {
    match (&expected.value, actual) {
        (Some(Loaded::Float(expected)), Got::Float(actual)) if nearly(*expected, *actual) => Ok(()),
        (Some(Loaded::Histogram(expected)), Got::Histogram(actual)) if same_histogram(expected, actual) => Ok(()),
        (expected, actual) => Err(format!("{what}: expected {expected:?}, got {actual:?}")),
    }
}

/// One value without labels that is the scalar expected.
pub fn only(eval: &Eval, value: &[(Labels, Got)]) -> Result<(), String> {
    match value {
        [(_, Got::Float(actual))] if eval.scalar.is_some_and(|expected| nearly(expected, *actual)) => Ok(()),
        other => Err(format!("expected {:?}, got {other:?}", eval.scalar)),
    }
}

pub fn vector(eval: &Eval, value: &[(Labels, Got)], ordered: bool) -> Result<(), String> {
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
        check(eval.series[at].1.first().ok_or("no value expected")?, sample, &format!("{labels:?}"))?;
        if !seen.insert(labels) {
            return Err(format!("{labels:?} twice"));
        }
    }
    match eval.series.iter().find(|(labels, _)| !seen.contains(labels)) {
        Some((labels, _)) => Err(format!("expected {labels:?} not found")),
        None => Ok(()),
    }
}

fn matrix(eval: &Eval, value: &[(Labels, Vec<(i64, Got)>)], (start, step): (i64, i64)) -> Result<(), String> {
    if !value.is_sorted_by(|a, b| a.0 <= b.0) {
        return Err("result is not sorted by labels".to_owned());
    }
    let mut seen = HashSet::new();
    for (labels, points) in value {
        let Some((_, items)) = eval.series.iter().find(|(expected, _)| expected == labels) else {
            return Err(format!("unexpected {labels:?} {points:?}"));
        };
        seen.insert(labels);
        let expected: Vec<(i64, &Item)> =
            items.iter().enumerate().filter(|(_, item)| item.value.is_some()).map(|(at, item)| (start + step * at as i64, item)).collect();
        if expected.len() != points.len() {
            return Err(format!("{labels:?}: expected {} samples, got {}: {points:?}", expected.len(), points.len()));
        }
        for ((at, item), (got_at, sample)) in expected.iter().zip(points) {
            if at != got_at {
                return Err(format!("{labels:?}: expected a sample at {at}, got one at {got_at}"));
            }
            check(item, sample, &format!("{labels:?} at {at}"))?;
        }
    }
    match eval.series.iter().find(|(labels, _)| !seen.contains(labels)) {
        Some((labels, _)) => Err(format!("expected {labels:?} not found")),
        None => Ok(()),
    }
}

pub fn value(eval: &Eval, data: &Data) -> Result<(), String> {
    match (data, eval.times) {
        (Data::Scalar(actual), _) if eval.scalar.is_some_and(|expected| nearly(expected, *actual)) => Ok(()),
        (Data::Scalar(actual), _) => Err(format!("expected {:?}, got scalar {actual}", eval.scalar)),
        (Data::Text(actual), _) if eval.text.as_ref() == Some(actual) => Ok(()),
        (Data::Text(actual), _) => Err(format!("expected {:?}, got {actual:?}", eval.text)),
        (Data::Vector(actual), _) => vector(eval, actual, eval.expects.contains_key(&Expect::Ordered)),
        (Data::Matrix(_), _) if eval.scalar.is_some() => Err("expected a scalar, got a matrix".to_owned()),
        (Data::Matrix(actual), Times::Range { start, step, .. }) => matrix(eval, actual, (start, step)),
        (Data::Matrix(actual), Times::Instant(_)) => match eval.range_vector {
            Some((start, _, step)) => matrix(eval, actual, (start, step)),
            None => Err("unexpected range vector".to_owned()),
        },
    }
}

pub fn annotations(eval: &Eval, answer: &Answer) -> Result<(), String> {
    for (wanted, unwanted, actual) in [(Expect::Warn, Expect::NoWarn, &answer.warnings), (Expect::Info, Expect::NoInfo, &answer.infos)] {
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
