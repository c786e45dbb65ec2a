//! Small histories for tests: events as the halls would write them, without a database.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use evenkeel_core::{
    Actor, Id,
    event::{
        Body, Event, NewEvent,
        definition::DefinitionPut,
        manage::{
            Acknowledged, AgreementRef, AlertJoined, Assigned, IncidentOpened, Linked, Located, Merged, Noted, Origin, Reprioritised,
            Restored, Transitioned,
        },
        observe::{PageDelivered, SliSealed},
    },
    id::{AgreementId, AlertId, IncidentId, PersonId, ProbeId, ServiceId, TenantId},
    priority::{Level, Priority},
    random::SeededRng,
    state::{HoldReason, IncidentState, Medium, SliState, Visibility},
};
use jiff::Timestamp;

use crate::world::World;

/// `at("2026-03-02 09:00")`, in UTC; seconds may follow.
pub fn at(text: &str) -> Timestamp {
    let text = text.replace(' ', "T");
    let text = if text.matches(':').count() == 1 { format!("{text}:00Z") } else { format!("{text}Z") };
    text.parse().unwrap()
}

pub fn p(priority: u8) -> Priority {
    priority.try_into().unwrap()
}

pub fn service() -> ServiceId {
    Id::named("shop")
}

pub fn agreement() -> AgreementId {
    Id::named("gold")
}

pub fn engineer() -> PersonId {
    Id::named("wang.lei")
}

pub fn incident(number: i64) -> IncidentId {
    Id::named(&format!("incident {number}"))
}

/// Events in the order they were told; their positions count 1, 2, 3 …
#[derive(Default)]
pub struct History {
    pub events: Vec<Event>,
}

impl History {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn tenant() -> TenantId {
        Id::named("test")
    }

    /// Any event, done by a machine, recorded when it happened.
    pub fn push<B: Body>(&mut self, when: &str, subject: impl std::fmt::Display, body: &B) -> &mut Self {
        self.by(Actor::system("test"), when, subject, body)
    }

    pub fn by<B: Body>(&mut self, actor: Actor, when: &str, subject: impl std::fmt::Display, body: &B) -> &mut Self {
        let new = NewEvent::of(Self::tenant(), at(when), actor, "test", subject, body).unwrap();
        let seq = i64::try_from(self.events.len()).unwrap() + 1;
        let rng = SeededRng::new(u64::try_from(seq).unwrap());
        self.events.push(Event {
            seq,
            id: Id::at(new.occurred_at, &rng),
            tenant: new.tenant,
            occurred_at: new.occurred_at,
            recorded_at: new.occurred_at,
            actor: new.actor,
            on_behalf_of: None,
            source: new.source,
            subject: new.subject,
            kind: new.kind.to_owned(),
            version: new.version,
            payload: new.payload,
            evidence: None,
        });
        self
    }

    pub fn define<K: evenkeel_core::id::Kind>(&mut self, when: &str, version: i64, name: &str, body: serde_json::Value) -> &mut Self {
        let id: Id<K> = Id::named(name);
        self.push(when, id, &DefinitionPut { kind: K::NAME.to_owned(), name: name.to_owned(), version, body })
    }

    pub fn open(&mut self, when: &str, number: i64, origin: Origin) -> &mut Self {
        self.open_as(when, number, 2, origin)
    }

    pub fn open_as(&mut self, when: &str, number: i64, priority: u8, origin: Origin) -> &mut Self {
        let body = IncidentOpened {
            number,
            title: format!("digest-{number}"),
            service_id: service(),
            organisation_id: None,
            impact: Level::HIGH,
            urgency: Level::MEDIUM,
            priority: p(priority),
            matrix_version: 1,
            origin,
            team_id: None,
            owner_id: None,
            agreements: vec![AgreementRef { id: agreement(), version: 1 }],
        };
        self.push(when, incident(number), &body)
    }

    pub fn seen_by_machine(started: &str, fired: &str) -> Origin {
        Origin::Alert {
            alert_id: alert(1),
            probe_id: Some(Id::<evenkeel_core::id::Probe>::named("home") as ProbeId),
            cause: "probe:home".to_owned(),
            started_at: at(started),
            fired_at: at(fired),
        }
    }

    pub fn told_by_person(started: Option<&str>) -> Origin {
        Origin::Person { person_id: None, started_at: started.map(at), channel: None }
    }

    pub fn imported(key: &str) -> Origin {
        Origin::Import { external_id: key.to_owned() }
    }

    pub fn joined(&mut self, number: i64, started: &str, fired: &str) -> &mut Self {
        let body =
            AlertJoined { alert_id: alert(2), cause: "unavailable".to_owned(), started_at: at(started), fired_at: at(fired), probe: None };
        self.push(fired, incident(number), &body)
    }

    pub fn delivered(&mut self, when: &str, number: i64) -> &mut Self {
        let body = PageDelivered {
            incident_id: incident(number),
            person_id: engineer(),
            channel: "mail".to_owned(),
            attempts: 1,
            receipt: "250 Ok".to_owned(),
        };
        self.push(when, Id::<evenkeel_core::id::Page>::named(when), &body);
        if let Some(event) = self.events.last_mut() {
            event.evidence = Some(format!("incident:{}", incident(number)));
        }
        self
    }

    pub fn assigned(&mut self, when: &str, number: i64) -> &mut Self {
        let body = Assigned { team_id: None, person_id: Some(engineer()) };
        self.by(Actor::person(engineer()), when, incident(number), &body)
    }

    pub fn acknowledged(&mut self, when: &str, number: i64) -> &mut Self {
        let body = Acknowledged { person_id: engineer(), via: "link".to_owned() };
        self.by(Actor::person(engineer()), when, incident(number), &body)
    }

