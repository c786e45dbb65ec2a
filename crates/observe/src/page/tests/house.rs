//! A small house around the pages: people, one incident, and the loops turned by hand.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use async_trait::async_trait;
use evenkeel_api::{Grant, Permission};
use evenkeel_core::{
    Actor,
    definition::Bilingual,
    event::{
        Body, NewEvent,
        manage::{IncidentOpened, Origin, Transitioned},
    },
    id::{IncidentId, PersonId, ServiceId, TeamId, TenantId},
    priority::{Level, Priority},
    state::IncidentState,
};
use evenkeel_store::{
    Channel, Consumer, Delivery, Message, Migration, OutboxObserver, Sql, StoreError, TimerHandler, consumer, ledger, outbox, params,
    testing::{TestDb, for_each_database},
    timer,
};
use jiff::SignedDuration;

use crate::{
    contact::{Canary, CanaryPlan},
    oncall::{self, RotaDefinition},
    page::{
        Directory, Escalation, PageConsumer, PageObserver, Receipt, Release,
        gateway::{GatewayDefinition, SecretRef},
        message::Composer,
        port::{IncidentCard, Locale, PersonCard, TeamCard},
        table::{self, PageRow},
    },
};

pub fn person(name: &str) -> PersonId {
    PersonId::named(name)
}

pub fn incident() -> IncidentId {
    IncidentId::named("the incident")
}

pub fn migrations() -> Vec<Migration> {
    [crate::oncall::MIGRATIONS, crate::page::MIGRATIONS, crate::contact::MIGRATIONS].concat()
}

/// What the directory knows; tests change it.
pub struct Book {
    pub people: Mutex<HashMap<PersonId, PersonCard>>,
    pub title: Mutex<String>,
    pub priority: Mutex<Priority>,
    pub gateways: Mutex<Vec<GatewayDefinition>>,
    pub texts: Mutex<Option<Bilingual>>,
    pub canary: Mutex<Option<CanaryPlan>>,
}

#[async_trait]
impl Directory for Book {
    async fn person(&self, _: &mut dyn Sql, _: TenantId, id: PersonId) -> Result<Option<PersonCard>, StoreError> {
        Ok(self.people.lock().unwrap().get(&id).cloned())
    }
    async fn team(&self, _: &mut dyn Sql, _: TenantId, id: TeamId) -> Result<Option<TeamCard>, StoreError> {
        Ok(Some(TeamCard {
            id, name: "desk".to_owned(), display: both("值班一组", "Desk one"), members: vec![person("an"), person("bo")]
        }))
    }
    async fn incident(&self, _: &mut dyn Sql, _: TenantId, _: IncidentId) -> Result<Option<IncidentCard>, StoreError> {
        Ok(Some(IncidentCard {
            number: 1042,
            title: self.title.lock().unwrap().clone(),
            service: both("练习商店", "Practice shop"),
            priority: *self.priority.lock().unwrap(),
            owner: Some(person("owner")),
        }))
    }
    async fn gateways(&self, _: &mut dyn Sql, _: TenantId) -> Result<Vec<GatewayDefinition>, StoreError> {
        Ok(self.gateways.lock().unwrap().clone())
    }
    async fn texts(&self, _: &mut dyn Sql, _: TenantId) -> Result<Option<Bilingual>, StoreError> {
        Ok(self.texts.lock().unwrap().clone())
    }
    async fn canary(&self, _: &mut dyn Sql, _: TenantId) -> Result<Option<CanaryPlan>, StoreError> {
        Ok(*self.canary.lock().unwrap())
    }
    fn secret(&self, _: &SecretRef) -> Result<String, String> {
        Ok("s3cret".to_owned())
    }
    fn public_url(&self) -> String {
        "https://keel.example".to_owned()
    }
}

pub fn both(zh: &str, en: &str) -> Bilingual {
    Bilingual { zh: zh.to_owned(), en: en.to_owned() }
}

pub fn card(name: &str) -> PersonCard {
    PersonCard {
        id: person(name),
        display: name.to_owned(),
        mail: Some(format!("{name}@shop.example")),
        webhook: None,
        locale: Locale::En,
        active: true,
    }
}

