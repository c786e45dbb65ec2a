#![allow(clippy::unwrap_used)]

use evenkeel_core::{
    definition::Bilingual,
    id::{IncidentId, PageId, PersonId, TeamId},
    priority::Priority,
};
use serde_json::Value;

use super::*;
use crate::page::{
    message::{Envelope, Line},
    port::PersonCard,
};

/// A notice of `others` incidents besides one, whose titles are `title`.
fn notice(reason: PageReason, title: &str, others: usize) -> Notice {
    let both = || Bilingual { zh: "商店".repeat(40), en: "Shop ".repeat(40) };
    let url = format!("https://keel.example/ack?token={}", "a".repeat(64));
    let incident = IncidentId::named("one");
    Notice {
        envelope: Envelope {
            page_id: PageId::named("page"),
            incident_id: incident,
            person_id: PersonId::named("an"),
            team_id: TeamId::named("desk"),
            round: 1,
            step: 1,
            reason,
            because: String::new(),
            method_id: None,
            with: Vec::new(),
        },
        key: "key".to_owned(),
        person: PersonCard {
            id: PersonId::named("an"),
            display: "安".to_owned(),
            mail: None,
            webhook: None,
            locale: Locale::Zh,
            active: true,
        },
        team: both(),
        number: 1042,
        title: title.to_owned(),
        service: both(),
        priority: Priority::ALL[2],
        at: jiff::Timestamp::UNIX_EPOCH,
        zone: "UTC".to_owned(),
        incident_url: format!("https://keel.example/incidents/{incident}"),
        acknowledge_url: (reason == PageReason::Firing).then(|| url.clone()),
        more: (0..others)
            .map(|number| Line {
                number: 1_000_000 + i64::try_from(number).unwrap(),
                title: title.to_owned(),
                priority: Priority::ALL[1],
                acknowledge_url: url.clone(),
            })
            .collect(),
    }
}

fn push(notice: &Notice) -> (Push, Value) {
    let push = Push::page(notice, &words::words(notice), Some(&format!("https://keel.example/api/v1/page-receipts/{}", "b".repeat(64))));
    let shown = serde_json::from_slice(&push.plain().unwrap()).unwrap();
    (push, shown)
}

#[test]
fn a_note_says_what_it_is_about_and_where_to_answer() {
    let (push, note) = push(&notice(PageReason::Firing, "打不开", 0));
    assert_eq!((push.ttl_secs, push.urgent, push.topic.len()), (14_400, false, 32));
    assert!(note["title"].as_str().unwrap().contains("P3 INC-1042 · 打不开"), "{note}");
    assert!(note["body"].as_str().unwrap().contains("商店"), "{note}");
    assert_eq!(note["answer"]["label"], "我来处理");
    assert_eq!(note["answer"]["token"], "a".repeat(64));
    assert_eq!(note["answer"]["path"], format!("/ack?token={}", "a".repeat(64)));
    assert_eq!(note["receipt"], "b".repeat(64));
    assert_eq!(note["open"]["path"], format!("/incidents/{}", IncidentId::named("one")));
}

#[test]
fn the_end_has_the_tag_of_the_page_and_asks_for_nothing() {
    let (fired, page) = push(&notice(PageReason::Firing, "打不开", 0));
    let (over, end) = push(&notice(PageReason::Resolved, "打不开", 0));
    assert_eq!((&page["tag"], &fired.topic), (&end["tag"], &over.topic));
    assert!(end["answer"].is_null() && end["alert"] == false && !over.urgent);
}

#[test]
fn the_gravest_of_a_bundle_decides_and_the_bundle_opens_the_queue() {
    let (push, note) = push(&notice(PageReason::Firing, "打不开", 2));
    assert!(push.urgent);
    assert_eq!((note["bundle"].as_array().unwrap().len(), &note["open"]["path"]), (3, &Value::from("/incidents")));
    assert!(note["answer"].is_null() && note["number"].is_null(), "{note}");
}

#[test]
fn whatever_the_titles_are_it_fits() {
    for title in ["🛥".repeat(5_000), "\"\\\u{1}".repeat(500), "x".repeat(10_000)] {
        for others in [0, 1, 15, 49] {
            let plain = push(&notice(PageReason::Firing, &title, others)).0.plain().unwrap();
            assert!(plain.len() <= PLAIN_BYTES_MAX, "{} bytes with {others} others", plain.len());
        }
    }
}

#[test]
fn a_drill_is_answered_from_its_note() {
    let words = words::drill(Locale::En, "https://keel.example/drill?token=beef");
    let push = Push::drill(Locale::En, &words, "https://keel.example/drill?token=beef");
    let note: Value = serde_json::from_slice(&push.plain().unwrap()).unwrap();
    assert_eq!((&note["answer"]["api"], &note["answer"]["token"]), (&"/api/v1/drills".into(), &"beef".into()));
    assert!(push.urgent && !note["body"].as_str().unwrap().contains("http"));
}
