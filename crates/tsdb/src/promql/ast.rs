//! The parsed query, with the place of each part in the text.

use std::sync::Arc;

use super::functions::table::Function;
use crate::source::Matcher;

/// A part of the query's text, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Span {
    /// Its first byte.
    pub start: usize,
    /// One past its last.
    pub end: usize,
}

impl Span {
    /// From the beginning of one to the end of the other.
    #[must_use]
    pub fn to(self, other: Self) -> Self {
        Self { start: self.start, end: other.end }
    }

    /// Line and column (in bytes) of its beginning, both from 1.
    pub fn position(self, text: &str) -> (usize, usize) {
        let before = &text.as_bytes()[..self.start.min(text.len())];
        let line = before.split(|byte| *byte == b'\n').count();
        let column = before.iter().rev().take_while(|byte| **byte != b'\n').count() + 1;
        (line, column)
    }
}

/// What an expression yields.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ValueType {
    /// A number at each step.
    Scalar,
    /// Series with at most one sample at each step.
    Vector,
    /// Series with samples of a range at each step.
    Matrix,
    /// A text.
    Text,
}

impl ValueType {
    /// As Prometheus' messages call it.
    pub fn documented(self) -> &'static str {
        match self {
            Self::Scalar => "scalar",
            Self::Vector => "instant vector",
            Self::Matrix => "range vector",
            Self::Text => "string",
        }
    }
}

/// An expression and its place.
#[derive(Debug, Clone)]
pub struct Expr {
    /// Its place.
    pub span: Span,
    /// What it is.
    pub kind: Kind,
    /// How many levels there are below it, itself included; bounded by the parser.
    pub height: usize,
}

/// The kinds of expression.
#[derive(Debug, Clone)]
pub enum Kind {
    /// A number or a duration, which is a number of seconds.
    Number(f64),
    /// A text in quotes.
    Text(Text),
    /// An expression in parentheses.
    Paren(Box<Expr>),
    /// `-x` (true) or `+x`.
    Unary(bool, Box<Expr>),
    /// Two operands.
    Binary(Box<Binary>),
    /// `sum by (a) (x)` and its like.
    Aggregate(Box<Aggregate>),
    /// A function.
    Call(Box<Call>),
    /// `name{a="b"}`.
    Vector(Box<VectorSelector>),
    /// `name{a="b"}[5m]`.
    Range(Box<RangeSelector>),
    /// `x[5m:1m]`.
    Subquery(Box<Subquery>),
}

/// A text in quotes.
#[derive(Debug, Clone)]
pub struct Text {
    /// Its value; where its escapes made no UTF-8, with replacement characters.
    pub value: String,
    /// Whether its escapes made UTF-8.
    pub valid: bool,
}

/// Binary operators.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "their names are what they are")]
pub enum BinaryOp {
    Add,
    Sub,
    Mul,
    Div,
    Mod,
    Pow,
    Atan2,
    Equal,
    NotEqual,
    Greater,
    Less,
    GreaterEqual,
    LessEqual,
    /// `</`: what is above is cut off a histogram.
    TrimUpper,
    /// `>/`: what is below is cut off a histogram.
    TrimLower,
    And,
    Or,
    Unless,
}

impl BinaryOp {
    /// As it is written.
    pub fn symbol(self) -> &'static str {
        match self {
            Self::Add => "+",
            Self::Sub => "-",
            Self::Mul => "*",
            Self::Div => "/",
            Self::Mod => "%",
            Self::Pow => "^",
            Self::Atan2 => "atan2",
            Self::Equal => "==",
            Self::NotEqual => "!=",
            Self::Greater => ">",
            Self::Less => "<",
            Self::GreaterEqual => ">=",
            Self::LessEqual => "<=",
            Self::TrimUpper => "</",
            Self::TrimLower => ">/",
            Self::And => "and",
            Self::Or => "or",
            Self::Unless => "unless",
        }
    }

    /// Whether it compares.
    pub fn compares(self) -> bool {
        matches!(self, Self::Equal | Self::NotEqual | Self::Greater | Self::Less | Self::GreaterEqual | Self::LessEqual)
    }

    /// Whether it is `and`, `or` or `unless`.
    pub fn is_set(self) -> bool {
        matches!(self, Self::And | Self::Or | Self::Unless)
    }

    /// Whether its result is another quantity than its operands, so that the metric's name goes.
    pub fn changes_metric(self) -> bool {
        matches!(self, Self::Add | Self::Sub | Self::Mul | Self::Div | Self::Mod | Self::Pow | Self::Atan2)
    }
}

/// Two operands and how their series meet.
#[derive(Debug, Clone)]
pub struct Binary {
    /// The operator.
    pub op: BinaryOp,
    /// Left of it.
    pub left: Expr,
    /// Right of it.
    pub right: Expr,
    /// `bool`: 0 or 1 instead of filtering.
    pub returns_bool: bool,
    /// How series of two vectors meet.
    pub matching: Matching,
}

/// How many series may meet on each side.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Cardinality {
    /// One and one.
    #[default]
    OneToOne,
    /// `group_left`.
    ManyToOne,
    /// `group_right`.
    OneToMany,
}

/// How series of two vectors meet.
#[derive(Debug, Clone, Default)]
pub struct Matching {
    /// How many on each side.
    pub cardinality: Cardinality,
    /// `on` (true) or `ignoring`.
    pub on: bool,
    /// The labels of either.
    pub labels: Vec<Arc<str>>,
    /// Labels taken over from the one side.
    pub include: Vec<Arc<str>>,
    /// The value of a left side that is not there.
    pub fill_left: Option<f64>,
    /// The value of a right side that is not there.
    pub fill_right: Option<f64>,
}

