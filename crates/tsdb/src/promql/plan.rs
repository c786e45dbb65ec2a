//! The plan of a query: times resolved, types decided, what does not depend on the step marked to be computed once.

use std::sync::Arc;

use super::{
    ast::{AggregateOp, At, BinaryOp, Call, Duration, Expr, Extend, Kind, Matching, Shift, Span, Subquery, ValueType, VectorSelector},
    error::{QueryError, evaluation},
    functions::table::{Action, Function, Special, TimeFunction},
};
use crate::source::Matcher;

/// A part of the plan.
#[derive(Debug)]
pub struct Plan {
    /// Where it stands in the query, parentheses around it left out.
    pub span: Span,
    /// What it yields.
    pub value_type: ValueType,
    /// What it is.
    pub node: Node,
}

impl Plan {
    /// Whether anything in it puts series into an order of its own.
    pub fn orders(&self) -> bool {
        match &self.node {
            Node::Number(_) | Node::Text(_) | Node::Select(_) | Node::Range(_) => false,
            Node::Once(inner) | Node::Negate(inner) => inner.orders(),
            Node::Binary(operator) => operator.left.orders() || operator.right.orders(),
            Node::Aggregate(aggregation) => {
                matches!(aggregation.op, AggregateOp::Topk | AggregateOp::Bottomk) || aggregation.inner.orders()
            }
            Node::Call(function, arguments) => function.name.starts_with("sort") || arguments.iter().any(Self::orders),
        }
    }
}

/// What a part is.
#[derive(Debug)]
pub enum Node {
    /// A number.
    Number(f64),
    /// A text.
    Text(String),
    /// An instant vector from the store.
    Select(Select),
    /// A range vector.
    Range(Ranged),
    /// The same at each step: computed once.
    Once(Box<Plan>),
    /// `-x`
    Negate(Box<Plan>),
    /// A binary operator.
    Binary(Box<Operator>),
    /// An aggregation.
    Aggregate(Box<Aggregation>),
    /// A function.
    Call(&'static Function, Vec<Plan>),
}

/// A binary operator.
#[derive(Debug)]
pub struct Operator {
    /// Which.
    pub op: BinaryOp,
    /// `bool`
    pub returns_bool: bool,
    /// How series meet.
    pub matching: Matching,
    /// Left of it.
    pub left: Plan,
    /// Right of it.
    pub right: Plan,
}

/// An aggregation.
#[derive(Debug)]
pub struct Aggregation {
    /// Which.
    pub op: AggregateOp,
    /// Its parameter.
    pub parameter: Option<Plan>,
    /// What is aggregated.
    pub inner: Plan,
    /// `without` (true) or `by`.
    pub without: bool,
    /// The labels of either, sorted.
    pub labels: Vec<Arc<str>>,
}

/// A selection from the store.
#[derive(Debug, Clone)]
pub struct Select {
    /// What must match.
    pub matchers: Vec<Matcher>,
    /// When it looks.
    pub when: When,
    /// How edges are filled.
    pub extend: Extend,
    /// Whether resets of histograms are marked while reading.
    pub compares: bool,
    /// Where it stands in the query.
    pub span: Span,
}

/// When a selector or subquery looks.
#[derive(Debug, Clone, Copy, Default)]
pub struct When {
    /// `offset`
    pub offset_ms: i64,
    /// `@`
    pub at_ms: Option<i64>,
}

impl When {
    /// The instant it looks at when `now` is evaluated.
    pub fn resolve(self, now_ms: i64) -> i64 {
        self.at_ms.unwrap_or(now_ms).saturating_sub(self.offset_ms)
    }
}

/// A range vector.
#[derive(Debug)]
pub enum Ranged {
    /// From the store.
    Select {
        /// What is selected.
        select: Select,
        /// How far back.
        range_ms: i64,
    },
    /// From evaluating at steps.
    Subquery {
        /// What is evaluated.
        inner: Box<Plan>,
        /// How far back.
        range_ms: i64,
        /// The step.
        step_ms: i64,
        /// When it looks.
        when: When,
    },
}

/// The times that a plan is made for.
#[derive(Debug, Clone, Copy)]
pub struct Times {
    /// The first step.
    pub start_ms: i64,
    /// The end.
    pub end_ms: i64,
    /// The step; zero for an instant.
    pub step_ms: i64,
    /// The step of subqueries that name none.
    pub subquery_step_ms: i64,
    /// Where histograms' marks of resets come from.
    pub marks: Marks,
}

/// Where histograms' marks of resets come from. Under `histogram_count` and its like Prometheus reads no buckets and finds
/// resets while reading, so that a reset is marked there which the store only knows as unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Marks {
    /// The store.
    #[default]
    Stored,
    /// Comparing each with the one before.
    Compared,
    /// The store, whatever stands between: a subquery or a function of buckets is above.
    StoredOnly,
}

