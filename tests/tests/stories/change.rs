//! A change that collides with another, taken on and authorised by the board, carried out while a probe fails in its window and
//! nobody is paged, and reviewed; the deadline of an emergency is kept across a restart.

use std::time::Duration;

use evenkeel_stories::{client::Client, database, process::Setup, target::Target, until};
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

fn config(target: &Target) -> String {
    format!(
        r#"
organisations:
  - {{ name: keel, display: {{ zh: 稳舵演练, en: Keel Operations }}, kind: provider }}
  - {{ name: acme, display: {{ zh: 甲方集团, en: Acme Group }}, kind: customer }}
  - {{ name: globex, display: {{ zh: 乙方集团, en: Globex }}, kind: customer }}
people:
  - {{ name: li, display: 李雷, organisation: keel, email: li@keel.example, locale: zh, roles: [engineer] }}
  - {{ name: han, display: Han Mei, organisation: keel, email: han@keel.example, locale: en, roles: [service_manager] }}
  - {{ name: kim, display: Kim, organisation: keel, email: kim@keel.example, locale: en, roles: [engineer] }}
  - {{ name: cora, display: Cora, organisation: acme, email: cora@acme.example, locale: en, roles: [customer] }}
  - {{ name: carl, display: Carl, organisation: globex, email: carl@globex.example, locale: en, roles: [customer] }}
teams:
  - {{ name: web, display: {{ zh: 网站组, en: Web team }}, organisation: keel, members: [li, han, kim] }}
services:
  - {{ name: store, display: {{ zh: 仓库, en: Store }}, team: web, owner: han }}
  - {{ name: shop, display: {{ zh: 演练商城, en: Practice shop }}, customer: acme, team: web, owner: han, depends_on: [store] }}
probes:
  - name: shop-health
    service: shop
    http: {{ url: "http://{}/health" }}
    interval_ms: 500
    timeout_secs: 0.4
    failures: 2
    successes: 2
    retry_interval_ms: 250
settings:
  changes: {{ board: {{ team: web, quorum: 2 }} }}
"#,
        target.address
    )
}

fn draft(kind: &str, service: &Value, title: &str, hours: i64) -> Value {
    let now = Timestamp::now();
    json!({ "kind": kind, "title": title, "services": [service], "window": { "from": now, "to": now + SignedDuration::from_hours(hours) },
        "implementation": "roll it out", "back_out": "roll it back", "test": "buy something" })
}

async fn step(client: &Client, change: &Value, step: &str, body: Value) -> Value {
    client.post(&format!("/api/v1/changes/{}/{step}", change["id"].as_str().unwrap()), &body).await
}

async fn show(client: &Client, change: &Value) -> Value {
    client.get(&format!("/api/v1/changes/{}", change["id"].as_str().unwrap())).await
}

