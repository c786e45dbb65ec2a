//! The whole way: samples in a real store, the worker, alerts and seals in the ledger, on both databases.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use evenkeel_api::Kit;
use evenkeel_core::{
    Clock,
    event::{
        Body,
        observe::{AlertFired, AlertResolved, SliSealed},
    },
    id::{ServiceId, TenantId},
    priority::Severity,
};
use evenkeel_store::{
    Lease, Sql, StoreError, lease, ledger,
    testing::{TestDb, for_each_database},
};
use evenkeel_tsdb::store::{Incoming, Store, Value};
use jiff::{SignedDuration, Timestamp};

use crate::{
    metric::{Ask, Metrics},
    rule::SourceFile,
    slo::{SloHouse, SloIncident, Slos, budget::budget, check, table, worker::held},
};

struct House;

#[async_trait]
impl SloHouse for House {
    async fn service(&self, _: &mut dyn Sql, _: TenantId, name: &str) -> Result<Option<ServiceId>, StoreError> {
        Ok((name == "shop").then(|| ServiceId::named("shop")))
    }
    async fn incidents(
        &self,
        _: &mut dyn Sql,
        _: TenantId,
        _: ServiceId,
        _: Timestamp,
        _: Timestamp,
    ) -> Result<Vec<SloIncident>, StoreError> {
        Ok(Vec::new())
    }
}

pub(super) fn events(window: &str) -> String {
    format!(
        r#"apiVersion: openslo/v1
kind: SLO
metadata: {{ name: answers, displayName: Answers }}
spec:
  service: shop
  indicator:
    spec:
      ratioMetric:
        counter: true
        good: {{ metricSource: {{ type: Prometheus, spec: {{ query: 'sum(requests_total{{code!~"5.."}})' }} }} }}
        total: {{ metricSource: {{ type: Prometheus, spec: {{ query: sum(requests_total) }} }} }}
  timeWindow: [ {window} ]
  objectives: [ {{ target: 0.999 }} ]
"#
    )
}

pub(super) const ROLLING: &str = "{ duration: 30d, isRolling: true }";

const SLICES: &str = r"apiVersion: openslo/v1
kind: SLO
metadata: { name: latency }
spec:
  service: shop
  indicator: { spec: { thresholdMetric: { metricSource: { spec: { query: latency_seconds } } } } }
  timeWindow: [ { duration: 7d, isRolling: true } ]
  budgetingMethod: Timeslices
  objectives: [ { op: lte, value: 0.5, target: 0.99, timeSliceWindow: 1m } ]
";

pub(super) struct Stage {
    pub test: TestDb,
    pub metrics: Metrics,
    store: Arc<Store>,
    _folder: tempfile::TempDir,
    good: f64,
    bad: f64,
}

impl Stage {
    pub fn new(test: TestDb) -> Self {
        let (folder, metrics) = crate::testing::metrics(test.clock.clone() as Arc<dyn Clock>);
        let store = Arc::clone(metrics.store());
        Self { test, metrics, store, _folder: folder, good: 0.0, bad: 0.0 }
    }

    fn slos(&self, text: &str) -> Slos {
        self.slos_of(text, Arc::new(House))
    }

    pub fn slos_of(&self, text: &str, house: Arc<dyn SloHouse>) -> Slos {
        let slos = Slos::new(Kit::new(self.test.db.clone()), self.test.tenant, &self.metrics, house);
        let checked = check(&[SourceFile { name: "slos.yaml".to_owned(), text: text.to_owned() }]);
        assert!(checked.is_good(), "{:?}", checked.findings);
        slos.set(checked.slos);
        slos
    }

    fn put(&self, labels: &[(&str, &str)], value: f64) {
        let at_ms = self.test.clock.now().as_millisecond();
        self.store.append(self.test.tenant, &[Incoming { labels, at_ms, value: Value::Float(value) }]).unwrap();
    }

    /// Goes on by so many minutes, each with four scrapes; a minute brings so many good and bad answers.
    pub fn minutes(&mut self, count: usize, good: f64, bad: f64) {
        for _ in 0..count * 4 {
            self.test.clock.advance(SignedDuration::from_secs(15));
            self.good += good / 4.0;
            self.bad += bad / 4.0;
            self.put(&[("__name__", "requests_total"), ("code", "200")], self.good);
            self.put(&[("__name__", "requests_total"), ("code", "500")], self.bad);
        }
    }

    fn latency(&self, values: &[Option<f64>]) {
        for value in values {
            self.test.clock.advance(SignedDuration::from_mins(1));
            if let Some(value) = value {
                self.put(&[("__name__", "latency_seconds")], *value);
            } else {
                // Nobody measures: the series ends.
                self.put(&[("__name__", "latency_seconds")], f64::from_bits(0x7ff0_0000_0000_0002));
            }
        }
    }

    async fn lease(&self) -> Lease {
        lease::acquire(&self.test.db, "observe.slo", "test", Duration::from_hours(1)).await.unwrap().unwrap()
    }

