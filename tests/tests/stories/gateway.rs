//! A person's own way over a gateway of the house: proven by a drill, paged over it, a receipt comes back, and the incident is
//! resolved from the message.

use std::time::Duration;

use evenkeel_stories::{
    client::Client,
    database,
    process::{Setup, free_port},
    smtp::Smtp,
    until,
    webhook::Webhook,
};
use serde_json::{Value, json};

use crate::kit::{config, start_shop};

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

fn gateway(url: &str) -> String {
    format!(
        r#"
notification:
  gateways:
    - name: sms
      shape: http
      url: "{url}"
      request: {{ json: {{ to: "{{{{to}}}}", text: "{{{{text}}}}", receipt: "{{{{receipt_url}}}}" }} }}
      receipt: {{ field: status, delivered: [DELIVRD], failed: [REJECTD] }}
      receipt_within_secs: 60
"#
    )
}

/// What stands after `token=` in a text.
fn token(text: &str) -> String {
    text.split("token=").nth(1).unwrap().chars().take_while(char::is_ascii_hexdigit).collect()
}

async fn sent(gateway: &Webhook, number: usize) -> Value {
    let what = format!("message {number} at the gateway");
    until(&what, Duration::from_secs(20), || async { gateway.calls().get(number - 1).map(|call| call.body.clone()) }).await
}

async fn story(database_url: Option<String>) {
    let (smtp, sms) = (Smtp::start(), Webhook::start());
    let shop_address = format!("127.0.0.1:{}", free_port()).parse().unwrap();
    let mut shop = start_shop(shop_address).await;
    let mut setup = Setup::new(database_url);
    setup.smtp_port = Some(smtp.port);
    setup.config(&(config(shop_address, "http://127.0.0.1:9/hook") + &gateway(&sms.url)));
    let server = setup.serve().await;
    let han = setup.sign_in_as("han").await;
    let anyone = Client::new(&setup.url());

    // Her own way, and the proof that it works.
    let way = json!({ "id": null, "channel": "sms", "address": "+8613800000000", "place": 1, "up_to": 5 });
    let contact = han.put("/api/v1/me/contact", &json!({ "methods": [way], "quiet": null })).await;
    let id = contact["methods"][0]["id"].as_str().unwrap();
    let (status, _) = han.send("POST", &format!("/api/v1/me/contact/{id}/prove"), None).await;
    assert_eq!(status, 202);
    let drill = sent(&sms, 1).await;
    assert_eq!(drill["to"], "+8613800000000");
    anyone.post("/api/v1/drills", &json!({ "token": token(drill["text"].as_str().unwrap()) })).await;
    let reach = han.get("/api/v1/on-call/reachability").await;
    assert_eq!(reach[0]["state"], "proven", "{reach}");

    // Break it: she is told over her way, and not by mail.
    until("the probe to say up", Duration::from_secs(20), || async {
        han.get("/api/v1/probes").await["items"].as_array()?.iter().any(|probe| probe["verdict"] == "up").then_some(())
    })
    .await;
    shop.kill();
    let page = sent(&sms, 2).await;
    assert!(page["text"].as_str().unwrap().contains("INC-1001"), "{page}");
    assert!(smtp.mails().is_empty());

    // The receipt, then the answer, each further along.
    let receipt = page["receipt"].as_str().unwrap().strip_prefix(&setup.url()).unwrap().to_owned();
    let (status, said) = anyone.send("POST", &receipt, Some(&json!({ "status": "DELIVRD" }))).await;
    assert_eq!(status, 204, "{said}");
    let incident = han.get("/api/v1/incidents").await["items"][0].clone();
    let path = format!("/api/v1/incidents/{}", incident["id"].as_str().unwrap());
    let pages = han.get(&format!("{path}/pages")).await;
    assert_eq!((&pages[0]["channel"], &pages[0]["state"]), (&json!("sms"), &json!("sent")), "{pages}");
    assert!(!pages[0]["delivered_at"].is_null() && pages[0]["read_at"].is_null(), "{pages}");
    let link = token(page["text"].as_str().unwrap());
    anyone.get(&format!("/api/v1/acknowledgements?token={link}")).await;
    assert!(!han.get(&format!("{path}/pages")).await[0]["read_at"].is_null());
    anyone.post("/api/v1/acknowledgements", &json!({ "token": link, "answer": "resolve" })).await;
    until("the incident to be resolved", Duration::from_secs(10), || async { (han.get(&path).await["state"] == "resolved").then_some(()) })
        .await;

    // Who was told is told the end, over the same way.
    let end = sent(&sms, 3).await;
    assert!(end["text"].as_str().unwrap().contains("resolved"), "{end}");
    drop(server);
}
