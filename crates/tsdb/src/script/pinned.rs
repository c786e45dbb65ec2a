//! Each instant query is evaluated again with its selectors pinned by `@` to the instant, at other instants: what is the
//! same at each step must be.

use crate::promql::ast::{At, Expr, Kind, Shift};

/// Functions whose result changes with the instant though their arguments do not.
const UNSAFE: [&str; 13] = [
    "days_in_month",
    "day_of_month",
    "day_of_week",
    "day_of_year",
    "hour",
    "minute",
    "month",
    "year",
    "predict_linear",
    "time",
    "timestamp",
    "start",
    "end",
];

fn calls_unsafe(expr: &Expr) -> bool {
    match &expr.kind {
        Kind::Number(_) | Kind::Text(_) | Kind::Vector(_) | Kind::Range(_) | Kind::Subquery(_) => false,
        Kind::Paren(inner) | Kind::Unary(_, inner) => calls_unsafe(inner),
        Kind::Binary(binary) => calls_unsafe(&binary.left) || calls_unsafe(&binary.right),
        Kind::Aggregate(aggregate) => calls_unsafe(&aggregate.inner) || aggregate.parameter.as_ref().is_some_and(calls_unsafe),
        Kind::Call(call) => UNSAFE.contains(&call.function.name) || call.arguments.iter().any(calls_unsafe),
    }
}

/// Other instants at which the pinned query must yield the same.
pub(super) fn evaluation_times(expr: &Expr, at: i64) -> Vec<i64> {
    if calls_unsafe(expr) {
        return Vec::new();
    }
    if at == 0 { vec![-1_000, 0, 1_000] } else { vec![-10 * at, 0, at / 5, at, 10 * at] }
}

/// The query with selectors pinned, those within subqueries by their subquery.
pub(super) fn pinned(expr: &Expr, at: i64) -> Expr {
    let mut expr = expr.clone();
    pin(&mut expr, at);
    expr
}

fn pin(expr: &mut Expr, at: i64) {
    let pin_shift = |shift: &mut Shift| {
        if !matches!(shift.at, Some(At::Instant(_))) {
            shift.at = Some(At::Instant(at));
        }
    };
    match &mut expr.kind {
        Kind::Number(_) | Kind::Text(_) => {}
        Kind::Vector(selector) => pin_shift(&mut selector.shift),
        Kind::Range(range) => pin_shift(&mut range.selector.shift),
        Kind::Subquery(subquery) => pin_shift(&mut subquery.shift),
        Kind::Paren(inner) | Kind::Unary(_, inner) => pin(inner, at),
        Kind::Binary(binary) => {
            pin(&mut binary.left, at);
            pin(&mut binary.right, at);
        }
        Kind::Aggregate(aggregate) => {
            pin(&mut aggregate.inner, at);
            if let Some(parameter) = &mut aggregate.parameter {
                pin(parameter, at);
            }
        }
        Kind::Call(call) => call.arguments.iter_mut().for_each(|argument| pin(argument, at)),
    }
}
