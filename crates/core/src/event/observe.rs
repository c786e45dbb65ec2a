//! What the observe hall says.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::body;
use crate::{
    id::{AlertId, HeartbeatId, IncidentId, PersonId, ProbeId, ServiceId, TeamId},
    priority::{Level, Severity},
    state::{HeartbeatState, PageReason, SliState, Verdict},
};

/// The cause of every alert that says that a service is not available: however many probes see it, it is one trouble.
pub const CAUSE_UNAVAILABLE: &str = "unavailable";
/// The cause of an alert about a certificate, while the service itself still answers.
pub const CAUSE_CERTIFICATE: &str = "certificate";

/// What the cause of every alert about a heartbeat begins with; its name follows.
pub const CAUSE_HEARTBEAT: &str = "heartbeat:";

/// The last look that made up a verdict: enough to believe it without the raw samples.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Look {
    /// When the look began.
    pub at: Timestamp,
    /// How long it took, in milliseconds.
    pub duration_ms: f64,
    /// A stable code: `ok`, `timeout`, `connection_refused`, `status`, `dns`, `tls`, `body`, `uplink_lost`, `data_late` …
    pub code: String,
    /// What was seen, in the tool's own words (`HTTP 503`); never a secret, cut to 300 characters.
    pub detail: String,
}

/// What one vantage point says of a probe.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Sighting {
    /// Its name; `here` is the server itself.
    pub vantage: String,
    /// What it says; `inconclusive` too when nothing is heard of it.
    pub verdict: Verdict,
    /// Since when.
    pub since: Timestamp,
    /// Its newest look.
    pub last: Option<Look>,
}

/// A probe came to another verdict.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VerdictChanged {
    /// Which probe.
    pub probe_id: ProbeId,
    /// Whose service.
    pub service_id: ServiceId,
    /// Before.
    pub from: Verdict,
    /// Now.
    pub to: Verdict,
    /// When the state really began: the first look of the streak (also the event's `occurred_at`).
    pub since: Timestamp,
    /// How many looks in a row said so.
    pub looks: u32,
    /// The deciding look.
    pub last: Look,
    /// What each vantage point says, when there are several: the evidence of the quorum.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub vantages: Vec<Sighting>,
}
body!(VerdictChanged, "probe.verdict_changed", "probe");

/// A heartbeat came to another state. `late` is never told: it follows from the clock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeartbeatChanged {
    /// Which heartbeat.
    pub heartbeat_id: HeartbeatId,
    /// Whose service.
    pub service_id: ServiceId,
    /// Before.
    pub from: HeartbeatState,
    /// Now.
    pub to: HeartbeatState,
    /// When the state really began (also the event's `occurred_at`): the report, or the instant at which one was due.
    pub since: Timestamp,
    /// Why it is down: `heartbeat_missed`, `heartbeat_failed`, `heartbeat_overran`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trouble: Option<String>,
    /// The last report before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_at: Option<Timestamp>,
}
body!(HeartbeatChanged, "heartbeat.state_changed", "heartbeat");

/// A stretch of one state of a service's indicator, sealed: what figures read instead of telemetry.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SliSealed {
    /// Whose.
    pub service_id: ServiceId,
    /// Which indicator of the service, `availability` by default.
    pub sli: String,
    /// What it was.
    pub state: SliState,
    /// From, inclusive.
    pub from: Timestamp,
    /// To, exclusive.
    pub to: Timestamp,
    /// How it was judged (names of probes and their rule).
    pub query: String,
    /// SHA-256 of the query, hex.
    pub query_hash: String,
}
body!(SliSealed, "sli.sealed", "service");

/// Trouble began.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AlertFired {
    /// This stretch of trouble.
    pub alert_id: AlertId,
    /// The probe that saw it; none when a rule did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub probe_id: Option<ProbeId>,
    /// The name, at that time, of what saw it: the probe's, or the rule's with the labels that tell its alerts apart.
    pub probe: String,
    /// The service that suffers.
    pub service_id: ServiceId,
    /// The same for the same trouble of a service, whichever probe sees it: `unavailable`; `certificate` when all that is
    /// wrong is a certificate; `rule:` and the alert's name when a rule saw it;
    /// `heartbeat:` and its name when a report did not come.
    pub cause: String,
    /// How grave.
    pub severity: Severity,
    /// T0: the first failing look.
    pub started_at: Timestamp,
    /// T1: when the verdict fell.
    pub fired_at: Timestamp,
    /// The deciding look.
    pub look: Look,
    /// What the rule saw, when it was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<RuleEvidence>,
}
body!(AlertFired, "alert.fired", "alert");

/// What a rule saw: enough to ask again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RuleEvidence {
    /// The rule's group.
    pub group: String,
    /// The alert's name.
    pub alert: String,
    /// What was asked.
    pub query: String,
    /// SHA-256 of the query, hex.
    pub query_hash: String,
    /// What was answered, as a text: JSON has no infinities.
    pub value: String,
    /// Of which series, with the rule's own labels.
    pub labels: BTreeMap<String, String>,
    /// How long it had to last, seconds.
    pub for_secs: i64,
    /// How much of the time between beginning and firing nobody could look, seconds.
    #[serde(default)]
    pub unobserved_secs: i64,
    /// Digest of the words for the title in the text table; none when the rule has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// How many are hurt, when the house says so for this severity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub impact: Option<Level>,
    /// How fast it hurts, when the house says so for this severity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub urgency: Option<Level>,
}

