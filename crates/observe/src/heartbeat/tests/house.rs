//! A house that waits for heartbeats: a real database and metric store, its routes, and a clock that the test turns.

use std::{future::Future, sync::Arc};

use async_trait::async_trait;
use axum::{Router, body::Body};
use evenkeel_api::{Grant, Kit, Permission};
use evenkeel_core::{
    Actor,
    event::{
        Event,
        observe::{AlertFired, AlertResolved, HeartbeatChanged},
    },
    id::{HeartbeatId, OrganisationId, ServiceId, TenantId},
    priority::Severity,
};
use evenkeel_store::{
    Sql, StoreError, ledger, params,
    testing::{TestDb, for_each_database},
    timer,
};
use evenkeel_tsdb::SampleStore;
use http::Request;
use http_body_util::BodyExt as _;
use jiff::{SignedDuration, Timestamp};
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;

use crate::{
    ServiceOwners,
    heartbeat::{HeartbeatDefinition, Heartbeats, PING_PATH, store, table},
};

struct AnyService;

#[async_trait]
impl ServiceOwners for AnyService {
    async fn organisations(&self, _: &mut dyn Sql, _: TenantId, _: ServiceId) -> Result<Option<Vec<OrganisationId>>, StoreError> {
        Ok(Some(Vec::new()))
    }
}

pub struct House {
    pub test: TestDb,
    pub heartbeats: Heartbeats,
    pub samples: Arc<dyn SampleStore>,
    routes: Router,
    _folder: TempDir,
    _stop: tokio_util::sync::DropGuard,
}

/// The service of every heartbeat that does not say another.
pub fn service() -> ServiceId {
    ServiceId::named("shop")
}

/// A heartbeat every minute with half a minute of grace.
pub fn every_minute(name: &str) -> HeartbeatDefinition {
    HeartbeatDefinition {
        name: name.to_owned(),
        service: service(),
        every_secs: Some(60),
        cron: None,
        zone: None,
        grace_secs: 30,
        run_limit_secs: None,
        severity: Severity::Critical,
        paused: false,
    }
}

/// One at times of a clock, with a quarter of an hour of grace.
pub fn at_times(name: &str, cron: &str, zone: &str) -> HeartbeatDefinition {
    HeartbeatDefinition {
        every_secs: None,
        cron: Some(cron.to_owned()),
        zone: Some(zone.to_owned()),
        grace_secs: 900,
        ..every_minute(name)
    }
}

/// Told on every database there is.
pub async fn on_both<F, Fut>(body: F)
where
    F: Fn(House) -> Fut,
    Fut: Future<Output = ()>,
{
    let migrations = [crate::probe::table::MIGRATIONS, table::MIGRATIONS].concat();
    for_each_database(migrations, |test| async { body(House::new(test).await).await }).await;
}

impl House {
    async fn new(test: TestDb) -> Self {
        let (folder, store) = crate::testing::store(test.clock.clone());
        Self::begin(test, folder, store).await
    }

    /// A process over this database: it begins to attend and takes reports.
    async fn begin(test: TestDb, folder: TempDir, samples: Arc<dyn SampleStore>) -> Self {
        let kit = Kit::new(test.db.clone());
        let heartbeats = Heartbeats::new(kit, Arc::clone(&samples), Arc::new(AnyService), "http://here");
        heartbeats.shared.attendance.begin(&test.db).await.unwrap();
        let cancel = CancellationToken::new();
        let (shared, until) = (Arc::clone(&heartbeats.shared), cancel.clone());
        tokio::spawn(async move { shared.run(&until).await });
        let routes = heartbeats.router().split().0;
        Self { test, heartbeats, samples, routes, _folder: folder, _stop: cancel.drop_guard() }
    }

    /// The process is killed, and another begins.
    pub async fn restarted(self) -> Self {
        let Self { test, samples, _folder: folder, .. } = self;
        Self::begin(test, folder, samples).await
    }

    pub fn now(&self) -> Timestamp {
        self.test.clock_now()
    }

    /// Declares a heartbeat; answers the secret part of its address.
    pub async fn declare(&self, definition: HeartbeatDefinition) -> String {
        let put = self.put(definition).await.unwrap();
        self.address(put.id).await
    }

    pub async fn put(&self, definition: HeartbeatDefinition) -> Result<store::Put, StoreError> {
        let mut tx = self.test.db.write().await.unwrap();
        let put = store::put(&mut tx, &grant(), self.test.tenant, &Actor::system("test"), &definition).await?;
        tx.commit().await.unwrap();
        Ok(put)
    }

    pub async fn change(&self, id: HeartbeatId, definition: HeartbeatDefinition) -> Result<Option<store::Put>, StoreError> {
        let mut tx = self.test.db.write().await.unwrap();
        let put = store::change(&mut tx, &grant(), &Actor::system("test"), id, &definition).await?;
        tx.commit().await.unwrap();
        Ok(put)
    }