async fn story(database_url: Option<String>) {
    let target = Target::start();
    let mut setup = Setup::new(database_url);
    setup.config(&config(&target));
    let mut server = setup.serve().await;
    let (li, han, kim) = (setup.sign_in_as("li").await, setup.sign_in_as("han").await, setup.sign_in_as("kim").await);
    let services = li.get("/api/v1/services").await;
    let id_of = |name: &str| services["items"].as_array().unwrap().iter().find(|one| one["name"] == name).unwrap()["id"].clone();
    let yes = json!({ "yes": true, "text": "well prepared" });

    // The store is worked on; a change of the shop, which depends on it, collides.
    let store = li.post("/api/v1/changes", &draft("normal", &id_of("store"), "The store moves", 2)).await;
    step(&li, &store, "assess", json!({})).await;
    let change = li.post("/api/v1/changes", &draft("normal", &id_of("shop"), "The shop goes to 4.2", 2)).await;
    let assessed = step(&li, &change, "assess", json!({})).await;
    let conflict = assessed["conflicts"][0]["conflict"].clone();
    assert_eq!((&conflict["what"], &conflict["number"]), (&json!("overlap"), &json!(1001)), "{assessed}");
    assert_eq!(assessed["risk"]["reasons"].as_array().unwrap().len(), 5);
    step(&li, &change, "submit", json!({})).await;
    let agenda = han.get("/api/v1/changes/agenda").await;
    assert_eq!((&agenda["open"][0]["change"]["number"], &agenda["open"][0]["may_vote"]), (&json!(1002), &json!(true)));
    let vote = format!("/api/v1/changes/{}/vote", change["id"].as_str().unwrap());
    assert_eq!(han.send("POST", &vote, Some(&yes)).await.0, 409, "over an open conflict nobody authorises");
    assert_eq!(li.send("POST", &vote, Some(&yes)).await.0, 422, "nobody authorises what is their own");
    step(&han, &change, "acknowledge", json!({ "conflict": conflict, "text": "the store is only read" })).await;
    let (one, other) = tokio::join!(han.send("POST", &vote, Some(&yes)), kim.send("POST", &vote, Some(&yes)));
    assert_eq!((one.0, other.0), (200, 200), "two at once both count");
    assert_eq!(show(&li, &change).await["state"], "scheduled");

    // Its customer sees that it takes place; another's knows of nothing.
    let (cora, carl) = (setup.sign_in_as("cora").await, setup.sign_in_as("carl").await);
    assert_eq!(cora.get("/api/v1/changes").await["items"][0]["title"], "The shop goes to 4.2");
    assert_eq!(carl.get("/api/v1/changes").await["items"], json!([]));

    // In its window the shop falls, and nobody is paged.
    step(&li, &change, "start", json!({})).await;
    until("a look that succeeds", Duration::from_secs(20), || async { probe(&li, "up").await }).await;
    target.set(false);
    until("the probe to fail", Duration::from_secs(20), || async { probe(&li, "down").await }).await;
    until("the alert to be held back", Duration::from_secs(20), || async {
        let held = li.get("/api/v1/suppressions").await;
        held.to_string().contains("maintenance").then_some(())
    })
    .await;
    assert_eq!(li.get("/api/v1/incidents").await["items"], json!([]));
    target.set(true);
    until("the probe to succeed", Duration::from_secs(20), || async { probe(&li, "up").await }).await;
    step(&li, &change, "finish", json!({ "text": "all nodes" })).await;
    let reviewed = step(&li, &change, "review", json!({ "outcome": "successful", "text": "shorter than thought" })).await;
    assert_eq!(reviewed["outcome"], "successful");
    step(&li, &change, "close", json!({})).await;
    assert_eq!(li.get("/api/v1/incidents").await["items"], json!([]), "what was over when the window ended is no fault");

    // What falls afterwards is a fault, and the change stands beside it.
    target.set(false);
    let incident = until("an incident", Duration::from_secs(30), || async {
        li.get("/api/v1/incidents").await["items"][0]["id"].as_str().map(str::to_owned)
    })
    .await;
    let beside = li.get(&format!("/api/v1/incidents/{incident}/changes")).await;
    assert_eq!(beside["recent"][0]["number"], 1002);
    target.set(true);

    // An emergency begins at once; its deadline is not forgotten by a server that dies.
    let emergency = li.post("/api/v1/changes", &draft("emergency", &id_of("store"), "The store is full", 1)).await;
    step(&li, &emergency, "assess", json!({})).await;
    let begun = step(&li, &emergency, "start", json!({})).await;
    server.kill();
    server = setup.serve().await;
    let again = show(&li, &emergency).await;
    assert_eq!((&again["due_at"], &again["authorised"]), (&begun["due_at"], &Value::Null));
    assert!(again["due_at"].is_string());

    let now = Timestamp::now() + SignedDuration::from_mins(1);
    let path = format!("/api/v1/change-statistics?from={}&to={now}", now - SignedDuration::from_hours(24));
    let figures = han.get(&path).await;
    assert_eq!((&figures["completed"]["count"], &figures["completed"]["changes"][0]["number"]), (&json!(1), &json!(1002)));
    assert!(server.stop());
    assert!(setup.run(&["ledger", "verify"]).status.success());
}

/// Whether the probe says so.
async fn probe(client: &Client, verdict: &str) -> Option<()> {
    (client.get("/api/v1/probes").await["items"][0]["verdict"] == verdict).then_some(())
}
