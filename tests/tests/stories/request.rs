//! A request from the catalogue: asked for in the portal, approved from a mail, worked on, done by a machine although the server
//! is killed while it asks, accepted and rated.

use std::time::Duration;

use evenkeel_stories::{client::Client, database, process::Setup, smtp::Smtp, until, webhook::Webhook};
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

fn config(machine: &str) -> String {
    format!(
        r#"
organisations:
  - {{ name: keel, display: {{ zh: 稳舵演练, en: Keel Operations }}, kind: provider }}
  - {{ name: acme, display: {{ zh: 甲方集团, en: Acme Group }}, kind: customer }}
  - {{ name: globex, display: {{ zh: 乙方集团, en: Globex }}, kind: customer }}
calendars:
  - {{ name: always, always: true, zone: Asia/Shanghai }}
people:
  - {{ name: li, display: 李雷, organisation: keel, email: li@keel.example, locale: zh, roles: [engineer] }}
  - {{ name: han, display: Han Mei, organisation: keel, email: han@keel.example, locale: en, roles: [service_manager] }}
  - {{ name: cora, display: Cora, organisation: acme, email: cora@acme.example, locale: en, roles: [customer], manager: cass }}
  - {{ name: cass, display: Cass, organisation: acme, email: cass@acme.example, locale: en, roles: [customer] }}
  - {{ name: carl, display: Carl, organisation: globex, email: carl@globex.example, locale: en, roles: [customer] }}
teams:
  - {{ name: web, display: {{ zh: 网站组, en: Web team }}, organisation: keel, members: [li, han] }}
services:
  - {{ name: shop, display: {{ zh: 演练商城, en: Practice shop }}, team: web, owner: han }}
# Any variable that the server surely has: what it holds is the key.
notification:
  webhook: {{ secret_env: PATH }}
catalogue:
  - name: account
    display: {{ zh: 后台账号, en: Back-office account }}
    description: {{ zh: 开通账号, en: An account }}
    category: {{ zh: 账号, en: Accounts }}
    service: shop
    team: web
    form:
      - {{ key: role, label: {{ zh: 权限, en: Rights }}, type: choice, required: true, options: [{{ key: read, label: {{ zh: 看, en: Look }} }}] }}
    expected: {{ secs: 14400, calendar: always }}
    entitlement: {{ organisations: [acme] }}
    approvals: [{{ by: line_manager, time_out: {{ hours: 48, escalate_to: [service_owner] }} }}]
    stages:
      - tasks: [{{ title: {{ zh: 核对, en: Check }} }}]
      - tasks: [{{ title: {{ zh: 开通, en: Make it }}, automated: {{ url: "{machine}" }} }}]
"#
    )
}

async fn detail(client: &Client, id: &str) -> Value {
    client.get(&format!("/api/v1/requests/{id}")).await
}

async fn story(database_url: Option<String>) {
    let (smtp, machine) = (Smtp::start(), Webhook::silent_at_first(1));
    let mut setup = Setup::new(database_url);
    setup.smtp_port = Some(smtp.port);
    setup.config(&config(&machine.url));
    let mut server = setup.serve().await;
    let cora = setup.sign_in_as("cora").await;
    let carl = setup.sign_in_as("carl").await;

    // She finds it and asks for it; somebody of another customer does not know that it is there.
    let found = cora.get("/api/v1/catalogue?q=account").await;
    assert_eq!((&found[0]["name"], &found[0]["orderable"]), (&json!("account"), &json!(true)), "{found}");
    assert_eq!(carl.get("/api/v1/catalogue").await, json!([]));
    let made = cora.post("/api/v1/requests", &json!({ "item_id": found[0]["id"], "answers": { "role": "read" }, "submit": true })).await;
    let id = made["id"].as_str().unwrap().to_owned();
    assert_eq!((&made["state"], &made["next"]["people"][0]["display"]), (&json!("approving"), &json!("Cass")));
    assert_eq!(carl.send("GET", &format!("/api/v1/requests/{id}"), None).await.0, 404);

    // Her manager approves from the mail, without signing in.
    let mail = until("the mail to her manager", Duration::from_secs(20), || async {
        smtp.mails().into_iter().find(|mail| mail.text().contains("/approval?token="))
    })
    .await;
    let link = mail.link("/approval?token=").unwrap();
    let token = link.split("token=").nth(1).unwrap().to_owned();
    Client::new(&setup.url()).post("/api/v1/approvals/link", &json!({ "token": token, "approved": true })).await;
    let approved = detail(&cora, &id).await;
    assert_eq!((&approved["state"], &approved["tasks"][0]["state"]), (&json!("fulfilling"), &json!("open")), "{approved}");
    until("the clock to say when to expect it", Duration::from_secs(20), || async {
        detail(&cora, &id).await["due_at"].is_string().then_some(())
    })
    .await;

    // A person does the first task; the machine is asked, and the server dies before it answers.
    let li = setup.sign_in_as("li").await;
    let tasks = li.get("/api/v1/request-tasks").await;
    let task = tasks["items"][0]["id"].as_str().unwrap().to_owned();
    li.post(&format!("/api/v1/request-tasks/{task}/complete"), &json!({})).await;
    until("the machine to be asked", Duration::from_secs(20), || async { (machine.calls().len() == 1).then_some(()) }).await;
    server.kill();
    server = setup.serve().await;
    until("the work to be done", Duration::from_secs(100), || async { (detail(&cora, &id).await["state"] == "fulfilled").then_some(()) })
        .await;
    let calls = machine.calls();
    let keys: Vec<_> = calls.iter().map(|call| call.header("idempotency-key").unwrap().to_owned()).collect();
    assert!(calls.len() >= 2 && keys.iter().all(|key| *key == keys[0]), "{keys:?}");
    assert!(calls[0].header("evenkeel-signature").is_some_and(|code| code.contains("v1=")));
    assert_eq!(calls[0].body["request"]["answers"], json!({ "role": "read" }));

    // She accepts and rates; the ledger has each edge once and holds.
    cora.post(&format!("/api/v1/requests/{id}/accept"), &json!({})).await;
    cora.post(&format!("/api/v1/requests/{id}/rate"), &json!({ "stars": 5, "text": "quick" })).await;
    let told = cora.get(&format!("/api/v1/requests/{id}/timeline")).await;
    let count =
        |kind: &str, to: &str| told.as_array().unwrap().iter().filter(|entry| entry["kind"] == kind && entry["data"]["to"] == to).count();
    for state in ["submitted", "approving", "approved", "fulfilling", "fulfilled", "accepted"] {
        assert_eq!(count("request.transitioned", state), 1, "{state}: {told}");
    }
    assert_eq!(count("request.task_transitioned", "done"), 2, "{told}");
    assert!(server.stop());
    let verified = setup.run(&["ledger", "verify"]);
    assert!(verified.status.success(), "{}", evenkeel_stories::process::said(&verified));
}
