//! Running queries.

use std::sync::atomic::{AtomicU64, Ordering};

use evenkeel_core::id::TenantId;

use super::{
    ast::{Expr, Extend, ValueType},
    error::{LimitKind, QueryError, evaluation},
    eval::{Block, Control, Evaluator, Grid, Head, Row, text_of, unmarked, without_metadata},
    functions::window::Points,
    note::Notes,
    parse::{TIME_MS_MAX, parse},
    plan::{Marks, Node, Plan, Ranged, Times, plan},
    result::{QueryResult, Sample, SeriesResult, Value},
};
use crate::source::{Labels, Source};

/// What a query may take, and defaults of evaluation.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Samples read at most.
    pub samples_max: u64,
    /// Series found by one selector at most.
    pub series_max: usize,
    /// Steps of a range at most.
    pub steps_max: usize,
    /// Points held at once at most.
    pub points_max: usize,
    /// How old a sample may be to count at an instant, milliseconds.
    pub lookback_ms: i64,
    /// The step of subqueries that name none, milliseconds.
    pub subquery_step_ms: i64,
    /// Threads of one query: one or two.
    pub threads: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            samples_max: 200_000_000,
            series_max: 1_000_000,
            steps_max: 11_000,
            points_max: 20_000_000,
            lookback_ms: 300_000,
            subquery_step_ms: 60_000,
            threads: 2,
        }
    }
}

/// Runs queries over a source.
#[derive(Debug, Clone, Default)]
pub struct Engine {
    /// What a query may take.
    pub limits: Limits,
}

impl Engine {
    /// With these limits.
    pub fn new(limits: Limits) -> Self {
        Self { limits }
    }

    /// Evaluates a query at an instant.
    ///
    /// # Errors
    /// As [`QueryError`] says.
    pub fn instant(&self, source: &dyn Source, tenant: TenantId, query: &str, at_ms: i64) -> Result<QueryResult, QueryError> {
        self.instant_expr(source, tenant, query, &parse(query)?, at_ms, &Control::default())
    }

    /// Evaluates a query at each step from `start_ms` to `end_ms`.
    ///
    /// # Errors
    /// As [`QueryError`] says.
    pub fn range(
        &self,
        source: &dyn Source,
        tenant: TenantId,
        query: &str,
        start_ms: i64,
        end_ms: i64,
        step_ms: i64,
    ) -> Result<QueryResult, QueryError> {
        self.range_expr(source, tenant, query, &parse(query)?, (start_ms, end_ms, step_ms), &Control::default())
    }

    /// Evaluates a parsed query at an instant; `query` is its text, for messages.
    ///
    /// # Errors
    /// As [`QueryError`] says.
    pub fn instant_expr(
        &self,
        source: &dyn Source,
        tenant: TenantId,
        query: &str,
        expr: &Expr,
        at_ms: i64,
        control: &Control,
    ) -> Result<QueryResult, QueryError> {
        let times =
            Times { start_ms: at_ms, end_ms: at_ms, step_ms: 0, subquery_step_ms: self.limits.subquery_step_ms, marks: Marks::Stored };
        self.run(source, tenant, query, expr, times, control)
    }

    /// Evaluates a parsed query at each step of `(start_ms, end_ms, step_ms)`; `query` is its text, for messages.
    ///
    /// # Errors
    /// As [`QueryError`] says.
    pub fn range_expr(
        &self,
        source: &dyn Source,
        tenant: TenantId,
        query: &str,
        expr: &Expr,
        (start_ms, end_ms, step_ms): (i64, i64, i64),
        control: &Control,
    ) -> Result<QueryResult, QueryError> {
        if step_ms <= 0 {
            return Err(QueryError::Range("the step of a range must be longer than zero".to_owned()));
        }
        if end_ms < start_ms {
            return Err(QueryError::Range("the end of a range must not lie before its beginning".to_owned()));
        }
        let steps = Grid::new(start_ms, end_ms, step_ms).len;
        if steps > self.limits.steps_max {
            let text = format!(
                "the range has {steps} steps, more than {} (limit steps_max); choose a longer step or a shorter range",
                self.limits.steps_max
            );
            return Err(QueryError::Limit(LimitKind::Steps, text));
        }
        if !matches!(expr.value_type(), ValueType::Scalar | ValueType::Vector) {
            let text =
                format!("invalid expression type \"{}\" for range query, must be Scalar or instant Vector", expr.value_type().documented());
            return Err(QueryError::Range(text));
        }
        let times = Times { start_ms, end_ms, step_ms, subquery_step_ms: self.limits.subquery_step_ms, marks: Marks::Stored };
        self.run(source, tenant, query, expr, times, control)
    }

