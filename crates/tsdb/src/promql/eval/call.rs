//! Functions of instant vectors.

use super::{ABSENT, Evaluator, Grid, Row, Sink, block, select::Yields, unmarked};
use crate::{
    promql::{
        ast::Span,
        error::QueryError,
        functions::{
            math,
            table::{Action, Function, Special},
        },
        plan::{Node, Plan},
    },
    source::Labels,
};

impl Evaluator<'_> {
    pub(super) fn call(
        &self,
        function: &'static Function,
        arguments: &[Plan],
        grid: &Grid,
        span: Span,
        sink: &mut Sink<'_>,
    ) -> Result<(), QueryError> {
        match function.action {
            Action::Math(compute) => self.stream(&arguments[0], grid, &mut |row| {
                row.map_floats(compute);
                sink(row)
            }),
            Action::Histogram(compute) => self.stream(&arguments[0], grid, &mut |row| {
                row.drop_name = true;
                row.values.fill(ABSENT);
                for (step, histogram) in row.histograms.drain(..) {
                    row.values[step as usize] = compute(&histogram);
                }
                if row.is_empty() { Ok(()) } else { sink(row) }
            }),
            Action::Date(compute) => self.date(arguments.first(), compute, grid, sink),
            Action::Range(compute) => self.range_call(function, compute, arguments, grid, sink),
            Action::Time(_) | Action::Pair(_) => Ok(()),
            Action::Special(special) => self.special(special, arguments, grid, span, sink),
        }
    }

    fn special(&self, special: Special, arguments: &[Plan], grid: &Grid, span: Span, sink: &mut Sink<'_>) -> Result<(), QueryError> {
        match special {
            Special::Absent => self.absent(&arguments[0], grid, sink),
            Special::AbsentOverTime => self.absent_over_time(&arguments[0], grid, sink),
            Special::Clamp => self.clamp(arguments, Some(1), Some(2), grid, sink),
            Special::ClampMin => self.clamp(arguments, Some(1), None, grid, sink),
            Special::ClampMax => self.clamp(arguments, None, Some(1), grid, sink),
            Special::HistogramFraction => self.histogram_fraction(arguments, grid, sink),
            Special::HistogramQuantile => self.histogram_quantile(arguments, grid, sink),
            Special::HistogramQuantiles => self.histogram_quantiles(arguments, grid, sink),
            Special::Info => self.info(arguments, grid, sink),
            Special::LabelJoin => self.label_join(arguments, grid, sink),
            Special::LabelReplace => self.label_replace(arguments, grid, sink),
            Special::Round => self.round(arguments, grid, sink),
            Special::Scalar => Ok(()),
            Special::Sort => self.sort(&arguments[0], false, grid, span, sink),
            Special::SortDesc => self.sort(&arguments[0], true, grid, span, sink),
            Special::SortByLabel => self.sort_by_label(arguments, false, grid, span, sink),
            Special::SortByLabelDesc => self.sort_by_label(arguments, true, grid, span, sink),
            Special::Timestamp => self.timestamp(&arguments[0], grid, sink),
            Special::Vector => {
                let values = self.scalar(&arguments[0], grid)?;
                sink(&mut Row { labels: Labels::default(), drop_name: false, values, histograms: Vec::new() })
            }
        }
    }

    fn clamp(
        &self,
        arguments: &[Plan],
        least: Option<usize>,
        most: Option<usize>,
        grid: &Grid,
        sink: &mut Sink<'_>,
    ) -> Result<(), QueryError> {
        let bound = |at: Option<usize>, endless: f64| match at {
            Some(at) => self.scalar(&arguments[at], grid),
            None => Ok(vec![endless; grid.len]),
        };
        let (least, most) = (bound(least, f64::NEG_INFINITY)?, bound(most, f64::INFINITY)?);
        self.stream(&arguments[0], grid, &mut |row| {
            row.map_floats(|value| value);
            for (step, value) in row.values.iter_mut().enumerate() {
                let (least, most) = (least[step], most[step]);
                if !block::is_float(*value) {
                } else if most < least {
                    *value = ABSENT;
                } else {
                    *value = math::greater(least, math::lesser(most, *value));
                }
            }
            if row.is_empty() { Ok(()) } else { sink(row) }
        })
    }

    fn round(&self, arguments: &[Plan], grid: &Grid, sink: &mut Sink<'_>) -> Result<(), QueryError> {
        let nearest = arguments.get(1).map(|argument| self.scalar(argument, grid)).transpose()?;
        self.stream(&arguments[0], grid, &mut |row| {
            row.map_floats(|value| value);
            for (step, value) in row.values.iter_mut().enumerate() {
                if block::is_float(*value) {
                    *value = math::round(*value, nearest.as_ref().map_or(1.0, |nearest| nearest[step]));
                }
            }
            sink(row)
        })
    }

    fn date(&self, argument: Option<&Plan>, compute: fn(i64) -> f64, grid: &Grid, sink: &mut Sink<'_>) -> Result<(), QueryError> {
        let Some(argument) = argument else {
            let values = (0..grid.len).map(|step| compute(grid.at(step).div_euclid(1_000))).collect();
            return sink(&mut Row { labels: Labels::default(), drop_name: false, values, histograms: Vec::new() });
        };
        self.stream(argument, grid, &mut |row| {
            row.map_floats(|value| if value.is_nan() { f64::NAN } else { compute(value as i64) });
            sink(row)
        })
    }

    /// Of a selector: when its samples were measured; of anything else: when it is evaluated.
    fn timestamp(&self, argument: &Plan, grid: &Grid, sink: &mut Sink<'_>) -> Result<(), QueryError> {
        let inner = unmarked(argument);
        if let Node::Select(select) = &inner.node {
            return self.select(select, grid, Yields::Times, &mut |row| {
                row.drop_name = true;
                sink(row)
            });
        }
        self.stream(argument, grid, &mut |row| {
            row.drop_name = true;
            row.histograms.clear();
            for (step, value) in row.values.iter_mut().enumerate() {
                if !block::is_absent(*value) {
                    *value = grid.at(step) as f64 / 1000.0;
                }
            }
            sink(row)
        })
    }
}
