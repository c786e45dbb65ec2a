//! Parts that yield a number at each step.

use super::{Evaluator, Grid, arithmetic, block};
use crate::promql::{
    error::QueryError,
    functions::table::{Action, TimeFunction},
    plan::{Node, Plan},
};

impl Evaluator<'_> {
    /// The numbers of a scalar part.
    pub(super) fn scalar_column(&self, plan: &Plan, grid: &Grid) -> Result<Vec<f64>, QueryError> {
        Ok(match &plan.node {
            Node::Number(value) => vec![*value; grid.len],
            Node::Once(inner) => {
                let first = self.scalar_column(inner, &grid.single())?.first().copied().unwrap_or(f64::NAN);
                vec![first; grid.len]
            }
            Node::Negate(inner) => {
                let mut column = self.scalar_column(inner, grid)?;
                for value in &mut column {
                    *value = -*value;
                }
                column
            }
            Node::Binary(operator) => {
                let mut left = self.scalar_column(&operator.left, grid)?;
                let right = self.scalar_column(&operator.right, grid)?;
                for (value, other) in left.iter_mut().zip(right) {
                    let (result, keep) = arithmetic::floats(operator.op, *value, other);
                    *value = if operator.op.compares() { f64::from(u8::from(keep)) } else { result };
                }
                left
            }
            Node::Call(function, arguments) => match function.action {
                Action::Time(which) => self.time_column(which, grid),
                Action::Pair(compute) => {
                    let mut first = self.scalar_column(&arguments[0], grid)?;
                    for (value, other) in first.iter_mut().zip(self.scalar_column(&arguments[1], grid)?) {
                        *value = compute(*value, other);
                    }
                    first
                }
                _ => self.single_float(&arguments[0], grid)?,
            },
            _ => vec![f64::NAN; grid.len],
        })
    }

    fn time_column(&self, which: TimeFunction, grid: &Grid) -> Vec<f64> {
        let seconds = |ms: i64| ms as f64 / 1000.0;
        let constant = match which {
            TimeFunction::Time => return (0..grid.len).map(|step| seconds(grid.at(step))).collect(),
            TimeFunction::Pi => std::f64::consts::PI,
            TimeFunction::Start => seconds(self.times.start_ms),
            TimeFunction::End => seconds(self.times.end_ms),
            TimeFunction::Step => seconds(self.times.step_ms),
            TimeFunction::Range => seconds(self.times.end_ms - self.times.start_ms),
        };
        vec![constant; grid.len]
    }

    /// `scalar`: the only float at each step; NaN when there is none or more than one.
    fn single_float(&self, vector: &Plan, grid: &Grid) -> Result<Vec<f64>, QueryError> {
        let mut found: Vec<Option<f64>> = vec![None; grid.len];
        self.stream(vector, grid, &mut |row| {
            for (slot, value) in found.iter_mut().zip(&row.values) {
                if block::is_float(*value) {
                    *slot = Some(if slot.is_some() { f64::NAN } else { *value });
                }
            }
            Ok(())
        })?;
        Ok(found.into_iter().map(|value| value.unwrap_or(f64::NAN)).collect())
    }
}
