//! What alerted, what was opened for it, who was told, and what people did: a fold of the ledger.

use std::collections::BTreeMap;

use evenkeel_core::{
    ActorKind,
    event::{
        Body, Event,
        analyze::NoiseDismissed,
        manage::{
            Acknowledged, AlertHeld, AlertJoined, AlertReleased, Assigned, IncidentOpened, Located, Merged, Noted, Origin, Reprioritised,
            Restored, Split, Transitioned,
        },
        observe::{AlertFired, AlertResolved, PageQueued},
    },
    id::{AlertId, IncidentId, PersonId, ServiceId, TeamId},
    priority::{Priority, Severity},
    state::{IncidentState, Medium, PageReason},
};
use jiff::Timestamp;

use crate::live::Fold;

/// What saw trouble.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Source {
    /// `probe`, `rule`.
    pub kind: &'static str,
    /// Its name; of a rule without the labels of an instance.
    pub name: String,
    /// The service that suffers.
    pub service: ServiceId,
}

impl Source {
    /// The same for the same source, for addresses.
    pub fn key(&self) -> String {
        format!("{}:{}:{}", self.kind, self.service, self.name)
    }
}

/// An alert.
#[derive(Debug, Clone)]
pub struct Alert {
    pub source: Source,
    pub severity: Severity,
    pub fired_at: Timestamp,
    /// When it was over, and whether it recovered rather than was no longer looked at.
    pub ended: Option<(Timestamp, bool)>,
    /// How often it was held back, and the pages that spared.
    pub held: u32,
    pub pages_avoided: u32,
}

/// Somebody did something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Did {
    pub at: Timestamp,
    pub seq: i64,
    /// Whether it is part of an answer to the page (taking it on), and no more.
    pub is_answer: bool,
}

/// An incident that an alert opened, from then or from when an alert opened it again to the next time: somebody is told each
/// time.
#[derive(Debug, Clone)]
pub struct Opened {
    pub number: i64,
    pub priority: Priority,
    pub at: Timestamp,
    pub seq: i64,
    pub alerts: Vec<AlertId>,
    pub acknowledged: Option<(Timestamp, PersonId, i64)>,
    pub did: Vec<Did>,
    /// When it was back, whether a machine says so, and the event.
    pub restored: Option<(Timestamp, bool, i64)>,
    pub ended_at: Option<Timestamp>,
}

impl Opened {
    /// The same incident, opened again by an alert that joins it in the same instant.
    fn again(&self, event: &Event) -> Self {
        Self {
            number: self.number,
            priority: self.priority,
            at: event.occurred_at,
            seq: event.seq,
            alerts: Vec::new(),
            acknowledged: None,
            did: Vec::new(),
            restored: None,
            ended_at: None,
        }
    }
}

/// Somebody was told that trouble began.
#[derive(Debug, Clone, Copy)]
pub struct Paged {
    pub incident: IncidentId,
    pub person: PersonId,
    pub team: TeamId,
    pub at: Timestamp,
    pub seq: i64,
}

/// Somebody does not want a suggestion.
#[derive(Debug, Clone)]
pub struct Dismissed {
    pub at: Timestamp,
    pub by: Option<PersonId>,
    /// Digest of why not.
    pub reason: String,
}

/// All of it.
#[derive(Debug, Default)]
pub struct Book {
    pub(super) alerts: BTreeMap<AlertId, Alert>,
    /// Those that alerts opened: each time of each, in order.
    pub(super) incidents: BTreeMap<IncidentId, Vec<Opened>>,
    /// In order of the ledger.
    pub(super) pages: Vec<Paged>,
    /// By suggestion.
    pub(super) dismissed: BTreeMap<String, Dismissed>,
    position: i64,
}

impl Fold for Book {
    const KINDS: &'static [&'static str] = &[
        AlertFired::KIND,
        AlertResolved::KIND,
        AlertHeld::KIND,
        AlertReleased::KIND,
        IncidentOpened::KIND,
        AlertJoined::KIND,
        Acknowledged::KIND,
        Assigned::KIND,
        Transitioned::KIND,
        Reprioritised::KIND,
        Noted::KIND,
        Located::KIND,
        Restored::KIND,
        Merged::KIND,
        Split::KIND,
        PageQueued::KIND,
        NoiseDismissed::KIND,
    ];

    fn take(&mut self, event: &Event) {
        self.position = self.position.max(event.seq);
        let Ok(()) = self.read(event) else {
            // What cannot be read is on the health page already, through the world's fold; here it counts for nothing.
            return;
        };
    }

    fn position(&self) -> i64 {
        self.position
    }

    fn reached(&mut self, position: i64) {
        self.position = self.position.max(position);
    }
}

/// Whether a person, or a program that acts for one, did it.
fn is_human(event: &Event) -> bool {
    event.actor.kind != ActorKind::System
}

