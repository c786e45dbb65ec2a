//! Rules of the desk while the server is killed again and again: each rule acts once on each ticket, all of its acts or none,
//! whatever moment the server died at.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use evenkeel_stories::{
    client::Client,
    database,
    process::{self, Setup},
    until,
};
use serde_json::{Value, json};

const KILLS: u32 = 15;
const RULES: [&str; 3] = ["first", "second", "third"];

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

/// Three rules: two of what is opened, and one of what the first of them does.
const CONFIG: &str = "
organisations:
  - { name: keel, display: { zh: 稳舵演练, en: Keel Operations }, kind: provider }
people:
  - { name: han, display: Han Mei, organisation: keel, email: han@keel.example, locale: en, roles: [admin] }
teams:
  - { name: web, display: { zh: 网站组, en: Web team }, organisation: keel, members: [han] }
services:
  - { name: shop, display: { zh: 演练商城, en: Practice shop }, customer: keel, team: web, owner: han, criticality: high }
calendars:
  - { name: always, always: true, zone: Asia/Shanghai }
ticket_statuses:
  - { name: seen, title: { zh: 已分诊, en: Triaged }, under: in_progress }
ticket_rules:
  - name: first
    title: { zh: 一, en: First }
    order: 1
    when: [opened]
    then:
      - prioritise: { impact: 3, urgency: 3 }
      - note: { text: { zh: 'first', en: 'first' } }
  - name: second
    title: { zh: 二, en: Second }
    order: 2
    when: [opened]
    then:
      - note: { text: { zh: 'second', en: 'second' } }
      - set_status: { status: seen }
  - name: third
    title: { zh: 三, en: Third }
    when: [reprioritised]
    then:
      - note: { text: { zh: 'third', en: 'third' } }
";

async fn story(database_url: Option<String>) {
    let on = if database_url.is_some() { "postgresql" } else { "sqlite" };
    let mut setup = Setup::new(database_url);
    setup.config(CONFIG);
    let mut server = setup.serve().await;
    let client = setup.sign_in_as("han").await;
    let services = client.get("/api/v1/services").await;
    let service = services["items"].as_array().unwrap()[0]["id"].clone();
    let stop = Arc::new(AtomicBool::new(false));
    let opened = Arc::new(Mutex::new(Vec::new()));
    let writers: Vec<_> =
        (0..3).map(|writer| tokio::spawn(open(writer, client.clone(), service.clone(), Arc::clone(&opened), Arc::clone(&stop)))).collect();
    // A fixed pattern of moments: repeatable, and spread over the life of a process.
    let mut state = 0x2545_F491_4F6C_DD1Du64;
    for _ in 0..KILLS {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let before = opened.lock().unwrap().len();
        until("tickets to be opened", Duration::from_mins(1), || async { (opened.lock().unwrap().len() > before + 2).then_some(()) }).await;
        tokio::time::sleep(Duration::from_millis(state % 120)).await;
        server.kill();
        server = setup.serve().await;
    }
    stop.store(true, Ordering::Relaxed);
    for writer in writers {
        writer.await.unwrap();
    }
    let ids: Vec<String> = opened.lock().unwrap().clone();
    assert!(ids.len() > 40, "the story was too quiet to prove anything: {}", ids.len());
    until("the rules to come to an end", Duration::from_mins(2), || async {
        let health = client.get("/api/v1/health").await;
        health["consumers"].as_array()?.iter().all(|consumer| consumer["lag"] == 0).then_some(())
    })
    .await;
    for id in &ids {
        once_each(&client, id).await;
    }
    println!("{on}: {KILLS} kills, {} tickets, each rule once on each", ids.len());
    assert!(server.stop());
    let verified = setup.run(&["ledger", "verify"]);
    assert!(verified.status.success(), "{}", process::said(&verified));
}

/// Opens tickets until told to stop; keeps those that the server said yes to.
async fn open(writer: u32, client: Client, service: Value, opened: Arc<Mutex<Vec<String>>>, stop: Arc<AtomicBool>) {
    let mut n = 0;
    while !stop.load(Ordering::Relaxed) {
        n += 1;
        let body = json!({ "service_id": service, "title": format!("writer {writer} ticket {n}"), "impact": 1, "urgency": 1 });
        match client.try_send("POST", "/api/v1/incidents", Some(&body)).await {
            Ok((200..300, made)) => opened.lock().unwrap().push(made["id"].as_str().unwrap().to_owned()),
            // It was killed: wait for the next.
            _ => tokio::time::sleep(Duration::from_millis(50)).await,
        }
    }
}

async fn once_each(client: &Client, id: &str) {
    let timeline = client.get(&format!("/api/v1/incidents/{id}/timeline")).await;
    let entries = timeline.as_array().unwrap();
    let count = |is: &dyn Fn(&Value) -> bool| entries.iter().filter(|entry| is(entry)).count();
    for rule in RULES {
        let acted =
            count(&|entry| entry["kind"] == "incident.ruled" && entry["data"]["rule"] == rule && entry["data"]["outcome"] == "acted");
        let noted = count(&|entry| entry["kind"] == "incident.noted" && entry["text"] == rule);
        assert_eq!((acted, noted), (1, 1), "rule {rule} on {id}: {timeline}");
    }
    assert_eq!(count(&|entry| entry["kind"] == "incident.reprioritised"), 1, "{timeline}");
    assert_eq!(count(&|entry| entry["kind"] == "incident.status_set"), 1, "{timeline}");
    let incident = client.get(&format!("/api/v1/incidents/{id}")).await;
    assert_eq!((&incident["impact"], &incident["state"], &incident["status"]["name"]), (&json!(3), &json!("in_progress"), &json!("seen")));
}
