//! `…_over_time`: what the samples of a window come to.

use std::sync::Arc;

use super::{
    block::{self, Runs},
    math::kahan,
    quantile,
    window::{Outcome, Sample, Window},
};
use crate::{
    histogram::{Histogram, ResetHint},
    promql::{error::QueryError, native, note::Note},
};

type Answer = Result<Outcome, QueryError>;

/// `count_over_time`
pub fn count(window: &Window<'_>) -> Answer {
    let count = window.float_range.len() + window.histogram_range.len();
    Ok(if count == 0 { Outcome::Nothing } else { Outcome::Float(count as f64) })
}

/// `present_over_time`
pub fn present(window: &Window<'_>) -> Answer {
    let empty = window.float_range.is_empty() && window.histogram_range.is_empty();
    Ok(if empty { Outcome::Nothing } else { Outcome::Float(1.0) })
}

fn outcome(sample: Option<Sample<'_>>) -> Outcome {
    match sample {
        None => Outcome::Nothing,
        Some(Sample::Float(_, value)) => Outcome::Float(value),
        Some(Sample::Histogram(_, histogram)) => Outcome::Histogram(Arc::clone(histogram)),
    }
}

fn time(sample: Option<Sample<'_>>) -> Outcome {
    match sample {
        None => Outcome::Nothing,
        Some(Sample::Float(at, _) | Sample::Histogram(at, _)) => Outcome::Float(at as f64 / 1000.0),
    }
}

fn first_sample<'a>(window: &Window<'a>) -> Option<Sample<'a>> {
    window.merged().next()
}

fn last_sample<'a>(window: &Window<'a>) -> Option<Sample<'a>> {
    let float = window.float_times().last().zip(window.floats().last()).map(|(at, value)| (*at, Sample::Float(*at, *value)));
    let histogram = window.histogram_times().last().zip(window.histograms().last()).map(|(at, value)| (*at, Sample::Histogram(*at, value)));
    match (float, histogram) {
        (Some((a, float)), Some((b, histogram))) => Some(if b < a { float } else { histogram }),
        (float, histogram) => float.or(histogram).map(|(_, sample)| sample),
    }
}

/// `first_over_time`
pub fn first(window: &Window<'_>) -> Answer {
    Ok(outcome(first_sample(window)))
}

/// `last_over_time`
pub fn last(window: &Window<'_>) -> Answer {
    Ok(outcome(last_sample(window)))
}

/// `ts_of_first_over_time`
pub fn time_of_first(window: &Window<'_>) -> Answer {
    Ok(time(first_sample(window)))
}

/// `ts_of_last_over_time`
pub fn time_of_last(window: &Window<'_>) -> Answer {
    Ok(time(last_sample(window)))
}

/// The floats, unless there is none; that histograms were left out is noted.
fn floats<'a>(window: &Window<'a>) -> Option<&'a [f64]> {
    let floats = window.floats();
    if floats.is_empty() {
        return None;
    }
    window.note_ignored_histograms();
    Some(floats)
}

/// The index of the value that no other beats, NaN beaten by all.
fn extreme(values: &[f64], beats: impl Fn(f64, f64) -> bool) -> usize {
    let mut best = 0;
    for (at, value) in values.iter().enumerate() {
        if beats(*value, values[best]) || values[best].is_nan() {
            best = at;
        }
    }
    best
}

fn extreme_value(window: &Window<'_>, of_runs: fn(&Runs, &[f64], &std::ops::Range<usize>) -> f64, better: fn(f64, f64) -> f64) -> Outcome {
    let Some(values) = floats(window) else { return Outcome::Nothing };
    Outcome::Float(match window.points.runs(&window.float_range) {
        Some(runs) => of_runs(runs, &window.points.floats, &window.float_range),
        None => values.iter().copied().fold(f64::NAN, better),
    })
}

fn extreme_time(window: &Window<'_>, beats: impl Fn(f64, f64) -> bool) -> Outcome {
    floats(window).map_or(Outcome::Nothing, |values| Outcome::Float(window.float_times()[extreme(values, beats)] as f64 / 1000.0))
}

/// `max_over_time`
pub fn max(window: &Window<'_>) -> Answer {
    Ok(extreme_value(window, Runs::greatest, block::greater))
}

/// `min_over_time`
pub fn min(window: &Window<'_>) -> Answer {
    Ok(extreme_value(window, Runs::least, block::lesser))
}

/// `ts_of_max_over_time`: the last of equal ones.
pub fn time_of_max(window: &Window<'_>) -> Answer {
    Ok(extreme_time(window, |value, best| value >= best))
}

/// `ts_of_min_over_time`
pub fn time_of_min(window: &Window<'_>) -> Answer {
    Ok(extreme_time(window, |value, best| value <= best))
}

/// Compensated sum of the window: sum and compensation.
fn sum_of(window: &Window<'_>) -> (f64, f64) {
    match window.points.runs(&window.float_range) {
        Some(runs) => runs.sum(&window.points.floats, &window.float_range),
        None => block::sum(window.floats(), (0.0, 0.0)),
    }
}

