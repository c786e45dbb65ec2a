//! Sums and extremes of runs of samples, so that long windows cost a step for each run rather than for each sample.

use std::ops::Range;

use super::math::kahan;

/// Samples of a run.
const RUN: usize = 64;
/// From how many samples on a window is taken run by run. Shorter ones are added up sample by sample, exactly in
/// Prometheus' order.
const WINDOW_MIN: usize = 8 * RUN;

/// What is known of a run.
#[derive(Debug, Clone, Copy)]
struct Run {
    sum: f64,
    lost: f64,
    least: f64,
    greatest: f64,
}

/// All full runs of a series.
#[derive(Debug, Default)]
pub struct Runs(Vec<Run>);

/// The lesser of two, NaN only when both are.
pub fn lesser(a: f64, b: f64) -> f64 {
    if b < a || a.is_nan() { b } else { a }
}

/// The greater of two, NaN only when both are.
pub fn greater(a: f64, b: f64) -> f64 {
    if b > a || a.is_nan() { b } else { a }
}

/// A compensated sum: sum and compensation.
pub fn sum(values: &[f64], start: (f64, f64)) -> (f64, f64) {
    values.iter().fold(start, |(sum, lost), value| kahan(*value, sum, lost))
}

impl Runs {
    /// Of a series.
    pub fn new(values: &[f64]) -> Self {
        let run = |values: &[f64]| {
            let (sum, lost) = sum(values, (0.0, 0.0));
            let least = values.iter().copied().fold(f64::NAN, lesser);
            let greatest = values.iter().copied().fold(f64::NAN, greater);
            Run { sum, lost, least, greatest }
        };
        Self(values.chunks_exact(RUN).map(run).collect())
    }

    /// Whether a window is long enough for runs to pay.
    pub fn pay(window: &Range<usize>) -> bool {
        window.len() >= WINDOW_MIN
    }

    /// The runs within a window.
    fn within(window: &Range<usize>) -> Range<usize> {
        window.start.div_ceil(RUN)..window.end / RUN
    }

    /// Sum and compensation of a window.
    pub fn sum(&self, values: &[f64], window: &Range<usize>) -> (f64, f64) {
        let runs = Self::within(window);
        let head = sum(&values[window.start..runs.start * RUN], (0.0, 0.0));
        let middle = self.0[runs.clone()].iter().fold(head, |(total, lost), run| {
            let (total, lost) = kahan(run.sum, total, lost);
            (total, lost + run.lost)
        });
        sum(&values[runs.end * RUN..window.end], middle)
    }

    fn fold(&self, values: &[f64], window: &Range<usize>, of: impl Fn(&Run) -> f64, better: fn(f64, f64) -> f64) -> f64 {
        let runs = Self::within(window);
        let edges = values[window.start..runs.start * RUN].iter().chain(&values[runs.end * RUN..window.end]).copied();
        self.0[runs].iter().map(of).chain(edges).fold(f64::NAN, better)
    }

    /// The least value of a window.
    pub fn least(&self, values: &[f64], window: &Range<usize>) -> f64 {
        self.fold(values, window, |run| run.least, lesser)
    }

    /// The greatest value of a window.
    pub fn greatest(&self, values: &[f64], window: &Range<usize>) -> f64 {
        self.fold(values, window, |run| run.greatest, greater)
    }
}

#[cfg(test)]
mod tests {
    use super::{Runs, greater, lesser, sum};

    #[test]
    fn runs_say_what_single_samples_say() {
        let values: Vec<f64> = (0..2_000).map(|i| if i % 97 == 0 { f64::NAN } else { f64::from(i * 7_919 % 1_000) / 7.0 }).collect();
        let numbers: Vec<f64> = values.iter().map(|value| if value.is_nan() { 0.5 } else { *value }).collect();
        let (runs, exact) = (Runs::new(&values), Runs::new(&numbers));
        for window in [0..2_000, 1..1_999, 63..700, 64..640, 130..1_024] {
            let slice = &values[window.clone()];
            assert_eq!(runs.least(&values, &window).to_bits(), slice.iter().copied().fold(f64::NAN, lesser).to_bits());
            assert_eq!(runs.greatest(&values, &window).to_bits(), slice.iter().copied().fold(f64::NAN, greater).to_bits());
            let total = |(sum, lost): (f64, f64)| sum + lost;
            let (fast, slow) = (total(exact.sum(&numbers, &window)), total(sum(&numbers[window.clone()], (0.0, 0.0))));
            assert!((fast - slow).abs() <= 1e-12 * slow, "{fast} {slow}");
        }
    }
}