    pub async fn retire(&self, name: &str) -> bool {
        let mut tx = self.test.db.write().await.unwrap();
        let retired = store::retire(&mut tx, &grant(), self.test.tenant, &Actor::system("test"), name).await.unwrap();
        tx.commit().await.unwrap();
        retired
    }

    pub async fn address(&self, id: HeartbeatId) -> String {
        let mut tx = self.test.db.write().await.unwrap();
        let token = store::make_address(&mut tx, &grant(), id).await.unwrap().unwrap();
        tx.commit().await.unwrap();
        token
    }

    /// Reports, with a body; answers status and text.
    pub async fn report(&self, method: &str, rest: &str, body: impl Into<Body>) -> (u16, String) {
        let request = Request::builder().method(method).uri(format!("{PING_PATH}{rest}")).body(body.into()).unwrap();
        let answer = self.routes.clone().oneshot(request).await.unwrap();
        let status = answer.status().as_u16();
        let bytes = answer.into_body().collect().await.unwrap().to_bytes();
        (status, String::from_utf8_lossy(&bytes).into_owned())
    }

    /// Reports, and is taken.
    pub async fn ping(&self, rest: &str) {
        assert_eq!(self.report("POST", rest, Body::empty()).await, (200, "ok\n".to_owned()), "{rest}");
    }

    /// Time passes with somebody there: every timer fires when it is due.
    pub async fn wait(&self, secs: i64) {
        let end = self.now() + SignedDuration::from_secs(secs);
        self.wait_until(end).await;
    }

    pub async fn wait_until(&self, end: Timestamp) {
        loop {
            let mut tx = self.test.db.write().await.unwrap();
            let next = tx.row("SELECT MIN(fire_at) AS at FROM timer", params![]).await.unwrap().unwrap().opt_at("at").unwrap();
            let now = next.map_or(end, |next| next.max(self.now()).min(end));
            self.test.clock.set(now);
            table::attend(&mut tx, "observe.heartbeat", now).await.unwrap();
            tx.commit().await.unwrap();
            let (fired, _) = self.fire().await;
            if now >= end && fired == 0 {
                return;
            }
        }
    }

    /// Fires what is due.
    pub async fn fire(&self) -> (usize, Option<Timestamp>) {
        timer::run_due(&self.test.db, &self.heartbeats.timers()).await.unwrap()
    }

    /// Time passes with nobody there, or the clock is set.
    pub fn away(&self, secs: i64) {
        self.test.clock.advance(SignedDuration::from_secs(secs));
    }

    pub async fn row(&self, name: &str) -> table::HeartbeatRow {
        let mut sql = self.test.db.read().await.unwrap();
        table::named(&mut sql, self.test.tenant, name).await.unwrap().unwrap()
    }

    pub async fn state(&self, name: &str) -> &'static str {
        let row = self.row(name).await;
        row.machine.state(&row.definition.rule().unwrap(), self.now()).0.as_str()
    }

    pub async fn runs(&self, name: &str) -> Vec<table::Run> {
        let id = self.row(name).await.id;
        table::runs(&mut self.test.db.read().await.unwrap(), id, None, 100).await.unwrap()
    }

    async fn events(&self) -> Vec<Event> {
        let mut sql = self.test.db.read().await.unwrap();
        let horizon = ledger::horizon(&mut sql).await.unwrap();
        ledger::scan(&mut sql, Some(self.test.tenant), 0, horizon, 1000, &[]).await.unwrap()
    }

    /// Alerts that began and ended, in order: their codes and reasons.
    pub async fn alerts(&self) -> Vec<String> {
        let told = |event: &Event| match (event.read::<AlertFired>(), event.read::<AlertResolved>()) {
            (Some(fired), _) => Some(fired.unwrap().look.code),
            (_, Some(over)) => Some(over.unwrap().reason),
            _ => None,
        };
        self.events().await.iter().filter_map(told).collect()
    }

    /// The alerts that began.
    pub async fn fired(&self) -> Vec<AlertFired> {
        self.events().await.iter().filter_map(Event::read::<AlertFired>).map(Result::unwrap).collect()
    }

    /// The alerts that ended.
    pub async fn over(&self) -> Vec<AlertResolved> {
        self.events().await.iter().filter_map(Event::read::<AlertResolved>).map(Result::unwrap).collect()
    }

    /// Changes of state: `up>down`.
    pub async fn changes(&self) -> Vec<String> {
        let told =
            |event: &Event| event.read::<HeartbeatChanged>().map(|change| change.map(|it| format!("{}>{}", it.from, it.to)).unwrap());
        self.events().await.iter().filter_map(told).collect()
    }
}

fn grant() -> Grant {
    Grant::system(Permission::ProbeWrite)
}
