//! Which parts of the language an expression uses, by their names: what an engine does in its own way can so be told for a query.

use std::collections::BTreeSet;

use super::ast::{At, Cardinality, Duration, Expr, Extend, Kind, Shift, VectorSelector};
use crate::source::MatchOp;

/// The names of functions, aggregations and operators that an expression uses, and of the constructs that Prometheus'
/// documentation has names for: `range selector`, `subquery`, `offset`, `negative offset`, `@ start()`, `bool`, `group_left` …
pub fn features(expr: &Expr) -> BTreeSet<&'static str> {
    let mut found = BTreeSet::new();
    walk(expr, &mut found);
    found
}

fn walk(expr: &Expr, found: &mut BTreeSet<&'static str>) {
    match &expr.kind {
        Kind::Number(_) | Kind::Text(_) => {}
        Kind::Paren(inner) => walk(inner, found),
        Kind::Unary(_, inner) => {
            found.insert("unary minus");
            walk(inner, found);
        }
        Kind::Binary(binary) => {
            found.insert(binary.op.symbol());
            let matching = &binary.matching;
            let used = [
                (binary.returns_bool, "bool"),
                (matching.on, "on"),
                (!matching.on && !matching.labels.is_empty(), "ignoring"),
                (matching.cardinality == Cardinality::ManyToOne && !binary.op.is_set(), "group_left"),
                (matching.cardinality == Cardinality::OneToMany, "group_right"),
                (matching.fill_left.is_some() || matching.fill_right.is_some(), "fill"),
            ];
            found.extend(used.into_iter().filter(|(used, _)| *used).map(|(_, name)| name));
            walk(&binary.left, found);
            walk(&binary.right, found);
        }
        Kind::Aggregate(aggregate) => {
            found.insert(aggregate.op.name());
            walk(&aggregate.inner, found);
            aggregate.parameter.iter().for_each(|parameter| walk(parameter, found));
        }
        Kind::Call(call) => {
            found.insert(call.function.name);
            call.arguments.iter().for_each(|argument| walk(argument, found));
        }
        Kind::Vector(selector) => select(selector, found),
        Kind::Range(range) => {
            found.insert("range selector");
            select(&range.selector, found);
            computed(&range.range, found);
        }
        Kind::Subquery(subquery) => {
            found.insert("subquery");
            shifted(&subquery.shift, found);
            computed(&subquery.range, found);
            subquery.step.iter().for_each(|step| computed(step, found));
            walk(&subquery.inner, found);
        }
    }
}

fn select(selector: &VectorSelector, found: &mut BTreeSet<&'static str>) {
    shifted(&selector.shift, found);
    match selector.extend {
        Extend::No => {}
        Extend::Anchored => _ = found.insert("anchored"),
        Extend::Smoothed => _ = found.insert("smoothed"),
    }
    for matcher in &selector.matchers {
        if matches!(matcher.op, MatchOp::Regex | MatchOp::NotRegex) {
            found.insert("regex matcher");
        }
        let plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b':'));
        if !plain(&matcher.name) || (&*matcher.name == "__name__" && matcher.op == MatchOp::Equal && !plain(&matcher.value)) {
            found.insert("UTF-8 names");
        }
    }
}

fn shifted(shift: &Shift, found: &mut BTreeSet<&'static str>) {
    match shift.at {
        None => {}
        Some(At::Instant(_)) => _ = found.insert("@"),
        Some(At::Start) => _ = found.insert("@ start()"),
        Some(At::End) => _ = found.insert("@ end()"),
    }
    if let Some(offset) = &shift.offset {
        let negative = matches!(offset, Duration::Seconds(seconds) if *seconds < 0.0) || matches!(offset, Duration::Negated(_));
        found.insert(if negative { "negative offset" } else { "offset" });
        computed(offset, found);
    }
}

/// A duration that is computed.
fn computed(duration: &Duration, found: &mut BTreeSet<&'static str>) {
    match duration {
        Duration::Seconds(_) => {}
        Duration::Negated(inner) => computed(inner, found),
        Duration::Step | Duration::Range | Duration::Binary(..) | Duration::Least(..) | Duration::Greatest(..) => {
            found.insert("duration expression");
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::promql::parse;

    #[test]
    fn everything_that_an_expression_uses_is_named() {
        let of = |query: &str| features(&parse(query).unwrap()).into_iter().collect::<Vec<_>>().join(", ");
        assert_eq!(of("sum by (job) (rate(a_total[5m]))"), "range selector, rate, sum");
        assert_eq!(of("a offset -5m > bool on (x) group_left (y) b @ end()"), ">, @ end(), bool, group_left, negative offset, on");
        assert_eq!(
            of("max_over_time((-a{b=~\"c.*\"})[1h:step()] offset 2m)"),
            "duration expression, max_over_time, offset, regex matcher, subquery, unary minus"
        );
        assert_eq!(of("{\"a.b\"} and ignoring (x) c @ 100"), "@, UTF-8 names, and, ignoring");
        assert_eq!(of("1 + 2"), "+");
        assert_eq!(of("quantile(scalar(a), b)"), "quantile, scalar");
    }
}
