#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use proptest::prelude::*;

use super::{HEIGHT_MAX, parse};
use crate::promql::ast::{BinaryOp, Kind};

fn message(text: &str) -> String {
    let error = parse(text).expect_err(text);
    format!("{}:{} {}", error.line, error.column, error.message)
}

#[test]
fn operators_bind_as_in_prometheus() {
    let top = |text: &str| match parse(text).unwrap().kind {
        Kind::Binary(binary) => binary.op,
        Kind::Unary(..) => panic!("unary {text}"),
        other => panic!("{other:?}"),
    };
    assert_eq!(top("1 + 2 * 3"), BinaryOp::Add);
    assert_eq!(top("a or b and c"), BinaryOp::Or);
    assert_eq!(top("a == b + c"), BinaryOp::Equal);
    assert_eq!(top("-a ^ 2 * 3"), BinaryOp::Mul);
    assert!(matches!(parse("-1 ^ 2").unwrap().kind, Kind::Unary(true, _)));
}

#[test]
fn power_groups_from_the_right_and_subtraction_from_the_left() {
    let Kind::Binary(power) = parse("2 ^ 3 ^ 2").unwrap().kind else { panic!() };
    assert!(matches!(power.right.kind, Kind::Binary(_)));
    let Kind::Binary(difference) = parse("3 - 2 - 1").unwrap().kind else { panic!() };
    assert!(matches!(difference.left.kind, Kind::Binary(_)));
}

#[test]
fn names_outside_the_classic_alphabet_stand_in_quotes() {
    for text in [r#"{"metric.name", "a.b"="c"}"#, r#"sum by ("a.b") ({"é"})"#, r#"{"x"}[5m]"#, "a:b:c", "sum", "avg{on=\"1\"}"] {
        assert!(parse(text).is_ok(), "{text}");
    }
}

#[test]
fn numbers_are_read_in_every_notation() {
    for (text, value) in [("0x1F", 31.0), ("1_000", 1000.0), ("010", 8.0), ("1e3", 1000.0), (".5", 0.5), ("1h30m", 5400.0), ("5ms", 0.005)]
    {
        match parse(text).unwrap().kind {
            Kind::Number(found) => assert!((found - value).abs() < 1e-12, "{text}"),
            other => panic!("{text}: {other:?}"),
        }
    }
}

#[test]
fn errors_name_the_place_and_what_would_be_right() {
    for (text, wanted) in [
        ("", "1:1 no expression found in input"),
        ("sum(", "1:5 unexpected end of input where an expression begins, expected a metric, a function, a number or \"(\""),
        ("rat(x[5m])", "1:1 unknown function with name \"rat\"; did you mean \"rate\"?"),
        ("rate(x)", "1:6 expected type range vector in call to function \"rate\", got instant vector"),
        ("a +\n  * b", "2:3 unexpected \"*\" where an expression begins, expected a metric, a function, a number or \"(\""),
        ("1 == 2", "1:1 comparisons between scalars must use BOOL modifier"),
        ("{a=\"\"}", "1:1 vector selector must contain at least one non-empty matcher"),
        ("x offset 5m offset 5m", "1:13 offset may not be set multiple times"),
        ("x and on(a) group_left(b) y", "1:1 no grouping allowed for \"and\" operation"),
        ("5m5m", "1:1 bad number or duration syntax: \"5m5m\""),
        ("'abc", "1:1 unterminated quoted string"),
    ] {
        assert_eq!(message(text), wanted, "{text}");
    }
}

#[test]
fn nesting_is_bounded() {
    let deep = |count: usize| format!("{}1{}", "(".repeat(count), ")".repeat(count));
    assert!(parse(&deep(HEIGHT_MAX - 2)).is_ok());
    assert!(message(&deep(100_000)).contains("levels deep"));
    assert!(message(&vec!["1"; 50_000].join("+")).contains("levels deep"));
    assert!(message(&"-".repeat(50_000)).contains("levels deep"));
    assert!(parse(&format!("x[{}5m]", "-".repeat(50_000))).is_err());
    assert!(parse(&format!("x[{}]", vec!["5m"; 50_000].join("+"))).is_err());
}

/// Pieces that queries are made of, so that random texts get further than the first character.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "sum",
        "rate",
        "x",
        "{",
        "}",
        "(",
        ")",
        "[",
        "]",
        "5m",
        "1.5",
        "\"a\"",
        "'",
        "=",
        "=~",
        "!=",
        "!~",
        ",",
        ":",
        "by",
        "on",
        "ignoring",
        "group_left",
        "offset",
        "@",
        "start",
        "end",
        "step",
        "-",
        "+",
        "*",
        "^",
        "</",
        ">/",
        "==",
        "bool",
        "and",
        "or",
        "unless",
        "topk",
        "fill",
        "anchored",
        "smoothed",
        "0x",
        "1e",
        "#",
        "\n",
        " ",
        "é",
        "\\",
        "`",
        "inf",
        "info",
        "min_of",
    ]);
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn no_text_makes_the_parser_panic(text in "\\PC{0,60}") {
        let _ = parse(&text);
    }

    #[test]
    fn no_order_of_pieces_makes_the_parser_panic(text in pieces()) {
        if let Err(error) = parse(&text) {
            prop_assert!(error.span.start <= text.len() && error.span.end <= text.len(), "{error:?}");
            prop_assert!(error.line >= 1 && error.column >= 1);
        }
    }
}
