#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
//! A small house: a database, the hall, people who call, and a history told to the ledger.

use std::{
    collections::BTreeMap,
    future::Future,
    sync::{Arc, Mutex},
};

use async_trait::async_trait;
use axum::{Router, body::Body};
use evenkeel_api::{Caller, Kit, Role};
use evenkeel_core::{
    Actor, Id,
    event::{Event, KINDS, NewEvent},
    id::{IncidentId, OrganisationId, PersonId, TenantId},
};
use evenkeel_store::{Sql, StoreError, Tx, consumer, ledger, testing::TestDb, timer};
use http::{Method, Request, StatusCode};
use http_body_util::BodyExt as _;
use jiff::Timestamp;
use serde_json::Value;
use tower::ServiceExt as _;

use crate::{
    Analyze,
    history::History,
    port::{DueSink, People},
};

/// What the sink was told last.
#[derive(Default)]
pub(super) struct Dues(Mutex<BTreeMap<IncidentId, Option<Timestamp>>>);

impl Dues {
    pub(super) fn of(&self, id: IncidentId) -> Option<Timestamp> {
        self.0.lock().unwrap().get(&id).copied().flatten()
    }
}

#[async_trait]
impl DueSink for Dues {
    async fn set_due(&self, _: &mut Tx, _: TenantId, incident: IncidentId, due_at: Option<Timestamp>) -> Result<(), StoreError> {
        self.0.lock().unwrap().insert(incident, due_at);
        Ok(())
    }
}

/// Who may approve.
struct Staff(Vec<PersonId>);

#[async_trait]
impl People for Staff {
    async fn displays(&self, _: &mut dyn Sql, _: TenantId, people: &[PersonId]) -> Result<Vec<(PersonId, String)>, StoreError> {
        Ok(people.iter().map(|id| (*id, format!("person {id}"))).collect())
    }
    async fn approvers(&self, _: &mut dyn Sql, _: TenantId) -> Result<Vec<PersonId>, StoreError> {
        Ok(self.0.clone())
    }
}

pub(super) struct House {
    pub(super) test: TestDb,
    pub(super) analyze: Analyze,
    pub(super) dues: Arc<Dues>,
    router: Router,
    told: usize,
}

pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) body: Value,
}

impl Answer {
    #[track_caller]
    pub(super) fn ok(self) -> Value {
        assert!(self.status.is_success(), "{} {}", self.status, self.body);
        self.body
    }
    #[track_caller]
    pub(super) fn refused(self, status: u16, code: &str) -> Value {
        assert_eq!((self.status.as_u16(), self.body["code"].as_str()), (status, Some(code)), "{}", self.body);
        self.body
    }
}

pub(super) fn mia() -> PersonId {
    Id::named("mia")
}
pub(super) fn ada() -> PersonId {
    Id::named("ada")
}
pub(super) fn acme() -> OrganisationId {
    Id::named("acme")
}

pub(super) fn caller(person: PersonId, role: Role, organisation: OrganisationId) -> Caller {
    Caller {
        tenant: History::tenant(),
        actor: Actor::person(person),
        person: Some(person),
        organisation: Some(organisation),
        roles: [role].into(),
        scopes: None,
        language: evenkeel_core::Language::En,
    }
}

/// Service manager, writes reports.
pub(super) fn manager() -> Caller {
    caller(mia(), Role::ServiceManager, Id::named("provider"))
}
/// Another who may approve.
pub(super) fn admin() -> Caller {
    caller(ada(), Role::Admin, Id::named("provider"))
}
pub(super) fn customer() -> Caller {
    caller(Id::named("cora"), Role::Customer, acme())
}

/// Runs `body` in a fresh house on every database.
pub(super) async fn in_house<F, Fut>(approvers: Vec<PersonId>, body: F)
where
    F: Fn(House) -> Fut,
    Fut: Future<Output = ()>,
{
    evenkeel_store::testing::for_each_database(crate::migrations(), |test| {
        let dues = Arc::new(Dues::default());
        let analyze =
            Analyze::new(Kit::new(test.db.clone()), Arc::new(Staff(approvers.clone()))).with_due(Arc::clone(&dues) as Arc<dyn DueSink>);
        let (router, _) = crate::router(analyze.clone()).split();
        body(House { test, analyze, dues, router, told: 0 })
    })
    .await;
}

impl House {
    /// Tells the ledger what of this history it has not been told yet; the clock follows what is recorded.
    pub(super) async fn tell(&mut self, history: &History) {
        for event in &history.events[self.told..] {
            self.test.clock.set(event.recorded_at.max(self.now()));
            let kind = KINDS.iter().find(|(kind, _)| *kind == event.kind).unwrap().0;
            let new = NewEvent {
                tenant: event.tenant,
                occurred_at: event.occurred_at,
                actor: event.actor.clone(),
                on_behalf_of: event.on_behalf_of.clone(),
                source: event.source.clone(),
                subject: event.subject.clone(),
                kind,
                version: event.version,
                payload: event.payload.clone(),
                evidence: event.evidence.clone(),
            };
            let mut tx = self.test.db.write().await.unwrap();
            tx.append(&new).await.unwrap();
            tx.commit().await.unwrap();
        }
        self.told = history.events.len();
        self.run().await;
    }

    pub(super) fn now(&self) -> Timestamp {
        self.test.clock_now()
    }

    /// Lets consumers and timers do what is due.
    pub(super) async fn run(&self) {
        for consumer in crate::consumers(&self.analyze) {
            while consumer::run_once(&self.test.db, consumer.as_ref(), 200).await.unwrap().1 {}
        }
        timer::run_due(&self.test.db, &crate::timers(&self.analyze)).await.unwrap();
    }

    pub(super) async fn at(&self, when: &str) {
        self.test.clock.set(crate::history::at(when));
        self.run().await;
    }

    pub(super) async fn call(&self, caller: &Caller, method: Method, path: &str, body: Option<Value>) -> Answer {
        let builder = Request::builder().method(method).uri(path).header("content-type", "application/json").extension(caller.clone());
        let body = body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
        let response = self.router.clone().oneshot(builder.body(body).unwrap()).await.unwrap();
        let status = response.status();
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        let body = if bytes.is_empty() { Value::Null } else { serde_json::from_slice(&bytes).unwrap_or(Value::Null) };
        Answer { status, body }
    }

    pub(super) async fn get(&self, caller: &Caller, path: &str) -> Answer {
        self.call(caller, Method::GET, path, None).await
    }

    pub(super) async fn post(&self, caller: &Caller, path: &str, body: Value) -> Answer {
        self.call(caller, Method::POST, path, Some(body)).await
    }

    pub(super) async fn events(&self, kind: &str) -> Vec<Event> {
        let mut sql = self.test.db.read().await.unwrap();
        ledger::scan(&mut sql, None, 0, i64::MAX, 10_000, &[kind]).await.unwrap()
    }
}
