//! Two houses watch each other: one is killed, or stands still, and the other calls somebody within its grace. Whoever was away
//! itself calls nobody for it.

use std::{
    process::Command,
    time::{Duration, Instant},
};

use evenkeel_stories::{
    client::Client,
    database,
    process::{Process, Setup},
    smtp::Smtp,
    until,
};
use serde_json::{Value, json};

use crate::kit::Disk;

/// How often each tells the other, and how long the other waits beyond that, seconds.
const EVERY: u64 = 1;
const PERIOD: u64 = 2;
const GRACE: u64 = 3;

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

fn config() -> String {
    format!(
        r"
organisations:
  - {{ name: keel, display: {{ zh: 稳舵演练, en: Keel Operations }}, kind: provider }}
people:
  - {{ name: han, display: Han Mei, organisation: keel, email: han@keel.example, locale: en, roles: [admin] }}
teams:
  - {{ name: web, display: {{ zh: 网站组, en: Web team }}, organisation: keel, members: [han] }}
services:
  - {{ name: other-house, display: {{ zh: 另一套稳舵, en: The other Evenkeel }}, team: web, owner: han, criticality: critical, verify_secs: 0, auto_resolve: true }}
  - {{ name: evenkeel, display: {{ zh: 稳舵自身, en: Evenkeel itself }}, team: web, owner: han, criticality: critical, verify_secs: 0, auto_resolve: true }}
heartbeats:
  - {{ name: other, service: other-house, every_secs: {PERIOD}, grace_secs: {GRACE} }}
rotas:
  - {{ team: web, zone: Asia/Shanghai, handover: monday 09:00, starts_on: 2026-01-05, members: [han], ack_limit_secs: 30 }}
"
    )
}

/// One of the two, with its mail server.
struct House {
    setup: Setup,
    smtp: Smtp,
    process: Process,
    han: Client,
}

impl House {
    async fn open(database_url: Option<String>) -> Self {
        let smtp = Smtp::start();
        let mut setup = Setup::new(database_url);
        setup.smtp_port = Some(smtp.port);
        setup.config(&config());
        let process = setup.serve().await;
        let han = setup.sign_in_as("han").await;
        Self { setup, smtp, process, han }
    }

    /// Starts again, and tells `address` from now on.
    async fn serve(&mut self, address: &str) {
        self.process = self.setup.serve_with(&["--heartbeat-to", address, "--heartbeat-every", &EVERY.to_string()]).await;
    }

    /// Where the other one reports to.
    async fn address(&self) -> String {
        let heartbeat = self.han.get("/api/v1/heartbeats").await["items"][0].clone();
        let made = self.han.post(&format!("/api/v1/heartbeats/{}/address", heartbeat["id"].as_str().unwrap()), &json!({})).await;
        made["url"].as_str().unwrap().to_owned()
    }

    async fn becomes(&self, state: &str) {
        let what = format!("the other house to be {state}");
        until(&what, Duration::from_secs(30), || async {
            (self.han.get("/api/v1/heartbeats").await["items"][0]["state"] == state).then_some(())
        })
        .await;
    }

    /// The subject of the mail of this number.
    async fn mail(&self, number: usize) -> String {
        let what = format!("mail {number}");
        until(&what, Duration::from_mins(1), || async { self.smtp.mails().get(number - 1).and_then(|mail| mail.header("Subject")) }).await
    }

    /// Waits for the mail of this number after something happened at `since`, and says how long that took. It was told when the
    /// grace was over, by the house's own words, and not a moment before.
    async fn paged(&self, number: usize, since: Instant, what: &str) {
        self.mail(number).await;
        eprintln!("{what}: paged after {:.2} s", since.elapsed().as_secs_f64());
        let heartbeat = self.han.get("/api/v1/heartbeats").await["items"][0].clone();
        let micros = |text: &Value| text.as_str().unwrap().parse::<jiff::Timestamp>().unwrap().as_microsecond();
        assert_eq!(micros(&heartbeat["since"]) - micros(&heartbeat["last_at"]), i64::try_from(PERIOD * 1_000_000).unwrap(), "{heartbeat}");
        let events = self.han.get("/api/v1/events?kind=alert.fired").await;
        let fired = events["items"].as_array().unwrap().iter().rfind(|event| event["kind"] == "alert.fired");
        let fired = fired.unwrap_or_else(|| panic!("{events}"));
        assert!(micros(&fired["occurred_at"]) - micros(&heartbeat["since"]) >= i64::try_from(GRACE * 1_000_000).unwrap(), "{fired}");
    }

