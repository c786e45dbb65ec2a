#![allow(clippy::unwrap_used)]

use serde_json::{Value, json};

use super::*;

fn steps(text: Value) -> Vec<ApprovalStep> {
    serde_json::from_value(text).unwrap()
}

fn form() -> Vec<Field> {
    serde_json::from_value(json!([
        { "key": "kind", "label": { "zh": "a", "en": "a" }, "type": "choice", "options": [{ "key": "laptop", "label": { "zh": "a", "en": "a" } }] },
        { "key": "count", "label": { "zh": "a", "en": "a" }, "type": "number", "max": 10 },
    ]))
    .unwrap()
}

fn price() -> Price {
    Price { amount_minor: 5_000, currency: "CNY".to_owned(), per: None }
}

#[test]
fn a_step_that_could_never_be_asked_is_refused_where_it_stands() {
    for (condition, at) in [
        (json!({ "answer": { "field": "colour", "is": ["red"] } }), "/approvals/0/only_when/answer/field"),
        (json!({ "answer": { "field": "kind", "is": ["car"] } }), "/approvals/0/only_when/answer/is/0"),
        (json!({ "number": { "field": "count", "at_least": 11 } }), "/approvals/0/only_when/number/at_least"),
        (json!({ "number": { "field": "kind", "at_least": 1 } }), "/approvals/0/only_when/number/field"),
        (json!({ "price": { "at_least_minor": 5001 } }), "/approvals/0/only_when/price/at_least_minor"),
    ] {
        let asked = steps(json!([{ "by": "service_owner", "only_when": condition }]));
        assert_eq!(check(&asked, &form(), Some(&price())).unwrap_err().at.as_deref(), Some(at), "{condition}");
    }
    let dear = steps(json!([{ "by": "service_owner", "only_when": { "price": { "at_least_minor": 100 } } }]));
    assert!(check(&dear, &form(), Some(&price())).is_ok());
    assert_eq!(check(&dear, &form(), None).unwrap_err().at.as_deref(), Some("/approvals/0/only_when/price"));
}

#[test]
fn a_step_that_comes_back_to_where_it_began_is_refused_where_it_does() {
    let (ann, ops) = (PersonId::named("ann"), TeamId::named("ops"));
    let step = |escalate_to: Value| {
        steps(json!([
            { "by": "line_manager" },
            { "by": { "person": ann }, "time_out": { "hours": 4, "escalate_to": escalate_to } }
        ]))
    };
    let ops_of = |quorum| json!({ "team": { "team": ops, "quorum": quorum } });
    for (escalate_to, at) in [
        (json!([{ "person": ann }]), "/approvals/1/time_out/escalate_to/0"),
        (json!(["service_owner", { "person": ann }]), "/approvals/1/time_out/escalate_to/1"),
        (json!([ops_of(1), ops_of(2)]), "/approvals/1/time_out/escalate_to/1"),
        (json!([ops_of(0)]), "/approvals/1/time_out/escalate_to/0/team/quorum"),
    ] {
        assert_eq!(check(&step(escalate_to.clone()), &[], None).unwrap_err().at.as_deref(), Some(at), "{escalate_to}");
    }
    assert!(check(&step(json!(["service_owner", "line_manager", ops_of(1)])), &[], None).is_ok());
}

#[test]
fn steps_hours_and_levels_are_bounded() {
    let many: Vec<Value> = (0..21).map(|_| json!({ "by": "service_owner" })).collect();
    assert_eq!(check(&steps(json!(many)), &[], None).unwrap_err().at.as_deref(), Some("/approvals"));
    for hours in [0, -1, 24 * 92 + 1] {
        let step = steps(json!([{ "by": "service_owner", "time_out": { "hours": hours } }]));
        assert_eq!(check(&step, &[], None).unwrap_err().at.as_deref(), Some("/approvals/0/time_out/hours"));
    }
}

#[test]
fn a_condition_is_judged_on_what_was_answered_and_what_it_costs() {
    let asked = |condition: Value, answers: Value, price| {
        steps(json!([{ "by": "service_owner", "only_when": condition }]))[0].applies(&serde_json::from_value(answers).unwrap(), price)
    };
    assert!(asked(json!({ "answer": { "field": "kind", "is": ["laptop"] } }), json!({ "kind": "laptop" }), None));
    assert!(asked(json!({ "answer": { "field": "days", "is": ["mon"] } }), json!({ "days": ["sun", "mon"] }), None));
    assert!(!asked(json!({ "answer": { "field": "kind", "is": ["laptop"] } }), json!({}), None));
    assert!(asked(json!({ "number": { "field": "count", "at_least": 3 } }), json!({ "count": 3 }), None));
    assert!(!asked(json!({ "number": { "field": "count", "at_least": 3 } }), json!({ "count": 2 }), None));
    assert!(asked(json!({ "price": { "at_least_minor": 100 } }), json!({}), Some(100)));
    assert!(!asked(json!({ "price": { "at_least_minor": 100 } }), json!({}), Some(99)));
    assert!(!asked(json!({ "price": { "at_least_minor": 100 } }), json!({}), None));
}