/// Makes the plan of a query.
///
/// # Errors
/// When a duration is not positive where it must be, or out of bounds.
pub fn plan(expr: &Expr, times: &Times) -> Result<Plan, QueryError> {
    let (plan, invariant) = build(expr, times)?;
    Ok(once(plan, invariant))
}

/// Marks what does not depend on the step, where that saves anything.
fn once(plan: Plan, invariant: bool) -> Plan {
    let cheap = matches!(plan.node, Node::Number(_) | Node::Text(_) | Node::Range(_) | Node::Once(_));
    if !invariant || cheap {
        return plan;
    }
    Plan { span: plan.span, value_type: plan.value_type, node: Node::Once(Box::new(plan)) }
}

/// The plan of a part, and whether it is the same at each step. A part is marked by what is above it, so that the mark sits
/// as high as it can.
fn build(expr: &Expr, times: &Times) -> Result<(Plan, bool), QueryError> {
    let value_type = expr.value_type();
    let span = expr.span;
    let (node, invariant) = match &expr.kind {
        Kind::Paren(inner) | Kind::Unary(false, inner) => return build(inner, times),
        Kind::Number(value) => (Node::Number(*value), true),
        Kind::Text(text) => (Node::Text(text.value.clone()), true),
        Kind::Unary(true, inner) => {
            let (inner, invariant) = build(inner, times)?;
            (Node::Negate(Box::new(inner)), invariant)
        }
        Kind::Vector(selector) => {
            let select = select(selector, span, times)?;
            let invariant = select.when.at_ms.is_some();
            (Node::Select(select), invariant)
        }
        Kind::Range(range) => {
            let select = select(&range.selector, span, times)?;
            let invariant = select.when.at_ms.is_some();
            (Node::Range(Ranged::Select { select, range_ms: positive(&range.range, times)? }), invariant)
        }
        Kind::Subquery(subquery) => return subquery_plan(subquery, span, times),
        Kind::Binary(binary) => {
            let (left, left_invariant) = build(&binary.left, times)?;
            let (right, right_invariant) = build(&binary.right, times)?;
            let invariant = left_invariant && right_invariant;
            let operator = Operator {
                op: binary.op,
                returns_bool: binary.returns_bool,
                matching: binary.matching.clone(),
                left: once(left, left_invariant && !invariant),
                right: once(right, right_invariant && !invariant),
            };
            (Node::Binary(Box::new(operator)), invariant)
        }
        Kind::Aggregate(aggregate) => {
            let (inner, inner_invariant) = build(&aggregate.inner, times)?;
            let parameter = aggregate.parameter.as_ref().map(|parameter| build(parameter, times)).transpose()?;
            let invariant = inner_invariant && parameter.as_ref().is_none_or(|(_, invariant)| *invariant);
            let mut labels = aggregate.labels.clone();
            labels.sort();
            labels.dedup();
            let aggregation = Aggregation {
                op: aggregate.op,
                parameter: parameter.map(|(plan, parameter_invariant)| once(plan, parameter_invariant && !invariant)),
                inner: once(inner, inner_invariant && !invariant),
                without: aggregate.without,
                labels,
            };
            (Node::Aggregate(Box::new(aggregation)), invariant)
        }
        Kind::Call(call) => call_node(call, times)?,
    };
    Ok((Plan { span, value_type, node }, invariant))
}

