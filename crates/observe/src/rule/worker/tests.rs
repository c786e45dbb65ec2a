#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
//! The worker over a real store and both real databases, with a clock of the test's own: each run begins, evaluates what is
//! due and ends.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use async_trait::async_trait;
use evenkeel_api::Kit;
use evenkeel_core::{
    Clock,
    event::{
        Body,
        observe::{AlertFired, AlertResolved},
    },
    id::{AlertId, ServiceId, TenantId},
    priority::Severity,
};
use evenkeel_store::{
    Sql, StoreError, ledger,
    testing::{TestDb, for_each_database},
};
use evenkeel_tsdb::store::{Config, Incoming, Store, Value};
use jiff::{SignedDuration, Timestamp};
use tokio_util::sync::CancellationToken;

use super::{RuleHouse, RuleOptions, RuleSet, Rules};
use crate::rule::{Routing, SourceFile, check, history::routes::RuleIncident, model::Group, table};

struct House;

#[async_trait]
impl RuleHouse for House {
    async fn routing(&self, _: &mut dyn Sql, _: TenantId) -> Result<Routing, StoreError> {
        Ok(Routing::default())
    }
    async fn service(&self, _: &mut dyn Sql, _: TenantId, name: &str) -> Result<Option<ServiceId>, StoreError> {
        Ok((name == "shop").then(|| ServiceId::named("shop")))
    }
    async fn incidents(&self, _: &mut dyn Sql, _: TenantId, _: &[AlertId]) -> Result<BTreeMap<AlertId, RuleIncident>, StoreError> {
        Ok(BTreeMap::new())
    }
}

struct Stage {
    test: TestDb,
    store: Arc<Store>,
    _folder: tempfile::TempDir,
}

const DOWN: &str = "groups:\n- name: g\n  interval: 1m\n  rules:\n  - alert: Down\n    expr: up == 0\n    for: 2m\n    labels: { service: shop, severity: critical }\n    annotations: { summary: '{{ $labels.i }} is down', summary_zh: '{{ $labels.i }} 宕机' }\n";

fn groups(text: &str) -> Vec<Group> {
    let checked = check(&SourceFile { name: "rules.yml".to_owned(), text: text.to_owned() });
    assert!(checked.is_good(), "{:?}", checked.findings);
    checked.groups
}

