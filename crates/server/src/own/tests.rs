#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
//! What the house says of itself when its workers stand still, and whom it tells.

use std::sync::{Arc, Mutex};

use axum::{Router, body::Bytes, extract::State as Extract, http::Uri, routing::any};
use evenkeel_observe::{rule, slo};
use evenkeel_store::{
    TimerHandler,
    testing::{TestDb, for_each_database},
    timer,
};
use jiff::SignedDuration;

use super::{
    Pulse, RULES, SLOS,
    beat::{BeatArgs, beat},
    check::{State, Subject},
    watch::look,
};
use crate::{app::migrations, testing::Server};

/// Another house: it keeps what it is told.
#[derive(Clone, Default)]
struct Other(Arc<Mutex<Vec<(String, String)>>>);

impl Other {
    async fn open(&self) -> String {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}/ping/secret", listener.local_addr().unwrap());
        let take = |Extract(other): Extract<Self>, uri: Uri, body: Bytes| async move {
            other.0.lock().unwrap().push((uri.path().to_owned(), String::from_utf8_lossy(&body).into_owned()));
        };
        let routes = Router::new().fallback(any(take)).with_state(self.clone());
        tokio::spawn(async move { axum::serve(listener, routes).await });
        address
    }

    fn told(&self) -> Vec<(String, String)> {
        self.0.lock().unwrap().clone()
    }
}

fn args(to: &str) -> BeatArgs {
    BeatArgs { to: Some(to.to_owned().into()), every_secs: 60 }
}

fn client() -> reqwest::Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().no_proxy().build().unwrap()
}

/// The timers' loop turns once.
async fn timers_turn(test: &TestDb) {
    let handlers: Vec<Arc<dyn TimerHandler>> = vec![Arc::new(Pulse)];
    timer::run_due(&test.db, &handlers).await.unwrap();
}

fn state(checks: &[super::check::Check], subject: Subject) -> State {
    checks.iter().find(|check| check.subject == subject).unwrap().state
}

#[test]
fn the_rules_and_objectives_that_come_with_the_program_are_good() {
    let file = |(name, text): (&str, &str)| rule::SourceFile { name: name.to_owned(), text: text.to_owned() };
    let rules = rule::check(&file(RULES));
    assert!(rules.findings.is_empty(), "{:?}", rules.findings);
    let slos = slo::check(&[file(SLOS)]);
    assert!(slos.is_good() && slos.findings.is_empty(), "{:?}", slos.findings);
    // What is judged by a rule is kept by somebody.
    let kept: Vec<&str> = Subject::all().map(Subject::metric).collect();
    for metric in &kept {
        assert!(RULES.1.contains(metric), "no rule judges {metric}");
    }
}

#[test]
fn everything_that_is_looked_at_stands_in_the_table_once_and_is_judged_on_its_side() {
    let all: std::collections::BTreeSet<Subject> = Subject::all().collect();
    assert_eq!(all.len(), Subject::all().count());
    let judged = |subject: Subject, value| subject.judge(value).state;
    assert_eq!(judged(Subject::Timers, Some(30.0)), State::Good);
    assert_eq!(judged(Subject::Timers, Some(30.1)), State::Bad);
    assert_eq!(judged(Subject::ClockJump, Some(-60.0)), State::Bad, "set back is set too");
    assert_eq!(judged(Subject::DiskFree, Some(0.09)), State::Bad);
    assert_eq!(judged(Subject::DiskFull, Some(25.0)), State::Good);
    assert_eq!(judged(Subject::Pages, None), State::Unknown);
}

#[test]
fn an_address_that_is_none_is_refused_without_being_repeated() {
    for wrong in ["ftp://secret-token/x", "secret-token", "http://"] {
        let refused = args(wrong).beats().unwrap_err();
        assert!(!refused.detail.contains("secret-token"), "{}", refused.detail);
    }
    assert!(BeatArgs::default().beats().unwrap().is_none());
    assert!(!format!("{:?}", args("http://a/secret-token").beats().unwrap()).contains("secret-token"));
}

