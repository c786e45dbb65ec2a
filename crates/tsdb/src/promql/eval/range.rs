//! Functions of ranges: windows slide over each series once.

use std::{
    ops::Range,
    sync::{Arc, Mutex, PoisonError},
};

use super::{ABSENT, Evaluator, Grid, Row, Sink, block, is_scalar, parallel::Scratch, select::mark_resets, unmarked};
use crate::{
    histogram::ResetHint,
    promql::{
        ast::{Extend, Span},
        error::{QueryError, evaluation},
        functions::{
            table::Function,
            window::{Context, Outcome, Points, RangeFunction, Window},
        },
        note::Note,
        parse::NAME,
        plan::{Node, Plan, Ranged, Select, When},
    },
    source::{Cursor, Labels, Samples},
};

/// Where samples of a range come from: what windows of all its series share.
#[derive(Debug, Clone, Copy)]
pub struct Reach {
    /// When it looks.
    pub when: When,
    /// How far back.
    pub range_ms: i64,
    /// How much further back, for `anchored` and `smoothed`.
    pub before_ms: i64,
    /// How much further ahead, for `smoothed`.
    pub ahead_ms: i64,
}

/// Steps of one series between two looks at whether somebody wants the query stopped: a step may take a long window.
const STEPS_UNCHECKED: usize = 64;

/// A function of a range, with all that is the same for each series.
struct RangeCall<'a> {
    function: &'static Function,
    compute: RangeFunction,
    span: Span,
    reach: Reach,
    extend: Extend,
    scalars: &'a [Vec<f64>],
    grid: Grid,
    /// The metric about which something was said last: the same need not be said for each of its series.
    noted: Mutex<Option<String>>,
}

/// What takes the samples of one series.
type PointsSink<'s> = dyn FnMut(&Labels, bool, &Points) -> Result<(), QueryError> + 's;

