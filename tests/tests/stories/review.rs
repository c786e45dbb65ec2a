//! A major incident is verified, its review is drafted from the ledger by itself; the server dies; the review is corrected,
//! published, and what follows from it is done and verified. Its deadline and what was written outlive the server.

use std::time::Duration;

use evenkeel_stories::{client::Client, database, process::Setup, until};
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

const CONFIG: &str = "
organisations:
  - { name: keel, display: { zh: 稳舵演练, en: Keel Operations }, kind: provider }
  - { name: acme, display: { zh: 甲方集团, en: Acme Group }, kind: customer }
calendars:
  - { name: always, zone: Asia/Shanghai, always: true }
people:
  - { name: li, display: 李雷, organisation: keel, locale: zh, roles: [engineer] }
  - { name: han, display: Han Mei, organisation: keel, locale: en, roles: [service_manager] }
  - { name: cora, display: Cora, organisation: acme, locale: en, roles: [customer] }
teams:
  - { name: web, display: { zh: 网站组, en: Web team }, organisation: keel, members: [li, han] }
services:
  - { name: shop, display: { zh: 商城, en: Shop }, team: web, owner: han, customer: acme, hours: always }
settings:
  reviews: { within_days: 2 }
causes:
  bones:
    - { name: monitoring, display: { zh: 监控预警, en: Monitoring } }
  causes:
    - { name: late_detection, display: { zh: 监控发现不及时, en: Detected late }, aliases: [too late] }
";

async fn show(client: &Client, id: &str) -> Value {
    client.get(&format!("/api/v1/reviews/{id}")).await
}

async fn edit(client: &Client, id: &str, body: Value) -> Value {
    client.post(&format!("/api/v1/reviews/{id}/edit"), &body).await
}

async fn story(database_url: Option<String>) {
    let mut setup = Setup::new(database_url);
    setup.config(CONFIG);
    let mut server = setup.serve().await;
    let (li, han, cora) = (setup.sign_in_as("li").await, setup.sign_in_as("han").await, setup.sign_in_as("cora").await);
    let shop = li.get("/api/v1/services").await["items"][0]["id"].clone();
    let people = han.get("/api/v1/people?limit=200").await;
    let id_of = |name: &str| {
        let found = people["items"].as_array().unwrap().iter().find(|person| person["name"] == name);
        found.unwrap()["id"].clone()
    };

    let opened = json!({ "service_id": shop, "title": "Nobody can pay", "impact": 1, "urgency": 1 });
    let incident = li.post("/api/v1/incidents", &opened).await["id"].as_str().unwrap().to_owned();
    let at = |step: &str| format!("/api/v1/incidents/{incident}/{step}");
    li.post(&at("major/declare"), &json!({ "commander_id": id_of("han") })).await;
    li.post(&at("notes"), &json!({ "visibility": "internal", "text": "the alert came twenty minutes late" })).await;
    for step in ["restore", "verify"] {
        han.post(&at("major/step"), &json!({ "step": step })).await;
    }
    let review = until("a review", Duration::from_secs(30), || async {
        li.get(&format!("/api/v1/reviews?incident={incident}")).await["items"][0]["id"].as_str().map(str::to_owned)
    })
    .await;
    let drafted = show(&li, &review).await;
    assert_eq!((&drafted["owner"]["id"], &drafted["state"]), (&id_of("han"), &json!("drafted")));
    assert!(drafted.to_string().contains("twenty minutes late") && drafted["due_at"].is_string());
    assert_eq!(cora.send("GET", &format!("/api/v1/reviews/{review}"), None).await.0, 403);

    // The server dies between two edits.
    let line = drafted["lines"].as_array().unwrap().iter().find(|line| line["entry"]["kind"] == "incident.noted").unwrap();
    let seq = line["entry"]["seq"].clone();
    edit(&han, &review, json!({ "edit": "mark", "seq": seq, "hidden": false, "comment": "this is the point" })).await;
    server.kill();
    server = setup.serve().await;
    let evidence = json!({ "kind": "event", "seq": seq });
    let named = json!({ "edit": "factor", "bone": "监控预警", "cause": "too late", "primary": true, "evidence": evidence });
    let named = edit(&han, &review, named).await;
    assert_eq!((&named["due_at"], &named["factors"][0]["cause"]["name"]), (&drafted["due_at"], &json!("late_detection")));
    assert!(named.to_string().contains("this is the point"));
    edit(&han, &review, json!({ "edit": "story", "summary": "We were **late**." })).await;

    let of = json!({ "kind": "review", "id": review, "factor_id": named["factors"][0]["id"] });
    let todo = json!({ "of": of, "text": "alert at once", "owner_id": id_of("li"), "verifier_id": id_of("han"), "due_on": "2036-01-01" });
    let todo = han.post("/api/v1/follow-ups", &todo).await["id"].as_str().unwrap().to_owned();
    for step in ["submit", "publish"] {
        han.post(&format!("/api/v1/reviews/{review}/step"), &json!({ "step": step })).await;
    }
    assert_eq!(li.get(&at("major")).await["state"], "reviewed");
    li.post(&format!("/api/v1/follow-ups/{todo}/done"), &json!({})).await;
    assert_eq!(han.get("/api/v1/follow-ups?which=to_verify").await["items"][0]["id"], json!(todo));
    han.post(&format!("/api/v1/follow-ups/{todo}/verify"), &json!({ "holds": true })).await;

    // Another vocabulary: what was written stays readable.
    let other = CONFIG.replace("late_detection", "blind_spot").replace("监控发现不及时", "监控盲区");
    let file = setup.config(&other).display().to_string();
    let out = setup.run(&["apply", "-f", &file]);
    assert!(out.status.success(), "{}", evenkeel_stories::process::said(&out));
    let published = show(&li, &review).await;
    assert_eq!(published["factors"][0]["cause"]["display"]["zh"], "监控发现不及时");
    assert!(server.stop());
    assert!(setup.run(&["ledger", "verify"]).status.success());
}
