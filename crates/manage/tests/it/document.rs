//! The hall's part of the API document is whole.

use std::collections::BTreeSet;

use evenkeel_api::{Kit, document};
use evenkeel_manage::Manage;
use serde_json::Value;

use crate::world::in_world;

fn refs(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(map) => {
            if let Some(Value::String(target)) = map.get("$ref") {
                found.insert(target.trim_start_matches("#/components/schemas/").to_owned());
            }
            map.values().for_each(|value| refs(value, found));
        }
        Value::Array(items) => items.iter().for_each(|value| refs(value, found)),
        _ => {}
    }
}

#[tokio::test]
async fn every_operation_is_named_tagged_and_described_and_every_reference_resolves() {
    in_world(|world| async move {
        let (_, api) = evenkeel_manage::router(Manage::new(Kit::new(world.test.db.clone()), crate::world::blobs())).split();
        let whole = api.written_into(document::base());
        let whole = serde_json::to_value(&whole).unwrap();
        let mut operations = BTreeSet::new();
        for (path, methods) in whole["paths"].as_object().unwrap() {
            for (method, operation) in methods.as_object().unwrap() {
                let id = operation["operationId"].as_str().unwrap();
                assert!(operations.insert(id.to_owned()), "{id} twice");
                assert_eq!(operation["tags"].as_array().unwrap().len(), 1, "{method} {path}");
                let said = operation["summary"].as_str().or_else(|| operation["description"].as_str());
                assert!(said.is_some_and(|said| !said.is_empty()), "{method} {path}");
            }
        }
        assert_eq!(operations.len(), 247, "{operations:?}");
        let mut wanted = BTreeSet::new();
        refs(&whole, &mut wanted);
        let known = whole["components"]["schemas"].as_object().unwrap();
        let missing: Vec<_> = wanted.iter().filter(|name| !known.contains_key(*name)).collect();
        assert!(missing.is_empty(), "{missing:?}");
    })
    .await;
}