impl Evaluator<'_> {
    /// Reads each series of a range once.
    pub fn ranged(&self, ranged: &Ranged, grid: &Grid, sink: &mut PointsSink<'_>) -> Result<Reach, QueryError> {
        match ranged {
            Ranged::Select { select, range_ms } => self.ranged_select(select, *range_ms, grid, sink),
            Ranged::Subquery { inner, range_ms, step_ms, when } => {
                let reach = Reach { when: *when, range_ms: *range_ms, before_ms: 0, ahead_ms: 0 };
                self.subquery(inner, *step_ms, &reach, grid, sink)?;
                Ok(reach)
            }
        }
    }

    /// What the windows of a range reach.
    pub fn reach(&self, ranged: &Ranged) -> Reach {
        match ranged {
            Ranged::Select { select, range_ms } => self.select_reach(select, *range_ms),
            Ranged::Subquery { range_ms, when, .. } => Reach { when: *when, range_ms: *range_ms, before_ms: 0, ahead_ms: 0 },
        }
    }

    fn select_reach(&self, select: &Select, range_ms: i64) -> Reach {
        let lookback = self.limits.lookback_ms;
        let before_ms = if select.extend == Extend::No { 0 } else { lookback };
        let ahead_ms = if select.extend == Extend::Smoothed { lookback } else { 0 };
        Reach { when: select.when, range_ms, before_ms, ahead_ms }
    }

    fn ranged_select(&self, select: &Select, range_ms: i64, grid: &Grid, sink: &mut PointsSink<'_>) -> Result<Reach, QueryError> {
        let reach = self.select_reach(select, range_ms);
        let mut cursors = self.range_cursors(select, &reach, grid)?;
        let mut samples = Samples::default();
        let mut points = Points::default();
        for cursor in &mut cursors {
            self.check()?;
            self.read_range(cursor.as_mut(), select, &mut samples, &mut points)?;
            sink(cursor.labels(), false, &points)?;
        }
        Ok(reach)
    }

    fn range_cursors(&self, select: &Select, reach: &Reach, grid: &Grid) -> Result<Vec<Box<dyn Cursor + '_>>, QueryError> {
        let from = select.when.resolve(grid.start_ms).saturating_sub(reach.range_ms + reach.before_ms);
        let to = select.when.resolve(grid.last()).saturating_add(reach.ahead_ms);
        self.cursors(&select.matchers, from.saturating_add(1), to)
    }

    fn read_range(&self, cursor: &mut dyn Cursor, select: &Select, samples: &mut Samples, points: &mut Points) -> Result<(), QueryError> {
        cursor.read(samples)?;
        self.charge(samples.at_ms.len())?;
        if select.compares {
            mark_resets(samples);
        }
        points.fill(samples);
        Ok(())
    }

    fn subquery(&self, inner: &Plan, step_ms: i64, reach: &Reach, grid: &Grid, sink: &mut PointsSink<'_>) -> Result<(), QueryError> {
        // Steps are multiples of the step, wherever the query begins, so that results do not move with it.
        let from = reach.when.resolve(grid.start_ms).saturating_sub(reach.range_ms);
        let first = (from.div_euclid(step_ms) + 1).saturating_mul(step_ms);
        let steps = Grid::new(first, reach.when.resolve(grid.last()), step_ms);
        self.check_points(steps.len)?;
        let mut points = Points::default();
        self.stream(inner, &steps, &mut |row| {
            points.clear();
            for step in 0..steps.len {
                match row.cell(step) {
                    block::Cell::Absent => {}
                    block::Cell::Float(value) => points.push_float(steps.at(step), value),
                    block::Cell::Histogram(histogram) => points.push_histogram(steps.at(step), forget_reset(histogram)),
                }
            }
            self.charge(points.floats.len() + points.histograms.len())?;
            sink(&row.labels, row.drop_name, &points)
        })
    }

    /// A function of a range.
    pub(super) fn range_call(
        &self,
        function: &'static Function,
        compute: RangeFunction,
        arguments: &[Plan],
        grid: &Grid,
        sink: &mut Sink<'_>,
    ) -> Result<(), QueryError> {
        let scalars = self.scalar_arguments(arguments, grid)?;
        let Some(Node::Range(ranged)) =
            arguments.iter().map(|argument| &unmarked(argument).node).find(|node| matches!(node, Node::Range(_)))
        else {
            return Ok(());
        };
        let extend = match ranged {
            Ranged::Select { select, .. } => select.extend,
            Ranged::Subquery { .. } => Extend::No,
        };
        check_extend(extend, function.name)?;
        let call = RangeCall {
            function,
            compute,
            span: arguments[0].span,
            reach: self.reach(ranged),
            extend,
            scalars: &scalars,
            grid: *grid,
            noted: Mutex::default(),
        };
        let Ranged::Select { select, .. } = ranged else {
            let mut row = Row::default();
            self.ranged(ranged, grid, &mut |labels, dropped, points| {
                self.range_row(&call, labels, dropped, points, &mut row)?;
                if row.is_empty() { Ok(()) } else { sink(&mut row) }
            })?;
            return Ok(());
        };
        let mut cursors = self.range_cursors(select, &call.reach, grid)?;
        let make = |cursor: &mut dyn Cursor, scratch: &mut Scratch, row: &mut Row| {
            self.read_range(cursor, select, &mut scratch.samples, &mut scratch.points)?;
            self.range_row(&call, cursor.labels(), false, &scratch.points, row)
        };
        self.each_series(&mut cursors, grid.len, make, sink)
    }

    /// A function over all windows of one series.
    fn range_row(&self, call: &RangeCall<'_>, labels: &Labels, dropped: bool, points: &Points, row: &mut Row) -> Result<(), QueryError> {
        let RangeCall { function, compute, span, reach, extend, scalars, grid, noted } = call;
        row.reset(labels.clone(), grid.len);
        row.drop_name = dropped || !matches!(function.name, "last_over_time" | "first_over_time");
        let context = Context { metric: labels.get(NAME), span: *span, notes: self.notes, range_ms: reach.range_ms, extend: *extend };
        let mut at_step = vec![0.0; scalars.len()];
        let mut slide = Slide::default();
        for step in 0..grid.len {
            if step % STEPS_UNCHECKED == 0 {
                self.check()?;
            }
            let now = grid.at(step);
            let end = reach.when.resolve(now);
            let (float_range, histogram_range) = slide.to(points, end - reach.range_ms - reach.before_ms, end + reach.ahead_ms);
            if float_range.is_empty() && histogram_range.is_empty() {
                continue;
            }
            for (value, column) in at_step.iter_mut().zip(*scalars) {
                *value = column[step];
            }
            let window = Window { points, float_range, histogram_range, end_ms: end, now_ms: now, scalars: &at_step, context: &context };
            match compute(&window)? {
                Outcome::Nothing => {}
                Outcome::Float(value) => row.values[step] = value,
                Outcome::Histogram(histogram) => row.put_histogram(step, histogram),
            }
        }
        let counter = matches!(function.name, "rate" | "increase");
        if counter && row.values.iter().any(|value| block::is_float(*value)) {
            note_non_counter(&context, noted);
        }
        Ok(())
    }

    /// The numbers that a function of a range takes beside it.
    fn scalar_arguments(&self, arguments: &[Plan], grid: &Grid) -> Result<Vec<Vec<f64>>, QueryError> {
        arguments.iter().filter(|argument| is_scalar(argument)).map(|argument| self.scalar(argument, grid)).collect()
    }

    /// Steps at which any series of a range has a sample.
    pub(super) fn any_present(&self, ranged: &Ranged, grid: &Grid) -> Result<Vec<f64>, QueryError> {
        let mut present = vec![ABSENT; grid.len];
        let reach = self.reach(ranged);
        self.ranged(ranged, grid, &mut |_, _, points| {
            let mut slide = Slide::default();
            for (step, found) in present.iter_mut().enumerate() {
                let end = reach.when.resolve(grid.at(step));
                let (floats, histograms) = slide.to(points, end - reach.range_ms, end);
                if !floats.is_empty() || !histograms.is_empty() {
                    *found = 1.0;
                }
            }
            Ok(())
        })?;
        Ok(present)
    }
}

