//! Instant vectors from the store: at each step the newest sample not older than the lookback.

use super::{Evaluator, Grid, Row, Sink, parallel::Scratch};
use crate::{
    histogram::ResetHint,
    promql::{
        ast::Extend,
        error::{QueryError, evaluation},
        native,
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
                return smooth(select, grid, lookback, samples, row);
            }
            newest(select, grid, lookback, samples, yields, row);
            Ok(())
        };
        self.each_series(&mut cursors, make, sink)
    }
}

/// Marks histograms of unknown history by comparing each with the one before.
pub fn mark_resets(samples: &mut Samples) {
    for at in (1..samples.histograms.len()).rev() {
        let (before, rest) = samples.histograms.split_at_mut(at);
        let (before, current) = (&before[at - 1].1, &mut rest[0].1);
        if current.reset_hint == ResetHint::Unknown {
            let reset = native::reset::detect(current, before);
            std::sync::Arc::make_mut(current).reset_hint = if reset { ResetHint::Reset } else { ResetHint::NotReset };
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
            (Some(histogram), Yields::Values | Yields::FloatTimes) => row.put_histogram(step, std::sync::Arc::clone(histogram)),
            (None, Yields::Values) => row.values[step] = samples.values[newest],
        }
    }
}

/// Interpolates between the samples around each step; after the last sample its value goes on for the lookback.
fn smooth(select: &Select, grid: &Grid, lookback: i64, samples: &Samples, row: &mut Row) -> Result<(), QueryError> {
    if !samples.histograms.is_empty() {
        return evaluation("smoothed and anchored modifiers do not work with native histograms");
    }
    let (times, values): (Vec<i64>, Vec<f64>) = samples.at_ms.iter().zip(&samples.values).filter(|(_, value)| !is_stale(**value)).unzip();
    for step in 0..grid.len {
        let now = select.when.resolve(grid.at(step));
        let after = times.partition_point(|at| *at < now);
        let before = after.checked_sub(1).filter(|before| times[*before] > now - lookback);
        let after = times.get(after).filter(|at| **at <= now + lookback).map(|_| after);
        row.values[step] = match (before, after) {
            (_, Some(after)) if times[after] == now => values[after],
            (Some(before), Some(after)) => {
                let share = (now - times[before]) as f64 / (times[after] - times[before]) as f64;
                values[before] + (values[after] - values[before]) * share
            }
            (Some(before), None) => values[before],
            (None, _) => continue,
        };
    }
    Ok(())
}