/// What ends an incident without anybody having done anything to its cause.
fn is_work(body: &Transitioned) -> bool {
    match body.to {
        IncidentState::InProgress | IncidentState::OnHold => true,
        IncidentState::Resolved => matches!(body.reason.as_deref(), Some("fixed" | "workaround")),
        _ => false,
    }
}

impl Book {
    fn read(&mut self, event: &Event) -> Result<(), serde_json::Error> {
        if let Some(body) = event.read::<AlertFired>() {
            self.fired(body?);
        } else if let Some(body) = event.read::<AlertResolved>() {
            let body = body?;
            if let Some(alert) = self.alerts.get_mut(&body.alert_id) {
                alert.ended = Some((body.recovered_at, body.reason == "recovered"));
            }
        } else if let Some(body) = event.read::<AlertHeld>() {
            if let Some(alert) = self.alerts.get_mut(&body?.alert_id) {
                alert.held += 1;
            }
        } else if let Some(body) = event.read::<AlertReleased>() {
            let body = body?;
            if let Some(alert) = self.alerts.get_mut(&body.alert_id) {
                alert.pages_avoided += body.pages_avoided;
            }
        } else if let Some(body) = event.read::<PageQueued>() {
            let body = body?;
            if body.reason == PageReason::Firing {
                self.pages.push(Paged {
                    incident: body.incident_id,
                    person: body.person_id,
                    team: body.team_id,
                    at: event.occurred_at,
                    seq: event.seq,
                });
            }
        } else if let Some(body) = event.read::<NoiseDismissed>() {
            let body = body?;
            let dismissed = Dismissed { at: event.occurred_at, by: event.actor.as_person(), reason: body.reason };
            self.dismissed.insert(body.suggestion, dismissed);
        } else if let Some(body) = event.read::<IncidentOpened>() {
            self.opened(event, &body?);
        } else {
            self.incident(event)?;
        }
        Ok(())
    }

    fn fired(&mut self, body: AlertFired) {
        let source = match body.rule {
            Some(rule) => Source { kind: "rule", name: rule.alert, service: body.service_id },
            None => Source { kind: "probe", name: body.probe, service: body.service_id },
        };
        let alert = Alert { source, severity: body.severity, fired_at: body.fired_at, ended: None, held: 0, pages_avoided: 0 };
        self.alerts.insert(body.alert_id, alert);
    }

    fn opened(&mut self, event: &Event, body: &IncidentOpened) {
        // What a person reported, and another tool's history, is no noise of ours.
        let (Origin::Alert { alert_id, .. }, Ok(id)) = (&body.origin, event.subject.id.parse()) else { return };
        let opened = Opened {
            number: body.number,
            priority: body.priority,
            at: event.occurred_at,
            seq: event.seq,
            alerts: vec![*alert_id],
            acknowledged: None,
            did: Vec::new(),
            restored: None,
            ended_at: None,
        };
        self.incidents.insert(id, vec![opened]);
    }

    fn incident(&mut self, event: &Event) -> Result<(), serde_json::Error> {
        let Ok(id) = event.subject.id.parse::<IncidentId>() else { return Ok(()) };
        let Some(times) = self.incidents.get_mut(&id) else { return Ok(()) };
        let Some(incident) = times.last_mut() else { return Ok(()) };
        let mut worked = is_human(event);
        if let Some(body) = event.read::<AlertJoined>() {
            incident.alerts.push(body?.alert_id);
            return Ok(());
        } else if let Some(body) = event.read::<Acknowledged>() {
            let body = body?;
            if incident.acknowledged.is_none() {
                incident.acknowledged = Some((event.occurred_at, body.person_id, event.seq));
            }
            // Taking it on moves it too, in the same instant: that is the answer, not the work.
            for did in incident.did.iter_mut().filter(|did| did.at == event.occurred_at) {
                did.is_answer = true;
            }
            return Ok(());
        } else if let Some(body) = event.read::<Transitioned>() {
            let body = body?;
            if body.to == IncidentState::Reopened && !is_human(event) {
                let again = incident.again(event);
                times.push(again);
                return Ok(());
            }
            incident.ended_at = (!body.to.is_open()).then_some(event.occurred_at);
            worked &= is_work(&body);
        } else if let Some(body) = event.read::<Noted>() {
            let body = body?;
            worked &= body.by_agent && body.medium != Medium::Auto;
        } else if let Some(body) = event.read::<Restored>() {
            let body = body?;
            let by_machine = body.basis == "telemetry";
            incident.restored = Some((event.occurred_at, by_machine, event.seq));
            worked &= !by_machine;
        } else if event.kind == Merged::KIND {
            incident.ended_at = Some(event.occurred_at);
        } else if event.kind == Assigned::KIND {
            // Who has it was said; nothing was done to it yet.
            worked = false;
        }
        if worked {
            let is_answer = incident.acknowledged.is_some_and(|(at, ..)| at == event.occurred_at);
            incident.did.push(Did { at: event.occurred_at, seq: event.seq, is_answer });
        }
        Ok(())
    }
}
