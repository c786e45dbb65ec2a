//! The voice of the customer through the real binary: a grievance that nobody hears becomes a complaint although the server is dead
//! when its time comes; its leader is told, its reply approved by another, and accepted; a survey is mailed once although the server
//! is killed while it notes so, and answered by one press.

use std::time::Duration;

use evenkeel_stories::{
    client::Client,
    database,
    process::Setup,
    smtp::{Mail, Smtp},
    until,
};
use serde_json::{Value, json};

const LONG: Duration = Duration::from_mins(1);

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

const CONFIG: &str = r"
organisations:
  - { name: keel, display: { zh: 稳舵演练, en: Keel Operations }, kind: provider }
  - { name: acme, display: { zh: 甲方集团, en: Acme Group }, kind: customer }
  - { name: globex, display: { zh: 乙方集团, en: Globex }, kind: customer }
calendars:
  - { name: always, always: true, zone: Asia/Shanghai }
people:
  - { name: li, display: 李雷, organisation: keel, email: li@keel.example, locale: zh, roles: [engineer] }
  - { name: han, display: Han Mei, organisation: keel, email: han@keel.example, locale: en, roles: [service_manager] }
  - { name: cora, display: Cora, organisation: acme, email: cora@acme.example, locale: en, roles: [customer] }
  - { name: carl, display: Carl, organisation: globex, email: carl@globex.example, locale: en, roles: [customer] }
teams:
  - { name: web, display: { zh: 网站组, en: Web team }, organisation: keel, members: [li, han] }
services:
  - { name: shop, display: { zh: 演练商城, en: Practice shop }, customer: acme, team: web, owner: han, criticality: high, hours: always }
settings:
  complaints: { grievance_secs: 4, reply_secs: 3600 }
surveys:
  - name: after
    display: { zh: 事件满意度, en: After an incident }
    question: { zh: 满意吗？, en: How satisfied are you? }
    scale: csat
    trigger: incident_resolved
    after_hours: 0
";

/// The mails whose subject holds this.
fn mails(smtp: &Smtp, subject: &str) -> Vec<Mail> {
    smtp.mails().into_iter().filter(|mail| mail.header("subject").is_some_and(|line| line.contains(subject))).collect()
}

async fn complaint(client: &Client, id: &str, step: &str, body: Value) -> Value {
    client.post(&format!("/api/v1/complaints/{id}/{step}"), &body).await
}

