//! Binary operators between a vector and a number; the others are in their own files.

use super::{ABSENT, Cell, Evaluator, Grid, Row, Sink, arithmetic, arithmetic::Value, block, is_scalar};
use crate::promql::{ast::Span, error::QueryError, plan::Operator};

impl Evaluator<'_> {
    /// An operator of which at least one side is a vector.
    pub(super) fn operator(&self, operator: &Operator, grid: &Grid, span: Span, sink: &mut Sink<'_>) -> Result<(), QueryError> {
        match (is_scalar(&operator.left), is_scalar(&operator.right)) {
            (false, false) if operator.op.is_set() => self.set_operator(operator, grid, sink),
            (false, false) => self.matched(operator, grid, span, sink),
            (scalar_left, _) => {
                let (scalar, vector) = if scalar_left { (&operator.left, &operator.right) } else { (&operator.right, &operator.left) };
                let numbers = self.scalar(scalar, grid)?;
                self.stream(vector, grid, &mut |row| {
                    self.with_scalar(operator, &numbers, scalar_left, span, row);
                    sink(row)
                })
            }
        }
    }

    fn with_scalar(&self, operator: &Operator, numbers: &[f64], scalar_left: bool, span: Span, row: &mut Row) {
        let op = operator.op;
        row.drop_name |= op.changes_metric() || operator.returns_bool;
        let mixed = !row.histograms.is_empty() || matches!(op.symbol(), "</" | ">/");
        if mixed {
            self.mixed_with_scalar(operator, numbers, scalar_left, span, row);
            return;
        }
        for (value, number) in row.values.iter_mut().zip(numbers) {
            if !block::is_float(*value) {
                continue;
            }
            let element = *value;
            let (result, keep) =
                if scalar_left { arithmetic::floats(op, *number, element) } else { arithmetic::floats(op, element, *number) };
            *value = if operator.returns_bool {
                f64::from(u8::from(keep))
            } else if !keep {
                ABSENT
            } else if op.compares() {
                element
            } else {
                result
            };
        }
    }

    fn mixed_with_scalar(&self, operator: &Operator, numbers: &[f64], scalar_left: bool, span: Span, row: &mut Row) {
        let mut result = Row::new(row.labels.clone(), row.values.len());
        result.drop_name = row.drop_name;
        for (step, number) in numbers.iter().enumerate() {
            let element = row.cell(step);
            let number = Cell::Float(*number);
            let (left, right) = if scalar_left { (number, element) } else { (element, number) };
            let Some((value, keep)) = arithmetic::samples(operator.op, left, right, span, self.notes) else { continue };
            let value = match element {
                Cell::Float(element) if operator.op.compares() => Value::Float(element),
                _ => value,
            };
            put(&mut result, step, value, keep, operator.returns_bool);
        }
        std::mem::swap(row, &mut result);
    }
}

/// Writes a result into a row, as comparisons want it.
pub fn put(row: &mut Row, step: usize, value: Value, keep: bool, returns_bool: bool) {
    if returns_bool {
        row.values[step] = f64::from(u8::from(keep));
        return;
    }
    match value {
        _ if !keep => {}
        Value::Float(value) => row.values[step] = value,
        Value::Histogram(histogram) => row.put_histogram(step, histogram),
    }
}
