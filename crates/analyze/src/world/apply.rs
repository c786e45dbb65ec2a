//! One event into the world.

use evenkeel_core::{
    ActorKind, Id,
    event::{
        Body, Event,
        analyze::{ClockBreached, ClockEscalated},
        definition::{DefinitionPut, DefinitionRetired},
        manage::{
            Acknowledged, AlertCleared, AlertJoined, Assigned, IncidentOpened, Linked, Located, MaintenanceCancelled, MaintenancePlanned,
            Merged, Noted, Reprioritised, Restored, Retargeted, Split, Transitioned,
        },
        observe::{PageDelivered, PageQueued, SliSealed},
    },
    id::{IncidentId, Kind},
};
use serde::de::DeserializeOwned;

use super::{
    World,
    definitions::{Version, Versions},
    incident::{By, Fact, Opened, What},
    maintenance,
    sli::{AVAILABILITY, Sealed},
};

/// What is said of incidents: whatever a world makes of one is made of these.
pub const INCIDENT_KINDS: [&str; 14] = [
    IncidentOpened::KIND,
    AlertJoined::KIND,
    AlertCleared::KIND,
    Assigned::KIND,
    Acknowledged::KIND,
    Transitioned::KIND,
    Reprioritised::KIND,
    Noted::KIND,
    Located::KIND,
    Restored::KIND,
    Merged::KIND,
    Linked::KIND,
    Split::KIND,
    Retargeted::KIND,
];

const OTHER_KINDS: [&str; 9] = [
    DefinitionPut::KIND,
    DefinitionRetired::KIND,
    SliSealed::KIND,
    MaintenancePlanned::KIND,
    MaintenanceCancelled::KIND,
    PageQueued::KIND,
    PageDelivered::KIND,
    // Says nothing that is not folded anyway, but tells until when we know.
    ClockBreached::KIND,
    ClockEscalated::KIND,
];

/// The kinds of event that a world is made of: what a scan of the ledger asks for.
pub const KINDS: &[&str] = &joined();

const fn joined() -> [&'static str; INCIDENT_KINDS.len() + OTHER_KINDS.len()] {
    let mut all = [""; INCIDENT_KINDS.len() + OTHER_KINDS.len()];
    let mut at = 0;
    while at < all.len() {
        all[at] = if at < OTHER_KINDS.len() { OTHER_KINDS[at] } else { INCIDENT_KINDS[at - OTHER_KINDS.len()] };
        at += 1;
    }
    all
}

impl World {
    /// Takes one event. Events of other kinds only move the position.
    pub fn apply(&mut self, event: &Event) {
        if self.recorded.last().is_none_or(|(_, at)| *at < event.recorded_at) {
            self.recorded.push((event.seq, event.recorded_at));
        }
        self.position = self.position.max(event.seq);
        if self.take(event).is_none() {
            self.unreadable.push(event.seq);
        }
    }

    /// `None` when the event is of a kind we read and cannot be read.
    fn take(&mut self, event: &Event) -> Option<()> {
        match event.kind.as_str() {
            DefinitionPut::KIND => self.put(event),
            DefinitionRetired::KIND => self.retire(event),
            SliSealed::KIND => self.seal(event),
            MaintenancePlanned::KIND => self.plan(event),
            MaintenanceCancelled::KIND => self.cancel(event),
            IncidentOpened::KIND => self.open(event),
            PageQueued::KIND => {
                let body: PageQueued = body(event)?;
                let what = What::Paged { person: body.person_id, reason: body.reason };
                self.fact(body.incident_id, event, what);
                Some(())
            }
            PageDelivered::KIND => {
                let body: PageDelivered = body(event)?;
                let what = What::PageDelivered { person: body.person_id };
                self.fact(body.incident_id, event, what);
                Some(())
            }
            kind if kind.starts_with("incident.") => {
                match what(event)? {
                    Said::Something(what) => self.fact(event.subject.id.parse().ok()?, event, what),
                    Said::Nothing => {}
                }
                Some(())
            }
            _ => Some(()),
        }
    }

    fn fact(&mut self, incident: IncidentId, event: &Event, what: What) {
        self.incidents.entry(incident).or_default().facts.push(Fact { seq: event.seq, at: event.occurred_at, by: by(event), what });
    }

    fn open(&mut self, event: &Event) -> Option<()> {
        let body: IncidentOpened = body(event)?;
        let id: IncidentId = event.subject.id.parse().ok()?;
        self.incidents.entry(id).or_default().opened = Some(Opened {
            id,
            seq: event.seq,
            at: event.occurred_at,
            by: by(event),
            on_behalf: event.on_behalf_of.is_some(),
            number: body.number,
            title: body.title,
            service: body.service_id,
            organisation: body.organisation_id,
            priority: body.priority,
            origin: body.origin,
            team: body.team_id,
            agreements: body.agreements,
        });
        Some(())
    }

    fn seal(&mut self, event: &Event) -> Option<()> {
        let body: SliSealed = body(event)?;
        if body.sli == AVAILABILITY {
            self.sli.entry(body.service_id).or_default().push(Sealed { from: body.from, to: body.to, state: body.state, seq: event.seq });
        }
        Some(())
    }

