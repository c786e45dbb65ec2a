//! What may stand where: types of operands, arguments and parameters.

use super::Fault;
use crate::promql::{
    ast::{Aggregate, AggregateOp, Binary, Cardinality, Expr, Kind, Span, ValueType},
    functions::table::{Extra, Function},
};

/// Signs want a number or an instant vector.
pub fn unary(inner: &Expr) -> Result<(), Fault> {
    match inner.value_type() {
        ValueType::Scalar | ValueType::Vector => Ok(()),
        other => {
            let message =
                format!("unary expression only allowed on expressions of type scalar or instant vector, got {:?}", other.documented());
            Err((inner.span, message))
        }
    }
}

fn expect(expr: &Expr, wanted: ValueType, place: &str) -> Result<(), Fault> {
    let found = expr.value_type();
    if found == wanted {
        if let Kind::Text(text) = &expr.unwrapped().kind
            && !text.valid
        {
            return Err((expr.span, format!("string in {place} is not valid UTF-8")));
        }
        return Ok(());
    }
    Err((expr.span, format!("expected type {} in {place}, got {}", wanted.documented(), found.documented())))
}

/// A function wants its arguments.
pub fn call(function: &Function, arguments: &[Expr], span: Span) -> Result<(), Fault> {
    let (least, most) = function.count();
    let name = function.name;
    let count = arguments.len();
    if count < least {
        let qualifier = if function.extra == Extra::None { "" } else { "at least " };
        return Err((span, format!("expected {qualifier}{least} argument(s) in call to {name:?}, got {count}")));
    }
    if most.is_some_and(|most| count > most) {
        let qualifier = if function.extra == Extra::None { "" } else { "at most " };
        return Err((span, format!("expected {qualifier}{} argument(s) in call to {name:?}, got {count}", most.unwrap_or(0))));
    }
    for (at, argument) in arguments.iter().enumerate() {
        let wanted = function.argument(at);
        expect(argument, wanted, &format!("call to function {name:?}"))?;
    }
    if name == "info" && arguments.get(1).is_some_and(|argument| !matches!(argument.unwrapped().kind, Kind::Vector(_))) {
        return Err((arguments[1].span, "expected label selectors as the second argument to info".to_owned()));
    }
    Ok(())
}

/// An aggregation wants a vector, and its parameter.
pub fn aggregate(aggregate: &Aggregate, source: &str) -> Result<(), Fault> {
    expect(&aggregate.inner, ValueType::Vector, "aggregation expression")?;
    let Some(parameter) = &aggregate.parameter else { return Ok(()) };
    if aggregate.op != AggregateOp::CountValues {
        return expect(parameter, ValueType::Scalar, "aggregation parameter");
    }
    match &parameter.unwrapped().kind {
        Kind::Text(text) if !text.valid || text.value.is_empty() => Err((parameter.span, format!("invalid label name {source}"))),
        _ => expect(parameter, ValueType::Text, "aggregation parameter"),
    }
}

/// Operands, `bool` and matching fit each other.
pub fn binary(binary: &Binary, matching_given: bool, span: Span) -> Result<(), Fault> {
    let op = binary.op;
    let fault = |message: String| Err((span, message));
    for operand in [&binary.left, &binary.right] {
        if !matches!(operand.value_type(), ValueType::Scalar | ValueType::Vector) {
            return Err((operand.span, "binary expression must contain only scalar and instant vector types".to_owned()));
        }
    }
    if binary.returns_bool && !op.compares() {
        return fault("bool modifier can only be used on comparison operators".to_owned());
    }
    let scalars = [&binary.left, &binary.right].iter().filter(|operand| operand.value_type() == ValueType::Scalar).count();
    if op.compares() && !binary.returns_bool && scalars == 2 {
        return fault("comparisons between scalars must use BOOL modifier".to_owned());
    }
    if op.is_set() && scalars > 0 {
        return fault(format!("set operator {:?} not allowed in binary scalar expression", op.symbol()));
    }
    if scalars == 2 && matches!(op.symbol(), "</" | ">/") {
        return fault(format!("operator {:?} not allowed for Scalar operations", op.symbol()));
    }
    let matching = &binary.matching;
    let fills = matching.fill_left.is_some() || matching.fill_right.is_some();
    if matching_given && scalars > 0 {
        let what = if fills { "filling in missing series" } else { "vector matching" };
        return fault(format!("{what} only allowed between instant vectors"));
    }
    if op.is_set() && matching.cardinality != Cardinality::OneToOne {
        return fault(format!("no grouping allowed for {:?} operation", op.symbol()));
    }
    if op.is_set() && fills {
        return fault(format!("filling in missing series not allowed for set operators, got {:?}", op.symbol()));
    }
    if matching.on
        && let Some(label) = matching.labels.iter().find(|label| matching.include.contains(label))
    {
        return fault(format!("label {label:?} must not occur in ON and GROUP clause at once"));
    }
    Ok(())
}
