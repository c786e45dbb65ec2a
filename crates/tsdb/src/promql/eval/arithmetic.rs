//! Binary operators on two samples.

use std::sync::Arc;

use super::Cell;
use crate::{
    histogram::{Histogram, ResetHint},
    promql::{
        ast::{BinaryOp, Span},
        native::{self, Combined, combine::Done},
        note::{Note, Notes},
    },
};

/// What two samples come to.
#[derive(Debug)]
pub enum Value {
    /// A number.
    Float(f64),
    /// A histogram.
    Histogram(Arc<Histogram>),
}

/// Two numbers: the result (the left one when comparing) and whether the comparison holds.
pub fn floats(op: BinaryOp, left: f64, right: f64) -> (f64, bool) {
    match op {
        BinaryOp::Add => (left + right, true),
        BinaryOp::Sub => (left - right, true),
        BinaryOp::Mul => (left * right, true),
        BinaryOp::Div => (left / right, true),
        BinaryOp::Mod => (left % right, true),
        BinaryOp::Pow => (left.powf(right), true),
        BinaryOp::Atan2 => (left.atan2(right), true),
        BinaryOp::Equal => (left, left == right),
        BinaryOp::NotEqual => (left, left != right),
        BinaryOp::Greater => (left, left > right),
        BinaryOp::Less => (left, left < right),
        BinaryOp::GreaterEqual => (left, left >= right),
        BinaryOp::LessEqual => (left, left <= right),
        BinaryOp::TrimUpper | BinaryOp::TrimLower | BinaryOp::And | BinaryOp::Or | BinaryOp::Unless => (left, false),
    }
}

/// Two samples of any kind: the result and whether a comparison holds; `None` when they do not go together, which is noted.
pub fn samples(op: BinaryOp, left: Cell<'_>, right: Cell<'_>, span: Span, notes: &Notes) -> Option<(Value, bool)> {
    let trims = matches!(op, BinaryOp::TrimUpper | BinaryOp::TrimLower);
    let incompatible = |left, right| {
        notes.add(span, Note::IncompatibleTypes { left, op: op.symbol(), right });
        None
    };
    match (left, right) {
        (Cell::Float(left), Cell::Float(right)) if !trims => {
            let (value, keep) = floats(op, left, right);
            Some((Value::Float(value), keep))
        }
        (Cell::Float(_), Cell::Float(_)) => incompatible("float", "float"),
        (Cell::Float(factor), Cell::Histogram(histogram)) => match op {
            BinaryOp::Mul => Some(changed(histogram, |histogram| native::scale::multiply(histogram, factor))),
            _ => incompatible("float", "histogram"),
        },
        (Cell::Histogram(histogram), Cell::Float(value)) => match op {
            BinaryOp::Mul => Some(changed(histogram, |histogram| native::scale::multiply(histogram, value))),
            BinaryOp::Div => Some(changed(histogram, |histogram| native::scale::divide(histogram, value))),
            BinaryOp::TrimUpper => Some(changed(histogram, |histogram| native::trim::trim(histogram, value, true))),
            BinaryOp::TrimLower => Some(changed(histogram, |histogram| native::trim::trim(histogram, value, false))),
            _ => incompatible("histogram", "float"),
        },
        (Cell::Histogram(left), Cell::Histogram(right)) => match op {
            BinaryOp::Equal => Some((Value::Histogram(Arc::clone(left)), native::reset::same(left, right))),
            BinaryOp::NotEqual => Some((Value::Histogram(Arc::clone(left)), !native::reset::same(left, right))),
            BinaryOp::Add | BinaryOp::Sub => combined(op, left, right, span, notes),
            _ => incompatible("histogram", "histogram"),
        },
        (Cell::Absent, _) | (_, Cell::Absent) => None,
    }
}

fn changed(histogram: &Arc<Histogram>, change: impl FnOnce(&mut Histogram)) -> (Value, bool) {
    let mut result = (**histogram).clone();
    change(&mut result);
    native::layout::compact(&mut result);
    (Value::Histogram(Arc::new(result)), true)
}

fn combined(op: BinaryOp, left: &Histogram, right: &Histogram, span: Span, notes: &Notes) -> Option<(Value, bool)> {
    let subtracts = op == BinaryOp::Sub;
    let name = if subtracts { "subtraction" } else { "addition" };
    let mut sum = Combined::new(left);
    let done = if subtracts { sum.subtract(right) } else { sum.add(right) };
    let Ok(Done { collision, reconciled }) = done else {
        notes.add(span, Note::IncompatibleBuckets(op.symbol()));
        return None;
    };
    if collision {
        notes.add(span, Note::CounterResetCollision(name));
    }
    if reconciled {
        notes.add(span, Note::CustomBucketsReconciled(name));
    }
    let mut result = sum.finish();
    if subtracts {
        result.reset_hint = ResetHint::Gauge;
    }
    native::layout::compact(&mut result);
    Some((Value::Histogram(Arc::new(result)), true))
}