    fn plan(&mut self, event: &Event) -> Option<()> {
        let body: MaintenancePlanned = body(event)?;
        self.maintenance.entry(body.service_id).or_default().push(maintenance::Said {
            seq: event.seq,
            at: event.occurred_at,
            id: body.maintenance_id,
            name: body.name.into(),
            windows: body.windows.iter().map(|window| (window.from, window.to)).collect(),
            approved: body.approved_by.is_some(),
            announced_at: body.announced_at,
        });
        Some(())
    }

    fn cancel(&mut self, event: &Event) -> Option<()> {
        let body: MaintenanceCancelled = body(event)?;
        self.maintenance.entry(body.service_id).or_default().push(maintenance::Said {
            seq: event.seq,
            at: event.occurred_at,
            id: body.maintenance_id,
            name: body.name.into(),
            windows: Box::default(),
            approved: false,
            announced_at: None,
        });
        Some(())
    }

    fn put(&mut self, event: &Event) -> Option<()> {
        let body: DefinitionPut = body(event)?;
        match body.kind.as_str() {
            "service" => put(&mut self.services, event, &body),
            "agreement" => put(&mut self.agreements, event, &body),
            "calendar" => {
                let definition: evenkeel_sla::CalendarDefinition = serde_json::from_value(body.body.clone()).ok()?;
                put_as(&mut self.calendars, event, &body, evenkeel_sla::Calendar::compile(&definition).ok()?)
            }
            "organisation" => put(&mut self.organisations, event, &body),
            "team" => put(&mut self.teams, event, &body),
            _ => Some(()),
        }
    }

    fn retire(&mut self, event: &Event) -> Option<()> {
        let body: DefinitionRetired = body(event)?;
        let id: uuid::Uuid = event.subject.id.parse().ok()?;
        let (seq, at) = (event.seq, event.occurred_at);
        match body.kind.as_str() {
            "service" => self.services.retire(Id::from_uuid(id), seq, at),
            "agreement" => self.agreements.retire(Id::from_uuid(id), seq, at),
            "calendar" => self.calendars.retire(Id::from_uuid(id), seq, at),
            "organisation" => self.organisations.retire(Id::from_uuid(id), seq, at),
            "team" => self.teams.retire(Id::from_uuid(id), seq, at),
            _ => {}
        }
        Some(())
    }
}

fn body<B: Body>(event: &Event) -> Option<B> {
    event.read::<B>()?.ok()
}

fn put<K: Kind, T: DeserializeOwned>(versions: &mut Versions<K, T>, event: &Event, body: &DefinitionPut) -> Option<()> {
    let read = serde_json::from_value(body.body.clone()).ok()?;
    put_as(versions, event, body, read)
}

fn put_as<K: Kind, T>(versions: &mut Versions<K, T>, event: &Event, put: &DefinitionPut, body: T) -> Option<()> {
    let id: uuid::Uuid = event.subject.id.parse().ok()?;
    versions
        .put(Id::from_uuid(id), Version { seq: event.seq, version: put.version, name: put.name.clone(), from: event.occurred_at, body });
    Some(())
}

fn by(event: &Event) -> By {
    match event.actor.kind {
        ActorKind::Person => event.actor.as_person().map_or(By::System, By::Person),
        ActorKind::Token => By::Token,
        ActorKind::System => By::System,
    }
}

/// What an incident's event says to figures.
enum Said {
    Something(What),
    Nothing,
}

/// `None` = cannot be read.
fn what(event: &Event) -> Option<Said> {
    let what = match event.kind.as_str() {
        AlertJoined::KIND => {
            let body: AlertJoined = body(event)?;
            What::AlertJoined { started_at: body.started_at, fired_at: body.fired_at }
        }
        AlertCleared::KIND => What::AlertCleared { firing: body::<AlertCleared>(event)?.firing },
        Assigned::KIND => {
            let body: Assigned = body(event)?;
            What::Assigned { team: body.team_id, person: body.person_id }
        }
        Acknowledged::KIND => What::Acknowledged { person: body::<Acknowledged>(event)?.person_id },
        Transitioned::KIND => {
            let body: Transitioned = body(event)?;
            What::Transitioned { from: body.from, to: body.to, hold: body.hold }
        }
        Reprioritised::KIND => What::Reprioritised { to: body::<Reprioritised>(event)?.to },
        Noted::KIND => {
            let body: Noted = body(event)?;
            What::Noted { visibility: body.visibility, medium: body.medium, by_agent: body.by_agent }
        }
        Located::KIND => What::Located { basis: body::<Located>(event)?.basis.into() },
        Restored::KIND => What::Restored { basis: body::<Restored>(event)?.basis.into() },
        Merged::KIND => What::Merged { into: body::<Merged>(event)?.into },
        Linked::KIND => {
            let body: Linked = body(event)?;
            if body.relation != "absorbed" {
                return Some(Said::Nothing);
            }
            What::Absorbed { other: body.other }
        }
        Split::KIND => What::Split { origin_at: body::<Split>(event)?.origin_at },
        Retargeted::KIND => What::Retargeted { agreements: body::<Retargeted>(event)?.agreements.into() },
        _ => return Some(Said::Nothing),
    };
    Some(Said::Something(what))
}
