//! What the manage hall says.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::body;
use crate::{
    id::{
        AgreementId, AlertId, AttachmentId, IncidentId, MaintenanceId, NoteId, OrganisationId, PersonId, ProbeId, ServiceId, SilenceId,
        TeamId,
    },
    matcher::Matcher,
    priority::{Level, Priority},
    state::{Channel, HoldReason, IncidentState, Medium, Visibility},
};

/// Where an incident came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Origin {
    /// A machine saw it.
    Alert {
        /// The alert.
        alert_id: AlertId,
        /// Its probe; none when a rule saw it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        probe_id: Option<ProbeId>,
        /// Its cause key.
        cause: String,
        /// T0 by telemetry.
        started_at: Timestamp,
        /// T1 by telemetry.
        fired_at: Timestamp,
    },
    /// A person reported it.
    Person {
        /// Who, when known to us.
        person_id: Option<PersonId>,
        /// T0 as declared, when they said.
        started_at: Option<Timestamp>,
        /// How it came to the desk; none of those from before this was noted, and of what came out of another incident.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        channel: Option<Channel>,
    },
    /// From another tool's history.
    Import {
        /// Its key over there.
        external_id: String,
    },
}

/// Which version of which agreement a ticket stands under.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgreementRef {
    /// The agreement.
    pub id: AgreementId,
    /// Its version.
    pub version: i64,
}

/// An incident was opened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IncidentOpened {
    /// The short number (INC-1042 is 1042).
    pub number: i64,
    /// Digest of the title in the text table.
    pub title: String,
    /// The service that suffers.
    pub service_id: ServiceId,
    /// The customer it is promised to.
    pub organisation_id: Option<OrganisationId>,
    /// How many are hurt.
    pub impact: Level,
    /// How fast it hurts.
    pub urgency: Level,
    /// By the matrix in force.
    pub priority: Priority,
    /// The matrix's version.
    pub matrix_version: i64,
    /// Where it came from.
    pub origin: Origin,
    /// The owning team.
    pub team_id: Option<TeamId>,
    /// The one accountable person.
    pub owner_id: Option<PersonId>,
    /// The agreements whose clocks it starts: customer SLA first.
    pub agreements: Vec<AgreementRef>,
}
body!(IncidentOpened, "incident.opened", "incident");

/// Another alert is the same trouble.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlertJoined {
    /// Which.
    pub alert_id: AlertId,
    /// Its cause.
    pub cause: String,
    /// Its T0.
    pub started_at: Timestamp,
    /// Its T1.
    pub fired_at: Timestamp,
    /// The name of its probe; not known of events of before this field.
    #[serde(default)]
    pub probe: Option<String>,
}
body!(AlertJoined, "incident.alert_joined", "incident");

/// One of its alerts is over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlertCleared {
    /// Which.
    pub alert_id: AlertId,
    /// When the first good look was.
    pub recovered_at: Timestamp,
    /// How many of its alerts still fire.
    pub firing: u32,
    /// As in `alert.resolved`.
    pub reason: String,
    /// The name of its probe; not known of events of before this field.
    #[serde(default)]
    pub probe: Option<String>,
}
body!(AlertCleared, "incident.alert_cleared", "incident");

/// Someone has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assigned {
    /// The team.
    pub team_id: Option<TeamId>,
    /// The person.
    pub person_id: Option<PersonId>,
}
body!(Assigned, "incident.assigned", "incident");

/// Someone said "mine"; it stops the escalation, not the response clock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acknowledged {
    /// Who.
    pub person_id: PersonId,
    /// `link`, `console`.
    pub via: String,
}
body!(Acknowledged, "incident.acknowledged", "incident");

/// The state changed along an allowed edge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transitioned {
    /// Before.
    pub from: IncidentState,
    /// Now.
    pub to: IncidentState,
    /// Why it waits, when it waits.
    pub hold: Option<HoldReason>,
    /// A code from a short list: `recovered`, `fixed`, `workaround`, `duplicate`, `not_an_incident`, `by_rule`, `customer_confirmed` …
    pub reason: Option<String>,
}
body!(Transitioned, "incident.transitioned", "incident");

/// Priority changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reprioritised {
    /// Before.
    pub from: Priority,
    /// Now.
    pub to: Priority,
    /// Now.
    pub impact: Level,
    /// Now.
    pub urgency: Level,
    /// The matrix's version.
    pub matrix_version: i64,
}
body!(Reprioritised, "incident.reprioritised", "incident");

