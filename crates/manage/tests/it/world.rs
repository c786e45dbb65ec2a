//! A small world: a provider with two teams, two customers, a vendor, their people as callers, and two services.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    future::Future,
    sync::{Arc, Mutex},
};

use axum::{Router, body::Body};
use evenkeel_api::{Caller, Grant, Kit, Permission, Role};
use evenkeel_core::{
    Actor,
    definition::{AgreementDefinition, Bilingual, GoalTarget, Layer, OrganisationDefinition, Retarget, ServiceDefinition, TeamDefinition},
    event::{Event, NewEvent, observe::AlertFired, observe::AlertResolved, observe::Look},
    id::{AlertId, CalendarId, IncidentId, OrganisationId, PersonId, ProbeId, ServiceId, TeamId, TenantId},
    priority::{Priority, Severity},
    state::{Criticality, Goal, OrganisationKind},
};
use evenkeel_manage::{
    Act, Manage, agreement, calendar, party, service,
    suppression::{Looks, Sighting},
};
use evenkeel_store::{Sql, StoreError, consumer, ledger, testing::TestDb, timer};
use http::{Method, Request, StatusCode};
use http_body_util::BodyExt as _;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use tower::ServiceExt as _;

pub use evenkeel_store::testing::epoch;

/// Blobs of a test: they go to the folder of temporary files.
pub fn blobs() -> evenkeel_store::blob::Blobs {
    evenkeel_store::blob::Blobs::at(std::env::temp_dir().join(format!("evenkeel-manage-{}", std::process::id())))
}

#[derive(Clone)]
pub struct World {
    pub test: TestDb,
    manage: Manage,
    looks: Arc<Doubts>,
    pub router: Router,
}

/// How services are seen, as a test says: what is not in it was seen well.
#[derive(Debug, Default)]
struct Doubts(Mutex<BTreeMap<ServiceId, Option<Sighting>>>);

#[async_trait::async_trait]
impl Looks for Doubts {
    async fn sightings(
        &self,
        _: &mut dyn Sql,
        _: TenantId,
        services: &[ServiceId],
        _: Timestamp,
    ) -> Result<BTreeMap<ServiceId, Sighting>, StoreError> {
        let known = self.0.lock().unwrap();
        let seen = |service: &ServiceId| known.get(service).copied().unwrap_or(Some(Sighting::Well));
        Ok(services.iter().filter_map(|service| Some((*service, seen(service)?))).collect())
    }
}

/// An answer.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub body: Value,
    pub etag: Option<String>,
}

impl Answer {
    #[track_caller]
    pub fn ok(self) -> Value {
        assert!(self.status.is_success(), "{} {}", self.status, self.body);
        self.body
    }
    #[track_caller]
    pub fn refused(self, status: u16, code: &str) -> Value {
        assert_eq!((self.status.as_u16(), self.body["code"].as_str()), (status, Some(code)), "{}", self.body);
        self.body
    }
}

pub fn both(text: &str) -> Bilingual {
    Bilingual { zh: text.to_owned(), en: text.to_owned() }
}

pub fn provider() -> OrganisationId {
    OrganisationId::named("provider")
}
pub fn acme() -> OrganisationId {
    OrganisationId::named("acme")
}
pub fn globex() -> OrganisationId {
    OrganisationId::named("globex")
}
pub fn fixit() -> OrganisationId {
    OrganisationId::named("fixit")
}
/// Promised to acme; verified after 60 s, then resolved by rule.
pub fn shop() -> ServiceId {
    ServiceId::named("shop")
}
/// Promised to globex; a person resolves.
pub fn bank() -> ServiceId {
    ServiceId::named("bank")
}
pub fn ops() -> TeamId {
    TeamId::named("ops")
}
pub fn repairs() -> TeamId {
    TeamId::named("repairs")
}
pub fn person(name: &str) -> PersonId {
    PersonId::named(name)
}

