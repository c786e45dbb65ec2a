//! The parser: operator precedence over tokens, with the place of each part kept for messages.
//!
//! Written by hand rather than taken from `promql-parser` 0.11, which rejects 293 of the 2,214 expressions of Prometheus'
//! own tests (duration expressions, histogram trimming, `fill`, `anchored`) and forgets where a part stood.

mod aggregate;
mod check;
mod duration;
pub mod lex;
mod operator;
mod selector;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use lex::{Mark, Token};
pub use selector::{NAME, TIME_MS_MAX, compile};

use super::{
    ast::{Call, Expr, Extend, Kind, Span},
    error::ParseError,
    functions::table,
    number,
};
use crate::source::Matcher;

/// Levels of nesting at most: evaluation recurses, and a text from outside must not exhaust the stack.
pub const HEIGHT_MAX: usize = 160;
/// Bytes of a query at most.
pub const TEXT_BYTES_MAX: usize = 256 << 10;

/// What is wrong, and where.
type Fault = (Span, String);

/// Parses a query.
///
/// # Errors
/// The first thing that is wrong, with its place.
pub fn parse(text: &str) -> Result<Expr, ParseError> {
    parse_tokens(text).map_err(|(span, message)| {
        let (line, column) = span.position(text);
        ParseError { span, line, column, message }
    })
}

/// Parses a selector alone, as `match[]` of the HTTP API has it: no range, no shift.
///
/// # Errors
/// The first thing that is wrong, with its place.
pub fn selector(text: &str) -> Result<Vec<Matcher>, ParseError> {
    let expr = parse(text)?;
    match expr.kind {
        Kind::Vector(selector) if selector.shift.at.is_none() && selector.shift.offset.is_none() && selector.extend == Extend::No => {
            Ok(selector.matchers)
        }
        _ => {
            let (line, column) = expr.span.position(text);
            Err(ParseError { span: expr.span, line, column, message: "a series selector such as up{job=\"a\"} is wanted here".to_owned() })
        }
    }
}

fn parse_tokens(text: &str) -> Result<Expr, Fault> {
    if text.len() > TEXT_BYTES_MAX {
        return Err((Span::default(), format!("the query is longer than {TEXT_BYTES_MAX} bytes")));
    }
    let mut parser = Parser { text, tokens: lex::tokens(text)?, at: 0, depth: 0, labels_only: false };
    if matches!(parser.token(), Token::End) {
        return Err((parser.span(), "no expression found in input".to_owned()));
    }
    let expr = parser.expression(0)?;
    match parser.token() {
        Token::End => Ok(expr),
        _ => Err(parser.unexpected("after the expression", "an operator or the end")),
    }
}

struct Parser<'a> {
    text: &'a str,
    tokens: Vec<(Token, Span)>,
    at: usize,
    depth: usize,
    /// Whether a selector here may match everything: it then says which labels are wanted, not which series.
    labels_only: bool,
}

impl<'a> Parser<'a> {
    fn token(&self) -> &Token {
        &self.tokens[self.at].0
    }

    fn span(&self) -> Span {
        self.tokens[self.at].1
    }

    /// The place of the token before.
    fn last_span(&self) -> Span {
        self.tokens[self.at.saturating_sub(1)].1
    }

    fn next_token(&self) -> &Token {
        &self.tokens[(self.at + 1).min(self.tokens.len() - 1)].0
    }

    fn advance(&mut self) {
        self.at = (self.at + 1).min(self.tokens.len() - 1);
    }

    fn is(&self, mark: Mark) -> bool {
        matches!(self.token(), Token::Mark(found) if *found == mark)
    }

    fn next_is(&self, mark: Mark) -> bool {
        matches!(self.next_token(), Token::Mark(found) if *found == mark)
    }

    fn take(&mut self, mark: Mark) -> bool {
        let found = self.is(mark);
        if found {
            self.advance();
        }
        found
    }

    fn expect(&mut self, mark: Mark, place: &str, wanted: &str) -> Result<Span, Fault> {
        let span = self.span();
        if self.take(mark) { Ok(span) } else { Err(self.unexpected(place, wanted)) }
    }