/// Something was said. The words lie in the text table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Noted {
    /// The note.
    pub note_id: NoteId,
    /// Who may read it.
    pub visibility: Visibility,
    /// How it was given.
    pub medium: Medium,
    /// Whether one of ours said it (a first response), not the customer.
    pub by_agent: bool,
    /// Digest of the text.
    pub text: String,
}
body!(Noted, "incident.noted", "incident");

/// Files came with a note of somebody in the console. Their names are personal, and are not here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FilesAttached {
    /// The note.
    pub note_id: NoteId,
    /// The files.
    pub files: Vec<AttachedFile>,
}
body!(FilesAttached, "incident.files_attached", "incident");

/// A file that came with a note.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttachedFile {
    /// What it is fetched by.
    pub attachment_id: AttachmentId,
    /// Its size.
    pub bytes: u64,
    /// SHA-256 of what is in it.
    pub digest: String,
}

/// T2: the cause is known, or it is decided what to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Located {
    /// `cause_known` or `decision_to_act`.
    pub basis: String,
    /// Digest of what was found.
    pub text: Option<String>,
}
body!(Located, "incident.located", "incident");

/// What caused it, in a word of the house's vocabulary.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CauseNamed {
    /// The cause, by its name.
    pub cause: String,
    /// The version of the vocabulary that has it; 0 = the one that is built in.
    pub causes_version: i64,
}
body!(CauseNamed, "incident.cause_named", "incident");

/// T3: the service is back (the event's `occurred_at`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Restored {
    /// `telemetry`, `declared`, `customer`.
    pub basis: String,
    /// The alert whose end says so, when a machine says so.
    pub alert_id: Option<AlertId>,
}
body!(Restored, "incident.restored", "incident");

/// It became part of another (terminal).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Merged {
    /// The survivor.
    pub into: IncidentId,
}
body!(Merged, "incident.merged", "incident");

/// It has to do with another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Linked {
    /// The other.
    pub other: IncidentId,
    /// `related`, `caused_by`, `reopened_as`, `absorbed` (the other was merged into this one).
    pub relation: String,
}
body!(Linked, "incident.linked", "incident");

/// It was cut out of another and inherits its origin.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Split {
    /// The one it was cut from.
    pub from: IncidentId,
    /// That one's opening.
    pub origin_at: Timestamp,
}
body!(Split, "incident.split", "incident");

/// Its agreements changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Retargeted {
    /// The agreements from now on.
    pub agreements: Vec<AgreementRef>,
}
body!(Retargeted, "incident.retargeted", "incident");

/// A span of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Window {
    /// First instant.
    pub from: Timestamp,
    /// First instant after.
    pub to: Timestamp,
}

/// Maintenance of a service is planned, or planned anew: for this maintenance and service it replaces what an earlier event
/// said of the time from this event on, and says nothing of the time before it. So nothing is approved afterwards: of a
/// window that began before the event only the part after `occurred_at` counts, and an earlier event's windows count up to
/// here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MaintenancePlanned {
    /// Which maintenance; the same for every service it touches.
    pub maintenance_id: MaintenanceId,
    /// The stable name it is declared under.
    pub name: String,
    /// The service that may be out of service.
    pub service_id: ServiceId,
    /// Every window, in order, not overlapping; a weekly one is written out.
    pub windows: Vec<Window>,
    /// Who approved it. Without approval it keeps people from being paged and excuses nothing.
    pub approved_by: Option<PersonId>,
    /// When the customer was told; none = not told, or not known.
    pub announced_at: Option<Timestamp>,
    /// Digest of the reason in the text table.
    pub reason: Option<String>,
}
body!(MaintenancePlanned, "maintenance.planned", "service");

/// Maintenance of a service will not take place, or ends early: what was planned counts up to this event's `occurred_at`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MaintenanceCancelled {
    /// Which.
    pub maintenance_id: MaintenanceId,
    /// As planned.
    pub name: String,
    /// Of which service.
    pub service_id: ServiceId,
}
body!(MaintenanceCancelled, "maintenance.cancelled", "service");

/// What keeps an alert from opening an incident.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Suppressor {
    /// Work on its service that was planned.
    Maintenance {
        /// Which.
        id: MaintenanceId,
    },
    /// Somebody who did not want to hear of it.
    Silence {
        /// Which.
        id: SilenceId,
    },
    /// A service that its own depends on is down, or was until a moment ago.
    Parent {
        /// Which.
        id: ServiceId,
    },
    /// Another alert that says the cause.
    Inhibition {
        /// The rule, by name.
        rule: String,
        /// The other alert.
        alert_id: AlertId,
    },
}

