//! A storm of alerts from elsewhere, for the story of the fifty kills: a switch with everything behind it falls and returns,
//! and single services fail, some for long. It is sent as a Prometheus sends: again and again until it is taken.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use evenkeel_stories::client::{Client, http};
use serde_json::{Value, json};

/// Services behind the switch.
const DEPENDENTS: usize = 4;
/// Alerts of each of them when the switch is down.
const ALERTS_EACH: usize = 25;
/// Every so many rounds the switch falls.
const SWITCH_EVERY: usize = 10;
/// For so many rounds it is down, or an ordinary trouble lasts.
const LASTS: usize = 3;
/// Every so many troubles one lasts until the storm is over.
const LONG_EVERY: usize = 6;
/// What goes on is sent again this often, or it would end as silent, which proves no recovery (Prometheus: after a minute).
const RESEND_AFTER: Duration = Duration::from_secs(30);

/// Who is told: first Li, half a minute later Han as well.
pub fn config() -> String {
    let mut text = String::from(
        r"
teams:
  - { name: net, display: { zh: 网络组, en: Network team }, organisation: keel, members: [li, han] }
escalation_policies:
  - { team: net, rounds: 1, steps: [{ people: [li], wait_secs: 30 }, { people: [han], wait_secs: 3600 }] }
services:
",
    );
    let mut service = |name: &str, more: &str| {
        let _ = writeln!(
            text,
            "  - {{ name: {name}, display: {{ zh: {name}, en: {name} }}, team: net, owner: han, criticality: critical, verify_secs: 0, auto_resolve: true{more} }}"
        );
    };
    service("switch", "");
    service("lone", "");
    for number in 0..DEPENDENTS {
        service(&format!("behind-{number}"), ", depends_on: [switch]");
    }
    text
}

/// The way in for alerts.
#[derive(Clone)]
pub struct Sender {
    http: reqwest::Client,
    url: String,
    token: String,
}

impl Sender {
    pub async fn new(admin: &Client, url: &str) -> Self {
        let made = admin.post("/api/v1/tokens", &json!({ "name": "storm", "permissions": ["alert.write"] })).await;
        Self { http: http(), url: format!("{url}/alertmanager/api/v2/alerts"), token: made["secret"].as_str().unwrap().to_owned() }
    }

    /// Sends until it is taken.
    async fn send(&self, alerts: &[Value]) {
        loop {
            let answer = self.http.post(&self.url).bearer_auth(&self.token).json(&alerts).send().await;
            match answer.map(|answer| answer.status().as_u16()) {
                Ok(200) => return,
                Ok(status @ 400..500) => panic!("refused: {status}"),
                _ => tokio::time::sleep(Duration::from_millis(50)).await,
            }
        }
    }
}

fn alert(name: &str, instance: usize, service: &str, cause: &str, over: bool) -> Value {
    let mut alert = json!({ "labels": { "alertname": name, "instance": format!("host-{instance}"), "service": service, "severity": "critical", "cause": cause } });
    if over {
        alert["endsAt"] = json!(jiff::Timestamp::now());
    }
    alert
}

/// The switch, which comes last, and everything behind it.
fn switch(over: bool) -> Vec<Value> {
    let behind = (0..DEPENDENTS * ALERTS_EACH).map(|n| alert("Unreachable", n, &format!("behind-{}", n % DEPENDENTS), "unavailable", over));
    behind.chain([alert("SwitchDown", 0, "switch", "unavailable", over)]).collect()
}

fn lone(round: usize, over: bool) -> Value {
    alert(&format!("Trouble{round}"), 0, "lone", "", over)
}

/// Sends until `stop`, then the end of everything; answers how many troubles there were.
pub async fn rage(sender: Sender, stop: Arc<AtomicBool>) -> usize {
    let mut round = 0;
    let (mut lasting, mut resent) = (BTreeSet::new(), Instant::now());
    while !stop.load(Ordering::Relaxed) {
        sender.send(&[lone(round, false)]).await;
        lasting.insert(round);
        if round % SWITCH_EVERY == 0 {
            sender.send(&switch(false)).await;
        }
        if round % SWITCH_EVERY == LASTS {
            sender.send(&switch(true)).await;
        }
        if round >= LASTS && !(round - LASTS).is_multiple_of(LONG_EVERY) {
            sender.send(&[lone(round - LASTS, true)]).await;
            lasting.remove(&(round - LASTS));
        }
        if resent.elapsed() >= RESEND_AFTER {
            let down = if round % SWITCH_EVERY < LASTS { switch(false) } else { Vec::new() };
            let again: Vec<Value> = lasting.iter().map(|round| lone(*round, false)).chain(down).collect();
            sender.send(&again).await;
            resent = Instant::now();
        }
        round += 1;
        tokio::time::sleep(Duration::from_millis(150)).await;
    }
    sender.send(&switch(true)).await;
    for round in lasting {
        sender.send(&[lone(round, true)]).await;
    }
    round
}

/// What the pages say of it: nothing behind the switch was told; of every trouble Li was, of the long ones Han as well; one step
/// told nobody twice; who was told heard the end. Answers how many were told of a fault.
pub async fn everybody_heard_once_and_the_end(client: &Client, incidents: &[String], troubles: usize) -> usize {
    let (mut told, mut paged, mut second) = (0, BTreeSet::new(), 0);
    for id in incidents {
        let incident = client.get(&format!("/api/v1/incidents/{id}")).await;
        let service = incident["service"].to_string();
        assert!(!service.contains("behind-"), "an incident behind the switch: {incident}");
        if !service.contains("lone") && !service.contains("switch") {
            continue;
        }
        let mut by_reason: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        let mut firing: BTreeMap<(String, String, String), usize> = BTreeMap::new();
        for page in client.get(&format!("/api/v1/incidents/{id}/pages")).await.as_array().unwrap() {
            let (person, reason) = (page["person"]["id"].to_string(), page["reason"].as_str().unwrap().to_owned());
            by_reason.entry(reason.clone()).or_default().insert(person.clone());
            if reason == "firing" {
                *firing.entry((person, page["step"].to_string(), page["round"].to_string())).or_default() += 1;
            }
        }
        let who = by_reason.remove("firing").unwrap_or_default();
        let end: BTreeSet<String> = by_reason.into_values().flatten().collect();
        assert!(who.is_subset(&end), "told {who:?}, heard the end {end:?}: {incident}");
        if service.contains("lone") {
            assert!(firing.values().all(|times| *times == 1), "a step told somebody twice: {firing:?}");
            paged.insert(id.clone());
            second += usize::from(who.len() > 1);
        }
        assert!(!who.is_empty(), "nobody was told of {incident}");
        told += who.len();
    }
    assert_eq!(paged.len(), troubles, "one incident for each trouble");
    assert!(second > 0, "nobody was told second: too short a storm");
    told
}
