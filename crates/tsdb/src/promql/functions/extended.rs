//! `anchored` and `smoothed` ranges (experimental in Prometheus): no extrapolation, but the sample before the window, or
//! values interpolated at both edges.

use std::{ops::Range, sync::Arc};

use super::window::{Outcome, Points, Window};
use crate::{
    histogram::{Histogram, ResetHint},
    promql::{
        ast::Extend,
        native::{self, Combined, combine::Incompatible},
        note::Note,
    },
};

/// Which samples make an extended difference, and which edges are interpolated.
#[derive(Debug, Clone, Copy)]
struct Edges {
    first: usize,
    last: usize,
    left: bool,
    right: bool,
}

impl Edges {
    /// Of samples that reach beyond the window; `None` when none of them says anything about it.
    fn new(times: &[i64], start: i64, end: i64, smoothed: bool) -> Option<Self> {
        let mut last = times.len().checked_sub(1)?;
        let first = times[..last].partition_point(|at| *at <= start).saturating_sub(1);
        if smoothed {
            last = times[..last].partition_point(|at| *at < end);
        }
        if times[last] <= start || times[first] > end {
            return None;
        }
        let left = smoothed && times[first] < start;
        let right = smoothed && last > 0 && times[last] > end;
        Some(Self { first, last, left, right })
    }

    /// Steps from one sample to the next that may be resets: that across which the left edge is interpolated is no longer.
    fn steps(&self) -> Range<usize> {
        self.first + usize::from(self.left)..self.last
    }
}

/// How far an instant is between two samples.
fn share(times: &[i64], before: usize, at: i64) -> f64 {
    (at - times[before]) as f64 / (times[before + 1] - times[before]) as f64
}

/// `rate`, `increase` and `delta` of an extended window.
pub fn difference(window: &Window<'_>, counter: bool, per_second: bool) -> Outcome {
    let smoothed = window.context.extend == Extend::Smoothed;
    let (start, end) = (window.start_ms(), window.end_ms);
    match (window.float_range.is_empty(), window.histogram_range.is_empty()) {
        (true, true) => return Outcome::Nothing,
        (false, false) => {
            window.note(Note::MixedFloatsHistograms(window.context.metric));
            return Outcome::Nothing;
        }
        (true, false) => return histogram_difference(window, counter, per_second),
        (false, true) => {}
    }
    let (times, values) = (window.float_times(), window.floats());
    let Some(edges) = Edges::new(times, start, end, smoothed) else {
        return Outcome::Nothing;
    };
    let at_edge = |before: usize, edge: i64| {
        let (low, high) = (values[before], values[before + 1]);
        // After a reset a counter began at zero.
        let low = if counter && high < low { 0.0 } else { low };
        low + (high - low) * share(times, before, edge)
    };
    let left = if edges.left { at_edge(edges.first, start) } else { values[edges.first] };
    let right = if edges.right { at_edge(edges.last - 1, end) } else { values[edges.last] };
    let mut result = right - left;
    if counter {
        result += edges.steps().filter(|at| values[at + 1] < values[*at]).map(|at| values[at]).sum::<f64>();
    }
    if per_second {
        result /= window.context.range_ms as f64 / 1000.0;
    }
    Outcome::Float(result)
}

fn histogram_difference(window: &Window<'_>, counter: bool, per_second: bool) -> Outcome {
    let smoothed = window.context.extend == Extend::Smoothed;
    let (times, histograms) = (window.histogram_times(), window.histograms());
    let Some(edges) = Edges::new(times, window.start_ms(), window.end_ms, smoothed) else {
        return Outcome::Nothing;
    };
    let used = &histograms[edges.first..=edges.last];
    let gauge = |histogram: &Arc<Histogram>| histogram.reset_hint == ResetHint::Gauge;
    if counter && used.iter().any(gauge) {
        window.note(Note::NotCounter(window.context.metric));
    }
    let edges_are_gauges = gauge(&used[0]) && gauge(&used[used.len() - 1]);
    if !counter && !edges_are_gauges {
        window.note(Note::NotGauge(window.context.metric));
    }
    let difference = || -> Result<(Histogram, bool), Incompatible> {
        let (mut left, mut right) = ((*used[0]).clone(), (*used[used.len() - 1]).clone());
        if edges.left {
            left = between(used, 0, share(times, edges.first, window.start_ms()), counter)?;
        }
        if edges.right {
            right = between(used, used.len() - 2, share(times, edges.last - 1, window.end_ms), counter)?;
        }
        let mut sum = Combined::new(&right);
        let mut reconciled = sum.subtract(&left)?.reconciled;
        for at in edges.steps().filter(|_| counter) {
            if native::reset::detect(&histograms[at + 1], &histograms[at]) {
                reconciled |= sum.add(&histograms[at])?.reconciled;
            }
        }
        Ok((sum.finish(), reconciled))
    };
    let Ok((mut result, reconciled)) = difference() else {
        window.note(Note::MixedExponentialCustom(window.context.metric));
        return Outcome::Nothing;
    };
    if reconciled {
        window.note(Note::CustomBucketsReconciled("subtraction"));
    }
    if per_second {
        native::scale::divide(&mut result, window.context.range_ms as f64 / 1000.0);
    }
    result.reset_hint = ResetHint::Gauge;
    native::layout::compact(&mut result);
    Outcome::Histogram(Arc::new(result))
}

