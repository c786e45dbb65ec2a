//! A browser as a way: added and proven by a drill, paged, arrived, acknowledged; the end takes the page's place. A push service
//! that asks to wait is left alone, also across a SIGKILL; a browser that is gone is passed over.

use std::time::Duration;

use evenkeel_stories::{
    client::Client,
    database,
    process::{Process, Setup, free_port},
    push::PushService,
    smtp::Smtp,
    until,
};
use serde_json::{Value, json};

use crate::kit::{config, start_shop};

const WAIT: Duration = Duration::from_secs(30);
/// What the push service asks for, seconds.
const ASKED_SECS: u32 = 3;

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

/// The push that came as the `number`th.
async fn pushed(service: &PushService, number: usize) -> Value {
    until(&format!("push {number}"), WAIT, || async { service.taken().get(number - 1).cloned() }).await
}

async fn open_incident(client: &Client) -> Option<Value> {
    let list = client.get("/api/v1/incidents").await;
    list["items"].as_array()?.iter().find(|incident| !matches!(incident["state"].as_str(), Some("resolved" | "closed"))).cloned()
}

/// Starts the shop again and waits until nothing is wrong any more.
async fn heal(client: &Client, address: std::net::SocketAddr) -> Process {
    let shop = start_shop(address).await;
    until("the incident to resolve", WAIT, || async { open_incident(client).await.is_none().then_some(()) }).await;
    shop
}

async fn pages(client: &Client, incident: &Value) -> Vec<Value> {
    client.get(&format!("/api/v1/incidents/{}/pages", incident["id"].as_str().unwrap())).await.as_array().unwrap().clone()
}

/// Waits until these are the last pages of an incident, which comes back each time, each with its state.
async fn told(client: &Client, incident: &Value, wanted: &str) {
    let word = |page: &Value| format!("{} {}", page["channel"].as_str().unwrap(), page["state"].as_str().unwrap());
    until(wanted, WAIT, || async {
        let is = pages(client, incident).await.iter().map(word).collect::<Vec<_>>().join(", ");
        is.ends_with(wanted).then_some(())
    })
    .await;
}

