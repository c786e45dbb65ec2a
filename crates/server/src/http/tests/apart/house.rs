//! A house with two customers, a vendor, and one thing of every kind that is the second customer's.

use std::collections::BTreeMap;

use evenkeel_core::{Actor, id::PersonId};
use evenkeel_store::{Sql as _, consumer, params, testing::TestDb, timer};
use jiff::SignedDuration;
use serde_json::{Value, json};
use tokio_util::sync::{CancellationToken, DropGuard};

use super::{super::sample::Ids, NOTHING};
use crate::{
    definition::{self, Source},
    testing::{Answer, Browser, Server},
};

/// Stands in every text of the second customer, and nowhere else.
pub const MARK: &str = "zebra";

const HOUSE: &str = "
organisations:
  - { name: keel, display: { zh: 稳舵, en: Keel }, kind: provider }
  - { name: acme, display: { zh: 甲, en: Acme }, kind: customer }
  - { name: zebra, display: { zh: zebra, en: Zebra }, kind: customer }
  - { name: fixit, display: { zh: 修, en: Fixit }, kind: vendor }
people:
  - { name: han, display: Han, organisation: keel, email: han@keel.example, roles: [admin] }
  - { name: mia, display: Mia, organisation: keel, email: mia@keel.example, roles: [service_manager] }
  - { name: cora, display: Cora, organisation: acme, email: cora@acme.example, roles: [customer] }
  - { name: carl, display: Carl Zebra, organisation: zebra, email: carl@zebra.example, roles: [customer], manager: zoe }
  - { name: zoe, display: Zoe Zebra, organisation: zebra, email: zoe@zebra.example, roles: [customer] }
  - { name: vera, display: Vera, organisation: fixit, email: vera@fixit.example, roles: [vendor] }
teams:
  - { name: web, display: { zh: 网站组, en: Web }, organisation: keel, members: [han, mia] }
  - { name: repairs, display: { zh: 修理组, en: Repairs }, organisation: fixit, members: [vera] }
calendars: [{ name: always, zone: UTC, always: true }]
services:
  - { name: shop, display: { zh: 商店, en: Shop }, customer: acme, team: web, owner: mia, criticality: high }
  - { name: zebra-bank, display: { zh: zebra, en: Zebra bank }, customer: zebra, team: web, owner: mia, criticality: high }
agreements:
  - name: acme-gold
    display: { zh: 甲, en: Acme gold }
    layer: sla
    customer: acme
    services: [shop]
    calendar: always
    goals: [{ priority: 1, goal: response, target_secs: 900 }]
  - name: zebra-gold
    display: { zh: zebra, en: Zebra gold }
    layer: sla
    customer: zebra
    services: [zebra-bank]
    calendar: always
    goals:
      - { priority: 1, goal: response, target_secs: 900 }
      - { priority: 1, goal: resolve, target_secs: 9000 }
    availability_target: 99.9
catalogue:
  - name: zebra-account
    display: { zh: zebra, en: Zebra account }
    description: { zh: zebra, en: An account at the zebra bank }
    category: { zh: zebra, en: Zebra things }
    service: zebra-bank
    team: web
    form: [{ key: why, label: { zh: 理由, en: Why }, type: long_text, required: true }]
    expected: { secs: 3600, calendar: always }
    entitlement: { organisations: [zebra] }
    approvals: [{ by: line_manager, time_out: { hours: 48, escalate_to: [service_owner] } }]
    stages: [{ tasks: [{ title: { zh: 开通, en: Make it } }] }]
    accept_after_days: 3
surveys:
  - name: zebra-survey
    display: { zh: zebra, en: Zebra survey }
    question: { zh: zebra, en: How is the zebra? }
    scale: csat
    trigger: incident_resolved
    services: [zebra-bank]
    after_hours: 1
    valid_days: 14
