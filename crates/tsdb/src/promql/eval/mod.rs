//! Evaluation: rows (one series over all steps) stream through the plan; only what must see several series at once holds
//! them.

mod absent;
mod aggregate;
mod arithmetic;
mod block;
mod call;
mod histogram;
mod info;
mod key;
mod label;
mod matching;
mod operator;
mod parallel;
mod range;
mod rank;
mod scalar;
mod select;
mod set;
mod sort;

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicU64, Ordering},
};

pub use block::{ABSENT, Block, Cell, HISTOGRAM, Head, Row, is_float};
use evenkeel_core::{id::TenantId, time::Clock};
use jiff::Timestamp;
pub use label::without_metadata;

use super::{
    ast::ValueType,
    engine::Limits,
    error::{LimitKind, QueryError},
    note::Notes,
    plan::{Node, Plan, Times},
};
use crate::source::{Matcher, Source};

/// The steps of an evaluation.
#[derive(Debug, Clone, Copy)]
pub struct Grid {
    /// The first.
    pub start_ms: i64,
    /// Between two.
    pub step_ms: i64,
    /// How many.
    pub len: usize,
}

impl Grid {
    /// From a first step to the last that is not after an end.
    pub fn new(start_ms: i64, end_ms: i64, step_ms: i64) -> Self {
        let step_ms = step_ms.max(1);
        let len = if end_ms < start_ms { 0 } else { (end_ms.saturating_sub(start_ms) / step_ms) as usize + 1 };
        Self { start_ms, step_ms, len }
    }

    /// The instant of a step.
    pub fn at(&self, step: usize) -> i64 {
        self.start_ms.saturating_add(self.step_ms.saturating_mul(step as i64))
    }

    /// The instant of the last step.
    pub fn last(&self) -> i64 {
        self.at(self.len.saturating_sub(1))
    }

    /// The first step alone.
    pub fn single(&self) -> Self {
        Self { len: self.len.min(1), ..*self }
    }
}

/// Whoever may stop a query.
#[derive(Clone, Default)]
pub struct Control {
    /// Set by whoever no longer waits.
    pub cancelled: Option<Arc<AtomicBool>>,
    /// A clock and the instant by which the query must be done.
    pub deadline: Option<(Arc<dyn Clock>, Timestamp)>,
}

impl std::fmt::Debug for Control {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Control").field("cancelled", &self.cancelled).field("deadline", &self.deadline.as_ref().map(|d| d.1)).finish()
    }
}

/// What takes rows.
pub type Sink<'s> = dyn FnMut(&mut Row) -> Result<(), QueryError> + 's;

/// One evaluation of one query.
pub struct Evaluator<'a> {
    /// Where samples are read.
    pub source: &'a dyn Source,
    /// Whose.
    pub tenant: TenantId,
    /// What it may take.
    pub limits: &'a Limits,
    /// Whoever may stop it.
    pub control: &'a Control,
    /// What was said about the result.
    pub notes: &'a Notes,
    /// The query's times.
    pub times: Times,
    /// Samples read so far.
    pub samples: AtomicU64,
}

impl Evaluator<'_> {
    /// Whether the query asks for one instant: order counts then.
    pub fn is_instant(&self) -> bool {
        self.times.step_ms == 0
    }

    /// Stops when somebody wants it to.
    pub fn check(&self) -> Result<(), QueryError> {
        if self.control.cancelled.as_ref().is_some_and(|flag| flag.load(Ordering::Relaxed)) {
            return Err(QueryError::Cancelled);
        }
        match &self.control.deadline {
            Some((clock, deadline)) if clock.now() > *deadline => Err(QueryError::TimedOut),
            _ => Ok(()),
        }
    }

    /// Counts samples that were read.
    pub fn charge(&self, samples: usize) -> Result<(), QueryError> {
        let total = self.samples.fetch_add(samples as u64, Ordering::Relaxed) + samples as u64;
        let most = self.limits.samples_max;
        if total > most {
            let text = format!(
                "the query would read more than {most} samples (limit samples_max); ask for fewer series, a shorter range or a recorded series"
            );
            return Err(QueryError::Limit(LimitKind::Samples, text));
        }
        Ok(())
    }

    /// Checks that so many points may be held at once.
    pub fn check_points(&self, points: usize) -> Result<(), QueryError> {
        let most = self.limits.points_max;
        if points > most {
            let text =
                format!("the query would hold more than {most} points at once (limit points_max); ask for fewer series or longer steps");
            return Err(QueryError::Limit(LimitKind::Points, text));
        }
        Ok(())
    }

    /// Series from the store.
    pub fn cursors(&self, matchers: &[Matcher], from_ms: i64, to_ms: i64) -> Result<Vec<Box<dyn crate::source::Cursor + '_>>, QueryError> {
        self.check()?;
        let most = self.limits.series_max;
        let cursors = self.source.select(self.tenant, matchers, from_ms, to_ms, most)?;
        if cursors.len() > most {
            let text = format!("a selector finds more than {most} series (limit series_max); name more labels");
            return Err(QueryError::Limit(LimitKind::Series, text));
        }
        Ok(cursors)
    }

    /// Runs a part that yields an instant vector, row by row.
    pub fn stream(&self, plan: &Plan, grid: &Grid, sink: &mut Sink<'_>) -> Result<(), QueryError> {
        if grid.len == 0 {
            return Ok(());
        }
        match &plan.node {
            Node::Select(select) => self.select(select, grid, select::Yields::Values, sink),
            Node::Once(inner) => self.stream(inner, &grid.single(), &mut |row| {
                row.repeat(grid.len);
                sink(row)
            }),
            Node::Negate(inner) => self.stream(inner, grid, &mut |row| {
                row.negate();
                sink(row)
            }),
            Node::Binary(operator) => self.operator(operator, grid, plan.span, sink),
            Node::Aggregate(aggregation) => self.aggregate(aggregation, grid, plan.span, sink),
            Node::Call(function, arguments) => self.call(function, arguments, grid, plan.span, sink),
            // Types were checked by the parser.
            Node::Number(_) | Node::Text(_) | Node::Range(_) => Ok(()),
        }
    }

    /// All rows of a part at once.
    pub fn block(&self, plan: &Plan, grid: &Grid) -> Result<Block, QueryError> {
        let mut block = Block::new(grid.len);
        self.stream(plan, grid, &mut |row| {
            self.check_points((block.len() + 1).saturating_mul(grid.len))?;
            block.push(row);
            Ok(())
        })?;
        Ok(block)
    }

    /// The numbers of a part that yields a scalar.
    pub fn scalar(&self, plan: &Plan, grid: &Grid) -> Result<Vec<f64>, QueryError> {
        self.scalar_column(plan, grid)
    }
}

/// A part without the mark that it is computed once.
pub fn unmarked(plan: &Plan) -> &Plan {
    match &plan.node {
        Node::Once(inner) => unmarked(inner),
        _ => plan,
    }
}

/// The text that a part is; empty for anything else, which the parser excludes.
pub fn text_of(plan: &Plan) -> &str {
    match &unmarked(plan).node {
        Node::Text(text) => text,
        _ => "",
    }
}

/// Whether a part yields numbers.
pub fn is_scalar(plan: &Plan) -> bool {
    plan.value_type == ValueType::Scalar
}
