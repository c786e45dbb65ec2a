//! Functions of differences: `rate`, `increase`, `delta`, `irate`, `idelta`, `changes`, `resets`. Ranges are open on the
//! left (Prometheus 3).

use std::{ops::Range, sync::Arc};

use super::{
    extended,
    window::{Outcome, Sample, Window},
};
use crate::{
    histogram::{Histogram, ResetHint},
    promql::{
        ast::Extend,
        error::QueryError,
        native::{self, Combined},
        note::Note,
    },
};

/// `rate`
pub fn rate(window: &Window<'_>) -> Result<Outcome, QueryError> {
    Ok(extrapolated(window, true, true))
}

/// `increase`
pub fn increase(window: &Window<'_>) -> Result<Outcome, QueryError> {
    Ok(extrapolated(window, true, false))
}

/// `delta`
pub fn delta(window: &Window<'_>) -> Result<Outcome, QueryError> {
    Ok(extrapolated(window, false, false))
}

/// What the counter or gauge did over the window, extrapolated to its edges where samples are near enough to them.
fn extrapolated(window: &Window<'_>, counter: bool, per_second: bool) -> Outcome {
    if window.context.extend != Extend::No {
        return extended::difference(window, counter, per_second);
    }
    let floats = window.floats();
    let histograms = window.histograms();
    if !floats.is_empty() && !histograms.is_empty() {
        window.note(Note::MixedFloatsHistograms(window.context.metric));
        return Outcome::Nothing;
    }
    if histograms.len() > 1 {
        let times = window.histogram_times();
        let Some(mut result) = histogram_difference(window, counter) else { return Outcome::Nothing };
        let zero_at = (result.count > 0.0 && histograms[0].count >= 0.0).then(|| histograms[0].count / result.count);
        let factor = factor(window, times[0], times[times.len() - 1], times.len() - 1, zero_at.filter(|_| counter), per_second);
        native::scale::multiply(&mut result, factor);
        return Outcome::Histogram(Arc::new(result));
    }
    if floats.len() < 2 {
        return Outcome::Nothing;
    }
    let times = window.float_times();
    let last = floats.len() - 1;
    let mut result = floats[last] - floats[0];
    if counter {
        for fall in window.points.falls_in(&window.float_range) {
            result += window.points.floats[*fall as usize - 1];
        }
    }
    let zero_at = (counter && result > 0.0 && floats[0] >= 0.0).then(|| floats[0] / result);
    Outcome::Float(result * factor(window, times[0], times[last], last, zero_at, per_second))
}

/// By what to multiply so that the difference between the first and the last sample stands for the whole window.
/// `zero_at` is how far before the first sample the counter would have been zero, as a share of the time sampled.
fn factor(window: &Window<'_>, first: i64, last: i64, intervals: usize, zero_at: Option<f64>, per_second: bool) -> f64 {
    let mut to_start = (first - window.start_ms()) as f64 / 1000.0;
    let mut to_end = (window.end_ms - last) as f64 / 1000.0;
    let sampled = (last - first) as f64 / 1000.0;
    let average = sampled / intervals as f64;
    // Within 1.1 average intervals the series is taken to go on to the edge; else to end half an interval further.
    let threshold = average * 1.1;
    if to_start >= threshold {
        to_start = average / 2.0;
    }
    if let Some(zero_at) = zero_at {
        // A counter cannot have been below zero.
        let to_zero = sampled * zero_at;
        if to_zero < to_start {
            to_start = to_zero;
        }
    }
    if to_end >= threshold {
        to_end = average / 2.0;
    }
    let factor = (sampled + to_start + to_end) / sampled;
    if per_second { factor / (window.context.range_ms as f64 / 1000.0) } else { factor }
}

/// The last histogram less the first, plus what resets took away.
fn histogram_difference(window: &Window<'_>, counter: bool) -> Option<Histogram> {
    let histograms = window.histograms();
    let metric = window.context.metric;
    let (first, last) = (&histograms[0], &histograms[histograms.len() - 1]);
    let gauge = |histogram: &Histogram| histogram.reset_hint == ResetHint::Gauge;
    if counter && histograms.iter().any(|histogram| gauge(histogram)) {
        window.note(Note::NotCounter(metric));
    }
    // With a reset right after the first one its layout does not matter: only what came later counts.
    let empty;
    let mut before: &Histogram = first;
    if counter && native::reset::detect(&histograms[1], first) {
        empty = Histogram { schema: histograms[1].schema, custom_bounds: histograms[1].custom_bounds.clone(), ..Histogram::default() };
        before = &empty;
    }
    let custom = before.is_custom();
    let between = if counter { &histograms[1..] } else { &histograms[histograms.len() - 1..] };
    if between.iter().any(|histogram| histogram.is_custom() != custom) {
        window.note(Note::MixedExponentialCustom(metric));
        return None;
    }
    let schema = between.iter().map(|histogram| histogram.schema).chain([before.schema]).min().unwrap_or(last.schema);
    let mut sum = Combined::new(last);
    sum.reduce(schema);
    let mut reconciled = sum.subtract(before).ok()?.reconciled.then_some("subtraction");
    if counter {
        for current in &histograms[1..] {
            if native::reset::detect(current, before) && sum.add(before).ok()?.reconciled {
                reconciled = reconciled.or(Some("addition"));
                window.note(Note::CustomBucketsReconciled("addition"));
            }
            before = current;
        }
    } else if !gauge(first) || !gauge(last) {
        window.note(Note::NotGauge(metric));
    }
    if reconciled == Some("subtraction") {
        window.note(Note::CustomBucketsReconciled("subtraction"));
    }
    let mut result = sum.finish();
    result.reset_hint = ResetHint::Gauge;
    native::layout::compact(&mut result);
    Some(result)
}

