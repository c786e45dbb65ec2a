//! Durations, also computed ones: `[5m]`, `[step() + 1m]`, `offset -(2 * 30s)`.

use super::lex::{Mark, Token};
use super::{Fault, Parser};
use crate::promql::ast::{BinaryOp, Duration};

impl Parser<'_> {
    /// A duration between brackets: full arithmetic.
    pub(super) fn duration(&mut self, least: u8) -> Result<Duration, Fault> {
        let mut left = self.deeper(Self::duration_operand)?;
        let mut count = 0;
        loop {
            let Token::Mark(mark) = self.token() else { return Ok(left) };
            let (op, level) = match mark {
                Mark::Add => (BinaryOp::Add, 1),
                Mark::Sub => (BinaryOp::Sub, 1),
                Mark::Mul => (BinaryOp::Mul, 2),
                Mark::Div => (BinaryOp::Div, 2),
                Mark::Mod => (BinaryOp::Mod, 2),
                Mark::Pow => (BinaryOp::Pow, 3),
                _ => return Ok(left),
            };
            if level < least {
                return Ok(left);
            }
            count += 1;
            if count > super::HEIGHT_MAX {
                return Err((self.span(), "the duration has too many operators".to_owned()));
            }
            self.advance();
            let tighter = if op == BinaryOp::Pow { level } else { level + 1 };
            let right = self.deeper(|parser| parser.duration(tighter))?;
            left = Duration::Binary(op, Box::new(left), Box::new(right));
        }
    }

    fn duration_operand(&mut self) -> Result<Duration, Fault> {
        if self.take(Mark::Add) {
            return self.deeper(|parser| parser.duration(3));
        }
        if self.take(Mark::Sub) {
            return Ok(Duration::Negated(Box::new(self.deeper(|parser| parser.duration(3))?)));
        }
        self.duration_primary()
    }

    /// A duration after `offset`: one sign and one operand, so that `offset 2 ^ 2` squares the vector.
    pub(super) fn offset(&mut self) -> Result<Duration, Fault> {
        if self.take(Mark::Add) {
            return self.duration_primary();
        }
        if self.take(Mark::Sub) {
            return Ok(Duration::Negated(Box::new(self.duration_primary()?)));
        }
        self.duration_primary()
    }

    fn duration_primary(&mut self) -> Result<Duration, Fault> {
        if let Token::Number(value) | Token::Duration(value) = self.token() {
            let value = *value;
            self.advance();
            return Ok(Duration::Seconds(value));
        }
        if self.take(Mark::Open) {
            let inner = self.deeper(|parser| parser.duration(0))?;
            self.expect(Mark::Close, "in duration", "\")\"")?;
            return Ok(inner);
        }
        let name = self.name().map(str::to_ascii_lowercase).unwrap_or_default();
        match name.as_str() {
            "step" | "range" if self.next_is(Mark::Open) => {
                self.advance();
                self.advance();
                self.expect(Mark::Close, "in duration", "\")\"")?;
                Ok(if name == "step" { Duration::Step } else { Duration::Range })
            }
            "min_of" | "max_of" if self.next_is(Mark::Open) => {
                self.advance();
                self.advance();
                let first = Box::new(self.deeper(|parser| parser.duration(0))?);
                self.expect(Mark::Comma, "in duration", "\",\"")?;
                let second = Box::new(self.deeper(|parser| parser.duration(0))?);
                self.expect(Mark::Close, "in duration", "\")\"")?;
                Ok(if name == "min_of" { Duration::Least(first, second) } else { Duration::Greatest(first, second) })
            }
            _ => Err(self.unexpected("in duration", "a duration such as 5m")),
        }
    }
}
