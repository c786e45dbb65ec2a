//! A write sent twice under one key is done once.

use evenkeel_store::testing::for_each_database;
use serde_json::json;

use crate::{
    app::migrations,
    testing::{Answer, Browser, Server, code},
};

async fn apply(browser: &mut Browser, key: &str, name: &str) -> Answer {
    let text = format!("organisations: [{{name: {name}, display: {{zh: a, en: b}}, kind: customer}}]");
    let body = json!({ "files": [{ "name": "c.yaml", "text": text }] });
    browser.send("POST", "/api/v1/definitions", &[("x-evenkeel-request", "1"), ("idempotency-key", key)], Some(body)).await
}

#[tokio::test]
async fn the_second_is_answered_as_the_first_was() {
    for_each_database(migrations(), |test| async move {
        let server = Server::new(&test);
        let mut admin = server.admin().await;
        let first = apply(&mut admin, "k1", "acme").await;
        assert_eq!((first.status, first.body["changes"][0]["action"].as_str()), (200, Some("create")), "{first:?}");
        let second = apply(&mut admin, "k1", "acme").await;
        assert_eq!((second.status, &second.body), (200, &first.body), "done again, it would say: none");
        assert_eq!(second.headers["idempotency-replayed"], "true");
        let other = apply(&mut admin, "k1", "other").await;
        assert_eq!((other.status, code(&other)), (422, "invalid"), "one key is one request");
        let fresh = apply(&mut admin, "k2", "acme").await;
        assert_eq!(fresh.body["changes"][0]["action"], "none");
    })
    .await;
}

#[tokio::test]
async fn a_refusal_is_kept_and_a_secret_is_not() {
    for_each_database(migrations(), |test| async move {
        let server = Server::new(&test);
        let mut admin = server.admin().await;
        let headers = [("x-evenkeel-request", "1"), ("idempotency-key", "k3")];
        let refused = json!({ "name": "", "permissions": ["health.read"] });
        let first = admin.send("POST", "/api/v1/tokens", &headers, Some(refused.clone())).await;
        let second = admin.send("POST", "/api/v1/tokens", &headers, Some(refused)).await;
        assert_eq!((first.status, second.status), (422, 422));
        assert_eq!(second.headers["content-type"], "application/problem+json");

        let headers = [("x-evenkeel-request", "1"), ("idempotency-key", "k4")];
        let body = json!({ "name": "t", "permissions": ["health.read"] });
        let first = admin.send("POST", "/api/v1/tokens", &headers, Some(body.clone())).await;
        let second = admin.send("POST", "/api/v1/tokens", &headers, Some(body)).await;
        assert_ne!(first.body["secret"], second.body["secret"]);
    })
    .await;
}