/// `irate`
pub fn irate(window: &Window<'_>) -> Result<Outcome, QueryError> {
    Ok(instant(window, true))
}

/// `idelta`
pub fn idelta(window: &Window<'_>) -> Result<Outcome, QueryError> {
    Ok(instant(window, false))
}

/// The difference of the last two samples.
fn instant(window: &Window<'_>, counter: bool) -> Outcome {
    let metric = window.context.metric;
    let (floats, times) = (window.floats(), window.float_times());
    if window.histogram_range.is_empty() {
        let Some(last) = floats.len().checked_sub(1).filter(|last| *last > 0) else { return Outcome::Nothing };
        let fell = counter && floats[last] < floats[last - 1];
        let difference = if fell { floats[last] } else { floats[last] - floats[last - 1] };
        let seconds = (times[last] - times[last - 1]) as f64 / 1000.0;
        return Outcome::Float(if counter { difference / seconds } else { difference });
    }
    let mut newest = Vec::with_capacity(2);
    for sample in window.merged() {
        if newest.len() == 2 {
            newest.remove(0);
        }
        newest.push(sample);
    }
    match newest.as_slice() {
        [Sample::Float(from, a), Sample::Float(to, b)] => {
            let difference = if counter && b < a { *b } else { b - a };
            Outcome::Float(if counter { difference / ((to - from) as f64 / 1000.0) } else { difference })
        }
        [Sample::Histogram(from, a), Sample::Histogram(to, b)] => {
            let gauges = [a, b].map(|histogram| histogram.reset_hint == ResetHint::Gauge);
            if counter && gauges.contains(&true) {
                window.note(Note::NotCounter(metric));
            }
            if !counter && gauges.contains(&false) {
                window.note(Note::NotGauge(metric));
            }
            let mut sum = Combined::new(b);
            if !counter || !native::reset::detect(b, a) {
                match sum.subtract(a) {
                    Ok(done) if done.reconciled => window.note(Note::CustomBucketsReconciled("subtraction")),
                    Ok(_) => {}
                    Err(_) => {
                        window.note(Note::MixedExponentialCustom(metric));
                        return Outcome::Nothing;
                    }
                }
            }
            let mut result = sum.finish();
            result.reset_hint = ResetHint::Gauge;
            native::layout::compact(&mut result);
            if counter {
                native::scale::divide(&mut result, (to - from) as f64 / 1000.0);
            }
            Outcome::Histogram(Arc::new(result))
        }
        [_, _] => {
            window.note(Note::MixedFloatsHistograms(metric));
            Outcome::Nothing
        }
        _ => Outcome::Nothing,
    }
}

/// `resets`
pub fn resets(window: &Window<'_>) -> Result<Outcome, QueryError> {
    Ok(count_steps(window, |floats| window.points.falls_in(floats).len(), |before, after| native::reset::detect(after, before)))
}

/// `changes`
pub fn changes(window: &Window<'_>) -> Result<Outcome, QueryError> {
    Ok(count_steps(window, |floats| window.points.changes_in(floats) as usize, |before, after| !native::reset::same(before, after)))
}

fn count_steps(
    window: &Window<'_>,
    of_floats: impl Fn(&Range<usize>) -> usize,
    counts: impl Fn(&Histogram, &Histogram) -> bool,
) -> Outcome {
    let Some(window) = &extended::from_anchor(window) else {
        return Outcome::Nothing;
    };
    if window.float_range.is_empty() && window.histogram_range.is_empty() {
        return Outcome::Nothing;
    }
    if window.histogram_range.is_empty() {
        return Outcome::Float(of_floats(&window.float_range) as f64);
    }
    let mut total = 0;
    let mut before: Option<Sample<'_>> = None;
    // Between floats alone the answer is known without looking: only steps to or from a histogram are counted one by one.
    for sample in window.merged() {
        let counted = match (before, sample) {
            (Some(Sample::Histogram(_, a)), Sample::Histogram(_, b)) => counts(a, b),
            (Some(Sample::Float(..)), Sample::Float(..)) | (None, _) => false,
            _ => true,
        };
        total += usize::from(counted);
        before = Some(sample);
    }
    Outcome::Float((total + mixed_float_steps(window, &of_floats)) as f64)
}

/// Steps between neighbouring floats where histograms stand among them.
fn mixed_float_steps(window: &Window<'_>, of_floats: &impl Fn(&Range<usize>) -> usize) -> usize {
    let range = window.float_range.clone();
    let between = |from: usize| {
        let (low, high) = (window.points.float_at[from], window.points.float_at[from + 1]);
        window.histogram_times().iter().any(|at| *at > low && *at < high)
    };
    (range.start..range.end.saturating_sub(1)).filter(|from| !between(*from)).map(|from| of_floats(&(from..from + 2))).sum()
}