    /// The name that stands here.
    fn name(&self) -> Option<&'a str> {
        let span = self.span();
        matches!(self.token(), Token::Name).then(|| &self.text[span.start..span.end])
    }

    /// Whether a keyword stands here; keywords have no case.
    fn is_word(&self, word: &str) -> bool {
        self.name().is_some_and(|name| name.eq_ignore_ascii_case(word))
    }

    fn take_word(&mut self, word: &str) -> bool {
        let found = self.is_word(word);
        if found {
            self.advance();
        }
        found
    }

    fn unexpected(&self, place: &str, wanted: &str) -> Fault {
        let span = self.span();
        let found = match self.token() {
            Token::End => "end of input".to_owned(),
            Token::Name => format!("identifier {}", number::quote(&self.text[span.start..span.end])),
            Token::Number(_) => format!("number {}", number::quote(&self.text[span.start..span.end])),
            Token::Duration(_) => format!("duration {}", number::quote(&self.text[span.start..span.end])),
            Token::Text(_) => format!("string {}", &self.text[span.start..span.end]),
            Token::Mark(_) => number::quote(&self.text[span.start..span.end]),
        };
        (span, format!("unexpected {found} {place}, expected {wanted}"))
    }

    /// Makes a node, if the tree does not become too high.
    fn node(kind: Kind, span: Span, below: usize) -> Result<Expr, Fault> {
        if below >= HEIGHT_MAX {
            return Err((span, format!("the expression is nested more than {HEIGHT_MAX} levels deep; record a part of it by a rule")));
        }
        Ok(Expr { span, kind, height: below + 1 })
    }

    /// Runs a part of the parser one level deeper.
    fn deeper<T>(&mut self, part: impl FnOnce(&mut Self) -> Result<T, Fault>) -> Result<T, Fault> {
        if self.depth >= HEIGHT_MAX {
            return Err((
                self.span(),
                format!("the expression is nested more than {HEIGHT_MAX} levels deep; record a part of it by a rule"),
            ));
        }
        self.depth += 1;
        let result = part(self);
        self.depth -= 1;
        result
    }

    /// What stands where an operand is wanted, with its ranges and shifts.
    fn operand(&mut self) -> Result<Expr, Fault> {
        let start = self.span();
        if self.is(Mark::Add) || self.is(Mark::Sub) {
            let negative = self.is(Mark::Sub);
            self.advance();
            let inner = self.deeper(|parser| parser.expression(operator::POWER))?;
            check::unary(&inner)?;
            let span = start.to(inner.span);
            let below = inner.height;
            return Self::node(Kind::Unary(negative, Box::new(inner)), span, below);
        }
        let mut expr = self.primary()?;
        loop {
            if self.is(Mark::OpenBracket) {
                expr = self.brackets(expr)?;
            } else if !self.shifted(&mut expr)? {
                return Ok(expr);
            }
        }
    }

    fn primary(&mut self) -> Result<Expr, Fault> {
        let span = self.span();
        match self.token().clone() {
            Token::Number(value) | Token::Duration(value) => {
                self.advance();
                Self::node(Kind::Number(value), span, 0)
            }
            Token::Text(text) => {
                self.advance();
                Self::node(Kind::Text(text), span, 0)
            }
            Token::Mark(Mark::Open) => {
                self.advance();
                let inner = self.deeper(|parser| parser.expression(0))?;
                let close = self.expect(Mark::Close, "in parentheses", "\")\"")?;
                let below = inner.height;
                Self::node(Kind::Paren(Box::new(inner)), span.to(close), below)
            }
            Token::Mark(Mark::OpenBrace) => self.selector(None),
            Token::Name => self.named(),
            _ => Err(self.unexpected("where an expression begins", "a metric, a function, a number or \"(\"")),
        }
    }

    /// An aggregation, a function or a metric: what follows the name tells.
    fn named(&mut self) -> Result<Expr, Fault> {
        let Some(name) = self.name() else { return Err(self.unexpected("here", "a name")) };
        if let Some(aggregation) = self.aggregation(name)? {
            return Ok(aggregation);
        }
        if self.next_is(Mark::Open) {
            return self.call(name);
        }
        self.selector(Some(name))
    }

    fn call(&mut self, name: &str) -> Result<Expr, Fault> {
        let start = self.span();
        let Some(function) = table::find(name) else {
            let hint = table::nearest(name).map(|near| format!("; did you mean {near:?}?")).unwrap_or_default();
            return Err((start, format!("unknown function with name {name:?}{hint}")));
        };
        self.advance();
        let arguments = self.arguments(name == "info")?;
        let span = start.to(self.last_span());
        check::call(function, &arguments, span)?;
        let below = arguments.iter().map(|argument| argument.height).max().unwrap_or(0);
        Self::node(Kind::Call(Box::new(Call { function, arguments })), span, below)
    }

    /// Arguments in parentheses; the second of `info` names labels.
    fn arguments(&mut self, info: bool) -> Result<Vec<Expr>, Fault> {
        self.expect(Mark::Open, "before arguments", "\"(\"")?;
        let mut arguments = Vec::new();
        while !self.take(Mark::Close) {
            if !arguments.is_empty() {
                let comma = self.expect(Mark::Comma, "in arguments", "\",\" or \")\"")?;
                if self.is(Mark::Close) {
                    return Err((comma, "trailing commas not allowed in function call args".to_owned()));
                }
            }
            self.labels_only = info && arguments.len() == 1;
            arguments.push(self.deeper(|parser| parser.expression(0))?);
            self.labels_only = false;
        }
        Ok(arguments)
    }

    /// Label names in parentheses, as after `by`.
    fn label_names(&mut self) -> Result<Vec<Arc<str>>, Fault> {
        self.expect(Mark::Open, "in grouping opts", "\"(\"")?;
        let mut names: Vec<Arc<str>> = Vec::new();
        while !self.take(Mark::Close) {
            if !names.is_empty() {
                self.expect(Mark::Comma, "in grouping opts", "\",\" or \")\"")?;
                if self.take(Mark::Close) {
                    break;
                }
            }
            let name: Arc<str> = match (self.token(), self.name()) {
                (_, Some(name)) if !name.contains(':') => name.into(),
                (Token::Text(text), _) if text.valid && !text.value.is_empty() => text.value.as_str().into(),
                // `Inf` and `NaN` are numbers elsewhere and labels here.
                (Token::Number(_), _) if self.text[self.span().start..].starts_with(|c: char| c.is_ascii_alphabetic()) => {
                    self.text[self.span().start..self.span().end].into()
                }
                _ => return Err(self.unexpected("in grouping opts", "label")),
            };
            self.advance();
            names.push(name);
        }
        Ok(names)
    }
}