/// A subquery may skip the sample that a mark is about, or show it twice: such marks are forgotten.
fn forget_reset(histogram: &Arc<crate::histogram::Histogram>) -> Arc<crate::histogram::Histogram> {
    match histogram.reset_hint {
        ResetHint::Reset | ResetHint::NotReset => {
            Arc::new(crate::histogram::Histogram { reset_hint: ResetHint::Unknown, ..(**histogram).clone() })
        }
        ResetHint::Unknown | ResetHint::Gauge => Arc::clone(histogram),
    }
}

fn check_extend(extend: Extend, name: &str) -> Result<(), QueryError> {
    let (word, allowed): (_, &[&str]) = match extend {
        Extend::No => return Ok(()),
        Extend::Anchored => ("anchored", &["changes", "delta", "increase", "rate", "resets"]),
        Extend::Smoothed => ("smoothed", &["delta", "increase", "rate"]),
    };
    if allowed.contains(&name) {
        return Ok(());
    }
    evaluation(format!("{word} modifier can only be used with: {} - not with {name}", allowed.join(", ")))
}

fn note_non_counter(context: &Context<'_>, noted: &Mutex<Option<String>>) {
    let metric = context.metric;
    let mut noted = noted.lock().unwrap_or_else(PoisonError::into_inner);
    if noted.as_deref() == Some(metric) {
        return;
    }
    *noted = Some(metric.to_owned());
    let counter = ["_total", "_sum", "_count", "_bucket"].iter().any(|suffix| metric.ends_with(suffix));
    if !metric.is_empty() && !counter {
        context.notes.add(context.span, Note::PossibleNonCounter(metric));
    }
}

/// Where the last window began and ended: the next one begins and ends no earlier.
#[derive(Debug, Default)]
pub struct Slide {
    float_from: usize,
    float_to: usize,
    histogram_from: usize,
    histogram_to: usize,
}

impl Slide {
    /// Floats and histograms after one instant, up to another.
    pub fn to(&mut self, points: &Points, after_ms: i64, up_to_ms: i64) -> (Range<usize>, Range<usize>) {
        let forward = |times: &[i64], from: &mut usize, limit: i64| {
            while times.get(*from).is_some_and(|at| *at <= limit) {
                *from += 1;
            }
            *from
        };
        let floats = forward(&points.float_at, &mut self.float_from, after_ms)..forward(&points.float_at, &mut self.float_to, up_to_ms);
        let histograms = forward(&points.histogram_at, &mut self.histogram_from, after_ms)
            ..forward(&points.histogram_at, &mut self.histogram_to, up_to_ms);
        (floats.start.min(floats.end)..floats.end, histograms.start.min(histograms.end)..histograms.end)
    }
}