const PEOPLE: [(&str, &str, Role); 10] = [
    ("ada", "provider", Role::Admin),
    ("mia", "provider", Role::ServiceManager),
    ("eve", "provider", Role::Engineer),
    ("eli", "provider", Role::Engineer),
    ("dan", "provider", Role::Desk),
    ("cora", "acme", Role::Customer),
    ("cass", "acme", Role::Customer),
    ("carl", "globex", Role::Customer),
    ("vera", "fixit", Role::Vendor),
    ("aud", "provider", Role::Auditor),
];

pub fn service_definition(customer: OrganisationId, verify_secs: i64, auto_resolve: bool) -> ServiceDefinition {
    ServiceDefinition {
        display: Bilingual { zh: "商店".to_owned(), en: "Shop".to_owned() },
        customer: Some(customer),
        team: ops(),
        owner: person("mia"),
        criticality: Criticality::High,
        hours: None,
        rto_secs: Some(3600),
        verify_secs,
        auto_resolve,
        depends_on: Vec::new(),
        mode: evenkeel_core::state::ChangeMode::Stable,
    }
}

pub fn agreement_definition(services: Vec<ServiceId>) -> AgreementDefinition {
    AgreementDefinition {
        display: both("Gold"),
        layer: Layer::Sla,
        customer: Some(acme()),
        services,
        calendar: CalendarId::named("always"),
        goals: vec![GoalTarget { priority: Priority::ALL[0], goal: Goal::Response, target_secs: 900 }],
        pauses: Vec::new(),
        retarget: Retarget::default(),
        reopen_within_days: 3,
        availability_target: Some(99.9),
        attainment_target: None,
        maintenance: None,
        escalation: None,
    }
}

/// Runs `body` in a fresh world on every database.
pub async fn in_world<F, Fut>(body: F)
where
    F: Fn(World) -> Fut,
    Fut: Future<Output = ()>,
{
    evenkeel_store::testing::for_each_database(evenkeel_manage::migrations(), |test| async {
        let world = World::new(test).await;
        body(world).await;
    })
    .await;
}

pub const GRANT: Grant = Grant::system(Permission::DefinitionWrite);

impl World {
    pub async fn new(test: TestDb) -> Self {
        let looks = Arc::new(Doubts::default());
        let manage = Manage::new(Kit::new(test.db.clone()), blobs()).with_looks(looks.clone());
        let (router, _) = evenkeel_manage::router(manage.clone()).split();
        let world = Self { test, manage, looks, router };
        let mut tx = world.test.db.write().await.unwrap();
        let act = world.act();
        for (name, kind) in [
            ("provider", OrganisationKind::Provider),
            ("acme", OrganisationKind::Customer),
            ("globex", OrganisationKind::Customer),
            ("fixit", OrganisationKind::Vendor),
        ] {
            let definition = OrganisationDefinition { display: both(name), kind };
            party::put_organisation(&mut tx, &GRANT, &act, name, &definition).await.unwrap();
        }
        for (name, organisation, role) in PEOPLE {
            let definition = party::PersonDefinition {
                display: name.to_owned(),
                organisation: OrganisationId::named(organisation),
                email: Some(format!("{name}@example.org")),
                phone: None,
                webhook_url: None,
                locale: party::Locale::En,
                manager: (name == "cora").then(|| person("cass")),
                active: true,
                roles: BTreeSet::from([role]),
            };
            party::put_person(&mut tx, &GRANT, &act, name, &definition).await.unwrap();
        }
        for (name, organisation, members) in [("ops", provider(), vec!["eve", "eli"]), ("repairs", fixit(), vec!["vera"])] {
            let definition = TeamDefinition { display: both(name), organisation, members: members.into_iter().map(person).collect() };
            party::put_team(&mut tx, &GRANT, &act, name, &definition).await.unwrap();
        }
        calendar::put(&mut tx, &GRANT, &act, "always", &json!({"zone": "UTC", "always": true})).await.unwrap();
        service::put_service(&mut tx, &GRANT, &act, "shop", &service_definition(acme(), 60, true)).await.unwrap();
        service::put_service(&mut tx, &GRANT, &act, "bank", &service_definition(globex(), 0, false)).await.unwrap();
        agreement::put_agreement(&mut tx, &GRANT, &act, "gold", &agreement_definition(vec![shop()])).await.unwrap();
        tx.commit().await.unwrap();
        world
    }

