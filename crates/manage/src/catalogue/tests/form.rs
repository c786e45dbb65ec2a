#![allow(clippy::unwrap_used)]

use evenkeel_core::id::PersonId;
use serde_json::json;

use super::{
    super::{answer::validate, form},
    *,
};

fn fields(text: &Value) -> Vec<Field> {
    serde_json::from_value(text.clone()).unwrap()
}

fn laptop() -> Vec<Field> {
    fields(&json!([
        { "key": "kind", "label": { "zh": "种类", "en": "Kind" }, "type": "choice", "required": true, "options": [
            { "key": "laptop", "label": { "zh": "笔记本", "en": "Laptop" } }, { "key": "phone", "label": { "zh": "手机", "en": "Phone" } }] },
        { "key": "memory", "label": { "zh": "内存", "en": "Memory" }, "type": "number", "min": 8, "max": 64, "whole": true, "required": true,
            "shown_when": { "field": "kind", "is": ["laptop"] } },
        { "key": "why", "label": { "zh": "为什么", "en": "Why" }, "type": "long_text", "required": true, "shown_when": { "field": "memory", "is": [64] } },
    ]))
}

fn answers(text: Value) -> Answers {
    serde_json::from_value(text).unwrap()
}

#[test]
fn what_is_not_shown_is_neither_asked_for_nor_kept() {
    let phone = validate(&laptop(), &answers(json!({ "kind": "phone", "memory": 1000 }))).unwrap();
    assert_eq!(phone, answers(json!({ "kind": "phone" })));
    // A field that depends on a hidden one is hidden too.
    let phone = validate(&laptop(), &answers(json!({ "kind": "phone", "memory": 64 }))).unwrap();
    assert_eq!(phone.len(), 1);
    assert_eq!(validate(&laptop(), &answers(json!({ "kind": "laptop", "memory": 64 }))).unwrap_err().at.unwrap(), "/answers/why");
}

#[test]
fn an_answer_is_of_its_kind_and_within_its_bounds() {
    for (wrong, at) in [
        (json!({}), "/answers/kind"),
        (json!({ "kind": "car" }), "/answers/kind"),
        (json!({ "kind": ["laptop"] }), "/answers/kind"),
        (json!({ "kind": "laptop", "memory": 7 }), "/answers/memory"),
        (json!({ "kind": "laptop", "memory": 8.5 }), "/answers/memory"),
        (json!({ "kind": "laptop", "memory": "8" }), "/answers/memory"),
        (json!({ "kind": "laptop", "memory": 8, "colour": "red" }), "/answers/colour"),
    ] {
        assert_eq!(validate(&laptop(), &answers(wrong.clone())).unwrap_err().at.as_deref(), Some(at), "{wrong}");
    }
    assert!(validate(&laptop(), &answers(json!({ "kind": "laptop", "memory": 8 }))).is_ok());
}

#[test]
fn ten_thousand_answers_are_refused_before_they_are_looked_at() {
    let many: Answers = (0..10_000).map(|n| (format!("f{n}"), json!("x"))).collect();
    let refused = validate(&laptop(), &many).unwrap_err();
    assert_eq!(refused.at.as_deref(), Some("/answers"));
    assert!(refused.detail.len() < 200);
}

#[test]
fn a_field_depends_on_one_above_it_that_can_say_so() {
    let base = laptop();
    for (when, at) in [
        (json!({ "field": "why", "is": ["x"] }), "/form/1/shown_when/field"),
        (json!({ "field": "memory", "is": [8] }), "/form/1/shown_when/field"),
        (json!({ "field": "kind", "is": ["car"] }), "/form/1/shown_when/is/0"),
        (json!({ "field": "kind", "is": [] }), "/form/1/shown_when/is"),
    ] {
        let mut form = base.clone();
        form[1].shown_when = Some(serde_json::from_value(when.clone()).unwrap());
        assert_eq!(form::check(&form).unwrap_err().at.as_deref(), Some(at), "{when}");
    }
    assert!(form::check(&base).is_ok());
    let long: Vec<Field> = (0..10_000).map(|n| Field { key: format!("f{n}"), ..base[0].clone() }).collect();
    assert_eq!(form::check(&long).unwrap_err().at.as_deref(), Some("/form"));
}

#[test]
fn several_choices_dates_lines_and_people() {
    let form = fields(&json!([
        { "key": "days", "label": { "zh": "a", "en": "a" }, "type": "choice", "several": true, "options": [
            { "key": "mon", "label": { "zh": "a", "en": "a" } }, { "key": "tue", "label": { "zh": "a", "en": "a" } }] },
        { "key": "on", "label": { "zh": "a", "en": "a" }, "type": "date", "from": "2026-01-01" },
        { "key": "line", "label": { "zh": "a", "en": "a" }, "type": "text", "max_chars": 3 },
        { "key": "who", "label": { "zh": "a", "en": "a" }, "type": "person" },
        { "key": "sure", "label": { "zh": "a", "en": "a" }, "type": "yes_no" },
    ]));
    assert!(form::check(&form).is_ok());
    let good = json!({ "days": ["tue", "mon"], "on": "2026-02-28", "line": "小二三", "who": PersonId::named("a"), "sure": false });
    assert_eq!(validate(&form, &answers(good.clone())).unwrap(), answers(good));
    for wrong in [
        json!({ "days": ["mon", "mon"] }),
        json!({ "days": ["sun"] }),
        json!({ "on": "2026-02-30" }),
        json!({ "on": "2025-12-31" }),
        json!({ "line": "long" }),
        json!({ "line": "a\nb" }),
        json!({ "who": "ann" }),
        json!({ "sure": "yes" }),
    ] {
        assert!(validate(&form, &answers(wrong.clone())).is_err(), "{wrong}");
    }
}