/// A channel that notes what it is given and answers what the test says.
pub struct Told {
    name: &'static str,
    pub answer: Mutex<Delivery>,
    pub messages: Mutex<Vec<Message>>,
}

#[async_trait]
impl Channel for Told {
    fn name(&self) -> &'static str {
        self.name
    }
    async fn deliver(&self, message: &Message) -> Delivery {
        self.messages.lock().unwrap().push(message.clone());
        self.answer.lock().unwrap().clone()
    }
}

pub fn sent() -> Delivery {
    Delivery::Sent { receipt: "250 2.0.0 Ok".to_owned() }
}

pub struct House {
    pub test: TestDb,
    pub book: Arc<Book>,
    pub mail: Arc<Told>,
    pub webhook: Arc<Told>,
    pub consumer: PageConsumer,
    pub timers: Vec<Arc<dyn TimerHandler>>,
    pub observers: Vec<Arc<dyn OutboxObserver>>,
}

impl House {
    pub fn new(test: TestDb) -> Self {
        let people = ["an", "bo", "cai", "owner"].map(|name| (person(name), card(name)));
        let book = Arc::new(Book {
            people: Mutex::new(people.into()),
            title: Mutex::new("Front page is down".to_owned()),
            priority: Mutex::new(Priority::ALL[0]),
            gateways: Mutex::default(),
            texts: Mutex::default(),
            canary: Mutex::default(),
        });
        let escalation = Escalation::new(book.clone());
        let told = |name| Arc::new(Told { name, answer: Mutex::new(sent()), messages: Mutex::default() });
        Self {
            test,
            mail: told("mail"),
            webhook: told("webhook"),
            consumer: PageConsumer::new(escalation.clone()),
            observers: vec![Arc::new(PageObserver::new(escalation.clone())), Arc::new(crate::contact::DrillObserver)],
            timers: vec![Arc::new(escalation.clone()), Arc::new(Receipt(escalation)), Arc::new(Release), Arc::new(Canary(book.clone()))],
            book,
        }
    }

    pub fn composer(&self) -> Composer {
        Composer::new(self.test.db.clone(), self.book.clone())
    }

    pub fn escalation(&self) -> Escalation {
        Escalation::new(self.book.clone())
    }

    pub fn change(&self, name: &str, change: impl FnOnce(&mut PersonCard)) {
        change(self.book.people.lock().unwrap().get_mut(&person(name)).unwrap());
    }

    /// Puts the rota of an, bo, cai in force: an's week, five minutes to answer, two rounds.
    pub async fn rota(&self, members: &[&str]) {
        let mut tx = self.test.db.write().await.unwrap();
        let members = members.iter().map(|name| person(name)).collect();
        let starts_on = Some(jiff::civil::date(2026, 3, 2));
        let weekly = RotaDefinition::weekly(TeamId::named("desk"), "Asia/Shanghai", "monday 09:00".parse().unwrap(), members, starts_on);
        let definition = RotaDefinition { rounds: 2, ..weekly };
        let grant = Grant::system(Permission::DefinitionWrite);
        oncall::put_rota(&mut tx, &grant, self.test.tenant, &Actor::system("test"), "desk", &definition).await.unwrap();
        tx.commit().await.unwrap();
    }

    pub async fn happens<B: Body>(&self, actor: Actor, body: &B) {
        self.happens_to(incident(), actor, body).await;
    }

    pub async fn happens_to<B: Body>(&self, incident: IncidentId, actor: Actor, body: &B) {
        let mut tx = self.test.db.write().await.unwrap();
        let event = NewEvent::of(self.test.tenant, self.test.clock_now(), actor, "test", incident, body).unwrap();
        tx.append(&event).await.unwrap();
        tx.commit().await.unwrap();
        self.consume().await;
    }

    pub async fn opens(&self) {
        self.opens_from(Origin::Person { person_id: None, started_at: None, channel: None }).await;
    }

    pub async fn opens_from(&self, origin: Origin) {
        self.opens_as(incident(), origin).await;
    }