impl Suppressor {
    /// The word of its kind.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Maintenance { .. } => "maintenance",
            Self::Silence { .. } => "silence",
            Self::Parent { .. } => "parent",
            Self::Inhibition { .. } => "inhibition",
        }
    }
}

/// An alert is suppressed, or goes on being so for another reason: it opens an incident only when it still fires once
/// nothing suppresses it. The alert itself, indicators and figures are not touched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "AlertHeldText")]
pub struct AlertHeld {
    /// Which.
    pub alert_id: AlertId,
    /// Of which service.
    pub service_id: ServiceId,
    /// By what.
    pub by: Suppressor,
    /// Until when, as known now; none = until what suppresses it says so.
    pub until: Option<Timestamp>,
}
body!(AlertHeld, "alert.held", "alert");

/// Events of before `by` knew maintenance only.
#[derive(Deserialize)]
struct AlertHeldText {
    alert_id: AlertId,
    service_id: ServiceId,
    #[serde(flatten)]
    by: HeldBy,
    #[serde(default)]
    until: Option<Timestamp>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum HeldBy {
    Now { by: Suppressor },
    Before { maintenance_id: MaintenanceId },
}

impl From<AlertHeldText> for AlertHeld {
    fn from(text: AlertHeldText) -> Self {
        let by = match text.by {
            HeldBy::Now { by } => by,
            HeldBy::Before { maintenance_id } => Suppressor::Maintenance { id: maintenance_id },
        };
        Self { alert_id: text.alert_id, service_id: text.service_id, by, until: text.until }
    }
}

/// An alert is no longer suppressed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlertReleased {
    /// Which.
    pub alert_id: AlertId,
    /// Of which service.
    pub service_id: ServiceId,
    /// By what it was suppressed last.
    pub by: Suppressor,
    /// Since when it was suppressed.
    pub since: Timestamp,
    /// What became of it.
    pub outcome: ReleaseOutcome,
    /// How many incidents, each of which would have paged, were not opened for it: 0 or 1. Alerts of one trouble are one.
    pub pages_avoided: u32,
}
body!(AlertReleased, "alert.released", "alert");

/// What became of a suppressed alert.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ReleaseOutcome {
    /// It still fired when nothing suppressed it any more: it opened an incident or joined one.
    LetGo,
    /// It ended while it was suppressed.
    Avoided,
}

impl ReleaseOutcome {
    /// The word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::LetGo => "let_go",
            Self::Avoided => "avoided",
        }
    }
}

/// Somebody does not want to hear of some alerts; said again, it replaces what was said of this silence before.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SilenceSet {
    /// Which.
    pub silence_id: SilenceId,
    /// Of which alerts: those that all of these match.
    pub matchers: Vec<Matcher>,
    /// First instant.
    pub from: Timestamp,
    /// First instant after.
    pub to: Timestamp,
    /// When it recurs, the weekly rule and its zone, as declared; within `from` and `to`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recurring: Option<serde_json::Value>,
    /// Digest of the comment in the text table.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}
body!(SilenceSet, "silence.set", "silence");

/// Somebody ended a silence before its time. One that runs out says nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SilenceEnded {
    /// Which.
    pub silence_id: SilenceId,
}
body!(SilenceEnded, "silence.ended", "silence");

/// Words of a person were erased from the ledger's text store: the digest and the event that carries it stay.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TextErased {
    /// Under which they lay.
    pub digest: String,
    /// The event that carries the digest.
    pub seq: i64,
    /// The incident they were written on, in events of before `seq` was enough to say on which ticket.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub incident_id: Option<IncidentId>,
    /// Why: `request` (of the person), `retention`, `mistake`, `order`. A code, so that no new words come in.
    pub reason: String,
}
body!(TextErased, "text.erased", "text");

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn an_alert_held_by_an_earlier_binary_is_read_as_held_by_maintenance() {
        let (alert, service, maintenance) = (AlertId::named("a"), ServiceId::named("s"), MaintenanceId::named("m"));
        let before =
            format!(r#"{{"alert_id":"{alert}","service_id":"{service}","maintenance_id":"{maintenance}","until":"2026-12-01T00:00:00Z"}}"#);
        let read: AlertHeld = serde_json::from_str(&before).unwrap();
        assert_eq!(read.by, Suppressor::Maintenance { id: maintenance });
        let again: AlertHeld = serde_json::from_str(&serde_json::to_string(&read).unwrap()).unwrap();
        assert_eq!(again, read);
        let parent = AlertHeld { by: Suppressor::Parent { id: service }, until: None, ..read };
        assert_eq!(serde_json::from_str::<AlertHeld>(&serde_json::to_string(&parent).unwrap()).unwrap(), parent);
    }
}
