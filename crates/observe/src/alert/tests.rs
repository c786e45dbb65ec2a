//! Taking batches: what begins, goes on, ends and goes silent, on both databases.
#![allow(clippy::unwrap_used)]

use std::sync::Arc;

use async_trait::async_trait;
use evenkeel_api::Grant;
use evenkeel_core::{
    Actor, Clock as _,
    event::{
        Event,
        observe::{AlertFired, AlertResolved},
    },
    id::{AlertId, ServiceId, SilenceId, TenantId},
    matcher::Labels,
};
use evenkeel_store::{
    Sql, StoreError, Tx, ledger,
    testing::{TestDb, for_each_database},
    timer,
};
use jiff::{SignedDuration, Timestamp};

use super::{AlertHouse, Incoming, Seen, Sent, SilenceCard, SilenceDraft, Taken, hook::Hook, take};
use crate::rule::Routing;

/// A house with one service and no silences.
struct House;

#[async_trait]
impl AlertHouse for House {
    async fn routing(&self, _: &mut dyn Sql, _: TenantId) -> Result<Routing, StoreError> {
        Ok(Routing::default())
    }
    async fn service(&self, _: &mut dyn Sql, _: TenantId, name: &str) -> Result<Option<ServiceId>, StoreError> {
        Ok((name == "shop").then(|| ServiceId::named(name)))
    }
    async fn hook(&self, _: &mut dyn Sql, _: TenantId, _: &str) -> Result<Option<Hook>, StoreError> {
        Ok(None)
    }
    async fn seen(
        &self,
        _: &mut dyn Sql,
        _: TenantId,
        _: Timestamp,
        _: Vec<(AlertId, Labels, Timestamp)>,
    ) -> Result<Vec<Seen>, StoreError> {
        Ok(Vec::new())
    }
    async fn silences(&self, _: &mut dyn Sql, _: TenantId, _: Timestamp) -> Result<Vec<SilenceCard>, StoreError> {
        Ok(Vec::new())
    }
    async fn silence(&self, _: &mut dyn Sql, _: TenantId, _: Timestamp, _: SilenceId) -> Result<Option<SilenceCard>, StoreError> {
        Ok(None)
    }
    async fn set_silence(&self, _: &mut Tx, _: &Grant, _: TenantId, _: &Actor, _: SilenceDraft) -> Result<Option<SilenceId>, StoreError> {
        Ok(None)
    }
    async fn end_silence(&self, _: &mut Tx, _: &Grant, _: TenantId, _: &Actor, _: SilenceId) -> Result<Option<bool>, StoreError> {
        Ok(None)
    }
}

fn alert(test: &TestDb, text: &str, ends_in_secs: Option<i64>) -> Incoming {
    let now = test.clock.now();
    let labels = text.split(',').map(|pair| pair.split_once('=').unwrap()).map(|(name, value)| (name.to_owned(), value.to_owned()));
    Incoming {
        labels: labels.collect(),
        annotations: Labels::from([("summary".to_owned(), "it is slow".to_owned())]),
        starts_at: now - SignedDuration::from_secs(600),
        ends_at: ends_in_secs.map(|secs| now + SignedDuration::from_secs(secs)),
        generator_url: "http://prometheus/graph".to_owned(),
    }
}

async fn send(test: &TestDb, batch: Vec<Incoming>) -> Taken {
    let actor = Actor::system("test");
    let mut tx = test.db.write().await.unwrap();
    let taken = take(&mut tx, &House, Sent { tenant: test.tenant, source: "alertmanager", actor: &actor }, batch).await.unwrap();
    tx.commit().await.unwrap();
    taken
}

async fn events(test: &TestDb) -> Vec<Event> {
    let mut read = test.db.read().await.unwrap();
    let up_to = ledger::horizon(&mut read).await.unwrap();
    ledger::scan(&mut read, Some(test.tenant), 0, up_to, 100_000, &["alert.fired", "alert.resolved"]).await.unwrap()
}

async fn ring(test: &TestDb) {
    let timers: [Arc<dyn evenkeel_store::TimerHandler>; 1] = [Arc::new(super::Expire)];
    while timer::run_due(&test.db, &timers).await.unwrap().0 > 0 {}
}