    /// Another incident of the same service's team.
    pub async fn opens_another(&self, name: &str) -> IncidentId {
        let id = IncidentId::named(name);
        self.opens_as(id, Origin::Person { person_id: None, started_at: None, channel: None }).await;
        id
    }

    async fn opens_as(&self, id: IncidentId, origin: Origin) {
        let opened = IncidentOpened {
            number: 1042,
            title: "digest".to_owned(),
            service_id: ServiceId::named("shop"),
            organisation_id: None,
            impact: Level::HIGH,
            urgency: Level::HIGH,
            priority: Priority::ALL[0],
            matrix_version: 1,
            origin,
            team_id: Some(TeamId::named("desk")),
            owner_id: Some(person("owner")),
            agreements: Vec::new(),
        };
        self.happens_to(id, Actor::system("alert"), &opened).await;
    }

    pub async fn moves(&self, to: IncidentState, reason: &str) {
        let moved = Transitioned { from: IncidentState::New, to, hold: None, reason: Some(reason.to_owned()) };
        self.happens(Actor::system("rule"), &moved).await;
    }

    pub async fn consume(&self) {
        while consumer::run_once(&self.test.db, &self.consumer, 50).await.unwrap().1 {}
    }

    /// Reads everything again from the beginning, as after a restored cursor.
    pub async fn consume_again(&self) {
        let mut tx = self.test.db.write().await.unwrap();
        tx.execute("UPDATE consumer SET position = 0 WHERE name = $1", params![self.consumer.name()]).await.unwrap();
        tx.commit().await.unwrap();
        self.consume().await;
    }

    pub async fn wait(&self, secs: i64) {
        self.test.clock.advance(SignedDuration::from_secs(secs));
        while timer::run_due(&self.test.db, &self.timers).await.unwrap().0 > 0 {}
    }

    /// Delivers what is due, as the outbox's worker does.
    pub async fn deliver(&self) {
        let (mail, webhook) = (self.mail.clone(), self.webhook.clone());
        self.deliver_by(mail.as_ref()).await;
        self.deliver_by(webhook.as_ref()).await;
    }

    pub async fn deliver_by(&self, channel: &dyn Channel) {
        for message in outbox::claim(&self.test.db, channel.name(), "test", 100).await.unwrap() {
            let delivery = channel.deliver(&message).await;
            outbox::settle(&self.test.db, &message, "test", delivery, &self.observers).await.unwrap();
        }
    }

    pub async fn pages(&self) -> Vec<PageRow> {
        self.pages_of(incident()).await
    }

    pub async fn pages_of(&self, incident: IncidentId) -> Vec<PageRow> {
        let mut sql = self.test.db.read().await.unwrap();
        table::pages_of(&mut sql, self.test.tenant, incident).await.unwrap()
    }

    /// `round.step name channel reason state` of every page, in order.
    pub async fn story(&self) -> Vec<String> {
        self.story_of(incident()).await
    }

    pub async fn story_of(&self, incident: IncidentId) -> Vec<String> {
        let names = ["an", "bo", "cai", "owner"].map(|name| (person(name), name));
        self.pages_of(incident)
            .await
            .iter()
            .map(|page| {
                let name = names.iter().find(|(id, _)| *id == page.person).unwrap().1;
                format!("{}.{} {name} {} {} {}", page.round, page.step, page.channel, page.reason, page.state)
            })
            .collect()
    }

    /// The types of the events that pages wrote about the incident, in order.
    pub async fn events(&self) -> Vec<String> {
        let mut sql = self.test.db.read().await.unwrap();
        let evidence = format!("incident:{}", incident());
        ledger::events_by_evidence(&mut sql, self.test.tenant, &evidence).await.unwrap().into_iter().map(|event| event.kind).collect()
    }

    pub async fn run_state(&self) -> &'static str {
        let mut sql = self.test.db.read().await.unwrap();
        table::run(&mut sql, self.test.tenant, incident()).await.unwrap().unwrap().state.as_str()
    }
}

/// Runs a story on both databases.
pub async fn on_both<F, Fut>(story: F)
where
    F: Fn(House) -> Fut,
    Fut: Future<Output = ()>,
{
    for_each_database(migrations(), |test| story(House::new(test))).await;
}