    /// From now on nobody sees these services well, and no verdict falls.
    pub fn doubt(&self, services: &[ServiceId]) {
        *self.looks.0.lock().unwrap() = services.iter().map(|service| (*service, Some(Sighting::Doubtful))).collect();
    }

    /// From now on nobody looks at these services.
    pub fn unseen(&self, services: &[ServiceId]) {
        *self.looks.0.lock().unwrap() = services.iter().map(|service| (*service, None)).collect();
    }

    /// Declares a service that depends on these.
    pub async fn declare(&self, name: &str, depends_on: &[ServiceId]) -> Result<ServiceId, StoreError> {
        let mut tx = self.test.db.write().await?;
        let definition = ServiceDefinition { depends_on: depends_on.to_vec(), ..service_definition(acme(), 60, true) };
        let (id, _) = service::put_service(&mut tx, &GRANT, &self.act(), name, &definition).await?;
        tx.commit().await?;
        Ok(id)
    }

    /// Every event of an alert.
    pub async fn alert(&self, id: AlertId) -> Vec<Event> {
        let mut read = self.test.db.read().await.unwrap();
        ledger::events_of(&mut read, self.test.tenant, "alert", &id.to_string()).await.unwrap()
    }

    pub fn act(&self) -> Act {
        Act::system(self.test.tenant, "apply", self.now())
    }

    pub fn now(&self) -> Timestamp {
        evenkeel_core::Clock::now(self.test.clock.as_ref())
    }

    pub fn pass(&self, secs: i64) {
        self.test.clock.advance(SignedDuration::from_secs(secs));
    }

    /// The person of this name as a caller.
    pub fn caller(&self, name: &str) -> Caller {
        let (_, organisation, role) = PEOPLE.iter().find(|(known, ..)| *known == name).unwrap();
        Caller {
            tenant: self.test.tenant,
            actor: Actor::person(person(name)),
            person: Some(person(name)),
            organisation: Some(OrganisationId::named(organisation)),
            roles: BTreeSet::from([*role]),
            scopes: None,
            language: evenkeel_core::Language::En,
        }
    }