    fn run(
        &self,
        source: &dyn Source,
        tenant: TenantId,
        query: &str,
        expr: &Expr,
        times: Times,
        control: &Control,
    ) -> Result<QueryResult, QueryError> {
        if times.start_ms.unsigned_abs().max(times.end_ms.unsigned_abs()) > TIME_MS_MAX.unsigned_abs() {
            return Err(QueryError::Range("the times of the query are out of bounds".to_owned()));
        }
        let plan = plan(expr, &times)?;
        let notes = Notes::default();
        let evaluator = Evaluator { source, tenant, limits: &self.limits, control, notes: &notes, times, samples: AtomicU64::default() };
        let value = value(&evaluator, &plan)?;
        let samples = evaluator.samples.load(Ordering::Relaxed);
        let (warnings, infos) = notes.into_texts(query);
        Ok(QueryResult { value, warnings, infos, samples })
    }
}

fn value(evaluator: &Evaluator<'_>, plan: &Plan) -> Result<Value, QueryError> {
    let times = evaluator.times;
    let grid = Grid::new(times.start_ms, times.end_ms, times.step_ms);
    let instant = evaluator.is_instant();
    match plan.value_type {
        ValueType::Text => Ok(Value::Text(text_of(plan).to_owned())),
        ValueType::Matrix => range_vector(evaluator, plan, &grid),
        ValueType::Scalar => {
            let column = evaluator.scalar(plan, &grid)?;
            if instant {
                return Ok(Value::Scalar(column.first().copied().unwrap_or(f64::NAN)));
            }
            let floats = column.into_iter().enumerate().map(|(step, value)| (grid.at(step), value)).collect();
            Ok(Value::Matrix(vec![SeriesResult { floats, ..SeriesResult::default() }]))
        }
        ValueType::Vector => {
            let block = finished(evaluator.block(plan, &grid)?)?;
            Ok(if instant { vector(&block, plan.orders()) } else { matrix(&block, &grid) })
        }
    }
}

/// Drops the names that go; series that are then the same become one if their samples do not meet.
fn finished(mut block: Block) -> Result<Block, QueryError> {
    for head in &mut block.heads {
        if head.drop_name {
            *head = Head { labels: without_metadata(&head.labels), drop_name: false };
        }
    }
    match block.merge_equal() {
        Some(block) => Ok(block),
        None => evaluation("vector cannot contain metrics with the same labelset"),
    }
}

/// A vector, sorted by labels unless the query asks for an order: a store promises none.
fn vector(block: &Block, ordered: bool) -> Value {
    let mut row = Row::default();
    let mut result = Vec::with_capacity(block.len());
    for index in 0..block.len() {
        block.copy(index, &mut row);
        let sample = match row.histograms.pop() {
            Some((_, histogram)) => Sample::Histogram(histogram),
            None => Sample::Float(row.values[0]),
        };
        result.push((row.labels.clone(), sample));
    }
    if !ordered {
        result.sort_by(|a, b| a.0.cmp(&b.0));
    }
    Value::Vector(result)
}

fn matrix(block: &Block, grid: &Grid) -> Value {
    let mut result: Vec<SeriesResult> = (0..block.len())
        .map(|index| SeriesResult {
            labels: block.heads[index].labels.clone(),
            floats: block
                .values(index)
                .iter()
                .enumerate()
                .filter(|(_, value)| super::eval::is_float(**value))
                .map(|(step, value)| (grid.at(step), *value))
                .collect(),
            histograms: block.histograms(index).iter().map(|(step, histogram)| (grid.at(*step as usize), histogram.clone())).collect(),
        })
        .collect();
    result.sort_by(|a, b| a.labels.cmp(&b.labels));
    Value::Matrix(result)
}

/// A range vector as a query's result, at an instant.
fn range_vector(evaluator: &Evaluator<'_>, plan: &Plan, grid: &Grid) -> Result<Value, QueryError> {
    let Node::Range(ranged) = &unmarked(plan).node else { return Ok(Value::Matrix(Vec::new())) };
    let reach = evaluator.reach(ranged);
    let extend = match ranged {
        Ranged::Select { select, .. } => select.extend,
        Ranged::Subquery { .. } => Extend::No,
    };
    let end = reach.when.resolve(grid.start_ms);
    let mut result = Vec::new();
    evaluator.ranged(ranged, grid, &mut |labels: &Labels, dropped, points: &Points| {
        if extend != Extend::No && !points.histograms.is_empty() {
            return evaluation("smoothed and anchored ranges of native histograms can only be used in functions");
        }
        let labels = if dropped { without_metadata(labels) } else { labels.clone() };
        let inside = |at: &i64| *at > end - reach.range_ms && *at <= end;
        let histograms = points.histogram_at.iter().zip(&points.histograms).filter(|(at, _)| inside(at));
        let floats = if extend == Extend::No {
            points.float_at.iter().zip(&points.floats).filter(|(at, _)| inside(at)).map(|(at, value)| (*at, *value)).collect()
        } else {
            super::functions::extended::extended_samples(points, end - reach.range_ms, end, extend, evaluator.limits.lookback_ms)
        };
        let series = SeriesResult { labels, floats, histograms: histograms.map(|(at, histogram)| (*at, histogram.clone())).collect() };
        if !series.floats.is_empty() || !series.histograms.is_empty() {
            result.push(series);
        }
        Ok(())
    })?;
    result.sort_by(|a, b| a.labels.cmp(&b.labels));
    Ok(Value::Matrix(result))
}