#[tokio::test]
async fn an_alert_sent_again_is_the_same_and_its_end_is_its_senders_word() {
    for_each_database(crate::migrations(), |test| async move {
        let slow = "alertname=Slow,service=shop,severity=critical";
        let nobody = "alertname=Slow,service=nobody";
        let taken = send(&test, vec![alert(&test, slow, Some(300)), alert(&test, nobody, Some(300)), alert(&test, slow, Some(200))]).await;
        assert_eq!(taken, Taken { fired: 2, unrouted: 1, ..Taken::default() }, "twice in one batch is once");
        test.clock.advance(SignedDuration::from_secs(60));
        assert_eq!(send(&test, vec![alert(&test, slow, Some(300))]).await, Taken { refreshed: 1, ..Taken::default() });
        test.clock.advance(SignedDuration::from_secs(200));
        ring(&test).await;
        assert_eq!(events(&test).await.len(), 1, "its end moved");
        let over = alert(&test, slow, Some(-5));
        assert_eq!(send(&test, vec![over.clone()]).await, Taken { resolved: 1, ..Taken::default() });
        assert_eq!(send(&test, vec![over]).await, Taken::default(), "over is over");
        let all = events(&test).await;
        let fired = all[0].read::<AlertFired>().unwrap().unwrap();
        let resolved = all[1].read::<AlertResolved>().unwrap().unwrap();
        assert_eq!((fired.cause.as_str(), fired.service_id, all.len()), ("rule:Slow", ServiceId::named("shop"), 2));
        assert_eq!(fired.fired_at.duration_since(fired.started_at).as_secs(), 600);
        assert_eq!((resolved.alert_id, resolved.reason.as_str()), (fired.alert_id, "recovered"));
        assert_eq!(resolved.recovered_at, test.clock.now() - SignedDuration::from_secs(5));
        assert_eq!(send(&test, vec![alert(&test, slow, Some(300))]).await.fired, 1, "and what comes back is another stretch");
        assert_ne!(events(&test).await[2].subject.id, fired.alert_id.to_string());
    })
    .await;
}

#[tokio::test]
async fn what_nobody_speaks_of_any_more_ends_as_silent_also_after_a_restart() {
    for_each_database(crate::migrations(), |test| async move {
        let down = "alertname=MonitorDown,service=shop,cause=unavailable";
        send(&test, vec![alert(&test, down, Some(300)), alert(&test, "alertname=Told,service=shop", None)]).await;
        test.clock.advance(SignedDuration::from_secs(299));
        ring(&test).await;
        assert_eq!(events(&test).await.len(), 2);
        test.clock.advance(SignedDuration::from_secs(1));
        ring(&test).await;
        let all = events(&test).await;
        let resolved: Vec<AlertResolved> = all.iter().filter_map(Event::read::<AlertResolved>).map(Result::unwrap).collect();
        assert_eq!(resolved.len(), 1, "what has no end waits for its sender's word");
        assert_eq!((resolved[0].reason.as_str(), resolved[0].cause.as_str()), ("data_silent", "unavailable"));
    })
    .await;
}

#[tokio::test]
async fn a_large_batch_is_taken_whole() {
    for_each_database(crate::migrations(), |test| async move {
        let batch: Vec<Incoming> =
            (0..2000).map(|number| alert(&test, &format!("alertname=Many,service=shop,n={number}"), Some(300))).collect();
        assert_eq!(send(&test, batch.clone()).await.fired, 2000);
        assert_eq!(send(&test, batch).await.refreshed, 2000);
        assert_eq!(events(&test).await.len(), 2000);
        test.clock.advance(SignedDuration::from_secs(300));
        ring(&test).await;
        assert_eq!(events(&test).await.len(), 4000);
    })
    .await;
}

#[test]
fn what_can_be_no_alert_says_why_and_fingerprints_are_prometheus_own() {
    let labels = |text: &str| -> Labels {
        text.split(',').filter_map(|pair| pair.split_once('=')).map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
    };
    let at = |secs| Timestamp::from_second(secs).unwrap();
    let incoming = |text: &str| Incoming {
        labels: labels(text),
        annotations: Labels::new(),
        starts_at: at(100),
        ends_at: None,
        generator_url: String::new(),
    };
    assert!(incoming("").checked().unwrap_err().0.contains("at least one label"));
    assert!(incoming("a=").checked().is_err(), "a label without a value is none");
    assert!(Incoming { ends_at: Some(at(50)), ..incoming("a=1") }.checked().unwrap_err().0.contains("start time"));
    assert!(incoming(&format!("a={}", "x".repeat(5000))).checked().is_err());
    // FNV-1a's own: of nothing it is the offset.
    assert_eq!(super::fingerprint(&Labels::new()), "cbf29ce484222325");
    assert_ne!(super::fingerprint(&labels("a=bc")), super::fingerprint(&labels("ab=c")));
}
