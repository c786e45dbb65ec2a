//! What is known of one incident, as facts in the order they are learned, and in the order they happened.

use evenkeel_core::{
    event::manage::{AgreementRef, Origin},
    id::{IncidentId, OrganisationId, PersonId, ServiceId, TeamId},
    priority::Priority,
    state::{HoldReason, IncidentState, Medium, PageReason, Visibility},
};
use jiff::Timestamp;

/// An incident.
#[derive(Debug, Clone, Default)]
pub struct Incident {
    /// How it began; none when its opening has not been read (yet).
    pub opened: Option<Opened>,
    /// What happened since, in any order.
    pub facts: Vec<Fact>,
}

/// How an incident began.
#[derive(Debug, Clone)]
pub struct Opened {
    /// The incident.
    pub id: IncidentId,
    /// The event.
    pub seq: i64,
    /// When it was opened.
    pub at: Timestamp,
    /// Who opened it.
    pub by: By,
    /// Whether somebody else stood behind who opened it.
    pub on_behalf: bool,
    /// `INC-1042` is 1042.
    pub number: i64,
    /// Digest of its title.
    pub title: String,
    /// The service that suffers.
    pub service: ServiceId,
    /// The customer it is promised to.
    pub organisation: Option<OrganisationId>,
    /// At the opening.
    pub priority: Priority,
    /// Where it came from.
    pub origin: Origin,
    /// The owning team at the opening.
    pub team: Option<TeamId>,
    /// The agreements whose clocks it starts.
    pub agreements: Vec<AgreementRef>,
}

/// Who did something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// A person.
    Person(PersonId),
    /// A token.
    Token,
    /// Evenkeel itself.
    System,
}

/// One thing that happened to an incident.
#[derive(Debug, Clone, PartialEq)]
pub struct Fact {
    /// The event.
    pub seq: i64,
    /// When it happened.
    pub at: Timestamp,
    /// Who did it.
    pub by: By,
    /// What.
    pub what: What,
}

/// What can happen to an incident: the part of each payload that a figure reads.
#[derive(Debug, Clone, PartialEq)]
pub enum What {
    /// A machine saw it too.
    AlertJoined {
        /// T0 by telemetry.
        started_at: Timestamp,
        /// T1 by telemetry.
        fired_at: Timestamp,
    },
    /// An alert ended.
    AlertCleared {
        /// How many still fire.
        firing: u32,
    },
    /// Someone has it.
    Assigned {
        /// The team.
        team: Option<TeamId>,
        /// The person.
        person: Option<PersonId>,
    },
    /// Someone said "mine".
    Acknowledged {
        /// Who.
        person: PersonId,
    },
    /// The state changed.
    Transitioned {
        /// Before.
        from: IncidentState,
        /// Now.
        to: IncidentState,
        /// Why it waits.
        hold: Option<HoldReason>,
    },
    /// Priority changed.
    Reprioritised {
        /// Now.
        to: Priority,
    },
    /// Something was said.
    Noted {
        /// Who may read it.
        visibility: Visibility,
        /// How.
        medium: Medium,
        /// By one of ours.
        by_agent: bool,
    },
    /// T2.
    Located {
        /// `cause_known` or `decision_to_act`.
        basis: Box<str>,
    },
    /// T3.
    Restored {
        /// `telemetry`, `declared`, `customer`.
        basis: Box<str>,
    },
    /// It became part of another.
    Merged {
        /// The survivor.
        into: IncidentId,
    },
    /// Another became part of it.
    Absorbed {
        /// The other.
        other: IncidentId,
    },
    /// It was cut out of another.
    Split {
        /// That one's opening.
        origin_at: Timestamp,
    },
    /// Its agreements changed.
    Retargeted {
        /// From now on.
        agreements: Box<[AgreementRef]>,
    },
    /// Somebody was to be told.
    Paged {
        /// Who.
        person: PersonId,
        /// Of what.
        reason: PageReason,
    },
    /// The other side took the message.
    PageDelivered {
        /// Whose.
        person: PersonId,
    },
}

impl Incident {
    /// Facts known at `position`, in the order they happened; what happened at one instant stays in the order it was
    /// recorded.
    pub fn facts_at(&self, position: i64) -> Vec<&Fact> {
        let mut facts: Vec<&Fact> = self.facts.iter().filter(|fact| fact.seq <= position).collect();
        facts.sort_by_key(|fact| (fact.at, fact.seq));
        facts
    }

    /// The incident it was merged into, as known at `position`.
    pub fn survivor(&self, position: i64) -> Option<IncidentId> {
        self.facts.iter().filter(|fact| fact.seq <= position).find_map(|fact| match fact.what {
            What::Merged { into } => Some(into),
            _ => None,
        })
    }

    /// The incidents merged into it, as known at `position`.
    pub fn absorbed(&self, position: i64) -> impl Iterator<Item = IncidentId> {
        self.facts.iter().filter(move |fact| fact.seq <= position).filter_map(|fact| match fact.what {
            What::Absorbed { other } => Some(other),
            _ => None,
        })
    }
}
