//! A definition read as a file says it.

use evenkeel_store::testing::for_each_database;
use serde_json::json;

use crate::{app::migrations, testing::Server};

const HOUSE: &str = r#"
organisations: [{ name: keel, display: { zh: 稳舵, en: Keel }, kind: provider }]
people: [{ name: han, display: Han, organisation: keel, email: han@keel.example, roles: [engineer] }]
teams: [{ name: web, display: { zh: 网站组, en: Web }, organisation: keel, members: [han] }]
services: [{ name: shop, display: { zh: 商店, en: Shop }, team: web, owner: han }]
probes:
  - name: basket
    service: shop
    http: { url: "https://shop.example/basket", headers: { X-Check: "1: #yes" }, expect_status: [200, 204], body_contains: "购物: {" }
    interval_secs: 15
    quorum: 1
"#;

#[tokio::test]
async fn a_probe_read_as_a_file_changes_nothing_when_it_is_applied_and_one_thing_when_one_was_changed() {
    for_each_database(migrations(), |test| async move {
        let server = Server::new(&test);
        let mut admin = server.admin().await;
        let marked = [("x-evenkeel-request", "1")];
        let apply = |text: &str, dry_run: bool| json!({ "files": [{ "name": "c.yaml", "text": text }], "dry_run": dry_run });
        admin.send("POST", "/api/v1/definitions", &marked, Some(apply(HOUSE, false))).await;
        let probes = admin.send("GET", "/api/v1/probes", &[], None).await;
        let id = probes.body["items"][0]["id"].as_str().unwrap().to_owned();
        let read = admin.send("GET", &format!("/api/v1/probes/{id}/definition"), &[], None).await;
        let text = read.body["text"].as_str().unwrap().to_owned();
        let same = admin.send("POST", "/api/v1/definitions", &marked, Some(apply(&text, true))).await;
        assert_eq!(same.body["changes"][0]["action"], "none", "{text}");
        let changed = text.replace("interval_secs: 15", "interval_secs: 20");
        let changed = admin.send("POST", "/api/v1/definitions", &marked, Some(apply(&changed, true))).await;
        assert_eq!(changed.body["changes"][0]["action"], "update", "{text}");
    })
    .await;
}