    /// Turns until there is nothing more to ask.
    pub async fn turn(&self, slos: &Slos) {
        // Samples have settled half a minute later.
        self.test.clock.advance(SignedDuration::from_secs(30));
        let lease = self.lease().await;
        while slos.turn(Some(&lease)).await {}
        for shared in slos.all() {
            assert_eq!(held(&shared).error, None);
        }
        self.test.clock.advance(SignedDuration::from_secs(30));
    }

    async fn events<B: Body>(&self) -> Vec<B> {
        let mut sql = self.test.db.read().await.unwrap();
        let page = ledger::scan(&mut sql, Some(self.test.tenant), 0, i64::MAX, 10_000, &[B::KIND]).await.unwrap();
        page.iter().map(|event| event.read().unwrap().unwrap()).collect()
    }
}

fn counts(slos: &Slos, name: &str) -> (f64, f64, f64) {
    let shared = slos.find(name).unwrap();
    let tracked = held(&shared);
    let slo = &tracked.slo;
    let budget = budget(&tracked.tally, slo.method, slo.target, slo.window.edges(tracked.tally.end()));
    (budget.counts.good.round(), budget.counts.total.round(), budget.remaining().value)
}

#[tokio::test]
async fn errors_burn_the_budget_an_alert_tells_it_with_its_numbers_and_ends_when_it_is_over() {
    for_each_database(crate::migrations(), |test| async move {
        let mut stage = Stage::new(test);
        let slos = stage.slos(&events(ROLLING));
        stage.minutes(120, 100.0, 0.0);
        stage.turn(&slos).await;
        assert_eq!(stage.events::<AlertFired>().await.len(), 0);
        let began = stage.test.clock.now();
        stage.minutes(10, 80.0, 20.0);
        stage.turn(&slos).await;
        let fired = stage.events::<AlertFired>().await;
        let critical = fired.iter().find(|alert| alert.severity == Severity::Critical).expect("the fast pair burns");
        assert_eq!((critical.service_id, critical.cause.as_str()), (ServiceId::named("shop"), "rule:slo:answers"));
        assert!(critical.started_at.duration_since(began).abs() <= SignedDuration::from_mins(2), "{} {began}", critical.started_at);
        let evidence = critical.rule.as_ref().unwrap();
        assert!(evidence.query.contains("increase(requests_total[1m] anchored)"));
        assert_eq!(evidence.query_hash, crate::sli::query_hash(&evidence.query));
        let value = |name: &str| evidence.labels[name].parse::<f64>().unwrap();
        assert!((value("numerator") - 200.0).abs() <= 20.0, "{:?}", evidence.labels);
        assert!((value("denominator") - 6000.0).abs() <= 100.0, "{:?}", evidence.labels);
        let edge = |name: &str| evidence.labels[name].parse::<Timestamp>().unwrap();
        assert_eq!(edge("window_to").duration_since(edge("window_from")), SignedDuration::from_hours(1));
        let digest = evidence.title.clone().unwrap();
        let mut sql = stage.test.db.read().await.unwrap();
        let words = ledger::texts(&mut sql, std::slice::from_ref(&digest)).await.unwrap()[&digest].clone().unwrap();
        drop(sql);
        assert!(evenkeel_core::title::in_language(&words, evenkeel_core::Language::En).starts_with("Answers: the error budget burns"));

        // A second turn and another process tell nothing twice.
        stage.turn(&slos).await;
        let again = stage.slos(&events(ROLLING));
        stage.turn(&again).await;
        assert_eq!(stage.events::<AlertFired>().await.len(), fired.len());

        // It is over; the quarter and the half hour forget, and so do the alerts.
        stage.minutes(40, 100.0, 0.0);
        stage.turn(&slos).await;
        let over = stage.events::<AlertResolved>().await;
        assert!(over.iter().any(|end| end.alert_id == critical.alert_id && end.reason == "recovered"), "{over:?}");
        // No minute is lost or counted twice: the budget is made of the counters' own rises.
        let (good, total, left) = counts(&slos, "answers");
        assert!((total - good - 200.0).abs() < 1.0 && (total - 17_000.0).abs() < 300.0, "{good} of {total}");
        assert!((left - (1.0 - (total - good) / (0.001 * total))).abs() < 1e-3);
        // The figures are series of their own too.
        let at_ms = stage.test.clock.now().as_millisecond();
        let asked = stage
            .metrics
            .backend()
            .query(stage.test.tenant, "slo_total{slo=\"answers\",service=\"shop\"}", at_ms, Ask::default())
            .await
            .unwrap();
        let evenkeel_tsdb::promql::Value::Vector(found) = asked.value else { panic!() };
        assert_eq!(found.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_calendar_window_begins_with_its_whole_budget() {
    for_each_database(crate::migrations(), |test| async move {
        let mut stage = Stage::new(test);
        // The clock stands at 01:00 UTC: 120 minutes later it is 03:00, where the zone's day begins.
        let day = "{ duration: 1d, isRolling: false, calendar: { startTime: 2026-01-01 03:00:00, timeZone: UTC } }";
        let slos = stage.slos(&events(day));
        stage.minutes(120, 50.0, 50.0);
        stage.turn(&slos).await;
        assert!(counts(&slos, "answers").2 < -100.0, "the day that ends is deep in the red");
        stage.minutes(10, 100.0, 0.0);
        stage.turn(&slos).await;
        let (good, total, left) = counts(&slos, "answers");
        // One minute of the turn's own passed at the old rate.
        assert!((total - good).abs() < 1.0 && total > 800.0 && (left - 1.0).abs() < 1e-9, "{good} of {total}: {left}");
    })
    .await;
}

#[tokio::test]
async fn what_was_counted_is_the_same_after_a_restart_and_a_counter_reset_loses_nothing() {
    for_each_database(crate::migrations(), |test| async move {
        let mut stage = Stage::new(test);
        let slos = stage.slos(&events(ROLLING));
        stage.minutes(600, 9.0, 1.0);
        stage.turn(&slos).await;
        let before = counts(&slos, "answers");
        let again = stage.slos(&events(ROLLING));
        let lease = stage.lease().await;
        while again.turn(Some(&lease)).await {}
        let after = counts(&again, "answers");
        assert_eq!((after.0, after.1), (before.0, before.1));
        assert!((after.2 - before.2).abs() < 1e-6);
        // The shop starts anew and counts from zero.
        (stage.good, stage.bad) = (0.0, 0.0);
        stage.minutes(20, 10.0, 0.0);
        stage.turn(&again).await;
        let (_, total, _) = counts(&again, "answers");
        assert!((total - before.1 - 200.0).abs() < 25.0, "{total} after {before:?}");
    })
    .await;
}

#[tokio::test]
async fn stretches_of_good_bad_and_unknown_are_sealed_once_with_their_query() {
    for_each_database(crate::migrations(), |test| async move {
        let stage = Stage::new(test);
        let slos = stage.slos(SLICES);
        stage.turn(&slos).await;
        stage.latency(&[Some(0.1); 20]);
        stage.latency(&[Some(0.9); 5]);
        stage.latency(&[Some(0.1); 5]);
        stage.latency(&[None; 10]);
        stage.latency(&[Some(0.1); 20]);
        stage.turn(&slos).await;
        stage.turn(&slos).await;
        let again = stage.slos(SLICES);
        stage.turn(&again).await;
        let sealed = stage.events::<SliSealed>().await;
        let told: Vec<_> = sealed.iter().map(|seal| (seal.state.as_str(), seal.to.duration_since(seal.from).as_mins())).collect();
        // Before the first sample nobody knew; the last stretch still grows.
        let states: Vec<&str> = told.iter().map(|(state, _)| *state).collect();
        assert_eq!(states, ["unknown", "good", "bad", "good", "unknown"], "{told:?}");
        assert_eq!(told[2].1, 5);
        assert!((9..=11).contains(&told[4].1), "{told:?}");
        assert!(sealed.windows(2).all(|pair| pair[0].to == pair[1].from), "without gap or overlap");
        assert!(sealed.iter().all(|seal| seal.sli == "latency" && seal.service_id == ServiceId::named("shop")));
        assert!(sealed.iter().all(|seal| seal.query_hash == crate::sli::query_hash(&seal.query) && seal.query.contains("latency_seconds")));
        // Which they were is remembered, and each is found in the ledger.
        let mut sql = stage.test.db.read().await.unwrap();
        let rows = table::sealed(&mut sql, stage.test.tenant, "latency", 0, 10).await.unwrap();
        assert_eq!(rows.iter().rev().map(|row| row.stretch.state.as_str()).collect::<Vec<_>>(), states);
        let event = ledger::event(&mut sql, stage.test.tenant, rows[0].seq).await.unwrap().unwrap();
        let seal: SliSealed = event.read().unwrap().unwrap();
        assert_eq!((seal.state, seal.query_hash), (rows[0].stretch.state, rows[0].query_hash.clone()));
        let after = table::sealed(&mut sql, stage.test.tenant, "latency", rows[0].stretch.to - 1, 10).await.unwrap();
        assert_eq!(after, rows[..1]);
    })
    .await;
}

#[tokio::test]
async fn an_objective_that_is_gone_ends_its_alerts_and_silence_ends_none() {
    for_each_database(crate::migrations(), |test| async move {
        let mut stage = Stage::new(test);
        let slos = stage.slos(&events(ROLLING));
        stage.minutes(60, 50.0, 50.0);
        stage.turn(&slos).await;
        let fired = stage.events::<AlertFired>().await.len();
        assert!(fired > 0);
        // Nobody measures any more: that proves no recovery.
        stage.test.clock.advance(SignedDuration::from_mins(45));
        stage.turn(&slos).await;
        assert_eq!(stage.events::<AlertResolved>().await.len(), 0);
        slos.set(Vec::new());
        stage.turn(&slos).await;
        let over = stage.events::<AlertResolved>().await;
        assert_eq!(over.len(), fired);
        assert!(over.iter().all(|end| end.reason == "rule_removed"));
    })
    .await;
}
