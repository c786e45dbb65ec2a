//! A heartbeat through the whole house: from its report to the incident, and what keeps it back.

use evenkeel_core::Actor;
use evenkeel_store::{
    consumer,
    testing::{TestDb, for_each_database},
};
use jiff::SignedDuration;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::{
    app::migrations,
    definition::{self, Source},
    testing::{Answer, BODY_LIMIT, Browser, Server, code},
};

const HOUSE: &str = "
organisations: [{ name: keel, display: { zh: 稳舵, en: Keel }, kind: provider }]
people: [{ name: han, display: Han, organisation: keel, email: han@keel.example, roles: [engineer] }]
teams: [{ name: web, display: { zh: 网站组, en: Web }, organisation: keel, members: [han] }]
services: [{ name: shop, display: { zh: 商店, en: Shop }, team: web, owner: han, verify_secs: 0, auto_resolve: true }]
heartbeats: [{ name: backup, service: shop, every_secs: 60, grace_secs: 30 }]
";

struct House {
    test: TestDb,
    server: Server,
    admin: Browser,
    ping: String,
    _stop: tokio_util::sync::DropGuard,
}

impl House {
    async fn new(test: TestDb) -> Self {
        let server = Server::new(&test);
        let admin = server.admin().await;
        let cancel = CancellationToken::new();
        let (heartbeats, until) = (server.app.heartbeats().clone(), cancel.clone());
        tokio::spawn(async move { heartbeats.start(until).await });
        let mut house = Self { test, server, admin, ping: String::new(), _stop: cancel.drop_guard() };
        house.apply(HOUSE).await;
        let id = house.heartbeat().await["id"].as_str().unwrap().to_owned();
        let made = house.admin.post(&format!("/api/v1/heartbeats/{id}/address"), json!({})).await;
        assert_eq!(made.status, 201, "{made:?}");
        made.body["url"].as_str().unwrap().strip_prefix("http://evenkeel.test").unwrap().clone_into(&mut house.ping);
        house
    }

    async fn apply(&self, text: &str) {
        let source = Source { name: "house.yaml".into(), text: text.to_owned() };
        definition::apply(&self.test.db, self.server.app.tenant, Actor::system("test"), &[source], false).await.unwrap();
    }

    async fn heartbeat(&mut self) -> Value {
        self.admin.get("/api/v1/heartbeats").await.body["items"][0].clone()
    }

    /// Reports as a job does: from no browser, signed in as nobody.
    async fn report(&self, rest: &str) -> u16 {
        self.server.browser().send("POST", &format!("{}{rest}", self.ping), &[], None).await.status
    }

    /// Reports with so many bytes of evidence.
    async fn says(&self, bytes: usize) -> Answer {
        let request = http::Request::post(&self.ping).header("host", "evenkeel.test").body("x".repeat(bytes).into()).unwrap();
        self.server.browser().raw(request).await
    }

    /// Every reader of the ledger reads what there is.
    async fn settle(&self) {
        for reader in self.server.app.halls.consumers() {
            while consumer::run_once(&self.test.db, reader.as_ref(), 100).await.unwrap().1 {}
        }
    }

    async fn incidents(&mut self) -> Vec<Value> {
        self.settle().await;
        self.admin.get("/api/v1/incidents").await.body["items"].as_array().unwrap().clone()
    }
}

async fn on_both<F, Fut>(body: F)
where
    F: Fn(House) -> Fut,
    Fut: Future<Output = ()>,
{
    for_each_database(migrations(), |test| async { body(House::new(test).await).await }).await;
}

#[tokio::test]
async fn a_failure_is_an_incident_in_both_languages_and_over_with_the_next_report() {
    on_both(|mut house| async move {
        assert_eq!(house.report("/3").await, 200);
        let incidents = house.incidents().await;
        assert_eq!((incidents.len(), &incidents[0]["title"]), (1, &json!("Shop: reported a failure (backup)")));
        assert_eq!(house.report("").await, 200);
        assert!(!house.incidents().await[0]["restored_at"].is_null());
    })
    .await;
}

#[tokio::test]
async fn maintenance_holds_it_back() {
    on_both(|mut house| async move {
        let now = house.test.clock_now();
        let (from, to) = (now - SignedDuration::from_hours(1), now + SignedDuration::from_hours(1));
        house.apply(&format!("maintenance: [{{ name: moving, services: [shop], from: {from}, to: {to}, reason: moving }}]")).await;
        assert_eq!(house.report("/fail").await, 200);
        assert_eq!(house.incidents().await.len(), 0);
        assert_eq!(house.heartbeat().await["state"], "down");
        let held = house.admin.get("/api/v1/suppressions").await.body["items"].clone();
        assert_eq!(held.as_array().unwrap().len(), 1, "{held}");
    })
    .await;
}

#[tokio::test]
async fn flapping_is_one_incident() {
    on_both(|mut house| async move {
        for _ in 0..4 {
            assert_eq!(house.report("/fail").await, 200);
            house.settle().await;
            house.test.clock.advance(SignedDuration::from_secs(20));
            assert_eq!(house.report("").await, 200);
            house.settle().await;
            house.test.clock.advance(SignedDuration::from_secs(20));
        }
        assert_eq!(house.incidents().await.len(), 1);
        assert_eq!(house.heartbeat().await["flapping"], true);
    })
    .await;
}

#[tokio::test]
async fn what_is_too_large_is_refused_and_a_page_of_another_site_cannot_report() {
    on_both(|house| async move {
        let answer = house.says(BODY_LIMIT + 1).await;
        assert_eq!((answer.status, code(&answer)), (413, "too_large"));
        assert_eq!(house.says(BODY_LIMIT).await.status, 200);
        let foreign = house.server.browser().send("POST", &house.ping, &[("sec-fetch-site", "cross-site")], None).await;
        assert_eq!(foreign.status, 403);
    })
    .await;
}

#[tokio::test]
async fn who_holds_an_older_version_overwrites_nothing() {
    on_both(|mut house| async move {
        let heartbeat = house.heartbeat().await;
        let path = format!("/api/v1/heartbeats/{}", heartbeat["id"].as_str().unwrap());
        let draft = |name: &str| json!({ "name": name, "service_id": heartbeat["service_id"], "every_secs": 60, "grace_secs": 30, "severity": "info" });
        let put = |name: &str, version: &'static str| (draft(name), [("x-evenkeel-request", "1"), ("if-match", version)]);
        let (body, headers) = put("nightly", "\"1\"");
        let answer = house.admin.send("PUT", &path, &headers, Some(body)).await;
        assert_eq!((answer.status, &answer.body["name"], &answer.body["version"]), (200, &json!("nightly"), &json!(2)));
        let (body, headers) = put("other", "\"1\"");
        assert_eq!(house.admin.send("PUT", &path, &headers, Some(body)).await.status, 412);
        // The address is the same one.
        assert_eq!(house.report("").await, 200);
    })
    .await;
}
