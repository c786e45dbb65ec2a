//! From a query as people write it to one that tells a minute's events. Pure.
//!
//! OpenSLO's `counter: true` means that the query yields counters. The rise of a sum of counters is not the sum of their
//! rises (a restart of one of them is lost), so each selector is asked for its increase before anything is added up:
//! `sum(x)` becomes `sum(increase(x[1m] anchored))`. `anchored` counts from the last sample before the minute and estimates
//! nothing, so that the increases of minutes add up to the increase of the window.

use evenkeel_tsdb::promql::{
    ast::{Expr, Extend, Kind, Span},
    parse,
};

use super::model::Metric;

/// What a query was taken for.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Taken {
    /// As said.
    AsSaid,
    /// It is said to be a counter, and takes rates itself.
    RateAlready,
}

/// A query whose values are taken as they are at the end of each minute.
pub(super) fn value(text: &str) -> Result<Metric, String> {
    let expr = parse(text).map_err(|error| error.to_string())?;
    expr_is_series(&expr)?;
    Ok(Metric { written: text.trim().to_owned(), asked: text.trim().to_owned() })
}

/// A query that yields counters.
pub(super) fn counter(text: &str) -> Result<(Metric, Taken), String> {
    let text = text.trim();
    let expr = parse(text).map_err(|error| error.to_string())?;
    expr_is_series(&expr)?;
    let mut spans = Vec::new();
    if !selectors(&expr, &mut spans)? {
        return Ok((Metric { written: text.to_owned(), asked: text.to_owned() }, Taken::RateAlready));
    }
    let mut asked = text.to_owned();
    spans.sort_by_key(|span| std::cmp::Reverse(span.start));
    for span in spans {
        let selector = text.get(span.start..span.end).unwrap_or_default().trim_end();
        asked.replace_range(span.start..span.start + selector.len(), &format!("increase({selector}[1m] anchored)"));
    }
    parse(&asked).map_err(|error| format!("its increase cannot be asked for ({asked}): {error}"))?;
    Ok((Metric { written: text.to_owned(), asked }, Taken::AsSaid))
}

fn expr_is_series(expr: &Expr) -> Result<(), String> {
    use evenkeel_tsdb::promql::ast::ValueType;
    match expr.value_type() {
        ValueType::Vector | ValueType::Scalar => Ok(()),
        other => Err(format!("it yields a {}", other.documented())),
    }
}

/// Collects the places of selectors whose increases add up; `false` when the query takes ranges itself.
fn selectors(expr: &Expr, found: &mut Vec<Span>) -> Result<bool, String> {
    match &expr.kind {
        Kind::Number(_) | Kind::Text(_) => Ok(true),
        Kind::Paren(inner) | Kind::Unary(_, inner) => selectors(inner, found),
        Kind::Binary(binary) => Ok(selectors(&binary.left, found)? && selectors(&binary.right, found)?),
        Kind::Aggregate(aggregate) => selectors(&aggregate.inner, found),
        Kind::Call(call) => {
            for argument in &call.arguments {
                if !selectors(argument, found)? {
                    return Ok(false);
                }
            }
            Ok(true)
        }
        Kind::Vector(selector) => {
            if selector.shift.offset.is_some() || selector.shift.at.is_some() || selector.extend != Extend::No {
                return Err("a counter of an objective has neither offset nor @".to_owned());
            }
            found.push(expr.span);
            Ok(true)
        }
        Kind::Range(_) | Kind::Subquery(_) => Ok(false),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn asked(text: &str) -> String {
        counter(text).unwrap().0.asked
    }

    #[test]
    fn each_counter_rises_by_itself_before_anything_is_added() {
        assert_eq!(asked("sum(http_requests_total{code!~\"5..\"})"), "sum(increase(http_requests_total{code!~\"5..\"}[1m] anchored))");
        assert_eq!(asked("a_total - b_total"), "increase(a_total[1m] anchored) - increase(b_total[1m] anchored)");
        assert_eq!(asked("sum by (job) (a) or vector(0)"), "sum by (job) (increase(a[1m] anchored)) or vector(0)");
        assert_eq!(asked("  {__name__=\"a\"}\n"), "increase({__name__=\"a\"}[1m] anchored)");
    }

    #[test]
    fn a_query_that_takes_rates_itself_is_left_alone_and_said() {
        let (metric, taken) = counter("sum(increase(a[1m]))").unwrap();
        assert_eq!((metric.asked.as_str(), taken), ("sum(increase(a[1m]))", Taken::RateAlready));
    }

    #[test]
    fn what_cannot_be_meant_is_refused() {
        assert!(counter("a offset 5m").is_err());
        assert!(counter("a[5m]").is_err());
        assert!(counter("sum(").is_err());
        assert!(value("\"text\"").is_err());
    }
}
