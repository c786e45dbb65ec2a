//! A release with two changes: refused without a way back, approved by another, rolled out in stages of which one is halted, and
//! taken back with what was under way; a second one is verified and closed. All of it outlives the server, and a calendar
//! program reads when it takes place.

use evenkeel_stories::{client::Client, database, process::Setup};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

#[tokio::test(flavor = "multi_thread")]
async fn on_sqlite() {
    story(None).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn on_postgresql() {
    match database::fresh().await {
        Some(url) => story(Some(url)).await,
        None => eprintln!("EVENKEEL_TEST_POSTGRES is not set: told on SQLite only"),
    }
}

const HOUSE: &str = "
organisations:
  - { name: keel, display: { zh: 稳舵演练, en: Keel Operations }, kind: provider }
  - { name: acme, display: { zh: 甲方集团, en: Acme Group }, kind: customer }
people:
  - { name: li, display: 李雷, organisation: keel, email: li@keel.example, locale: zh, roles: [engineer] }
  - { name: han, display: Han Mei, organisation: keel, email: han@keel.example, locale: en, roles: [service_manager] }
  - { name: cora, display: Cora, organisation: acme, email: cora@acme.example, locale: en, roles: [customer] }
teams:
  - { name: web, display: { zh: 网站组, en: Web team }, organisation: keel, members: [li, han] }
services:
  - { name: shop, display: { zh: 演练商城, en: Practice shop }, customer: acme, team: web, owner: han }
  - { name: bank, display: { zh: 演练银行, en: Practice bank }, customer: acme, team: web, owner: han }
";

async fn change(li: &Client, han: &Client, service: &Value, title: &str) -> Value {
    let now = Timestamp::now();
    let body = json!({ "kind": "normal", "title": title, "services": [service], "implementation": "roll it out", "back_out": "roll it back",
        "test": "buy something", "window": { "from": now, "to": now + SignedDuration::from_hours(2) } });
    let made = li.post("/api/v1/changes", &body).await;
    for step in ["assess", "submit"] {
        li.post(&format!("/api/v1/changes/{}/{step}", made["id"].as_str().unwrap()), &json!({})).await;
    }
    let vote = json!({ "yes": true, "text": "well prepared" });
    let voted = han.post(&format!("/api/v1/changes/{}/vote", made["id"].as_str().unwrap()), &vote).await;
    assert_eq!(voted["state"], "scheduled", "{voted}");
    voted
}

fn content(name: &str, services: &[&Value], changes: &[&Value], roll_back: Option<&str>) -> Value {
    let from = Timestamp::now() + SignedDuration::from_hours(1);
    let changes: Vec<&Value> = changes.iter().map(|change| &change["id"]).collect();
    json!({ "title": "The shop learns to pay", "name": name, "services": services, "changes": changes,
        "artefacts": [{ "name": "shop", "version": name, "digest": format!("sha256:{}", "0a".repeat(32)), "place": "oci://shop" }],
        "stages": [
            { "name": "canary", "target": "5 %", "gate": "no new incident", "from": from, "to": from + SignedDuration::from_hours(1) },
            { "name": "everybody" },
        ],
        "roll_back": roll_back, "evidence": "run 811 is green", "notes_zh": "可以付款了", "notes_en": "You can pay now" })
}

struct Release<'a>(&'a Client, String);

impl Release<'_> {
    async fn ask(&self, client: &Client, path: &str, body: Value) -> (u16, Value) {
        let (status, body) = client.send("POST", &format!("/api/v1/releases/{}/{path}", self.1), Some(&body)).await;
        (status, body)
    }
    async fn does(&self, path: &str, body: Value) -> Value {
        let (status, answer) = self.ask(self.0, path, body).await;
        assert_eq!(status, 200, "{path}: {answer}");
        answer
    }
    async fn step(&self, step: &str) -> Value {
        self.does("step", json!({ "step": step, "text": "because" })).await
    }
    async fn stage(&self, stage: u8, act: &str) -> Value {
        self.does(&format!("stages/{stage}"), json!({ "act": act, "text": "as seen" })).await
    }
}

