//! What Evenkeel adds to Prometheus' rules, in annotations that Prometheus carries along without minding them:
//!
//! | annotation | meaning |
//! |---|---|
//! | `evenkeel_keep_expr` | once it fires, it goes on as long as this query has an answer for the same series |
//! | `evenkeel_clear_at` | the same by number: the query itself, compared with this number |
//! | `evenkeel_events_expr`, `evenkeel_min_events` | it begins only when there were so many events |

use evenkeel_tsdb::promql::{
    ast::{Expr, Kind, ValueType},
    parse,
};

use super::{
    file::{Word, Words},
    finding::place,
    model::{Guard, Query},
};

const PREFIX: &str = "evenkeel_";
const KEEP: &str = "evenkeel_keep_expr";
const CLEAR: &str = "evenkeel_clear_at";
const EVENTS: &str = "evenkeel_events_expr";
const LEAST: &str = "evenkeel_min_events";

/// Something wrong with them.
#[derive(Debug)]
pub(super) struct Trouble {
    pub at: (usize, usize),
    pub what: String,
    pub fix: String,
}

type Own = (Option<Query>, Option<Guard>);

/// Reads them.
pub(super) fn read(annotations: &Words, query: Option<&Query>) -> Result<Own, Vec<Trouble>> {
    let mut troubles = Vec::new();
    let mut trouble = |word: &Word, what: String, fix: &str| {
        troubles.push(Trouble { at: place(word.referenced), what, fix: fix.to_owned() });
    };
    for (name, word) in annotations.iter().filter(|(name, _)| name.starts_with(PREFIX)) {
        if ![KEEP, CLEAR, EVENTS, LEAST].contains(&name.as_str()) {
            trouble(
                word,
                format!("there is no annotation {name} of Evenkeel's"),
                "known: evenkeel_clear_at, evenkeel_events_expr, evenkeel_keep_expr, evenkeel_min_events",
            );
        }
    }
    let mut asked = |name: &str| {
        let word = annotations.get(name)?;
        match vector(&word.value) {
            Ok(query) => Some(query),
            Err(what) => {
                trouble(word, format!("{name}: {what}"), "write a query that yields series");
                None
            }
        }
    };
    let mut keep = asked(KEEP);
    let events = asked(EVENTS);
    let mut number = |name: &str| {
        let word = annotations.get(name)?;
        let value = word.value.trim().parse::<f64>().ok().filter(|value| value.is_finite());
        if value.is_none() {
            trouble(word, format!("{name}: {:?} is no number", word.value), "write a number in quotes, such as \"0.8\"");
        }
        value
    };
    let (clear, least) = (number(CLEAR), number(LEAST));
    if let (Some(word), Some(limit), Some(query)) = (annotations.get(CLEAR), clear, query) {
        match moved(&query.expr, limit) {
            _ if annotations.contains_key(KEEP) => trouble(word, format!("{CLEAR} and {KEEP} both say when it clears"), "keep one of them"),
            Some(expr) => keep = Some(Query { text: expr.to_string(), expr }),
            None => trouble(
                word,
                format!("{CLEAR} needs an expr that compares with a number at its top, such as x > 0.9"),
                "or write the whole query as evenkeel_keep_expr",
            ),
        }
    }
    match (annotations.get(EVENTS), annotations.get(LEAST)) {
        (Some(word), None) => trouble(word, format!("{EVENTS} without {LEAST}"), "say how many events there must be"),
        (None, Some(word)) => trouble(word, format!("{LEAST} without {EVENTS}"), "write the query that counts the events"),
        _ => {}
    }
    let guard = events.zip(least).map(|(events, least)| Guard { events, least });
    if troubles.is_empty() { Ok((keep, guard)) } else { Err(troubles) }
}

fn vector(text: &str) -> Result<Query, String> {
    let expr = parse(text).map_err(|error| format!("could not parse expression: {}: {}", error.column, error.message))?;
    if matches!(expr.value_type(), ValueType::Vector | ValueType::Scalar) {
        Ok(Query { text: expr.to_string(), expr })
    } else {
        Err(format!("it yields a {}", expr.value_type().documented()))
    }
}

/// `x > 0.9` with another number; `None` when it does not compare with a number at its top.
fn moved(expr: &Expr, limit: f64) -> Option<Expr> {
    let mut expr = expr.unwrapped().clone();
    let Kind::Binary(binary) = &mut expr.kind else { return None };
    if !binary.op.compares() || binary.returns_bool {
        return None;
    }
    let is_number = |side: &Expr| match &side.unwrapped().kind {
        Kind::Number(_) => true,
        Kind::Unary(_, inner) => matches!(inner.unwrapped().kind, Kind::Number(_)),
        _ => false,
    };
    let side = match (is_number(&binary.left), is_number(&binary.right)) {
        (false, true) => &mut binary.right,
        (true, false) => &mut binary.left,
        _ => return None,
    };
    let number = if limit < 0.0 { format!("-{}", -limit) } else { limit.to_string() };
    *side = parse(&number).ok()?;
    Some(expr)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_comparison_gets_another_number() {
        let moved = |text: &str, limit| super::moved(&parse(text).unwrap(), limit).map(|expr| expr.to_string());
        assert_eq!(moved("a / b > 0.9", 0.5), Some("a / b > 0.5".to_owned()));
        assert_eq!(moved("(10 < sum by (x) (y))", -1.0), Some("-1 < sum by (x) (y)".to_owned()));
        for text in ["a", "a > b", "a > bool 1", "a > 1 and b > 2"] {
            assert_eq!(moved(text, 1.0), None, "{text}");
        }
    }
}
