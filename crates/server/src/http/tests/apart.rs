//! What is another customer's is as nothing: whatever a customer, or a vendor, asks about it, each operation of the document
//! answers as if it had never been.

mod house;

use std::collections::BTreeSet;

use evenkeel_api::{Role, policy};
use evenkeel_store::testing::for_each_database;
use serde_json::Value;

use self::house::{House, MARK};
use super::{
    denial::{self, Asks},
    sample::{self, Ids, NOTHING},
};
use crate::{
    app::migrations,
    testing::{Answer, Browser},
};

/// Asked by nobody here: they end the session that asks, their answer has no end (who is told of what is tested in `stream`), or
/// it is a secret that is another one each time.
const APART: [&str; 4] = ["session_close", "password_change", "change_stream", "calendar_feed_make"];

/// Where a customer sees nothing of their own in this house: another of them approves, the file's bytes are nowhere, the figure
/// that is asked for does not exist, no objective is declared; the rest is for staff.
const UNSEEN: [&str; 13] = [
    "approval_list",
    "attachment_get",
    "change_agenda",
    "change_statistics",
    "change_template_list",
    "figure_evidence",
    "release_statistics",
    "report_evidence",
    "slo_list",
    "slo_show",
    "survey_answers",
    "survey_list",
    "survey_results",
];

struct Asked {
    id: String,
    method: String,
    path: String,
    body: Option<Value>,
}

/// Every operation, with `ids` wherever one stands.
fn asked(document: &Value, ids: &dyn Ids) -> Vec<Asked> {
    let mut all = Vec::new();
    for (template, operations) in document["paths"].as_object().unwrap() {
        for (method, operation) in operations.as_object().unwrap() {
            let id = operation["operationId"].as_str().unwrap();
            if APART.contains(&id) {
                continue;
            }
            let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
            for query in sample::queries(operation, ids) {
                all.push(Asked {
                    id: id.to_owned(),
                    method: method.to_uppercase(),
                    path: format!("{}{query}", sample::path_about(template, operation, ids)),
                    body: (!schema.is_null()).then(|| sample::body_about(document, schema, ids)),
                });
            }
        }
    }
    all
}

async fn ask(browser: &Browser, asked: &Asked) -> Answer {
    browser.clone().send(&asked.method, &asked.path, &[("x-evenkeel-request", "1")], asked.body.clone()).await
}

/// An answer without what differs from one asking to the next, and without the ids that were asked with.
fn plain(answer: &Answer, house: &House) -> String {
    let mut body = answer.body.clone();
    if let Some(body) = body.as_object_mut() {
        for field in ["request_id", "id", "number"] {
            body.remove(field);
        }
    }
    let mut text = format!("{} {}", answer.status, if body.is_null() { answer.text.clone() } else { body.to_string() });
    for id in house.ids.values() {
        text = text.replace(id.as_str(), NOTHING);
    }
    text
}

#[tokio::test]
async fn what_is_another_customers_is_as_nothing_to_every_operation() {
    for_each_database(migrations(), |test| async move {
        let house = House::new(test).await;
        let document = serde_json::to_value(crate::http::document(&house.server.app)).unwrap();
        for name in ["cora", "vera"] {
            let other = house.browser(name).await;
            let (theirs, nothing) = (asked(&document, &house.ids), asked(&document, &NOTHING));
            assert!(theirs.len() > 300, "only {} are asked as {name}", theirs.len());
            let mut learned = Vec::new();
            for (theirs, nothing) in theirs.iter().zip(&nothing) {
                let (found, unknown) = (ask(&other, theirs).await, ask(&other, nothing).await);
                let what = format!("{name}: {} {} {} {:?}", theirs.id, theirs.method, theirs.path, theirs.body);
                assert_ne!(found.status, 500, "{what}: {found:?}");
                let (found, unknown) = (plain(&found, &house), plain(&unknown, &house));
                if found != unknown || found.to_lowercase().contains(MARK) {
                    learned.push(format!("{what}\n  theirs  {found}\n  nothing {unknown}"));
                }
            }
            assert!(learned.is_empty(), "{name} learns of another's by {} questions:\n{}", learned.len(), learned.join("\n"));
        }
        assert!(!house.letters_to("cora").await.to_lowercase().contains(MARK));
        house.still_is().await;
    })
    .await;
}

/// The question above would prove nothing about a thing that nobody sees.
#[tokio::test]
async fn and_whose_it_is_sees_it() {
    for_each_database(migrations(), |test| async move {
        let house = House::new(test).await;
        let document = serde_json::to_value(crate::http::document(&house.server.app)).unwrap();
        let owner = house.browser("carl").await;
        let table = denial::table();
        let (mut seen, mut unseen) = (BTreeSet::new(), BTreeSet::new());
        for (own, nothing) in asked(&document, &house.ids).into_iter().zip(asked(&document, &NOTHING)) {
            let may = match table[own.id.as_str()] {
                Asks::For(permission) => policy::permissions(Role::Customer).contains(&permission),
                Asks::Nothing | Asks::SignIn => false,
            };
            if may && own.method == "GET" {
                let (answer, unknown) = (ask(&owner, &own).await, ask(&owner, &nothing).await);
                let is_seen = answer.status == 200
                    && (answer.text.to_lowercase().contains(MARK) || plain(&answer, &house) != plain(&unknown, &house));
                if is_seen {
                    seen.insert(own.id)
                } else {
                    unseen.insert(own.id)
                };
            }
        }
        let unseen: Vec<_> = unseen.difference(&seen).map(String::as_str).collect();
        assert_eq!(unseen, UNSEEN, "of one's own");
    })
    .await;
}