impl Stage {
    fn new(test: TestDb) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(Config::new(folder.path()), test.clock.clone() as Arc<dyn Clock>).unwrap();
        Self { test, store: Arc::new(store), _folder: folder }
    }

    fn now(&self) -> Timestamp {
        self.test.clock.now()
    }

    /// Goes on minute by minute, each with a sample of `up`; none when nothing is measured.
    fn minutes(&self, values: &[Option<f64>]) {
        for value in values {
            self.test.clock.advance(SignedDuration::from_mins(1));
            if let Some(value) = value {
                let labels = [("__name__", "up"), ("i", "a")];
                let at_ms = self.now().as_millisecond();
                self.store.append(self.test.tenant, &[Incoming { labels: &labels, at_ms, value: Value::Float(*value) }]).unwrap();
            }
        }
    }

    /// A worker begins, evaluates everything that is due, and ends in good order.
    async fn run(&self, rules: &str) -> Rules {
        let kit = Kit::new(self.test.db.clone());
        let worker = Rules::new(kit, self.test.tenant, Arc::clone(&self.store), Arc::new(House), RuleOptions::default());
        let groups = groups(rules);
        let names: Vec<usize> = groups.iter().map(|group| group.rules.len()).collect();
        worker.set(RuleSet { groups: groups.into_iter().map(Arc::new).collect(), ..RuleSet::default() });
        let cancel = CancellationToken::new();
        let task = tokio::spawn({
            let (worker, cancel) = (worker.clone(), cancel.clone());
            async move { worker.start(cancel).await }
        });
        let now = self.now();
        let mut status = worker.status();
        tokio::time::timeout(Duration::from_mins(1), async {
            loop {
                status = worker.status();
                let due = |evaluated: Option<Timestamp>| evaluated.is_some_and(|at| now.duration_since(at) < SignedDuration::from_mins(1));
                if names.is_empty() || (!status.is_empty() && status.iter().all(|group| due(group.evaluated_at))) {
                    break;
                }
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        })
        .await
        .expect("every group is evaluated");
        if names.is_empty() {
            // Nothing to wait for but the rows.
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        cancel.cancel();
        task.await.unwrap();
        worker
    }

    async fn told(&self) -> (Vec<AlertFired>, Vec<AlertResolved>) {
        let mut sql = self.test.db.read().await.unwrap();
        let page =
            ledger::scan(&mut sql, Some(self.test.tenant), 0, i64::MAX, 10_000, &[AlertFired::KIND, AlertResolved::KIND]).await.unwrap();
        let fired = page.iter().filter(|event| event.kind == AlertFired::KIND).map(|event| event.read().unwrap().unwrap()).collect();
        let over = page.iter().filter(|event| event.kind == AlertResolved::KIND).map(|event| event.read().unwrap().unwrap()).collect();
        (fired, over)
    }
}

const UP: Option<f64> = Some(1.0);
const OUT: Option<f64> = Some(0.0);

#[tokio::test]
async fn trouble_is_told_with_its_evidence_and_its_end() {
    for_each_database(crate::migrations(), |test| async move {
        let stage = Stage::new(test);
        stage.minutes(&[UP]);
        stage.run(DOWN).await;
        let began = stage.now();
        for _ in 0..4 {
            stage.minutes(&[OUT]);
            stage.run(DOWN).await;
        }
        let (fired, over) = stage.told().await;
        assert_eq!((fired.len(), over.len()), (1, 0));
        let alert = &fired[0];
        assert_eq!((alert.service_id, alert.severity, alert.probe_id), (ServiceId::named("shop"), Severity::Critical, None));
        assert_eq!((alert.cause.as_str(), alert.probe.as_str()), ("rule:Down", "Down{i=a}"));
        assert!(alert.started_at > began && alert.started_at.duration_since(began) <= SignedDuration::from_mins(2));
        assert_eq!(alert.fired_at.duration_since(alert.started_at), SignedDuration::from_mins(2));
        let rule = alert.rule.as_ref().unwrap();
        assert_eq!((rule.query.as_str(), rule.value.as_str(), rule.for_secs), ("up == 0", "0", 120));
        assert_eq!(rule.labels["i"], "a");
        let digest = rule.title.clone().unwrap();
        let mut sql = stage.test.db.read().await.unwrap();
        let words = ledger::texts(&mut sql, std::slice::from_ref(&digest)).await.unwrap()[&digest].clone().unwrap();
        assert_eq!(evenkeel_core::title::in_language(&words, evenkeel_core::Language::Zh), "a 宕机");
        drop(sql);

        stage.minutes(&[UP, UP]);
        stage.run(DOWN).await;
        let (fired, over) = stage.told().await;
        assert_eq!((fired.len(), over.len()), (1, 1), "told once each");
        assert_eq!((over[0].alert_id, over[0].reason.as_str()), (alert.alert_id, "recovered"));
    })
    .await;
}

#[tokio::test]
async fn after_downtime_the_gap_is_evaluated_from_stored_samples() {
    for_each_database(crate::migrations(), |test| async move {
        let stage = Stage::new(test);
        stage.minutes(&[UP]);
        stage.run(DOWN).await;
        // Nobody evaluates for half an hour; the trouble begins in it, and something else was over in it.
        stage.minutes(&[UP, OUT, OUT, OUT, OUT, UP, UP, UP]);
        let began = stage.now();
        stage.minutes(&[OUT; 20]);
        stage.run(DOWN).await;
        let (fired, over) = stage.told().await;
        assert_eq!((fired.len(), over.len()), (1, 0), "history calls nobody; what lasts does");
        assert!(fired[0].started_at.duration_since(began) <= SignedDuration::from_mins(2), "its beginning is the right one");
        assert_eq!(fired[0].rule.as_ref().unwrap().unobserved_secs, 0);
    })
    .await;
}

#[tokio::test]
async fn a_time_without_samples_concludes_nothing_and_is_said() {
    for_each_database(crate::migrations(), |test| async move {
        let stage = Stage::new(test);
        for _ in 0..5 {
            stage.minutes(&[OUT]);
            stage.run(DOWN).await;
        }
        assert_eq!(stage.told().await.0.len(), 1);
        // Everything was away, we too: no samples, no evaluation.
        stage.minutes(&[None; 60]);
        stage.run(DOWN).await;
        let (fired, over) = stage.told().await;
        assert_eq!((fired.len(), over.len()), (1, 0), "silence while we were away is no recovery");
        stage.minutes(&[OUT]);
        stage.run(DOWN).await;
        assert_eq!(stage.told().await.1.len(), 0);
        let mut sql = stage.test.db.read().await.unwrap();
        let remembered = table::groups(&mut sql, stage.test.tenant).await.unwrap();
        drop(sql);
        let (from, to) = remembered[0].memories[0].1.unobserved[0];
        assert!(to - from > 50 * 60_000, "the gap is marked as unobserved: {from} to {to}");
        stage.minutes(&[UP, UP]);
        stage.run(DOWN).await;
        let (fired, over) = stage.told().await;
        assert_eq!((fired.len(), over.len()), (1, 1));
    })
    .await;
}

#[tokio::test]
async fn a_rule_that_is_gone_ends_its_alerts() {
    for_each_database(crate::migrations(), |test| async move {
        let stage = Stage::new(test);
        for _ in 0..5 {
            stage.minutes(&[OUT]);
            stage.run(DOWN).await;
        }
        assert_eq!(stage.told().await.0.len(), 1);
        stage.minutes(&[OUT]);
        stage.run("groups:\n- name: g\n  rules:\n  - record: x\n    expr: up\n").await;
        let (_, over) = stage.told().await;
        assert_eq!(over.len(), 1);
        assert_eq!(over[0].reason, "rule_removed");
    })
    .await;
}

#[tokio::test]
async fn series_that_end_end_the_alert_without_proving_a_recovery() {
    for_each_database(crate::migrations(), |test| async move {
        let stage = Stage::new(test);
        for _ in 0..5 {
            stage.minutes(&[OUT]);
            stage.run(DOWN).await;
        }
        assert_eq!(stage.told().await.0.len(), 1);
        // We look all the time; the target is gone.
        for _ in 0..7 {
            stage.minutes(&[None]);
            stage.run(DOWN).await;
        }
        let (_, over) = stage.told().await;
        assert_eq!(over.len(), 1);
        assert_eq!(over[0].reason, "data_silent");
    })
    .await;
}

#[tokio::test]
async fn alerts_without_a_service_are_counted_and_tell_nobody() {
    for_each_database(crate::migrations(), |test| async move {
        let stage = Stage::new(test);
        let rules = "groups:\n- name: g\n  interval: 1m\n  rules:\n  - alert: Down\n    expr: up == 0\n  - alert: Watchdog\n    expr: vector(1)\n    labels: { service: shop, severity: none }\n  - alert: Elsewhere\n    expr: up == 0\n    labels: { service: nobody-knows }\n";
        stage.minutes(&[OUT]);
        stage.run(rules).await;
        assert_eq!(stage.told().await.0.len(), 0);
    })
    .await;
}