probes:
  - { name: zebra-probe, service: zebra-bank, tcp: { address: \"127.0.0.1:9\" }, interval_secs: 3600, failures: 10 }
heartbeats: [{ name: zebra-backup, service: zebra-bank, every_secs: 86400, grace_secs: 3600 }]
maintenance:
  - { name: zebra-work, services: [zebra-bank], from: 2026-04-01T00:00:00Z, to: 2026-04-01T01:00:00Z, reason: zebra }
change_templates:
  - name: zebra-feed
    display: { zh: zebra, en: Feed the zebra }
    services: [zebra-bank]
    risk: low
    implementation: zebra
    back_out: zebra
    test: zebra
    approved_by: mia
status_pages:
  - name: zebra-status
    title: { zh: zebra, en: Zebra status }
    audience: { customer: zebra }
    zone: UTC
    groups:
      - name: { zh: zebra, en: Zebra }
        components: [{ key: zebra, name: { zh: zebra, en: Zebra }, service: zebra-bank }]
";

pub struct Things(BTreeMap<&'static str, String>);

impl Things {
    pub fn values(&self) -> impl Iterator<Item = &String> {
        self.0.values()
    }
    pub fn id(&self, noun: &str) -> &str {
        self.0.get(noun).unwrap_or_else(|| panic!("the house has no {noun}"))
    }
}

impl Ids for Things {
    fn of(&self, noun: &str) -> String {
        // What is nobody's or staff's, or is asked for by a word.
        const OTHER: [&str; 34] = [
            "figure",
            "ping",
            "token",
            "signal",
            "file",
            "source",
            "drill",
            "vantage",
            "label",
            "slo",
            "rule",
            "suggestion",
            "dashboard",
            "insight",
            "action",
            "follow_up",
            "status-post",
            "status-update",
            "status-subscriber",
            "override",
            "swap",
            "mail",
            "member",
            "change_template",
            "schedule",
            "of",
            "maintenance",
            "bulk-act",
            "chat",
            "factor",
            "macro",
            "ticket_rule",
            "time-entrie",
            "name",
        ];
        match self.0.get(noun) {
            Some(id) => id.clone(),
            None if OTHER.contains(&noun) => NOTHING.to_owned(),
            None => panic!("what is the second customer's {noun}? Give the house one"),
        }
    }
    fn word(&self) -> String {
        MARK.to_owned()
    }
}

pub struct House {
    pub test: TestDb,
    pub server: Server,
    pub ids: Things,
    events: i64,
    /// Where the search index lies.
    _data: tempfile::TempDir,
    /// Whoever looks at services: a report asks how they were.
    _stop: DropGuard,
}

fn id(answer: &Answer) -> String {
    assert!((200..300).contains(&answer.status), "{answer:?}");
    answer.body["id"].as_str().unwrap_or_else(|| panic!("{answer:?}")).to_owned()
}

impl House {
    pub async fn new(test: TestDb) -> Self {
        let data = tempfile::tempdir().unwrap();
        let server = Server::with(&test, |settings| settings.data = data.path().to_owned());
        let cancel = CancellationToken::new();
        let (observe, until) = (server.app.halls.observe().clone(), cancel.clone());
        tokio::spawn(async move { observe.start(until).await });
        let mut house = Self { test, server, ids: Things(BTreeMap::new()), events: 0, _data: data, _stop: cancel.drop_guard() };
        let source = Source { name: "house.yaml".into(), text: HOUSE.to_owned() };
        definition::apply(&house.test.db, house.server.app.tenant, Actor::system("test"), &[source], false).await.unwrap();
        house.fill().await;
        house.events = house.events().await;
        house
    }

    /// Somebody signed in.
    pub async fn browser(&self, name: &str) -> Browser {
        let kit = &self.server.app.kit;
        let mut tx = self.test.db.write().await.unwrap();
        let whose = (self.server.app.tenant, PersonId::named(name));
        let token =
            crate::sign_in::make_link(&mut tx, kit.clock.as_ref(), kit.rng.as_ref(), Actor::system("test"), whose, 60).await.unwrap();
        tx.commit().await.unwrap();
        let mut browser = self.server.browser();
        assert_eq!(browser.post("/api/v1/session/link", json!({ "token": token })).await.status, 200);
        browser
    }

    fn put(&mut self, noun: &'static str, id: String) {
        self.ids.0.insert(noun, id);
    }

    async fn fill(&mut self) {
        let (mut han, mut mia) = (self.browser("han").await, self.browser("mia").await);
        let (mut carl, mut zoe) = (self.browser("carl").await, self.browser("zoe").await);
        for (noun, path, name) in [
            ("service", "services", "zebra-bank"),
            ("agreement", "agreements", "zebra-gold"),
            ("person", "people", "carl"),
            ("organisation", "organisations", "zebra"),
            ("probe", "probes", "zebra-probe"),
            ("heartbeat", "heartbeats", "zebra-backup"),
            ("team", "teams", "web"),
        ] {
            let list = han.get(&format!("/api/v1/{path}?limit=100")).await;
            let items = list.body["items"].as_array().unwrap_or_else(|| panic!("{list:?}"));
            let found = items.iter().find(|item| item["name"] == name).unwrap_or_else(|| panic!("{name} is not in {list:?}"));
            self.put(noun, found["id"].as_str().unwrap().to_owned());
        }
        let service = self.ids.id("service").to_owned();
        let now = self.test.clock_now();
        let hours = |hours: i64| now + SignedDuration::from_hours(hours);

        let trouble = json!({ "service_id": service, "title": "The zebra is slow", "impact": 1, "urgency": 1, "text": "zebra" });
        let incident = id(&carl.post("/api/v1/incidents", trouble).await);
        let step = format!("/api/v1/incidents/{incident}");
        for visibility in ["public", "internal"] {
            let note = json!({ "visibility": visibility, "text": format!("zebra, {visibility}") });
            assert_eq!(han.post(&format!("{step}/notes"), note).await.status, 200);
        }
        self.put("incident", incident.clone());
        self.attach(&incident).await;

        let problem = json!({ "service_id": service, "title": "Why the zebra is slow", "incidents": [incident] });
        self.put("problem", id(&mia.post("/api/v1/problems", problem).await));
        let change = json!({ "kind": "standard", "template": "zebra-feed", "services": [service],
            "window": { "from": hours(24), "to": hours(25) } });
        let change = id(&mia.post("/api/v1/changes", change).await);
        for (act, state) in [("assess", "assess"), ("submit", "scheduled")] {
            let answer = mia.post(&format!("/api/v1/changes/{change}/{act}"), json!({})).await;
            assert_eq!(answer.body["state"], state, "{answer:?}");
        }
        let release = json!({ "title": "A new stable for the zebra", "name": "4.2.0", "services": [service], "changes": [change],
            "artefacts": [{ "name": "zebra", "version": "4.2.0", "digest": format!("sha256:{}", "0a".repeat(32)), "place": "zebra" }],
            "stages": [{ "name": "zebra" }], "roll_back": "zebra", "notes_en": "The zebra has a new stable", "notes_zh": "zebra" });
        let release = id(&mia.post("/api/v1/releases", release).await);
        let answer = mia.post(&format!("/api/v1/releases/{release}/step"), json!({ "step": "build" })).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        let yes = json!({ "yes": true, "text": "zebra" });
        assert_eq!(han.post(&format!("/api/v1/releases/{release}/approve"), yes).await.status, 200);
        self.put("release", release);
        self.put("change", change);
        let article = json!({ "title": "How to feed a zebra", "body": "zebra", "kind": "how_to", "language": "en", "visibility": "organisations",
            "organisations": [self.ids.id("organisation")], "services": [service] });
        let article = id(&mia.post("/api/v1/articles", article).await);
        for (who, act) in [(&mut mia, "submit"), (&mut han, "publish")] {
            assert_eq!(who.post(&format!("/api/v1/articles/{article}/{act}"), json!({})).await.status, 200);
        }
        self.put("article", article);

        let item = carl.get("/api/v1/catalogue").await.body;
        let item = first_id(&item).unwrap_or_else(|| panic!("{item}"));
        let asked = json!({ "item_id": item, "answers": { "why": "for the zebra" }, "submit": true });
        self.put("request", id(&carl.post("/api/v1/requests", asked).await));
        self.put("item", item.clone());
        self.put("catalogue", item);
        self.settle().await;
        let approvals = zoe.get("/api/v1/approvals").await.body;
        self.put("approval", first_id(&approvals).unwrap_or_else(|| panic!("{approvals}")));

        let yes = json!({ "approved": true });
        let answer = zoe.post(&format!("/api/v1/approvals/{}/answer", self.ids.id("approval")), yes).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        self.settle().await;
        let tasks = mia.get("/api/v1/request-tasks").await.body;
        self.put("request-task", first_id(&tasks).unwrap_or_else(|| panic!("{tasks}")));
        let letters = han.get("/api/v1/outbox").await.body;
        self.put("outbox", first_id(&letters).unwrap_or_else(|| panic!("{letters}")));
        let still = json!({ "matchers": [{ "name": "service", "op": "=", "value": "zebra-bank" }], "to": hours(1), "comment": "zebra" });
        self.put("silence", id(&mia.post("/api/v1/silences", still).await));

        for (noun, path) in [("grievance", "grievances"), ("complaint", "complaints")] {
            let said = json!({ "text": "The zebra is always slow", "ticket": { "kind": "incident", "id": incident } });
            self.put(noun, id(&carl.post(&format!("/api/v1/{path}"), said).await));
        }
        let post = json!({ "title": { "zh": "zebra", "en": "Zebra" }, "text": { "zh": "zebra", "en": "Zebra" }, "state": "investigating",
            "components": [{ "component": "zebra", "effect": "degraded" }] });
        assert!(mia.post("/api/v1/status-pages/zebra-status/posts", post).await.status < 300);
        self.put("status-page", "zebra-status".to_owned());

        let way = json!({ "channel": "mail", "address": "carl@home.zebra.example", "place": 1, "up_to": 5 });
        let contact = carl.put("/api/v1/me/contact", json!({ "methods": [way], "quiet": null })).await;
        let way = first_id(&contact.body).unwrap_or_else(|| panic!("{contact:?}"));
        self.put("method", way.clone());
        self.put("contact", way);

        // Another one, resolved: carl is asked how it was.
        let body = json!({ "service_id": service, "title": "The zebra is gone", "impact": 1, "urgency": 1 });
        let gone = id(&carl.post("/api/v1/incidents", body).await);
        for (act, body) in [("start", json!({})), ("restore", json!({})), ("resolve", json!({ "reason": "fixed" }))] {
            let answer = han.post(&format!("/api/v1/incidents/{gone}/{act}"), body).await;
            assert_eq!(answer.status, 200, "{act}: {answer:?}");
        }
        let review = id(&mia.post("/api/v1/reviews", json!({ "incident_id": gone })).await);
        let todo = json!({ "of": { "kind": "review", "id": review }, "text": "zebra", "due_on": "2026-12-01",
            "owner_id": PersonId::named("mia"), "verifier_id": PersonId::named("han") });
        self.put("follow-up", id(&mia.post("/api/v1/follow-ups", todo).await));
        self.put("review", review);
        let view = json!({ "name": "zebra", "asks": { "filter": { "service": service } } });
        self.put("view", id(&mia.post("/api/v1/views", view).await));
        self.settle().await;
        self.test.clock.advance(SignedDuration::from_hours(2));
        self.settle().await;
        let mut carl = self.browser("carl").await;
        let asks = carl.get("/api/v1/survey-asks").await.body;
        self.put("survey-ask", first_id(&asks).unwrap_or_else(|| panic!("{asks}")));
        let mut mia = self.browser("mia").await;
        let surveys = mia.get("/api/v1/surveys").await.body;
        self.put("survey", first_id(&surveys).unwrap_or_else(|| panic!("{surveys}")));

        let made = json!({ "customer_id": self.ids.id("organisation"), "from": now, "to": hours(1), "language": "en", "zone": "UTC" });
        let report = id(&mia.post("/api/v1/reports", made).await);
        let mut han = self.browser("han").await;
        for (who, act) in [(0, "submit"), (1, "approve"), (0, "publish")] {
            let who = if who == 0 { &mut mia } else { &mut han };
            let answer = who.post(&format!("/api/v1/reports/{report}/{act}"), json!({})).await;
            assert_eq!(answer.status, 200, "{act}: {answer:?}");
        }
        self.put("report", report);
        self.settle().await;
        evenkeel_manage::search::catch_up(&self.test.db, self.server.app.halls.search()).await.unwrap();
    }

    /// A file that came with the public note. Its bytes are nowhere: whoever may not have it is not to get that far.
    async fn attach(&mut self, incident: &str) {
        let id = evenkeel_core::id::AttachmentId::named("zebra").to_string();
        let mut tx = self.test.db.write().await.unwrap();
        tx.execute(
            "INSERT INTO attachment (tenant_id, id, ticket_kind, ticket_id, note_id, visibility, name, media_type, bytes, digest)
             VALUES ($1, $2, 'incident', $3, 'note', 'public', 'zebra.png', 'image/png', 4, 'none')",
            params![self.server.app.tenant, &id, incident],
        )
        .await
        .unwrap();
        tx.commit().await.unwrap();
        self.put("attachment", id);
    }

    /// Readers read and timers fire until nothing is left to do.
    async fn settle(&self) {
        for _ in 0..3 {
            for reader in self.server.app.halls.consumers() {
                while consumer::run_once(&self.test.db, reader.as_ref(), 100).await.unwrap().1 {}
            }
            timer::run_due(&self.test.db, &self.server.app.halls.timers()).await.unwrap();
        }
    }

    /// How much happened to what is the second customer's.
    async fn events(&self) -> i64 {
        let mut sql = self.test.db.read().await.unwrap();
        let mut all = 0;
        for id in self.ids.values() {
            let row = sql.row("SELECT COUNT(*) AS n FROM ledger_event WHERE subject_id = $1", params![id]).await.unwrap();
            all += row.unwrap().int("n").unwrap();
        }
        assert!(all > 10);
        all
    }

    /// Nothing has happened to it since the house was filled.
    pub async fn still_is(&self) {
        assert_eq!(self.events().await, self.events, "somebody else changed it");
    }

    /// Every message to somebody.
    pub async fn letters_to(&self, name: &str) -> String {
        self.settle().await;
        let mut sql = self.test.db.read().await.unwrap();
        let rows = sql.rows("SELECT payload FROM outbox", params![]).await.unwrap();
        let letters = rows.iter().map(|row| row.text("payload").unwrap());
        letters.filter(|letter| letter.contains(&PersonId::named(name).to_string()) || letter.contains(&format!("{name}@"))).collect()
    }
}

/// The first id in an answer.
fn first_id(answer: &Value) -> Option<String> {
    match answer {
        Value::Object(fields) => match fields.get("id") {
            Some(Value::String(id)) => Some(id.clone()),
            _ => fields.values().find_map(first_id),
        },
        Value::Array(items) => items.iter().find_map(first_id),
        _ => None,
    }
}
