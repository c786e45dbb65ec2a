//! An expression as text again, in Prometheus' spelling: what was parsed, without comments and superfluous blanks.

use std::fmt::{self, Display, Formatter};

use super::{
    ast::{
        Aggregate, At, Binary, BinaryOp, Call, Cardinality, Duration, Expr, Extend, Kind, RangeSelector, Shift, Subquery, VectorSelector,
    },
    number::{go_g, quote},
    parse::NAME,
};
use crate::source::{MatchOp, Matcher};

impl Display for Expr {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match &self.kind {
            // A sign is an operator of its own.
            Kind::Number(value) if value.is_infinite() => f.write_str("Inf"),
            Kind::Number(value) => f.write_str(&go_g(*value)),
            Kind::Text(text) => f.write_str(&quote(&text.value)),
            Kind::Paren(inner) => write!(f, "({inner})"),
            Kind::Unary(negative, inner) => write!(f, "{}{inner}", if *negative { "-" } else { "+" }),
            Kind::Binary(binary) => binary.fmt(f),
            Kind::Aggregate(aggregate) => aggregate.fmt(f),
            Kind::Call(call) => call.fmt(f),
            Kind::Vector(selector) => {
                matchers(selector, f)?;
                extend(selector.extend, f)?;
                shift(&selector.shift, f)
            }
            Kind::Range(range) => range.fmt(f),
            Kind::Subquery(subquery) => subquery.fmt(f),
        }
    }
}

impl Display for Binary {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.left, self.op.symbol())?;
        if self.returns_bool {
            f.write_str(" bool")?;
        }
        let matching = &self.matching;
        if matching.on || !matching.labels.is_empty() || matching.cardinality != Cardinality::OneToOne {
            write!(f, " {} (", if matching.on { "on" } else { "ignoring" })?;
            labels(&matching.labels, f)?;
            f.write_str(")")?;
        }
        if matching.cardinality != Cardinality::OneToOne {
            let word = if matching.cardinality == Cardinality::ManyToOne { "group_left" } else { "group_right" };
            write!(f, " {word} (")?;
            labels(&matching.include, f)?;
            f.write_str(")")?;
        }
        for (word, fill) in [("fill_left", matching.fill_left), ("fill_right", matching.fill_right)] {
            if let Some(value) = fill {
                write!(f, " {word} ({})", go_g(value))?;
            }
        }
        write!(f, " {}", self.right)
    }
}

impl Display for Aggregate {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(self.op.name())?;
        if self.without || !self.labels.is_empty() {
            write!(f, " {} (", if self.without { "without" } else { "by" })?;
            labels(&self.labels, f)?;
            f.write_str(") ")?;
        }
        match &self.parameter {
            Some(parameter) => write!(f, "({parameter}, {})", self.inner),
            None => write!(f, "({})", self.inner),
        }
    }
}

impl Display for Call {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}(", self.function.name)?;
        for (at, argument) in self.arguments.iter().enumerate() {
            write!(f, "{}{argument}", if at == 0 { "" } else { ", " })?;
        }
        f.write_str(")")
    }
}

impl Display for RangeSelector {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        matchers(&self.selector, f)?;
        write!(f, "[{}]", self.range)?;
        extend(self.selector.extend, f)?;
        shift(&self.selector.shift, f)
    }
}

impl Display for Subquery {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}[{}:", self.inner, self.range)?;
        if let Some(step) = &self.step {
            step.fmt(f)?;
        }
        f.write_str("]")?;
        shift(&self.shift, f)
    }
}

impl Display for Duration {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Seconds(value) => f.write_str(&seconds(*value)),
            Self::Step => f.write_str("step()"),
            Self::Range => f.write_str("range()"),
            Self::Negated(inner) => write!(f, "-({inner})"),
            Self::Binary(op, a, b) => write!(f, "({a} {} {b})", BinaryOp::symbol(*op)),
            Self::Least(a, b) => write!(f, "min_of({a}, {b})"),
            Self::Greatest(a, b) => write!(f, "max_of({a}, {b})"),
        }
    }
}

/// Whole milliseconds as a duration, anything else as a number of seconds.
fn seconds(value: f64) -> String {
    let ms = value * 1000.0;
    if value <= 0.0 || ms.fract() != 0.0 || ms >= 1e15 {
        return go_g(value);
    }
    let mut rest = ms as u64;
    let mut text = String::new();
    for (unit, size) in [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1)] {
        if rest >= size {
            text += &(rest / size).to_string();
            text += unit;
            rest %= size;
        }
    }
    text
}

fn plain_name(name: &str, colons: bool) -> bool {
    let part = |c: char| c.is_ascii_alphanumeric() || c == '_' || (c == ':' && colons);
    !name.is_empty() && !name.starts_with(|c: char| c.is_ascii_digit()) && name.chars().all(part)
}

fn labels(labels: &[std::sync::Arc<str>], f: &mut Formatter<'_>) -> fmt::Result {
    for (at, label) in labels.iter().enumerate() {
        let comma = if at == 0 { "" } else { ", " };
        if plain_name(label, false) { write!(f, "{comma}{label}")? } else { write!(f, "{comma}{}", quote(label))? }
    }
    Ok(())
}

fn matchers(selector: &VectorSelector, f: &mut Formatter<'_>) -> fmt::Result {
    let mut rest: &[Matcher] = &selector.matchers;
    let mut quoted_name = None;
    if let Some((first, others)) = rest.split_first()
        && &*first.name == NAME
        && first.op == MatchOp::Equal
        && !first.value.is_empty()
    {
        rest = others;
        // `Inf` and `NaN` would be read as numbers.
        if plain_name(&first.value, true) && super::number::number(&first.value).is_none() {
            f.write_str(&first.value)?;
        } else {
            quoted_name = Some(quote(&first.value));
        }
    }
    let named = rest.len() < selector.matchers.len() && quoted_name.is_none();
    if named && rest.is_empty() {
        return Ok(());
    }
    let texts = rest.iter().map(|matcher| {
        let name = if plain_name(&matcher.name, false) { matcher.name.to_string() } else { quote(&matcher.name) };
        let op = match matcher.op {
            MatchOp::Equal => "=",
            MatchOp::NotEqual => "!=",
            MatchOp::Regex => "=~",
            MatchOp::NotRegex => "!~",
        };
        format!("{name}{op}{}", quote(&matcher.value))
    });
    write!(f, "{{{}}}", quoted_name.into_iter().chain(texts).collect::<Vec<_>>().join(","))
}

fn extend(extend: Extend, f: &mut Formatter<'_>) -> fmt::Result {
    match extend {
        Extend::No => Ok(()),
        Extend::Anchored => f.write_str(" anchored"),
        Extend::Smoothed => f.write_str(" smoothed"),
    }
}

fn shift(shift: &Shift, f: &mut Formatter<'_>) -> fmt::Result {
    match shift.at {
        None => {}
        Some(At::Instant(ms)) => {
            let sign = if ms < 0 { "-" } else { "" };
            write!(f, " @ {sign}{}.{:03}", ms.unsigned_abs() / 1000, ms.unsigned_abs() % 1000)?;
        }
        Some(At::Start) => f.write_str(" @ start()")?,
        Some(At::End) => f.write_str(" @ end()")?,
    }
    match &shift.offset {
        None => Ok(()),
        Some(offset) => write!(f, " offset {offset}"),
    }
}