async fn story(database_url: Option<String>) {
    let smtp = Smtp::start();
    let mut setup = Setup::new(database_url);
    setup.smtp_port = Some(smtp.port);
    setup.config(CONFIG);
    let mut server = setup.serve().await;
    let (cora, carl) = (setup.sign_in_as("cora").await, setup.sign_in_as("carl").await);
    let (li, han) = (setup.sign_in_as("li").await, setup.sign_in_as("han").await);

    // She reports, and is not content. The server dies before the time to hear her is over, and comes back after it.
    let shop = li.get("/api/v1/services").await["items"][0]["id"].clone();
    let opened =
        cora.post("/api/v1/incidents", &json!({ "service_id": shop, "title": "The till is slow", "impact": 2, "urgency": 2 })).await;
    let incident = opened["id"].as_str().unwrap().to_owned();
    let said = json!({ "text": "Nobody calls back", "ticket": { "kind": "incident", "id": incident } });
    let heard = cora.post("/api/v1/grievances", &said).await;
    let grievance = heard["id"].as_str().unwrap().to_owned();
    server.kill();
    server = setup.serve().await;
    let escalated = until("nobody to have heard her", LONG, || async {
        let now = cora.get(&format!("/api/v1/grievances/{grievance}")).await;
        (now["state"] == "escalated").then_some(now)
    })
    .await;
    let id = escalated["complaint_id"].as_str().unwrap().to_owned();
    until("the leader to be told", LONG, || async { (mails(&smtp, "[CPL-1001] A complaint is yours").len() == 1).then_some(()) }).await;
    assert_eq!(cora.get("/api/v1/complaints").await["items"].as_array().unwrap().len(), 1);
    assert_eq!(carl.get("/api/v1/complaints").await["items"], json!([]));
    assert_eq!(carl.send("GET", &format!("/api/v1/complaints/{id}"), None).await.0, 404);

    // A reply that its author cannot approve; the complainant reads it in the mail and accepts it.
    until("the clock to say when a reply is due", LONG, || async {
        han.get(&format!("/api/v1/complaints/{id}")).await["due_at"].is_string().then_some(())
    })
    .await;
    assert_eq!(han.get(&format!("/api/v1/complaints/{id}/clock")).await["target_secs"], 3600);
    complaint(&han, &id, "acknowledge", json!({})).await;
    complaint(&li, &id, "investigate", json!({})).await;
    complaint(&han, &id, "reply", json!({ "text": "We are sorry." })).await;
    assert_eq!(han.send("POST", &format!("/api/v1/complaints/{id}/approve"), None).await.0, 409);
    complaint(&li, &id, "reply", json!({ "text": "We call you back within the hour now." })).await;
    complaint(&han, &id, "approve", json!({})).await;
    complaint(&li, &id, "send", json!({})).await;
    let reply = until("the reply to reach her", LONG, || async { mails(&smtp, "Our reply to your complaint").pop() }).await;
    assert!(reply.text().contains("within the hour now"), "{}", reply.text());
    assert_eq!(complaint(&cora, &id, "accept", json!({})).await["state"], "accepted");

    // It is resolved; she is asked by mail, and the server is killed as soon as the mail is out.
    li.post(&format!("/api/v1/incidents/{incident}/assign"), &json!({ "person_id": li.get("/api/v1/session").await["person"]["id"] }))
        .await;
    li.post(&format!("/api/v1/incidents/{incident}/start"), &json!({})).await;
    li.post(&format!("/api/v1/incidents/{incident}/resolve"), &json!({ "reason": "fixed" })).await;
    let mail = until("the survey to leave", LONG, || async { mails(&smtp, "How was it?").pop() }).await;
    server.kill();
    server = setup.serve().await;
    let link = mail.link("/survey?token=").unwrap();
    let token = link.split("token=").nth(1).unwrap().split('&').next().unwrap().to_owned();
    let outside = Client::new(&setup.url());
    // A scanner opens every link of the mail: that answers nothing.
    for _ in 1..=5 {
        let page = outside.get(&format!("/api/v1/survey-asks/link?token={token}")).await;
        assert_eq!((&page["score"], &page["open"]), (&Value::Null, &json!(true)), "{page}");
    }
    let survey = han.get("/api/v1/surveys").await[0]["id"].as_str().unwrap().to_owned();
    let results = format!("/api/v1/surveys/{survey}/results?from=2020-01-01T00:00:00Z&to=2100-01-01T00:00:00Z");
    until("the survey to be noted as sent", LONG, || async { (han.get(&results).await["figures"]["sent"] == 1).then_some(()) }).await;
    assert_eq!(han.get(&results).await["figures"]["answered"], 0);
    outside.post("/api/v1/survey-asks/link", &json!({ "token": token, "answer": { "score": 2 } })).await;
    let again = json!({ "token": token, "answer": { "score": 5 } });
    assert_eq!(outside.send("POST", "/api/v1/survey-asks/link", Some(&again)).await.0, 410);
    let figures = han.get(&results).await["figures"].clone();
    assert_eq!((&figures["sent"], &figures["answered"], &figures["unanswered"]), (&json!(1), &json!(1), &json!(0)), "{figures}");
    let asked = mails(&smtp, "How was it?");
    let keys: Vec<_> = asked.iter().map(|mail| mail.header("x-evenkeel-key").unwrap()).collect();
    assert!(keys.iter().all(|key| *key == keys[0]), "one survey, one key: {keys:?}");

    // The board has all three, and the ledger holds.
    until("the signals to be gathered", LONG, || async {
        let signals = han.get("/api/v1/voice/signals").await;
        let kinds: Vec<_> = signals["items"].as_array().unwrap().iter().map(|signal| signal["kind"].clone()).collect();
        (kinds == [json!("survey"), json!("complaint"), json!("grievance")]).then_some(())
    })
    .await;
    assert_eq!(mails(&smtp, "[CPL-1001] A complaint is yours").len(), 1, "told once");
    assert!(server.stop());
    let verified = setup.run(&["ledger", "verify"]);
    assert!(verified.status.success(), "{}", evenkeel_stories::process::said(&verified));
}