/// Trouble ended, or we stopped looking.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AlertResolved {
    /// Which.
    pub alert_id: AlertId,
    /// Whose.
    pub service_id: ServiceId,
    /// As fired.
    pub cause: String,
    /// The first good look of the recovery (T3 by telemetry); for other reasons than recovery, when we stopped looking.
    pub recovered_at: Timestamp,
    /// `recovered`, `probe_removed`, `probe_paused`, `heartbeat_removed`, `heartbeat_paused`; of a rule also `rule_removed`, and `data_silent` when its series ended:
    /// that proves no recovery.
    pub reason: String,
}
body!(AlertResolved, "alert.resolved", "alert");

/// A page was written to the outbox, in the transaction that decided it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageQueued {
    /// About which incident.
    pub incident_id: IncidentId,
    /// To whom.
    pub person_id: PersonId,
    /// Of which team's rota.
    pub team_id: TeamId,
    /// 1 = first on call, 2 = next …
    pub step: u32,
    /// `mail`, `webhook`.
    pub channel: String,
    /// What it tells.
    pub reason: PageReason,
    /// The idempotency key it travels under.
    pub key: String,
}
body!(PageQueued, "page.queued", "page");

/// The other side took it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageDelivered {
    /// About which incident.
    pub incident_id: IncidentId,
    /// To whom.
    pub person_id: PersonId,
    /// `mail`, `webhook`.
    pub channel: String,
    /// How many tries it took.
    pub attempts: i64,
    /// What the other side answered (`250 2.0.0 Ok`), cut to 200 characters.
    pub receipt: String,
}
body!(PageDelivered, "page.delivered", "page");

/// Given up: a dead letter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageFailed {
    /// About which incident.
    pub incident_id: IncidentId,
    /// To whom.
    pub person_id: PersonId,
    /// `mail`, `webhook`.
    pub channel: String,
    /// How many tries.
    pub attempts: i64,
    /// Why, cut to 200 characters.
    pub error: String,
}
body!(PageFailed, "page.failed", "page");

/// The person said "mine" from the message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageAcknowledged {
    /// About which incident.
    pub incident_id: IncidentId,
    /// Who.
    pub person_id: PersonId,
    /// `link`, `console`.
    pub via: String,
}
body!(PageAcknowledged, "page.acknowledged", "page");

/// There was nobody to tell: a gap in the rota or a person without an address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageNobody {
    /// About which incident.
    pub incident_id: IncidentId,
    /// Whose rota.
    pub team_id: TeamId,
    /// Which step.
    pub step: u32,
    /// `rota_empty`, `no_channel`, `steps_exhausted`.
    pub why: String,
}
body!(PageNobody, "page.nobody", "page");

/// A page waits: for the person's quiet hours to end, or for others to go with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageHeld {
    /// About which incident.
    pub incident_id: IncidentId,
    /// To whom.
    pub person_id: PersonId,
    /// `mail`, `webhook`, or the name of a gateway.
    pub channel: String,
    /// `quiet_hours`, `bundle`.
    pub why: String,
    /// Until when.
    pub until: Timestamp,
}
body!(PageHeld, "page.held", "page");

/// The gateway's own receipt: the person's device has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageArrived {
    /// About which incident.
    pub incident_id: IncidentId,
    /// To whom.
    pub person_id: PersonId,
    /// The name of the gateway.
    pub channel: String,
    /// What the receipt says, cut to 200 characters.
    pub receipt: String,
}
body!(PageArrived, "page.arrived", "page");

/// It was taken and did not arrive: the receipt says so, or none came in time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageMissed {
    /// About which incident.
    pub incident_id: IncidentId,
    /// To whom.
    pub person_id: PersonId,
    /// The name of the gateway.
    pub channel: String,
    /// `no_receipt`, or what the receipt says, cut to 200 characters.
    pub why: String,
}
body!(PageMissed, "page.missed", "page");

/// The person opened the link of the message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageRead {
    /// About which incident.
    pub incident_id: IncidentId,
    /// Who.
    pub person_id: PersonId,
    /// `mail`, `webhook`, or the name of a gateway.
    pub channel: String,
}
body!(PageRead, "page.read", "page");

/// The words that the house gave for messages could not be used; the message left in ours.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageReworded {
    /// About which incident.
    pub incident_id: IncidentId,
    /// To whom.
    pub person_id: PersonId,
    /// `mail`, `webhook`, or the name of a gateway.
    pub channel: String,
    /// What is wrong with them, cut to 200 characters.
    pub error: String,
}
body!(PageReworded, "page.reworded", "page");

/// The person asked from the message for the next to be told now, or for the incident to be resolved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageAsked {
    /// About which incident.
    pub incident_id: IncidentId,
    /// Who.
    pub person_id: PersonId,
    /// `escalate`, `resolve`.
    pub what: String,
}
body!(PageAsked, "page.asked", "page");