async fn story(database_url: Option<String>) {
    let (smtp, mut service) = (Smtp::start(), PushService::start());
    let address = format!("127.0.0.1:{}", free_port()).parse().unwrap();
    let shop = start_shop(address).await;
    let mut setup = Setup::new(database_url);
    setup.smtp_port = Some(smtp.port);
    setup.config(
        &config(address, "http://127.0.0.1:9/hook")
            .replace("webhook_url: \"http://127.0.0.1:9/hook\", ", "")
            .replace("ack_limit_secs: 30", "ack_limit_secs: 3600"),
    );
    let mut server = setup.serve().await;
    let han = setup.sign_in_as("han").await;
    let admin = setup.sign_in(&server).await;
    let anyone = Client::new(&setup.url());

    // Added and proven from the notification; then it is her first way, and mail the next.
    let key = han.get("/api/v1/browser-key").await["public_key"].clone();
    han.post("/api/v1/me/contact/browsers", &service.subscription).await;
    let drill = pushed(&service, 1).await;
    assert_eq!((&drill["vapid"]["key"], &drill["urgency"]), (&key, &json!("high")), "{drill}");
    let button = &drill["note"]["answer"];
    anyone.post(button["api"].as_str().unwrap(), &json!({ "token": button["token"] })).await;
    let contact = han.get("/api/v1/me/contact").await;
    let way = contact["methods"].as_array().unwrap().iter().find(|way| way["channel"] == "browser").unwrap().clone();
    assert!(!way["proven_at"].is_null(), "{way}");
    assert_eq!(way["address"], "127.0.0.1", "of the address its host alone");
    let mail = contact["methods"].as_array().unwrap().iter().find(|way| way["channel"] == "mail").unwrap()["id"].clone();
    let ordered =
        |id: &Value, channel: &str, place: i64| json!({ "id": id, "channel": channel, "address": null, "place": place, "up_to": 5 });
    let ways = json!([ordered(&way["id"], "browser", 1), ordered(&mail, "mail", 2)]);
    han.put("/api/v1/me/contact", &json!({ "methods": ways, "quiet": null })).await;

    // Paged, arrived, acknowledged; the end takes the page's place.
    until("the probe to say up", WAIT, || async {
        han.get("/api/v1/probes").await["items"].as_array()?.iter().any(|probe| probe["verdict"] == "up").then_some(())
    })
    .await;
    drop(shop);
    let fired = pushed(&service, 2).await;
    assert!(fired["note"]["title"].as_str().unwrap().contains("P1 INC-1001"), "{fired}");
    assert_eq!((&fired["ttl"], &fired["urgency"]), (&json!("3600"), &json!("high")));
    let receipt = format!("/api/v1/page-receipts/{}", fired["note"]["receipt"].as_str().unwrap());
    let (url, form) = (format!("{}{receipt}", setup.url()), "application/x-www-form-urlencoded");
    let answer = evenkeel_stories::client::http().post(url).header("content-type", form).body("state=shown").send().await.unwrap();
    assert_eq!(answer.status().as_u16(), 204);
    let incident = open_incident(&han).await.unwrap();
    told(&han, &incident, "browser sent").await;
    assert!(!pages(&han, &incident).await[0]["delivered_at"].is_null());
    let button = &fired["note"]["answer"];
    anyone.post(button["api"].as_str().unwrap(), &json!({ "token": button["token"] })).await;
    let (status, _) = anyone.send("POST", button["api"].as_str().unwrap(), Some(&json!({ "token": button["token"] }))).await;
    assert!(status >= 400, "a token works once");
    assert!(!pages(&han, &incident).await[0]["acknowledged_at"].is_null());
    let shop = heal(&han, address).await;
    let ended = pushed(&service, 3).await;
    assert_eq!((&ended["note"]["tag"], &ended["topic"]), (&fired["note"]["tag"], &fired["topic"]), "{ended}");
    assert!(ended["note"]["answer"].is_null() && ended["note"]["alert"] == false, "{ended}");

    // The push service asks to wait, and the server is killed meanwhile: told once, and not before its time.
    service.answers(429, 1, Some(ASKED_SECS));
    drop(shop);
    let refused = pushed(&service, 4).await;
    assert_eq!(refused["status"], 429);
    // Not before it is written down: what a process was sending when it died is sent again at once.
    until("the refusal to be written down", WAIT, || async {
        let queued = admin.get("/api/v1/outbox?state=queued").await;
        queued["items"].as_array()?.iter().any(|message| message["error"].as_str().is_some_and(|error| error.contains("429"))).then_some(())
    })
    .await;
    server.kill();
    drop(server);
    let server = setup.serve().await;
    let taken = pushed(&service, 5).await;
    assert_eq!((&taken["note"]["tag"], &taken["status"]), (&refused["note"]["tag"], &json!(201)));
    let waited = taken["at"].as_u64().unwrap() - refused["at"].as_u64().unwrap();
    assert!(waited >= u64::from(ASKED_SECS) * 1_000, "{waited} ms");
    let button = &taken["note"]["answer"];
    anyone.post(button["api"].as_str().unwrap(), &json!({ "token": button["token"] })).await;
    let shop = heal(&han, address).await;
    assert_eq!(pushed(&service, 6).await["note"]["tag"], taken["note"]["tag"], "the next that comes is the end");
    assert!(smtp.mails().is_empty(), "the first way sufficed");

    // The browser is gone: the next way is used, once, and her page says so.
    service.answers(410, 1, None);
    drop(shop);
    pushed(&service, 7).await;
    let incident = open_incident(&han).await.unwrap();
    told(&han, &incident, "browser dead, mail sent").await;
    assert_eq!(smtp.mails().len(), 1);
    let contact = han.get("/api/v1/me/contact").await;
    assert!(contact["methods"].as_array().unwrap().iter().any(|way| way["channel"] == "browser" && !way["gone_at"].is_null()));
    let shop = heal(&han, address).await;
    assert_eq!(service.taken().len(), 7, "a browser that is gone is asked no more");

    // What is a secret is in no ledger and no log.
    let events = admin.get("/api/v1/events?limit=200").await.to_string();
    for secret in ["/push/one", service.subscription["auth"].as_str().unwrap(), service.subscription["p256dh"].as_str().unwrap()] {
        assert!(!events.contains(secret) && !server.output().contains(secret), "{secret}");
    }
    drop(shop);
}