/// Aggregation operators.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "their names are what they are")]
pub enum AggregateOp {
    Sum,
    Avg,
    Count,
    Min,
    Max,
    Group,
    Stddev,
    Stdvar,
    Quantile,
    Topk,
    Bottomk,
    Limitk,
    LimitRatio,
    CountValues,
}

impl AggregateOp {
    /// By its name, in lower case.
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "sum" => Self::Sum,
            "avg" => Self::Avg,
            "count" => Self::Count,
            "min" => Self::Min,
            "max" => Self::Max,
            "group" => Self::Group,
            "stddev" => Self::Stddev,
            "stdvar" => Self::Stdvar,
            "quantile" => Self::Quantile,
            "topk" => Self::Topk,
            "bottomk" => Self::Bottomk,
            "limitk" => Self::Limitk,
            "limit_ratio" => Self::LimitRatio,
            "count_values" => Self::CountValues,
            _ => return None,
        })
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sum => "sum",
            Self::Avg => "avg",
            Self::Count => "count",
            Self::Min => "min",
            Self::Max => "max",
            Self::Group => "group",
            Self::Stddev => "stddev",
            Self::Stdvar => "stdvar",
            Self::Quantile => "quantile",
            Self::Topk => "topk",
            Self::Bottomk => "bottomk",
            Self::Limitk => "limitk",
            Self::LimitRatio => "limit_ratio",
            Self::CountValues => "count_values",
        }
    }

    /// Whether a parameter comes before the vector.
    pub fn has_parameter(self) -> bool {
        matches!(self, Self::Quantile | Self::Topk | Self::Bottomk | Self::Limitk | Self::LimitRatio | Self::CountValues)
    }
}

/// An aggregation.
#[derive(Debug, Clone)]
pub struct Aggregate {
    /// The operator.
    pub op: AggregateOp,
    /// Its parameter.
    pub parameter: Option<Expr>,
    /// What is aggregated.
    pub inner: Expr,
    /// `without` (true) or `by`.
    pub without: bool,
    /// The labels of either.
    pub labels: Vec<Arc<str>>,
}

/// A function and its arguments.
#[derive(Debug, Clone)]
pub struct Call {
    /// The function.
    pub function: &'static Function,
    /// Its arguments.
    pub arguments: Vec<Expr>,
}

/// `@`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum At {
    /// An instant, milliseconds since 1970 UTC.
    Instant(i64),
    /// `start()`
    Start,
    /// `end()`
    End,
}

/// How the edges of a range are filled (experimental in Prometheus).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Extend {
    /// As measured.
    #[default]
    No,
    /// With the sample before the range's beginning.
    Anchored,
    /// Interpolated at both edges.
    Smoothed,
}

/// Time shifts of a selector or subquery.
#[derive(Debug, Clone, Default)]
pub struct Shift {
    /// `offset`
    pub offset: Option<Duration>,
    /// `@`
    pub at: Option<At>,
}

/// `name{a="b"}`.
#[derive(Debug, Clone)]
pub struct VectorSelector {
    /// All that must match, the name among them.
    pub matchers: Vec<Matcher>,
    /// Time shifts.
    pub shift: Shift,
    /// How edges are filled.
    pub extend: Extend,
}

/// `name{a="b"}[5m]`.
#[derive(Debug, Clone)]
pub struct RangeSelector {
    /// What is selected.
    pub selector: VectorSelector,
    /// How far back.
    pub range: Duration,
}

/// `x[5m:1m]`.
#[derive(Debug, Clone)]
pub struct Subquery {
    /// What is evaluated at each of its steps.
    pub inner: Expr,
    /// How far back.
    pub range: Duration,
    /// The step; the default evaluation interval when it is not given.
    pub step: Option<Duration>,
    /// Time shifts.
    pub shift: Shift,
}

/// A duration, possibly computed from others and from the query's own step and range; seconds.
#[derive(Debug, Clone)]
pub enum Duration {
    /// As written.
    Seconds(f64),
    /// `step()`
    Step,
    /// `range()`
    Range,
    /// `-x`
    Negated(Box<Duration>),
    /// Arithmetic.
    Binary(BinaryOp, Box<Duration>, Box<Duration>),
    /// `min_of(a, b)`
    Least(Box<Duration>, Box<Duration>),
    /// `max_of(a, b)`
    Greatest(Box<Duration>, Box<Duration>),
}

impl Expr {
    /// What it yields.
    pub fn value_type(&self) -> ValueType {
        match &self.kind {
            Kind::Number(_) => ValueType::Scalar,
            Kind::Text(_) => ValueType::Text,
            Kind::Paren(inner) | Kind::Unary(_, inner) => inner.value_type(),
            Kind::Binary(binary) => match (binary.left.value_type(), binary.right.value_type()) {
                (ValueType::Scalar, ValueType::Scalar) => ValueType::Scalar,
                _ => ValueType::Vector,
            },
            Kind::Aggregate(_) | Kind::Vector(_) => ValueType::Vector,
            Kind::Call(call) => call.function.returns,
            Kind::Range(_) | Kind::Subquery(_) => ValueType::Matrix,
        }
    }

    /// Itself without parentheses around it.
    pub fn unwrapped(&self) -> &Self {
        match &self.kind {
            Kind::Paren(inner) => inner.unwrapped(),
            _ => self,
        }
    }
}