    pub fn moved(&mut self, when: &str, number: i64, from: IncidentState, to: IncidentState) -> &mut Self {
        self.moved_on_hold(when, number, from, to, None)
    }

    pub fn moved_on_hold(
        &mut self,
        when: &str,
        number: i64,
        from: IncidentState,
        to: IncidentState,
        hold: Option<HoldReason>,
    ) -> &mut Self {
        let body = Transitioned { from, to, hold, reason: None };
        self.by(Actor::person(engineer()), when, incident(number), &body)
    }

    pub fn said(&mut self, when: &str, number: i64, visibility: Visibility) -> &mut Self {
        let body = Noted { note_id: Id::named(when), visibility, medium: Medium::Note, by_agent: true, text: "digest".to_owned() };
        self.by(Actor::person(engineer()), when, incident(number), &body)
    }

    pub fn located(&mut self, when: &str, number: i64) -> &mut Self {
        let body = Located { basis: "cause_known".to_owned(), text: None };
        self.by(Actor::person(engineer()), when, incident(number), &body)
    }

    pub fn restored(&mut self, when: &str, number: i64) -> &mut Self {
        let body = Restored { basis: "telemetry".to_owned(), alert_id: Some(alert(1)) };
        self.push(when, incident(number), &body)
    }

    pub fn reprioritised(&mut self, when: &str, number: i64, from: u8, to: u8) -> &mut Self {
        let body = Reprioritised { from: p(from), to: p(to), impact: Level::HIGH, urgency: Level::HIGH, matrix_version: 1 };
        self.push(when, incident(number), &body)
    }

    /// Both events, as manage writes them.
    pub fn merged(&mut self, when: &str, number: i64, into: i64) -> &mut Self {
        self.push(when, incident(number), &Merged { into: incident(into) });
        self.push(when, incident(into), &Linked { other: incident(number), relation: "absorbed".to_owned() })
    }

    pub fn sealed(&mut self, from: &str, to: &str, state: SliState) -> &mut Self {
        let body = SliSealed {
            service_id: service(),
            sli: "availability".to_owned(),
            state,
            from: at(from),
            to: at(to),
            query: "probe:home".to_owned(),
            query_hash: "0".to_owned(),
        };
        self.push(to, service(), &body)
    }

    pub fn world(&self) -> World {
        let mut world = World::default();
        for event in &self.events {
            world.apply(event);
        }
        world
    }

    /// The same events arriving in another order: what happened when stays, positions are given anew.
    pub fn shuffled(&self, seed: u64) -> Self {
        use evenkeel_core::Rng as _;
        let rng = SeededRng::new(seed);
        let mut keyed: Vec<([u8; 8], Event)> = self
            .events
            .iter()
            .map(|event| {
                let mut key = [0; 8];
                rng.fill(&mut key);
                (key, event.clone())
            })
            .collect();
        keyed.sort_by_key(|(key, _)| *key);
        let last = self.events.iter().map(|event| event.recorded_at).max();
        let events = keyed
            .into_iter()
            .enumerate()
            .map(|(place, (_, mut event))| {
                event.seq = i64::try_from(place).unwrap() + 1;
                event.recorded_at = last.unwrap();
                event
            })
            .collect();
        Self { events }
    }
}

fn alert(number: i64) -> AlertId {
    Id::named(&format!("alert {number}"))
}

/// Office hours Mon–Fri 09:00–17:00 UTC, one SLA (P2: response 30 min, restore 4 h, resolve 8 h; customer holds pause;
/// 99 % availability; 90 % attainment) and one service with an RTO of one hour.
pub fn with_definitions() -> History {
    with_agreement(agreement_body(14_400))
}

/// As [`with_definitions`], with another agreement.
pub fn with_agreement(body: serde_json::Value) -> History {
    let mut history = History::new();
    history
        .define::<evenkeel_core::id::Calendar>(
            "2026-01-01 00:00",
            1,
            "office",
            serde_json::json!({"zone": "UTC", "weekly": [{"days": ["mon", "tue", "wed", "thu", "fri"], "from": "09:00", "to": "17:00"}]}),
        )
        .define::<evenkeel_core::id::Service>("2026-01-01 00:00", 1, "shop", service_body(Some(3600)))
        .define::<evenkeel_core::id::Agreement>("2026-01-01 00:00", 1, "gold", body);
    history
}

pub fn service_body(rto_secs: Option<i64>) -> serde_json::Value {
    serde_json::json!({
        "display": {"zh": "商店", "en": "Shop"}, "customer": null, "team": Id::<evenkeel_core::id::Team>::named("web"),
        "owner": engineer(), "criticality": "high", "hours": null, "rto_secs": rto_secs, "verify_secs": 0, "auto_resolve": true,
    })
}

pub fn agreement_body(restore_secs: i64) -> serde_json::Value {
    serde_json::json!({
        "display": {"zh": "金牌", "en": "Gold"}, "layer": "sla", "customer": null, "services": [service()],
        "calendar": Id::<evenkeel_core::id::Calendar>::named("office"),
        "goals": [
            {"priority": 1, "goal": "restore", "target_secs": 3600},
            {"priority": 2, "goal": "response", "target_secs": 1800},
            {"priority": 2, "goal": "restore", "target_secs": restore_secs},
            {"priority": 2, "goal": "resolve", "target_secs": 28_800},
        ],
        "pauses": [{"hold": "customer", "owner": "customer"}], "retarget": "from_origin_keep_pauses", "reopen_within_days": 7,
        "availability_target": 99.0, "attainment_target": 90.0,
    })
}