fn call_node(call: &Call, times: &Times) -> Result<(Node, bool), QueryError> {
    let marks = match (times.marks, call.function.name) {
        (Marks::StoredOnly, _) | (_, "histogram_quantile" | "histogram_quantiles" | "histogram_fraction") => Marks::StoredOnly,
        (_, "histogram_count" | "histogram_sum" | "histogram_avg") => Marks::Compared,
        (marks, _) => marks,
    };
    let times = &Times { marks, ..*times };
    let built = call.arguments.iter().map(|argument| build(argument, times)).collect::<Result<Vec<_>, _>>()?;
    let invariant = !depends_on_step(call.function) && built.iter().all(|(_, invariant)| *invariant);
    // `timestamp` looks at the selector itself, so the selector may not hide behind a mark.
    let bare = matches!(call.function.action, Action::Special(Special::Timestamp | Special::Info));
    let arguments = built.into_iter().map(|(plan, own)| once(plan, own && !invariant && !bare)).collect();
    Ok((Node::Call(call.function, arguments), invariant))
}

/// Functions whose result changes with the step though their arguments do not.
pub fn depends_on_step(function: &Function) -> bool {
    match function.action {
        Action::Date(_) | Action::Special(Special::Timestamp) => true,
        Action::Time(which) => which == TimeFunction::Time,
        Action::Range(_) => function.name == "predict_linear",
        _ => false,
    }
}

fn subquery_plan(subquery: &Subquery, span: Span, times: &Times) -> Result<(Plan, bool), QueryError> {
    let (inner, inner_invariant) = build(&subquery.inner, &Times { marks: Marks::StoredOnly, ..*times })?;
    let when = when(&subquery.shift, times)?;
    let step_ms = match &subquery.step {
        // `step()` of an instant is zero.
        Some(step) => Some(positive(step, times)?).filter(|step| *step > 0).unwrap_or(times.subquery_step_ms.max(1)),
        None => times.subquery_step_ms.max(1),
    };
    let ranged =
        Ranged::Subquery { inner: Box::new(once(inner, inner_invariant)), range_ms: positive(&subquery.range, times)?, step_ms, when };
    let invariant = when.at_ms.is_some();
    Ok((Plan { span, value_type: ValueType::Matrix, node: Node::Range(ranged) }, invariant))
}

fn select(selector: &VectorSelector, span: Span, times: &Times) -> Result<Select, QueryError> {
    Ok(Select {
        matchers: selector.matchers.clone(),
        when: when(&selector.shift, times)?,
        extend: selector.extend,
        compares: times.marks == Marks::Compared,
        span,
    })
}

fn when(shift: &Shift, times: &Times) -> Result<When, QueryError> {
    let offset_ms = shift.offset.as_ref().map_or(Ok(0), |offset| milliseconds(offset, times))?;
    let at_ms = shift.at.map(|at| match at {
        At::Instant(ms) => ms,
        At::Start => times.start_ms,
        At::End => times.end_ms,
    });
    Ok(When { offset_ms, at_ms })
}

fn positive(duration: &Duration, times: &Times) -> Result<i64, QueryError> {
    let ms = milliseconds(duration, times)?;
    // `range()` of an instant is zero: an empty range, not an error.
    let computed = !matches!(duration, Duration::Seconds(_));
    if ms > 0 || (ms == 0 && computed) { Ok(ms.max(0)) } else { evaluation("duration must be greater than 0") }
}

fn milliseconds(duration: &Duration, times: &Times) -> Result<i64, QueryError> {
    let ms = seconds(duration, times)? * 1000.0;
    if !ms.is_finite() || ms.abs() >= 9e15 {
        return evaluation("duration out of range");
    }
    Ok(ms.round() as i64)
}

fn seconds(duration: &Duration, times: &Times) -> Result<f64, QueryError> {
    Ok(match duration {
        Duration::Seconds(value) => *value,
        Duration::Step => times.step_ms as f64 / 1000.0,
        Duration::Range => (times.end_ms - times.start_ms) as f64 / 1000.0,
        Duration::Negated(inner) => -seconds(inner, times)?,
        Duration::Least(a, b) => seconds(a, times)?.min(seconds(b, times)?),
        Duration::Greatest(a, b) => seconds(a, times)?.max(seconds(b, times)?),
        Duration::Binary(op, a, b) => {
            let (a, b) = (seconds(a, times)?, seconds(b, times)?);
            match op {
                BinaryOp::Add => a + b,
                BinaryOp::Sub => a - b,
                BinaryOp::Mul => a * b,
                BinaryOp::Div if b == 0.0 => return evaluation("division by zero"),
                BinaryOp::Mod if b == 0.0 => return evaluation("modulo by zero"),
                BinaryOp::Div => a / b,
                BinaryOp::Mod => a % b,
                _ => a.powf(b),
            }
        }
    })
}