async fn story(database_url: Option<String>) {
    let mut setup = Setup::new(database_url);
    setup.config(HOUSE);
    let mut server = setup.serve().await;
    let (li, han, cora) = (setup.sign_in_as("li").await, setup.sign_in_as("han").await, setup.sign_in_as("cora").await);
    let services = li.get("/api/v1/services").await;
    let id_of = |name: &str| services["items"].as_array().unwrap().iter().find(|one| one["name"] == name).unwrap()["id"].clone();
    let (shop, bank) = (id_of("shop"), id_of("bank"));
    let (pay, book) = (change(&li, &han, &shop, "The shop takes money").await, change(&li, &han, &bank, "The bank books it").await);

    // Built, and refused without a way back; written anew and approved by somebody else.
    let planned = li.post("/api/v1/releases", &content("4.2.0", &[&shop], &[&pay, &book], None)).await;
    let first = Release(&li, planned["id"].as_str().unwrap().to_owned());
    first.step("build").await;
    let yes = json!({ "yes": true, "text": "looked at" });
    let (status, refused) = first.ask(&han, "approve", yes.clone()).await;
    assert_eq!((status, &refused["at"]), (409, &json!("/roll_back")), "{refused}");
    first.step("rework").await;
    let edit = content("4.2.0", &[&shop], &[&pay, &book], Some("the old image back"));
    assert_eq!(li.send("PUT", &format!("/api/v1/releases/{}", first.1), Some(&edit)).await.0, 200);
    first.step("build").await;
    assert_eq!(first.ask(&li, "approve", yes.clone()).await.0, 422, "nobody approves what they built");
    assert_eq!(cora.get("/api/v1/releases").await["items"], json!([]));
    assert_eq!(first.ask(&han, "approve", yes.clone()).await.0, 200);
    assert_eq!(cora.get(&format!("/api/v1/releases/{}", first.1)).await["notes_en"], "You can pay now");

    // When it takes place is read by a calendar program, without a session.
    let feed = li.post("/api/v1/calendar-feeds", &json!({})).await["url"].as_str().unwrap().to_owned();
    let feed = feed[feed.find("/api/").unwrap()..].to_owned();
    let calendar = String::from_utf8(Client::new(&setup.url()).bytes(&feed).await).unwrap();
    assert!(calendar.starts_with("BEGIN:VCALENDAR\r\n") && calendar.contains("SUMMARY:REL-1001 4.2.0"), "{calendar}");
    assert_eq!(calendar.matches("BEGIN:VEVENT").count(), 3, "two changes and a stage");

    // In two stages, the second halted; the server dies in between and nothing is forgotten.
    first.step("start").await;
    let begun = li.post(&format!("/api/v1/changes/{}/start", pay["id"].as_str().unwrap()), &json!({})).await;
    assert_eq!(begun["state"], "implementing");
    first.stage(1, "begin").await;
    first.stage(1, "end").await;
    first.stage(2, "begin").await;
    first.stage(2, "halt").await;
    server.kill();
    server = setup.serve().await;
    let again = li.get(&format!("/api/v1/releases/{}", first.1)).await;
    let states: Vec<&Value> = again["stages"].as_array().unwrap().iter().map(|stage| &stage["state"]).collect();
    assert_eq!((&again["state"], states), (&json!("rolling_out"), vec![&json!("done"), &json!("halted")]));
    let back = first.does("roll-back", json!({ "text": "it loses orders", "outcome": "the old version serves" })).await;
    assert_eq!((&back["state"], &back["outcome"]), (&json!("rolled_back"), &json!("the old version serves")));
    let taken = li.get(&format!("/api/v1/changes/{}", pay["id"].as_str().unwrap())).await;
    assert_eq!((&taken["state"], &taken["outcome"]), (&json!("review"), &json!("rolled_back")));
    first.step("close").await;

    // What was never begun is carried by the next, which is verified and closed.
    let planned = li.post("/api/v1/releases", &content("4.2.1", &[&bank], &[&book], Some("the old image back"))).await;
    let second = Release(&li, planned["id"].as_str().unwrap().to_owned());
    second.step("build").await;
    assert_eq!(second.ask(&han, "approve", yes).await.0, 200);
    second.step("start").await;
    for stage in [1, 2] {
        second.stage(stage, "begin").await;
        second.stage(stage, "end").await;
    }
    assert_eq!(second.ask(&li, "step", json!({ "step": "verify" })).await.0, 409, "its change is still to be carried out");
    for (act, body) in [("start", json!({})), ("finish", json!({})), ("review", json!({ "outcome": "successful", "text": "as meant" }))] {
        li.post(&format!("/api/v1/changes/{}/{act}", book["id"].as_str().unwrap()), &body).await;
    }
    second.step("verify").await;
    assert_eq!(second.step("close").await["state"], "closed");

    let now = Timestamp::now() + SignedDuration::from_mins(1);
    let figures = han.get(&format!("/api/v1/release-statistics?from={}&to={now}", now - SignedDuration::from_hours(24))).await;
    assert_eq!((&figures["deployments"]["count"], &figures["deployments"]["releases"][0]["number"]), (&json!(1), &json!(1002)));
    assert_eq!((&figures["rolled_back"]["n"], &figures["lead_time"]["n"]), (&json!(2), &json!(1)), "{figures}");
    assert!(server.stop());
    assert!(setup.run(&["ledger", "verify"]).status.success());
}
