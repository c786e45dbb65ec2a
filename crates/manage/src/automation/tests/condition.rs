#![allow(clippy::unwrap_used)]
use std::collections::BTreeMap;

use evenkeel_core::id::ServiceId;
use proptest::prelude::*;
use serde_json::json;

use super::*;

fn facts() -> Facts {
    Facts {
        service: ServiceId::named("vpn"),
        customer: None,
        team: None,
        assignee: None,
        priority: Some(Priority::ALL[1]),
        impact: Some(Level::HIGH),
        urgency: Some(Level::MEDIUM),
        item: None,
        state: TicketState::Incident(evenkeel_core::state::IncidentState::New),
        hold: None,
        status: None,
        origin: Some(OriginKind::Person),
        title: "cannot reach 邮箱".to_owned(),
        said: "my password is wrong".to_owned(),
        fields: BTreeMap::from([("floor".to_owned(), json!(3)), ("site".to_owned(), json!(["a", "b"]))]),
    }
}

fn holds(condition: serde_json::Value) -> bool {
    let condition: Condition = serde_json::from_value(condition).unwrap();
    condition.check("/if").unwrap();
    condition.judge(&facts()).0
}

#[test]
fn tests_are_typed_and_joined() {
    assert!(holds(json!({"all": []})));
    assert!(holds(json!({"all": [{"service": ["vpn"]}, {"priority": [1, 2]}, {"not": {"assigned": true}}]})));
    assert!(holds(json!({"any": [{"service": ["mail"]}, {"title_contains": ["邮箱"]}]})));
    assert!(holds(json!({"text_contains": ["PASSWORD"]})));
    assert!(!holds(json!({"team": ["ops"]})));
    assert!(!holds(json!({"not": {"origin": ["person"]}})));
    for (test, held) in [
        (json!({"name": "floor", "at_least": 3}), true),
        (json!({"name": "floor", "at_most": 2.5}), false),
        (json!({"name": "floor", "is": [3]}), true),
        (json!({"name": "site", "is": ["b"]}), true),
        (json!({"name": "none", "answered": false}), true),
        (json!({"name": "none", "at_least": 0}), false),
    ] {
        assert_eq!(holds(json!({ "field": test })), held, "{test}");
    }
}

#[test]
fn an_answer_explains_itself_without_anybodys_words() {
    let condition: Condition =
        serde_json::from_value(json!({"any": [{"text_contains": ["lost", "Password"]}, {"service": ["mail"]}]})).unwrap();
    let (held, reasons) = condition.judge(&facts());
    assert!(held);
    let vpn = ServiceId::named("vpn").to_string();
    let shown: Vec<_> = reasons.iter().map(|reason| (reason.test.as_str(), reason.saw.as_deref(), reason.held)).collect();
    assert_eq!(shown, [("text_contains", Some("Password"), true), ("service", Some(vpn.as_str()), false)]);
}

#[test]
fn what_is_too_deep_too_large_or_empty_is_refused() {
    let nested = |depth: usize| (1..depth).fold(json!({"assigned": true}), |inner, _| json!({ "not": inner }));
    let read = |value: serde_json::Value| serde_json::from_value::<Condition>(value).unwrap();
    read(nested(DEPTH_MAX)).check("/if").unwrap();
    assert!(read(nested(DEPTH_MAX + 1)).check("/if").unwrap_err().detail.contains("deep"));
    let many = json!({"any": vec![json!({"assigned": true}); VALUES_MAX]});
    assert!(read(many).check("/if").unwrap_err().detail.contains("at most 100 tests"));
    for empty in [json!({"any": []}), json!({"service": []}), json!({"title_contains": [" "]}), json!({"field": {"name": "floor"}})] {
        read(empty.clone()).check("/if").unwrap_err();
    }
    serde_json::from_value::<Condition>(json!({"priority": [9]})).unwrap_err();
    serde_json::from_value::<Condition>(json!({"title_matches": ["(a+)+"]})).unwrap_err();
}

fn any_condition() -> impl Strategy<Value = Condition> {
    let leaf = prop_oneof![
        any::<bool>().prop_map(Condition::Assigned),
        proptest::collection::vec(0usize..5, 1..3)
            .prop_map(|all| Condition::Priority(all.into_iter().map(|place| Priority::ALL[place]).collect())),
        proptest::collection::vec("[a-z邮]{1,4}", 1..3).prop_map(Condition::TitleContains),
        (0i32..6).prop_map(|least| Condition::Field(FieldTest {
            name: "floor".to_owned(),
            at_least: Some(f64::from(least)),
            ..FieldTest::default()
        })),
    ];
    leaf.prop_recursive(6, 60, 5, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..5).prop_map(Condition::All),
            proptest::collection::vec(inner.clone(), 1..5).prop_map(Condition::Any),
            inner.prop_map(|inner| Condition::Not(Box::new(inner))),
        ]
    })
}

proptest! {
    #[test]
    fn a_condition_is_what_it_is_written_as(condition in any_condition()) {
        let read: Condition = serde_json::from_value(serde_json::to_value(&condition).unwrap()).unwrap();
        prop_assert_eq!(&read, &condition);
        prop_assert_eq!(read.judge(&facts()), condition.judge(&facts()));
    }

    #[test]
    fn not_is_the_other_answer_and_every_test_gives_its_reason(condition in any_condition()) {
        let (held, reasons) = condition.judge(&facts());
        let leaves = condition.nodes().iter().filter(|node| !matches!(node, Condition::All(_) | Condition::Any(_) | Condition::Not(_))).count();
        prop_assert_eq!(reasons.len(), leaves);
        prop_assert_eq!(Condition::Not(Box::new(condition)).judge(&facts()).0, !held);
    }

    #[test]
    fn no_input_makes_it_fall(text in "[\\[\\]{}:,\"a-z0-9_ ]{0,200}") {
        if let Ok(condition) = serde_json::from_str::<Condition>(&text) {
            let _ = condition.check("/if");
            let _ = condition.judge(&facts());
        }
    }
}
