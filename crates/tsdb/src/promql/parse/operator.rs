//! Binary operators: precedence, `bool`, and how series meet.

use super::lex::{Mark, Token};
use super::{Fault, Parser, check};
use crate::promql::ast::{Binary, BinaryOp, Cardinality, Expr, Kind, Matching};

/// The precedence of `^`, the highest.
pub const POWER: u8 = 6;

fn precedence(op: BinaryOp) -> u8 {
    match op {
        BinaryOp::Or => 1,
        BinaryOp::And | BinaryOp::Unless => 2,
        BinaryOp::Add | BinaryOp::Sub => 4,
        BinaryOp::Mul | BinaryOp::Div | BinaryOp::Mod | BinaryOp::Atan2 => 5,
        BinaryOp::Pow => POWER,
        _ => 3,
    }
}

impl Parser<'_> {
    /// An expression whose operators bind at least as tightly as `least`.
    pub(super) fn expression(&mut self, least: u8) -> Result<Expr, Fault> {
        let mut left = self.operand()?;
        while let Some(op) = self.operator().filter(|op| precedence(*op) >= least) {
            self.advance();
            let returns_bool = self.take_word("bool");
            let matching = self.matching()?;
            // `^` groups from the right, everything else from the left.
            let tighter = if op == BinaryOp::Pow { POWER } else { precedence(op) + 1 };
            let right = self.deeper(|parser| parser.expression(tighter))?;
            let span = left.span.to(right.span);
            let below = left.height.max(right.height);
            let given = matching.is_some();
            let matching = matching.unwrap_or_default();
            let binary = Binary { op, left, right, returns_bool, matching };
            check::binary(&binary, given, span)?;
            left = Self::node(Kind::Binary(Box::new(binary)), span, below)?;
        }
        Ok(left)
    }

    fn operator(&self) -> Option<BinaryOp> {
        if let Some(name) = self.name() {
            return match name.to_ascii_lowercase().as_str() {
                "and" => Some(BinaryOp::And),
                "or" => Some(BinaryOp::Or),
                "unless" => Some(BinaryOp::Unless),
                "atan2" => Some(BinaryOp::Atan2),
                _ => None,
            };
        }
        let Token::Mark(mark) = self.token() else { return None };
        Some(match mark {
            Mark::Add => BinaryOp::Add,
            Mark::Sub => BinaryOp::Sub,
            Mark::Mul => BinaryOp::Mul,
            Mark::Div => BinaryOp::Div,
            Mark::Mod => BinaryOp::Mod,
            Mark::Pow => BinaryOp::Pow,
            Mark::Equal => BinaryOp::Equal,
            Mark::NotEqual => BinaryOp::NotEqual,
            Mark::Less => BinaryOp::Less,
            Mark::LessEqual => BinaryOp::LessEqual,
            Mark::Greater => BinaryOp::Greater,
            Mark::GreaterEqual => BinaryOp::GreaterEqual,
            Mark::TrimUpper => BinaryOp::TrimUpper,
            Mark::TrimLower => BinaryOp::TrimLower,
            _ => return None,
        })
    }

    /// `on`, `ignoring`, `group_left`, `group_right`, `fill…`; `None` when none of them is there.
    fn matching(&mut self) -> Result<Option<Matching>, Fault> {
        let mut matching = Matching::default();
        let mut given = false;
        if self.is_word("on") || self.is_word("ignoring") {
            matching.on = self.is_word("on");
            self.advance();
            matching.labels = self.label_names()?;
            given = true;
            if self.is_word("group_left") || self.is_word("group_right") {
                matching.cardinality = if self.is_word("group_left") { Cardinality::ManyToOne } else { Cardinality::OneToMany };
                self.advance();
                if self.is(Mark::Open) {
                    matching.include = self.label_names()?;
                }
            }
        }
        while self.next_is(Mark::Open) {
            let (left, right) = match self.name().map(str::to_ascii_lowercase).as_deref() {
                Some("fill") => (true, true),
                Some("fill_left") => (true, false),
                Some("fill_right") => (false, true),
                _ => break,
            };
            self.advance();
            let value = self.fill_value()?;
            matching.fill_left = if left { Some(value) } else { matching.fill_left };
            matching.fill_right = if right { Some(value) } else { matching.fill_right };
            given = true;
        }
        Ok(given.then_some(matching))
    }

    fn fill_value(&mut self) -> Result<f64, Fault> {
        self.expect(Mark::Open, "in fill modifier", "\"(\"")?;
        let negative = self.is(Mark::Sub);
        if negative || self.is(Mark::Add) {
            self.advance();
        }
        let value = match self.token() {
            Token::Number(value) | Token::Duration(value) => *value,
            _ => return Err(self.unexpected("in fill modifier", "number")),
        };
        self.advance();
        self.expect(Mark::Close, "in fill modifier", "\")\"")?;
        Ok(if negative { -value } else { value })
    }
}