#[tokio::test]
async fn while_every_worker_turns_another_house_is_told_that_all_is_well() {
    for_each_database(migrations(), |test| async move {
        let (server, other) = (Server::new(&test), Other::default());
        let beats = args(&other.open().await).beats().unwrap().unwrap();
        for _ in 0..3 {
            beat(&server.app, &beats, &client()).await;
            timers_turn(&test).await;
            test.clock.advance(SignedDuration::from_secs(60));
        }
        assert_eq!(other.told(), vec![("/ping/secret".to_owned(), String::new()); 3]);
    })
    .await;
}

#[tokio::test]
async fn timers_that_stand_still_are_told_with_how_late_they_are() {
    for_each_database(migrations(), |test| async move {
        let (server, other) = (Server::new(&test), Other::default());
        let beats = args(&other.open().await).beats().unwrap().unwrap();
        beat(&server.app, &beats, &client()).await;
        // Nobody fires the pulse; setting it again does not make it younger.
        for _ in 0..4 {
            test.clock.advance(SignedDuration::from_secs(10));
            beat(&server.app, &beats, &client()).await;
        }
        let told = other.told();
        let paths: Vec<&str> = told.iter().map(|(path, _)| path.as_str()).collect();
        assert_eq!(paths, ["/ping/secret", "/ping/secret", "/ping/secret", "/ping/secret", "/ping/secret/fail"]);
        assert!(told[4].1.contains("evenkeel_timer_late_seconds = 40"), "{}", told[4].1);
        timers_turn(&test).await;
        beat(&server.app, &beats, &client()).await;
        assert_eq!(other.told()[5].0, "/ping/secret", "they turn again");
    })
    .await;
}

#[tokio::test]
async fn a_message_that_nobody_delivers_is_found_but_not_laid_to_who_was_not_there() {
    for_each_database(migrations(), |test| async move {
        let mut tx = test.db.write().await.unwrap();
        let message = evenkeel_store::NewMessage {
            tenant: test.tenant,
            channel: "mail",
            key: "k".to_owned(),
            subject_kind: "page".to_owned(),
            subject_id: "p".to_owned(),
            payload: "{}".to_owned(),
            max_attempts: 5,
        };
        assert!(tx.send(&message).await.unwrap());
        tx.commit().await.unwrap();
        // It waited for hours before this process began.
        test.clock.advance(SignedDuration::from_hours(3));
        let server = Server::new(&test);
        let checks = look(&server.app).await;
        assert_eq!((state(&checks, Subject::Outbox), state(&checks, Subject::OutboxAge)), (State::Good, State::Good));
        test.clock.advance(SignedDuration::from_secs(121));
        let checks = look(&server.app).await;
        assert_eq!((state(&checks, Subject::Outbox), state(&checks, Subject::OutboxAge)), (State::Bad, State::Good));
    })
    .await;
}

#[tokio::test]
async fn a_clock_that_is_set_is_found_once() {
    for_each_database(migrations(), |test| async move {
        let server = Server::new(&test);
        look(&server.app).await;
        test.clock.advance(SignedDuration::from_secs(-3600));
        assert_eq!(state(&look(&server.app).await, Subject::ClockJump), State::Bad);
        assert_eq!(state(&look(&server.app).await, Subject::ClockJump), State::Good);
    })
    .await;
}

#[tokio::test]
async fn whoever_may_see_the_house_sees_what_it_found() {
    for_each_database(migrations(), |test| async move {
        let server = Server::new(&test);
        let mut admin = server.admin().await;
        assert!(admin.get("/api/v1/own").await.body["at"].is_null());
        look(&server.app).await;
        let own = admin.get("/api/v1/own").await.body;
        let checks = own["checks"].as_array().unwrap();
        assert_eq!(checks.len(), Subject::all().count());
        let database = checks.iter().find(|check| check["subject"] == "database").unwrap();
        assert_eq!((&database["state"], &database["metric"]), (&"good".into(), &"evenkeel_database_write_seconds".into()));
        assert_eq!((&own["beats"], own["service_id"].is_null()), (&false.into(), true));
    })
    .await;
}