/// A histogram interpolated between one and the next.
///
/// # Errors
/// When one has bounds of its own and the other has powers.
pub fn between(histograms: &[Arc<Histogram>], before: usize, share: f64, counter: bool) -> Result<Histogram, Incompatible> {
    let (low, high) = (&histograms[before], &histograms[before + 1]);
    let mut step = Combined::new(high);
    if counter && native::reset::detect(high, low) && low.is_custom() == high.is_custom() {
        // After a reset a counter began at zero.
        step.scale(share);
        return Ok(step.finish());
    }
    step.subtract(low)?;
    step.scale(share);
    step.add(low)?;
    Ok(step.finish())
}

/// A window from the sample at or before its beginning, if it is anchored; `None` when nothing comes after that.
pub fn from_anchor<'a>(window: &Window<'a>) -> Option<Window<'a>> {
    let mut narrowed = Window {
        points: window.points,
        float_range: window.float_range.clone(),
        histogram_range: window.histogram_range.clone(),
        end_ms: window.end_ms,
        now_ms: window.now_ms,
        scalars: window.scalars,
        context: window.context,
    };
    if window.context.extend != Extend::Anchored {
        return Some(narrowed);
    }
    let start = window.start_ms();
    let (floats, histograms) = (window.float_times(), window.histogram_times());
    let newest = floats.last().into_iter().chain(histograms.last()).max()?;
    if *newest <= start {
        return None;
    }
    let at_or_before = |times: &[i64]| times[..times.partition_point(|at| *at <= start)].last().copied();
    if let Some(anchor) = at_or_before(floats).into_iter().chain(at_or_before(histograms)).max() {
        narrowed.float_range.start += floats.partition_point(|at| *at < anchor);
        narrowed.histogram_range.start += histograms.partition_point(|at| *at < anchor);
    }
    Some(narrowed)
}

/// The samples of an `anchored` or `smoothed` range by itself: those inside, and one at each edge.
pub fn extended_samples(points: &Points, start: i64, end: i64, extend: Extend, lookback: i64) -> Vec<(i64, f64)> {
    let (times, values) = (&points.float_at, &points.floats);
    let visible_from = times.partition_point(|at| *at <= start - lookback);
    let visible_to = times.partition_point(|at| *at <= end + if extend == Extend::Smoothed { lookback } else { 0 });
    let (times, values) = (&times[visible_from..visible_to], &values[visible_from..visible_to]);
    let from = times.partition_point(|at| *at <= start);
    let to = times.partition_point(|at| *at <= end);
    if from == times.len() && extend == Extend::Anchored {
        return Vec::new();
    }
    let interpolated = |edge: i64, after: usize| {
        let (low, high) = (after - 1, after);
        let share = (edge - times[low]) as f64 / (times[high] - times[low]) as f64;
        values[low] + (values[high] - values[low]) * share
    };
    let mut result: Vec<(i64, f64)> = Vec::new();
    let smoothed = extend == Extend::Smoothed;
    match from.checked_sub(1) {
        Some(before) if times[before] == start => result.push((start, values[before])),
        Some(before) if smoothed && from < times.len() => result.push((start, interpolated(start, before + 1))),
        Some(before) => result.push((start, values[before])),
        None => {
            if let Some(value) = values.get(from) {
                result.push((start, *value));
            }
        }
    }
    result.extend(times[from..to.max(from)].iter().copied().zip(values[from..to.max(from)].iter().copied()));
    if result.last().is_some_and(|(at, _)| *at < end) {
        let value = match to {
            to if smoothed && to > 0 && to < times.len() => interpolated(end, to),
            to => values[to.saturating_sub(1)],
        };
        result.push((end, value));
    }
    result
}
