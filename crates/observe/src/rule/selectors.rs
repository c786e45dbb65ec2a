//! Which series an expression selects. Pure.

use evenkeel_tsdb::{
    promql::ast::{Expr, Kind},
    source::Matcher,
};

/// The matchers of every selector.
pub fn selectors(expr: &Expr) -> Vec<&[Matcher]> {
    let mut found = Vec::new();
    let mut waiting = vec![expr];
    while let Some(expr) = waiting.pop() {
        match &expr.kind {
            Kind::Number(_) | Kind::Text(_) => {}
            Kind::Paren(inner) | Kind::Unary(_, inner) => waiting.push(inner),
            Kind::Binary(binary) => waiting.extend([&binary.left, &binary.right]),
            Kind::Aggregate(aggregate) => {
                waiting.push(&aggregate.inner);
                waiting.extend(&aggregate.parameter);
            }
            Kind::Call(call) => waiting.extend(&call.arguments),
            Kind::Vector(selector) => found.push(selector.matchers.as_slice()),
            Kind::Range(range) => found.push(range.selector.matchers.as_slice()),
            Kind::Subquery(subquery) => waiting.push(&subquery.inner),
        }
    }
    found
}

/// The metrics that are named in full.
pub fn metrics(expr: &Expr) -> Vec<String> {
    let named = |matcher: &&Matcher| &*matcher.name == "__name__" && matcher.op == evenkeel_tsdb::source::MatchOp::Equal;
    let mut names: Vec<String> =
        selectors(expr).iter().filter_map(|matchers| matchers.iter().find(named)).map(|matcher| matcher.value.to_string()).collect();
    names.sort();
    names.dedup();
    names
}
