//! Aggregations: `sum by (a) (x)`, `sum(x) by (a)`, `topk(3, x)`.

use super::lex::{Mark, Token};
use super::{Fault, Parser, check};
use crate::promql::ast::{Aggregate, AggregateOp, Expr, Kind};

/// Whether it is `without`, and the labels.
type Grouping = (bool, Vec<std::sync::Arc<str>>);

impl Parser<'_> {
    /// An aggregation, if the name begins one here: `sum` alone may also be a metric.
    pub(super) fn aggregation(&mut self, name: &str) -> Result<Option<Expr>, Fault> {
        let Some(op) = AggregateOp::named(&name.to_ascii_lowercase()) else { return Ok(None) };
        let word = |at: usize| match &self.tokens[at.min(self.tokens.len() - 1)] {
            (Token::Name, span) => self.text[span.start..span.end].to_ascii_lowercase(),
            _ => String::new(),
        };
        let modifier_first = matches!(word(self.at + 1).as_str(), "by" | "without");
        if !modifier_first && !self.next_is(Mark::Open) {
            return Ok(None);
        }
        let start = self.span();
        self.advance();
        let mut grouping = self.grouping()?;
        let mut arguments = self.arguments(false)?;
        let mut end = self.last_span();
        if grouping.is_none() {
            grouping = self.grouping()?;
            if grouping.is_some() {
                end = self.last_span();
            }
        }
        let span = start.to(end);
        let (without, labels) = grouping.unwrap_or_default();
        let wanted = if op.has_parameter() { 2 } else { 1 };
        if arguments.len() != wanted {
            let message = if arguments.is_empty() {
                "no arguments for aggregate expression provided".to_owned()
            } else {
                format!("wrong number of arguments for aggregate expression provided, expected {wanted}, got {}", arguments.len())
            };
            return Err((span, message));
        }
        let Some(inner) = arguments.pop() else { return Ok(None) };
        let aggregate = Aggregate { op, parameter: arguments.pop(), inner, without, labels };
        check::aggregate(
            &aggregate,
            &self.text[aggregate.parameter.as_ref().map_or(0..0, |p| p.unwrapped().span.start..p.unwrapped().span.end)],
        )?;
        let below = aggregate.inner.height.max(aggregate.parameter.as_ref().map_or(0, |parameter| parameter.height));
        Self::node(Kind::Aggregate(Box::new(aggregate)), span, below).map(Some)
    }

    /// `by (…)` or `without (…)`: whether it is `without`, and the labels.
    fn grouping(&mut self) -> Result<Option<Grouping>, Fault> {
        if !self.is_word("by") && !self.is_word("without") {
            return Ok(None);
        }
        let without = self.is_word("without");
        self.advance();
        Ok(Some((without, self.label_names()?)))
    }
}
