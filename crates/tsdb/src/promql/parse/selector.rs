//! Selectors, and what may follow an operand: ranges, subqueries, `offset`, `@`, `anchored`, `smoothed`.

use std::sync::Arc;

use super::lex::{Mark, Token};
use super::{Fault, Parser};
use crate::{
    promql::ast::{At, Duration, Expr, Extend, Kind, RangeSelector, Shift, Span, Subquery, VectorSelector},
    source::{MatchOp, Matcher},
};

/// The label that holds a metric's name.
pub const NAME: &str = "__name__";
/// Instants lie within this of 1970, milliseconds, so that sums with any duration fit.
pub const TIME_MS_MAX: i64 = 9_000_000_000_000_000;
/// Bytes of a compiled expression at most.
const REGEX_BYTES_MAX: usize = 1 << 20;

impl Parser<'_> {
    /// `name`, `name{…}` or `{…}`; the parser stands on the name or on the brace.
    pub(super) fn selector(&mut self, name: Option<&str>) -> Result<Expr, Fault> {
        let start = self.span();
        let mut matchers = Vec::new();
        if let Some(name) = name {
            matchers.push(equal(NAME, name));
            self.advance();
        }
        if self.is(Mark::OpenBrace) {
            self.matchers(&mut matchers, name.is_some())?;
        }
        let span = start.to(self.last_span());
        if !self.labels_only && !matchers.iter().any(|matcher| !matcher.matches("")) {
            return Err((span, "vector selector must contain at least one non-empty matcher".to_owned()));
        }
        let selector = VectorSelector { matchers, shift: Shift::default(), extend: Extend::No };
        Self::node(Kind::Vector(Box::new(selector)), span, 0)
    }

    fn matchers(&mut self, matchers: &mut Vec<Matcher>, mut named: bool) -> Result<(), Fault> {
        self.expect(Mark::OpenBrace, "in selector", "\"{\"")?;
        let mut first = true;
        while !self.take(Mark::CloseBrace) {
            if !first {
                self.expect(Mark::Comma, "in label matching", "\",\" or \"}\"")?;
                if self.take(Mark::CloseBrace) {
                    break;
                }
            }
            first = false;
            let span = self.span();
            let (label, quoted) = match (self.token(), self.name()) {
                (Token::Text(text), _) if text.valid => (text.value.clone(), true),
                (_, Some(name)) => (name.to_owned(), false),
                (Token::Number(_), _) if self.text[span.start..].starts_with(|c: char| c.is_ascii_alphabetic()) => {
                    (self.text[span.start..span.end].to_owned(), false)
                }
                _ => return Err(self.unexpected("in label matching", "identifier or \"}\"")),
            };
            self.advance();
            if quoted && (self.is(Mark::Comma) || self.is(Mark::CloseBrace)) {
                if named {
                    return Err((span, format!("metric name must not be set twice: {label:?}")));
                }
                named = true;
                matchers.push(equal(NAME, &label));
                continue;
            }
            let matcher = self.matcher(&label)?;
            if label == NAME && named && matchers.first().is_some_and(|first| &*first.name == NAME) {
                return Err((span, format!("metric name must not be set twice: {:?} or {:?}", matchers[0].value, matcher.value)));
            }
            matchers.push(matcher);
        }
        Ok(())
    }

    /// What follows a label's name.
    fn matcher(&mut self, label: &str) -> Result<Matcher, Fault> {
        let op = match self.token() {
            Token::Mark(Mark::Assign) => MatchOp::Equal,
            Token::Mark(Mark::NotEqual) => MatchOp::NotEqual,
            Token::Mark(Mark::Regex) => MatchOp::Regex,
            Token::Mark(Mark::NotRegex) => MatchOp::NotRegex,
            _ => return Err(self.unexpected("in label matching", "one of \"=\", \"!=\", \"=~\", \"!~\"")),
        };
        self.advance();
        let span = self.span();
        let Token::Text(text) = self.token().clone() else { return Err(self.unexpected("in label matching", "string")) };
        if !text.valid {
            return Err((span, "label value is not valid UTF-8".to_owned()));
        }
        self.advance();
        let regex = match op {
            MatchOp::Regex | MatchOp::NotRegex => Some(compile(&text.value).map_err(|error| (span, error))?),
            _ => None,
        };
        Ok(Matcher { name: label.into(), op, value: text.value.as_str().into(), regex })
    }

    /// A shift after an operand, written into it; false when there is none.
    pub(super) fn shifted(&mut self, expr: &mut Expr) -> Result<bool, Fault> {
        let span = self.span();
        if self.take_word("offset") {
            let offset = self.offset()?;
            let end = self.last_span();
            let shift = shift(expr).ok_or_else(|| {
                (span, "offset modifier must be preceded by an instant vector selector or range vector selector or a subquery".to_owned())
            })?;
            if shift.offset.replace(offset).is_some() {
                return Err((span, "offset may not be set multiple times".to_owned()));
            }
            expr.span.end = end.end;
            return Ok(true);
        }
        if self.take(Mark::At) {
            let at = self.at()?;
            let end = self.last_span();
            let shift = shift(expr).ok_or_else(|| {
                (span, "@ modifier must be preceded by an instant vector selector or range vector selector or a subquery".to_owned())
            })?;
            if shift.at.replace(at).is_some() {
                return Err((span, "@ <timestamp> may not be set multiple times".to_owned()));
            }
            expr.span.end = end.end;
            return Ok(true);
        }
        for (word, extend) in [("anchored", Extend::Anchored), ("smoothed", Extend::Smoothed)] {
            if self.is_word(word) {
                self.advance();
                let selector = match &mut expr.kind {
                    Kind::Vector(selector) => selector,
                    Kind::Range(range) => &mut range.selector,
                    _ => return Err((span, format!("{word} modifier must be preceded by an instant or range selector"))),
                };
                if selector.extend != Extend::No {
                    return Err((span, "anchored and smoothed modifiers cannot be used together".to_owned()));
                }
                selector.extend = extend;
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn at(&mut self) -> Result<At, Fault> {
        for (word, at) in [("start", At::Start), ("end", At::End)] {
            if self.is_word(word) && self.next_is(Mark::Open) {
                self.advance();
                self.advance();
                self.expect(Mark::Close, "in @", "\")\"")?;
                return Ok(at);
            }
        }
        let span = self.span();
        let negative = self.is(Mark::Sub);
        if negative || self.is(Mark::Add) {
            self.advance();
        }
        let value = match self.token() {
            Token::Number(value) | Token::Duration(value) => *value,
            _ => return Err(self.unexpected("in @", "timestamp")),
        };
        self.advance();
        let ms = (if negative { -value } else { value }) * 1000.0;
        if !ms.is_finite() || ms.abs() >= TIME_MS_MAX as f64 {
            return Err((span, format!("timestamp out of bounds for @ modifier: {value}")));
        }
        Ok(At::Instant(ms.round() as i64))
    }

    /// A range or a subquery after an operand.
    pub(super) fn brackets(&mut self, expr: Expr) -> Result<Expr, Fault> {
        let open = self.span();
        self.advance();
        let range = self.duration(0)?;
        let subquery = self.take(Mark::Colon);
        let step = if subquery && !self.is(Mark::CloseBracket) { Some(self.duration(0)?) } else { None };
        let close = self.expect(Mark::CloseBracket, "in range or subquery", "\":\" or \"]\"")?;
        let span = expr.span.to(close);
        let below = expr.height;
        if subquery {
            if expr.value_type() != crate::promql::ast::ValueType::Vector {
                return Err((span, format!("subquery is only allowed on instant vector, got {} instead", expr.value_type().documented())));
            }
            return Self::node(Kind::Subquery(Box::new(Subquery { inner: expr, range, step, shift: Shift::default() })), span, below);
        }
        range_selector(expr, range, open.to(close), span)
    }
}

fn range_selector(expr: Expr, range: Duration, brackets: Span, span: Span) -> Result<Expr, Fault> {
    let below = expr.height;
    let Kind::Vector(selector) = expr.kind else {
        return Err((brackets, "ranges only allowed for vector selectors".to_owned()));
    };
    if selector.shift.offset.is_some() {
        return Err((brackets, "no offset modifiers allowed before range".to_owned()));
    }
    if selector.shift.at.is_some() {
        return Err((brackets, "no @ modifiers allowed before range".to_owned()));
    }
    Parser::node(Kind::Range(Box::new(RangeSelector { selector: *selector, range })), span, below)
}

/// The shifts of what may be shifted.
fn shift(expr: &mut Expr) -> Option<&mut Shift> {
    match &mut expr.kind {
        Kind::Vector(selector) => Some(&mut selector.shift),
        Kind::Range(range) => Some(&mut range.selector.shift),
        Kind::Subquery(subquery) => Some(&mut subquery.shift),
        _ => None,
    }
}

fn equal(label: &str, value: &str) -> Matcher {
    Matcher { name: label.into(), op: MatchOp::Equal, value: value.into(), regex: None }
}

/// An expression anchored at both ends, `.` matching line ends as in Prometheus.
pub fn compile(pattern: &str) -> Result<Arc<regex::Regex>, String> {
    regex::RegexBuilder::new(&format!("^(?s:{pattern})$"))
        .size_limit(REGEX_BYTES_MAX)
        .build()
        .map(Arc::new)
        .map_err(|error| format!("error parsing regexp {pattern:?}: {}", error.to_string().lines().last().unwrap_or_default().trim()))
}
