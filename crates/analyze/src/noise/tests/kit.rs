//! Pasts of alerts, as the halls would write them.

use std::collections::BTreeMap;

use evenkeel_core::{
    Actor, Id,
    event::{
        Body, Event, NewEvent,
        manage::{Acknowledged, AlertJoined, IncidentOpened, Noted, Origin, Restored, Transitioned},
        observe::{AlertFired, AlertResolved, Look, PageQueued},
    },
    id::{AlertId, IncidentId, NoteId, PersonId, ServiceId, TeamId, TenantId},
    priority::{Level, Severity},
    random::SeededRng,
    state::{IncidentState, Medium, PageReason, Visibility},
};
use jiff::{SignedDuration, Timestamp, tz::TimeZone};

use crate::{
    history::p,
    live::Fold as _,
    noise::{
        book::Book,
        case::{Case, cases},
        figures::{Figures, Setting, add_alerts, of_cases},
        suggest::{Suggestion, suggestions},
    },
};

pub fn from() -> Timestamp {
    "2026-03-01T00:00:00Z".parse().unwrap()
}
pub fn to() -> Timestamp {
    "2026-03-29T00:00:00Z".parse().unwrap()
}
pub fn at(day: i64, hour: i64, minute: i64) -> Timestamp {
    from() + SignedDuration::from_hours((day - 1) * 24 + hour) + SignedDuration::from_mins(minute)
}
pub fn team() -> TeamId {
    TeamId::named("ops")
}
pub fn wang() -> PersonId {
    PersonId::named("wang.lei")
}

/// How an alert is.
#[derive(Clone, Copy)]
pub struct Kind {
    pub name: &'static str,
    pub service: &'static str,
    pub severity: Severity,
    pub priority: u8,
}

pub const DISK: Kind = Kind { name: "disk", service: "shop", severity: Severity::Warning, priority: 3 };

#[derive(Default)]
pub struct Past {
    book: Book,
    events: i64,
    number: i64,
}

