//! Trends: `deriv`, `predict_linear`, `double_exponential_smoothing`.

use super::{
    math::kahan,
    window::{Outcome, Window},
};
use crate::promql::error::{QueryError, evaluation};

/// Floats with their times, if there are two or more; that histograms were left out is noted when there is any float.
fn two_or_more<'a>(window: &Window<'a>) -> Option<(&'a [i64], &'a [f64])> {
    let floats = window.floats();
    if !floats.is_empty() {
        window.note_ignored_histograms();
    }
    (floats.len() > 1).then_some((window.float_times(), floats))
}

/// Least squares: slope per second, and the value at an instant.
fn line(times: &[i64], values: &[f64], at_ms: i64) -> (f64, f64) {
    if values.iter().all(|value| *value == values[0]) {
        return if values[0].is_infinite() { (f64::NAN, f64::NAN) } else { (0.0, values[0]) };
    }
    // Sums of x, y, xy and x², each with its compensation.
    let mut sums = [(0.0, 0.0); 4];
    for (time, y) in times.iter().zip(values) {
        let x = (time - at_ms) as f64 / 1e3;
        for (sum, increment) in sums.iter_mut().zip([x, *y, x * y, x * x]) {
            *sum = kahan(increment, sum.0, sum.1);
        }
    }
    let [x, y, xy, xx] = sums.map(|(sum, lost)| sum + lost);
    let count = values.len() as f64;
    let covariance = xy - x * y / count;
    let variance = xx - x * x / count;
    let slope = covariance / variance;
    (slope, y / count - slope * x / count)
}

/// `deriv`
pub fn deriv(window: &Window<'_>) -> Result<Outcome, QueryError> {
    let Some((times, values)) = two_or_more(window) else { return Ok(Outcome::Nothing) };
    // Around a near instant: large times would cost precision.
    Ok(Outcome::Float(line(times, values, times[0]).0))
}

/// `predict_linear`
pub fn predict_linear(window: &Window<'_>) -> Result<Outcome, QueryError> {
    let Some((times, values)) = two_or_more(window) else { return Ok(Outcome::Nothing) };
    let (slope, intercept) = line(times, values, window.now_ms);
    Ok(Outcome::Float(slope * window.scalars[0] + intercept))
}

/// `double_exponential_smoothing` (once `holt_winters`).
pub fn smoothing(window: &Window<'_>) -> Result<Outcome, QueryError> {
    let (smoothing, trend) = (window.scalars[0], window.scalars[1]);
    for (value, name) in [(smoothing, "smoothing factor"), (trend, "trend factor")] {
        if value <= 0.0 || value >= 1.0 {
            let short = if name == "smoothing factor" { "sf" } else { "tf" };
            return evaluation(format!("invalid {name}. Expected: 0 < {short} < 1, got: {value:.6}"));
        }
    }
    let Some((_, values)) = two_or_more(window) else { return Ok(Outcome::Nothing) };
    let (mut before, mut smoothed, mut slope) = (0.0, values[0], values[1] - values[0]);
    for (at, value) in values.iter().enumerate().skip(1) {
        if at > 1 {
            slope = trend * (smoothed - before) + (1.0 - trend) * slope;
        }
        let next = smoothing * value + (1.0 - smoothing) * (smoothed + slope);
        (before, smoothed) = (smoothed, next);
    }
    Ok(Outcome::Float(smoothed))
}