    pub async fn send(&self, caller: Option<Caller>, method: Method, path: &str, body: Option<Value>, if_match: Option<i64>) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        if let Some(version) = if_match {
            request = request.header("if-match", format!("\"{version}\""));
        }
        let body = match body {
            Some(body) => {
                request = request.header("content-type", "application/json");
                Body::from(body.to_string())
            }
            None => Body::empty(),
        };
        let mut request = request.body(body).unwrap();
        if let Some(caller) = caller {
            request.extensions_mut().insert(caller);
        }
        let response = self.router.clone().oneshot(request).await.unwrap();
        let status = response.status();
        let etag = response.headers().get("etag").map(|tag| tag.to_str().unwrap().to_owned());
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        Answer { status, body, etag }
    }

    /// What is at an address that needs no session, as text.
    pub async fn text(&self, path: &str) -> (u16, String) {
        let request = Request::builder().uri(path).body(Body::empty()).unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        let status = response.status().as_u16();
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        (status, String::from_utf8(bytes.to_vec()).unwrap())
    }

    pub async fn get(&self, name: &str, path: &str) -> Answer {
        self.send(Some(self.caller(name)), Method::GET, path, None, None).await
    }

    pub async fn post(&self, name: &str, path: &str, body: Value) -> Answer {
        self.send(Some(self.caller(name)), Method::POST, path, Some(body), None).await
    }

    pub async fn put_at(&self, name: &str, path: &str, body: Value) -> Answer {
        self.send(Some(self.caller(name)), Method::PUT, path, Some(body), None).await
    }

    /// One step on an incident.
    pub async fn step(&self, name: &str, id: &str, step: &str, body: Value) -> Answer {
        self.post(name, &format!("/api/v1/incidents/{id}/{step}"), body).await
    }

    /// The same world, finding in this index.
    pub fn over(&self, search: evenkeel_manage::search::Search) -> Self {
        let manage = self.manage.clone().with_search(search);
        let (router, _) = evenkeel_manage::router(manage.clone()).split();
        Self { manage, router, ..self.clone() }
    }

    /// The index in which it finds.
    pub fn search(&self) -> &evenkeel_manage::search::Search {
        self.manage.search()
    }

    /// Brings the search index up to the ledger.
    pub async fn index(&self) {
        evenkeel_manage::search::catch_up(&self.test.db, self.manage.search()).await.unwrap();
    }

    /// The numbers of what this person finds, the best first, as `inc-1001`.
    pub async fn finds(&self, name: &str, words: &str) -> Vec<String> {
        let found = self.get(name, &search_path(words)).await.ok();
        let short = |hit: &Value| {
            let prefix = match hit["kind"].as_str().unwrap() {
                "article" => "kb",
                "incident" => "inc",
                "request" => "req",
                "release" => "rel",
                _ => "prb",
            };
            format!("{prefix}-{}", hit["number"])
        };
        let items: Vec<String> = found["items"].as_array().unwrap().iter().map(short).collect();
        let counted: u64 = found["counts"].as_array().unwrap().iter().map(|count| count["count"].as_u64().unwrap()).sum();
        assert_eq!(counted, items.len() as u64, "counts are of what {name} may find: {found}");
        items
    }

    /// Opens an incident of the shop by the desk; answers its id.
    pub async fn open(&self, title: &str) -> String {
        let body = json!({"service_id": shop(), "title": title, "impact": 1, "urgency": 2});
        let answer = self.post("dan", "/api/v1/incidents", body).await.ok();
        answer["id"].as_str().unwrap().to_owned()
    }

    pub async fn incident(&self, id: &str) -> Value {
        self.get("ada", &format!("/api/v1/incidents/{id}")).await.ok()
    }

    pub async fn incidents(&self) -> Vec<Value> {
        let page = self.get("ada", "/api/v1/incidents").await.ok();
        page["items"].as_array().unwrap().clone()
    }

    /// Every event of an incident, as the ledger has them.
    pub async fn events(&self, id: &str) -> Vec<Event> {
        let mut read = self.test.db.read().await.unwrap();
        ledger::events_of(&mut read, self.test.tenant, "incident", id).await.unwrap()
    }

    pub async fn kinds(&self, id: &str) -> Vec<String> {
        self.events(id).await.into_iter().map(|event| event.kind).collect()
    }

    pub async fn append(&self, event: &NewEvent) -> Event {
        let mut tx = self.test.db.write().await.unwrap();
        let event = tx.append(event).await.unwrap();
        tx.commit().await.unwrap();
        event
    }

    /// A probe of `service` fails now, `late` seconds after it began to.
    pub async fn fires(&self, service: ServiceId, probe: &str, late: i64) -> (AlertId, Event) {
        let fired = self.fires_unread(service, probe, late).await;
        self.consume().await;
        fired
    }

    /// The same, and nobody has read it yet.
    pub async fn fires_unread(&self, service: ServiceId, probe: &str, late: i64) -> (AlertId, Event) {
        let (alert, event) = self.fails(service, probe, late);
        (alert, self.append(&event).await)
    }

    /// Probes of these services fail now, all at once.
    pub async fn storm(&self, probes: impl IntoIterator<Item = (ServiceId, String)>) -> Vec<AlertId> {
        let mut tx = self.test.db.write().await.unwrap();
        let mut alerts = Vec::new();
        for (service, probe) in probes {
            let (alert, event) = self.fails(service, &probe, 1);
            tx.append(&event).await.unwrap();
            alerts.push(alert);
        }
        tx.commit().await.unwrap();
        self.consume().await;
        alerts
    }

    fn fails(&self, service: ServiceId, probe: &str, late: i64) -> (AlertId, NewEvent) {
        let alert_id = AlertId::at(self.now(), self.test.rng.as_ref());
        let started_at = self.now() - SignedDuration::from_secs(late);
        let body = AlertFired {
            alert_id,
            probe_id: Some(ProbeId::named(probe)),
            probe: probe.to_owned(),
            service_id: service,
            cause: cause_of(probe).to_owned(),
            severity: Severity::Critical,
            started_at,
            fired_at: self.now(),
            look: Look { at: self.now(), duration_ms: 3.0, code: "status".to_owned(), detail: "HTTP 503".to_owned() },
            rule: None,
        };
        (alert_id, NewEvent::of(self.test.tenant, self.now(), Actor::system("probe"), "probe", alert_id, &body).unwrap())
    }

    /// The alert is over, the first good look was `ago` seconds before now.
    pub async fn clears(&self, alert_id: AlertId, service_id: ServiceId, probe: &str, ago: i64, reason: &str) -> Event {
        let body = AlertResolved {
            alert_id,
            service_id,
            cause: cause_of(probe).to_owned(),
            recovered_at: self.now() - SignedDuration::from_secs(ago),
            reason: reason.to_owned(),
        };
        let event = NewEvent::of(self.test.tenant, self.now(), Actor::system("probe"), "probe", alert_id, &body).unwrap();
        let event = self.append(&event).await;
        self.consume().await;
        event
    }

    /// Lets every consumer read on.
    pub async fn consume(&self) {
        for consumer in self.manage.consumers() {
            while consumer::run_once(&self.test.db, consumer.as_ref(), 100).await.unwrap().1 {}
        }
    }

    /// Handlers of timers, as a server has them from its start.
    pub fn timers(&self) -> Vec<Arc<dyn evenkeel_store::TimerHandler>> {
        self.manage.timers()
    }

    /// Fires the timers that are due, until none is.
    pub async fn ring(&self) -> usize {
        self.ring_by(&self.timers()).await
    }

    /// The same, by handlers that remember what they saw.
    pub async fn ring_by(&self, timers: &[Arc<dyn evenkeel_store::TimerHandler>]) -> usize {
        let mut all = 0;
        loop {
            match timer::run_due(&self.test.db, timers).await.unwrap().0 {
                0 => return all,
                fired => all += fired,
            }
        }
    }

    /// Who is told when a message has ended.
    pub fn observers(&self) -> Vec<Arc<dyn evenkeel_store::OutboxObserver>> {
        self.manage.outbox_observers()
    }

    /// Hands an event to the consumers once more, as after a crash before the cursor moved.
    pub async fn replay(&self, event: &Event) {
        let mut tx = self.test.db.write().await.unwrap();
        for consumer in self.manage.consumers() {
            if consumer.kinds().contains(&event.kind.as_str()) {
                consumer.handle(&mut tx, event).await.unwrap();
            }
        }
        tx.commit().await.unwrap();
    }
}

/// What the alerts of a probe of this name are about.
fn cause_of(probe: &str) -> &'static str {
    if probe.contains("certificate") { "certificate" } else { "unavailable" }
}

pub fn id_of(value: &Value) -> IncidentId {
    value["id"].as_str().unwrap().parse().unwrap()
}

/// The only event of this body.
#[track_caller]
pub fn only<B: evenkeel_core::event::Body>(events: &[Event]) -> B {
    let mut found: Vec<B> = events.iter().filter_map(Event::read::<B>).map(Result::unwrap).collect();
    assert_eq!(found.len(), 1, "{} of {:?}", B::KIND, events.iter().map(|event| &event.kind).collect::<Vec<_>>());
    found.pop().unwrap()
}

pub fn at<B: evenkeel_core::event::Body>(events: &[Event]) -> Vec<&Event> {
    events.iter().filter(|event| event.kind == B::KIND).collect()
}

/// Where words are looked for.
pub fn search_path(words: &str) -> String {
    let mut path = "/api/v1/search?q=".to_owned();
    for byte in words.bytes() {
        let _ = write!(path, "%{byte:02X}");
    }
    path
}
