//! Two replicas on one database whose machines do not agree what time it is: nobody is called too early, nothing is written down
//! before it happened, and the one that is wrong says so.

use std::time::{Duration, Instant};

use evenkeel_stories::{client::Client, database, process::Setup, smtp::Smtp, until};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

/// How much the second machine's clock is ahead, seconds: more than all limits of the story together.
const AHEAD_SECS: i64 = 90;
/// How often the machine reports, how long it is waited for beyond that, and how long whoever is called has to answer, seconds.
const PERIOD: u64 = 2;
const GRACE: u64 = 3;
const ANSWER: u64 = 30;

fn config() -> String {
    format!(
        r"
organisations:
  - {{ name: keel, display: {{ zh: 稳舵演练, en: Keel Operations }}, kind: provider }}
people:
  - {{ name: han, display: Han Mei, organisation: keel, email: han@keel.example, locale: en, roles: [admin] }}
  - {{ name: zhou, display: Zhou Lan, organisation: keel, email: zhou@keel.example, locale: en, roles: [engineer] }}
teams:
  - {{ name: web, display: {{ zh: 网站组, en: Web team }}, organisation: keel, members: [han, zhou] }}
services:
  - {{ name: backup, display: {{ zh: 备份, en: Backup }}, team: web, owner: han, criticality: critical }}
heartbeats:
  - {{ name: nightly, service: backup, every_secs: {PERIOD}, grace_secs: {GRACE} }}
rotas:
  - {{ team: web, zone: Asia/Shanghai, handover: monday 09:00, starts_on: 2026-01-05, members: [han], ack_limit_secs: {ANSWER} }}
"
    )
}

fn at(text: &Value) -> Timestamp {
    text.as_str().unwrap_or_else(|| panic!("no time: {text}")).parse().unwrap()
}

/// All events of a kind, oldest first.
async fn events(client: &Client, kind: &str) -> Vec<Value> {
    let mut items = client.get(&format!("/api/v1/events?kind={kind}")).await["items"].as_array().unwrap().clone();
    items.sort_by_key(|event| event["seq"].as_i64());
    items
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replica_whose_clock_is_ahead_calls_nobody_early() {
    let Some(url) = database::fresh().await else { return eprintln!("EVENKEEL_TEST_POSTGRES is not set: replicas are not told") };
    let begun = Timestamp::now();
    let smtp = Smtp::start();
    let mut right = Setup::new(Some(url.clone()));
    right.smtp_port = Some(smtp.port);
    right.config(&config());
    let _right = right.serve().await;
    let mut ahead = Setup::new(Some(url));
    ahead.smtp_port = Some(smtp.port);
    ahead.ahead_secs = AHEAD_SECS;
    let _ahead = ahead.serve().await;
    let (han, there) = (right.sign_in_as("han").await, ahead.sign_in_as("han").await);

    // It says that its machine is wrong, and by how much.
    let skew = until("the second replica to look at its clock", Duration::from_mins(1), || async {
        let own = there.get("/api/v1/own").await;
        let check = own["checks"].as_array()?.iter().find(|check| check["subject"] == "clock_skew")?.clone();
        check["value"].is_number().then_some(check)
    })
    .await;
    assert!((skew["value"].as_f64().unwrap() + f64::from(i32::try_from(AHEAD_SECS).unwrap())).abs() < 2.0, "{skew}");
    assert_eq!(skew["state"], "bad", "{skew}");

    // A machine reports to the replica that is ahead, and then no more.
    let heartbeat = han.get("/api/v1/heartbeats").await["items"][0].clone();
    let made = there.post(&format!("/api/v1/heartbeats/{}/address", heartbeat["id"].as_str().unwrap()), &json!({})).await;
    let address = made["url"].as_str().unwrap().to_owned();
    let reported = Instant::now();
    assert!(evenkeel_stories::client::http().post(&address).send().await.unwrap().status().is_success());
    let mail = |number: usize| {
        let smtp = &smtp;
        async move { until("the mail", Duration::from_mins(1), || async { smtp.mails().get(number - 1).map(|mail| mail.to.clone()) }).await }
    };
    assert_eq!(mail(1).await, ["han@keel.example"]);
    assert!(reported.elapsed() >= Duration::from_secs(PERIOD + GRACE), "called after {:?}", reported.elapsed());
    // Nobody answers: the next round comes when the time to answer is over, not at once.
    mail(2).await;
    assert!(reported.elapsed() >= Duration::from_secs(PERIOD + GRACE + ANSWER), "called again after {:?}", reported.elapsed());

    // Whichever replica wrote it: nothing is of a time that has not come.
    let opened = events(&han, "incident.opened").await;
    assert_eq!(opened.len(), 1, "one incident: {opened:?}");
    let all = han.get("/api/v1/events?limit=200").await;
    let all = all["items"].as_array().unwrap();
    assert!(all.len() > 10, "{all:?}");
    let (from, to) = (begun - SignedDuration::from_secs(1), Timestamp::now() + SignedDuration::from_secs(1));
    for event in all {
        let at = at(&event["recorded_at"]);
        assert!(from <= at && at <= to, "{event}");
    }
}