impl Past {
    fn push<B: Body>(&mut self, actor: Actor, when: Timestamp, subject: impl std::fmt::Display, body: &B) {
        self.events += 1;
        let new = NewEvent::of(TenantId::named("test"), when, actor, "test", subject, body).unwrap();
        self.book.take(&Event {
            seq: self.events,
            id: Id::at(when, &SeededRng::new(u64::try_from(self.events).unwrap())),
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
    }

    fn machine<B: Body>(&mut self, when: Timestamp, subject: impl std::fmt::Display, body: &B) {
        self.push(Actor::system("test"), when, subject, body);
    }

    /// It fires, an incident is opened, and somebody is paged `pages` times, a minute apart. Lasts `secs`, when it ends.
    pub fn fires(&mut self, kind: Kind, when: Timestamp, secs: Option<i64>, pages: i64) -> IncidentId {
        self.number += 1;
        let id = IncidentId::named(&format!("i{:05}", self.number));
        self.fires_on(id, true, kind, when, secs, pages)
    }

    /// It fires again while its incident can still be opened again.
    pub fn fires_again(&mut self, id: IncidentId, kind: Kind, when: Timestamp, secs: Option<i64>, pages: i64) {
        self.number += 1;
        self.fires_on(id, false, kind, when, secs, pages);
    }

    fn fires_on(&mut self, id: IncidentId, is_new: bool, kind: Kind, when: Timestamp, secs: Option<i64>, pages: i64) -> IncidentId {
        let (number, service) = (self.number, ServiceId::named(kind.service));
        let alert_id = AlertId::named(&format!("a{number}"));
        let look = Look { at: when, duration_ms: 1.0, code: "status".to_owned(), detail: String::new() };
        let fired = AlertFired {
            alert_id,
            probe_id: None,
            probe: kind.name.to_owned(),
            service_id: service,
            cause: "unavailable".to_owned(),
            severity: kind.severity,
            started_at: when,
            fired_at: when,
            look,
            rule: None,
        };
        self.machine(when, alert_id, &fired);
        let opened = IncidentOpened {
            number,
            title: "digest".to_owned(),
            service_id: service,
            organisation_id: None,
            impact: Level::MEDIUM,
            urgency: Level::MEDIUM,
            priority: p(kind.priority),
            matrix_version: 1,
            origin: Origin::Alert { alert_id, probe_id: None, cause: "unavailable".to_owned(), started_at: when, fired_at: when },
            team_id: Some(team()),
            owner_id: None,
            agreements: Vec::new(),
        };
        if is_new {
            self.machine(when, id, &opened);
        } else {
            self.moved(Actor::system("alert"), id, when, IncidentState::Reopened);
            let joined = AlertJoined {
                alert_id,
                cause: "unavailable".to_owned(),
                started_at: when,
                fired_at: when,
                probe: Some(kind.name.to_owned()),
            };
            self.machine(when, id, &joined);
        }
        for step in 0..pages {
            let queued = PageQueued {
                incident_id: id,
                person_id: wang(),
                team_id: team(),
                step: u32::try_from(step).unwrap() + 1,
                channel: "mail".to_owned(),
                reason: PageReason::Firing,
                key: format!("{number}:{step}"),
            };
            self.machine(when + SignedDuration::from_mins(step), id, &queued);
        }
        if let Some(secs) = secs {
            let end = when + SignedDuration::from_secs(secs);
            let resolved = AlertResolved {
                alert_id,
                service_id: service,
                cause: "unavailable".to_owned(),
                recovered_at: end,
                reason: "recovered".to_owned(),
            };
            self.machine(end, alert_id, &resolved);
            self.machine(end, id, &Restored { basis: "telemetry".to_owned(), alert_id: Some(alert_id) });
        }
        id
    }

    fn moved(&mut self, actor: Actor, id: IncidentId, when: Timestamp, to: IncidentState) {
        self.push(actor, when, id, &Transitioned { from: IncidentState::New, to, hold: None, reason: Some("recovered".to_owned()) });
    }

    /// Somebody says "mine", which moves it too.
    pub fn takes(&mut self, id: IncidentId, when: Timestamp) {
        self.push(Actor::person(wang()), when, id, &Acknowledged { person_id: wang(), via: "link".to_owned() });
        self.moved(Actor::person(wang()), id, when, IncidentState::InProgress);
    }

    /// Somebody writes what they do.
    pub fn works(&mut self, id: IncidentId, when: Timestamp) {
        let body = Noted {
            note_id: NoteId::named("n"),
            visibility: Visibility::Internal,
            medium: Medium::Note,
            by_agent: true,
            text: "digest".to_owned(),
        };
        self.push(Actor::person(wang()), when, id, &body);
    }

    /// It is closed, by a rule.
    pub fn closes(&mut self, id: IncidentId, when: Timestamp) {
        self.moved(Actor::system("timer"), id, when, IncidentState::Closed);
    }

    pub fn cases(&self) -> Vec<Case<'_>> {
        cases(&self.book, from(), to())
    }

    /// The figures of all of it, with nights in this zone.
    pub fn figures(&self, zone: &str) -> Figures {
        let zone = TimeZone::get(zone).unwrap();
        let zones = BTreeMap::from([(team(), zone.clone())]);
        let setting = Setting { from: from(), to: to(), zones: &zones, zone: &zone };
        let cases = self.cases();
        let mut figures = of_cases(&setting, &cases, |_, _| true);
        if let Some(case) = cases.first() {
            add_alerts(&mut figures, &self.book, case.source, from(), to());
        }
        figures
    }

    /// What is suggested, with nights in UTC.
    pub fn suggested<T>(&self, look: impl Fn(&[Suggestion<'_>]) -> T) -> T {
        let (zones, zone) = (BTreeMap::new(), TimeZone::UTC);
        let setting = Setting { from: from(), to: to(), zones: &zones, zone: &zone };
        look(&suggestions(&setting, &self.book, &self.cases()))
    }
}
