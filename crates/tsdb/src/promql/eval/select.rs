//! Instant vectors from the store: at each step the newest sample not older than the lookback.

use std::sync::Arc;

use super::{Evaluator, Grid, Row, Sink, parallel::Scratch, range::Slide};
use crate::{
    histogram::ResetHint,
    promql::{
        ast::Extend,
        error::QueryError,
        functions::{extended, window::Points},
        native,
        note::{Note, Notes},
        parse::NAME,
        plan::Select,
    },
    source::{Cursor, Samples, is_stale},
};

/// What a selection yields.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Yields {
    /// The samples' values.
    Values,
    /// When they were measured, in seconds: `timestamp` of a selector.
    Times,
    /// The same for floats only; histograms as they are, for whoever must refuse them.
    FloatTimes,
}

impl Evaluator<'_> {
    /// Reads an instant vector.
    pub(super) fn select(&self, select: &Select, grid: &Grid, yields: Yields, sink: &mut Sink<'_>) -> Result<(), QueryError> {
        let lookback = self.limits.lookback_ms;
        let (first, last) = (select.when.resolve(grid.start_ms), select.when.resolve(grid.last()));
        let smoothed = select.extend == Extend::Smoothed;
        let ahead = if smoothed { lookback } else { 0 };
        let mut cursors = self.cursors(&select.matchers, (first - lookback).saturating_add(1), last.saturating_add(ahead))?;
        let make = |cursor: &mut dyn Cursor, scratch: &mut Scratch, row: &mut Row| {
            let samples = &mut scratch.samples;
            cursor.read(samples)?;
            self.charge(samples.at_ms.len())?;
            if select.compares {
                mark_resets(samples);
            }
            row.reset(cursor.labels().clone(), grid.len);
            if smoothed {
                scratch.points.fill(samples);
                smooth(select, grid, lookback, &scratch.points, row, self.notes);
                return Ok(());
            }
            newest(select, grid, lookback, samples, yields, row);
            Ok(())
        };
        self.each_series(&mut cursors, grid.len, make, sink)
    }
}

/// Marks histograms of unknown history by comparing each with the one before.
pub fn mark_resets(samples: &mut Samples) {
    for at in (1..samples.histograms.len()).rev() {
        let (before, rest) = samples.histograms.split_at_mut(at);
        let (before, current) = (&before[at - 1].1, &mut rest[0].1);
        if current.reset_hint == ResetHint::Unknown {
            let reset = native::reset::detect(current, before);
            Arc::make_mut(current).reset_hint = if reset { ResetHint::Reset } else { ResetHint::NotReset };
        }
    }
}

/// Walks samples and steps together.
fn newest(select: &Select, grid: &Grid, lookback: i64, samples: &Samples, yields: Yields, row: &mut Row) {
    let mut next = 0;
    let mut histogram = 0;
    for step in 0..grid.len {
        let now = select.when.resolve(grid.at(step));
        while samples.at_ms.get(next).is_some_and(|at| *at <= now) {
            next += 1;
        }
        let Some(newest) = next.checked_sub(1).filter(|newest| samples.at_ms[*newest] > now - lookback) else { continue };
        while samples.histograms.get(histogram).is_some_and(|(at, _)| (*at as usize) < newest) {
            histogram += 1;
        }
        let held = samples.histograms.get(histogram).filter(|(at, _)| *at as usize == newest).map(|(_, histogram)| histogram);
        let stale = held.is_none() && is_stale(samples.values[newest]);
        match (held, yields) {
            _ if stale => {}
            (_, Yields::Times) | (None, Yields::FloatTimes) => row.values[step] = samples.at_ms[newest] as f64 / 1000.0,
            (Some(histogram), Yields::Values | Yields::FloatTimes) => row.put_histogram(step, Arc::clone(histogram)),
            (None, Yields::Values) => row.values[step] = samples.values[newest],
        }
    }
}

/// Interpolates between the samples around each step; after the last sample its value goes on for the lookback.
fn smooth(select: &Select, grid: &Grid, lookback: i64, points: &Points, row: &mut Row, notes: &Notes) {
    let (metric, mut slide) = (row.labels.get(NAME).to_owned(), Slide::default());
    for step in 0..grid.len {
        let now = select.when.resolve(grid.at(step));
        let (floats, histograms) = slide.to(points, now - lookback, now + lookback);
        if !floats.is_empty() && !histograms.is_empty() {
            notes.add(select.span, Note::MixedFloatsHistograms(&metric));
        } else if histograms.is_empty() {
            let values = &points.floats[floats.clone()];
            match around(&points.float_at[floats], now) {
                Around::Nothing => {}
                Around::Sample(at) => row.values[step] = values[at],
                Around::Between(at, share) => row.values[step] = values[at] + (values[at + 1] - values[at]) * share,
            }
        } else {
            let held = &points.histograms[histograms.clone()];
            match around(&points.histogram_at[histograms], now) {
                Around::Nothing => {}
                Around::Sample(at) => row.put_histogram(step, Arc::clone(&held[at])),
                Around::Between(at, share) => {
                    let counter = held[at + 1].reset_hint != ResetHint::Gauge;
                    match extended::between(held, at, share, counter) {
                        Ok(histogram) => row.put_histogram(step, Arc::new(histogram)),
                        Err(_) => notes.add(select.span, Note::MixedExponentialCustom(&metric)),
                    }
                }
            }
        }
    }
}

/// What is around an instant.
enum Around {
    Nothing,
    /// A sample at it, or the last one before it.
    Sample(usize),
    /// A sample before and one after it, and how far it is from one to the other.
    Between(usize, f64),
}

fn around(times: &[i64], now: i64) -> Around {
    let after = times.partition_point(|at| *at < now);
    match (after.checked_sub(1), times.get(after)) {
        (_, Some(at)) if *at == now => Around::Sample(after),
        (Some(before), Some(at)) => Around::Between(before, (now - times[before]) as f64 / (at - times[before]) as f64),
        (Some(before), None) => Around::Sample(before),
        (None, _) => Around::Nothing,
    }
}