/// Mean by compensated sum; by running mean from where the sum would overflow.
fn mean_of(values: &[f64]) -> f64 {
    let (mut sum, mut lost) = (values[0], 0.0);
    let mut running: Option<f64> = None;
    for (at, value) in values.iter().enumerate().skip(1) {
        let count = at as f64 + 1.0;
        let before = match running {
            Some(mean) => mean,
            None => {
                let (next, next_lost) = kahan(*value, sum, lost);
                if next.is_finite() || next.is_nan() {
                    (sum, lost) = (next, next_lost);
                    continue;
                }
                lost /= count - 1.0;
                sum / (count - 1.0)
            }
        };
        let share = (count - 1.0) / count;
        let (mean, mean_lost) = kahan(value / count, share * before, share * lost);
        running = Some(mean);
        lost = mean_lost;
    }
    match running {
        Some(mean) => mean + lost,
        None => sum / values.len() as f64 + lost / values.len() as f64,
    }
}

/// Whether a window holds both kinds, which sums cannot add.
fn mixed(window: &Window<'_>) -> bool {
    let mixed = !window.float_range.is_empty() && !window.histogram_range.is_empty();
    if mixed {
        window.note(Note::MixedFloatsHistograms(window.context.metric));
    }
    mixed
}

/// `sum_over_time`
pub fn sum(window: &Window<'_>) -> Answer {
    if mixed(window) {
        return Ok(Outcome::Nothing);
    }
    match (window.floats(), window.histograms()) {
        ([], []) => Ok(Outcome::Nothing),
        ([], histograms) => Ok(histogram_sum(window, histograms, false)),
        _ => {
            let (sum, lost) = sum_of(window);
            Ok(Outcome::Float(if sum.is_infinite() { sum } else { sum + lost }))
        }
    }
}

/// `avg_over_time`
pub fn avg(window: &Window<'_>) -> Answer {
    if mixed(window) {
        return Ok(Outcome::Nothing);
    }
    match (window.floats(), window.histograms()) {
        ([], []) => Ok(Outcome::Nothing),
        ([], histograms) => Ok(histogram_sum(window, histograms, true)),
        (floats, _) => {
            let count = floats.len() as f64;
            let by_runs = window.points.runs(&window.float_range).map(|_| sum_of(window)).filter(|(sum, _)| !sum.is_infinite());
            Ok(Outcome::Float(by_runs.map_or_else(|| mean_of(floats), |(sum, lost)| sum / count + lost / count)))
        }
    }
}

fn histogram_sum(window: &Window<'_>, histograms: &[Arc<Histogram>], mean: bool) -> Outcome {
    let seen = |hint| histograms.iter().any(|histogram| histogram.reset_hint == hint);
    match native::sum(histograms.iter().map(AsRef::as_ref), mean) {
        Ok((result, reconciled)) => {
            if seen(ResetHint::Reset) && seen(ResetHint::NotReset) {
                window.note(Note::CounterResetCollision("aggregation"));
            }
            if reconciled {
                window.note(Note::CustomBucketsReconciled("aggregation"));
            }
            Outcome::Histogram(Arc::new(result))
        }
        Err(_) => {
            window.note(Note::MixedExponentialCustom(window.context.metric));
            Outcome::Nothing
        }
    }
}

/// Welford's variance with compensated sums.
fn variance(values: &[f64]) -> f64 {
    let (mut count, mut mean, mut mean_lost, mut squares, mut squares_lost) = (0.0, 0.0, 0.0, 0.0, 0.0);
    for value in values {
        count += 1.0;
        let delta = value - (mean + mean_lost);
        (mean, mean_lost) = kahan(delta / count, mean, mean_lost);
        (squares, squares_lost) = kahan(delta * (value - (mean + mean_lost)), squares, squares_lost);
    }
    (squares + squares_lost) / count
}

/// `stdvar_over_time`
pub fn stdvar(window: &Window<'_>) -> Answer {
    Ok(floats(window).map_or(Outcome::Nothing, |values| Outcome::Float(variance(values))))
}

/// `stddev_over_time`
pub fn stddev(window: &Window<'_>) -> Answer {
    Ok(floats(window).map_or(Outcome::Nothing, |values| Outcome::Float(variance(values).sqrt())))
}

/// `quantile_over_time`
pub fn quantile(window: &Window<'_>) -> Answer {
    let q = window.scalars[0];
    if window.float_range.is_empty() {
        return Ok(Outcome::Nothing);
    }
    if !(0.0..=1.0).contains(&q) {
        window.note(Note::InvalidQuantile(q));
    }
    let Some(values) = floats(window) else { return Ok(Outcome::Nothing) };
    Ok(Outcome::Float(quantile::quantile(q, &mut values.to_vec())))
}

/// `mad_over_time`: the median distance from the median.
pub fn mad(window: &Window<'_>) -> Answer {
    let Some(values) = floats(window) else { return Ok(Outcome::Nothing) };
    if values.iter().any(|value| value.is_nan()) {
        return Ok(Outcome::Float(f64::NAN));
    }
    let mut values = values.to_vec();
    let median = quantile::quantile(0.5, &mut values);
    for value in &mut values {
        *value = (*value - median).abs();
    }
    Ok(Outcome::Float(quantile::quantile(0.5, &mut values)))
}
