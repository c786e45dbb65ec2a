//! The document itself.

use std::collections::BTreeSet;

use evenkeel_core::language::Language;
use evenkeel_store::testing::for_each_database;

use crate::{app::migrations, testing::Server};

/// The document is a file of the repository, from which the console's client is made: `UPDATE_SNAPSHOTS=1 cargo test` writes it.
#[tokio::test]
async fn the_published_document_is_fresh() {
    for_each_database(migrations(), |test| async move {
        let text = crate::http::document(&Server::new(&test).app).to_pretty_json().unwrap();
        crate::snapshot("docs/api/openapi.json", &format!("{text}\n"));
    })
    .await;
}

#[test]
fn the_manual_draws_the_machines_as_they_are() {
    for language in [Language::Zh, Language::En] {
        crate::snapshot(&format!("docs/{}/states.md", language.as_str()), &evenkeel_manage::ticket::states(language));
    }
}

#[tokio::test]
async fn the_document_is_whole() {
    for_each_database(migrations(), |test| async move {
        let document = serde_json::to_value(crate::http::document(&Server::new(&test).app)).unwrap();
        assert_eq!(document["openapi"], "3.1.0");
        let schemas: BTreeSet<&str> = document["components"]["schemas"].as_object().unwrap().keys().map(String::as_str).collect();
        let mut wanted = BTreeSet::new();
        references(&document, &mut wanted);
        let missing: Vec<_> = wanted.iter().filter(|name| !schemas.contains(name.as_str())).collect();
        assert!(missing.is_empty(), "referred to, but not there: {missing:?}");
        let mut seen = BTreeSet::new();
        for (path, item) in document["paths"].as_object().unwrap() {
            for operation in item.as_object().unwrap().values() {
                let id = operation["operationId"].as_str().unwrap_or_else(|| panic!("{path} has an operation without an id"));
                assert!(seen.insert(id.to_owned()), "{id} stands twice");
                assert!(operation["tags"].as_array().is_some_and(|tags| tags.len() == 1), "{id} has not one tag");
                assert!(operation["summary"].is_string(), "{id} says not what it does");
            }
        }
    })
    .await;
}

fn references(value: &serde_json::Value, found: &mut BTreeSet<String>) {
    match value {
        serde_json::Value::Object(fields) => {
            if let Some(name) =
                fields.get("$ref").and_then(|path| path.as_str()).and_then(|path| path.strip_prefix("#/components/schemas/"))
            {
                found.insert(name.to_owned());
            }
            fields.values().for_each(|field| references(field, found));
        }
        serde_json::Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        _ => {}
    }
}