    /// The trouble of the newest incident.
    async fn trouble(&self) -> String {
        self.han.get("/api/v1/incidents").await["items"][0]["title"].as_str().unwrap().to_owned()
    }
}

fn signal(process: &Process, name: &str) {
    assert!(Command::new("kill").args([name, &process.id().to_string()]).status().unwrap().success());
}

async fn story(database_url: Option<String>) {
    // One of the two on the database of this story, the other beside it.
    let (mut here, mut there) = (House::open(database_url).await, House::open(None).await);
    let (to_here, to_there) = (here.address().await, there.address().await);
    here.process.stop();
    here.serve(&to_there).await;
    there.process.stop();
    there.serve(&to_here).await;
    here.becomes("up").await;
    there.becomes("up").await;

    // Each says on its own page that the other was told that all is well.
    until("the beat to be taken", Duration::from_secs(20), || async {
        let own = here.han.get("/api/v1/own").await;
        (own["beat"]["error"].is_null() && own["beat"]["wrong"] == json!([])).then_some(())
    })
    .await;

    // Killed: no chance to say anything.
    let killed = Instant::now();
    there.process.kill();
    here.paged(1, killed, "killed").await;
    assert!(here.trouble().await.contains("did not report in time (other)"), "{}", here.trouble().await);
    assert_eq!(here.smtp.mails()[0].to, ["han@keel.example"]);

    // It comes back: that is told, and it calls nobody because of the time when it was away itself.
    there.serve(&to_here).await;
    here.becomes("up").await;
    here.mail(2).await;
    there.becomes("up").await;

    // It hangs: the process is there, and nothing turns.
    let stopped = Instant::now();
    signal(&there.process, "-STOP");
    here.paged(3, stopped, "hanging").await;
    // Longer than a house may be silent before it knows that it was away.
    tokio::time::sleep(Duration::from_secs(16).saturating_sub(stopped.elapsed())).await;
    signal(&there.process, "-CONT");
    here.becomes("up").await;
    there.becomes("up").await;
    here.mail(4).await;
    assert_eq!(there.smtp.mails().len(), 0, "whoever was away itself calls nobody: {:?}", there.smtp.mails());

    // Told to stop it stops in order, and is missed all the same: nobody but a person knows that this was meant.
    let told = Instant::now();
    assert!(there.process.stop());
    here.paged(5, told, "stopped").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disk_that_is_almost_full_is_an_incident_of_the_house_itself() {
    let smtp = Smtp::start();
    let mut setup = Setup::new(None);
    setup.smtp_port = Some(smtp.port);
    setup.config(&config());
    let Some(disk) = Disk::mount(&setup.data(), 400) else { return };
    let server = setup.serve().await;
    let han = setup.sign_in_as("han").await;
    let ballast = setup.data().join("ballast");
    std::fs::write(&ballast, vec![7u8; usize::try_from(disk.free()).unwrap() - (8 << 20)]).unwrap();
    let page = until("somebody to be told", Duration::from_secs(90), || async { smtp.mails().first().cloned() }).await;
    assert!(page.text().contains("almost full"), "{}", page.text());
    let own = han.get("/api/v1/own").await;
    let check = own["checks"].as_array().unwrap().iter().find(|check| check["subject"] == "disk_free").unwrap().clone();
    assert_eq!(check["state"], "bad", "{check}");
    // Space is made: it is over by itself.
    std::fs::remove_file(&ballast).unwrap();
    until("the incident to be resolved", Duration::from_secs(90), || async {
        (han.get("/api/v1/incidents").await["items"][0]["state"] == "resolved").then_some(())
    })
    .await;
    drop(server);
}
