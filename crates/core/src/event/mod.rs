//! The ledger's events: the one place where the halls meet.
//!
//! An event says what happened, in words that will still be read in years. A payload type never changes its meaning; a
//! field may be added with a default, and a change of meaning is a new kind. Personal text (titles, notes, addresses)
//! is never in a payload: it lies in the ledger's text table under a digest, so that it can be erased while the event and
//! its hash stay.

use jiff::Timestamp;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{
    Actor,
    id::{EventId, TenantId},
};

pub mod access;
pub mod analyze;
pub mod automation;
pub mod change;
pub mod chat;
pub mod definition;
pub mod desk;
pub mod follow_up;
pub mod knowledge;
pub mod mail;
pub mod major;
pub mod manage;
pub mod observe;
pub mod problem;
pub mod release;
pub mod request;
pub mod review;
pub mod status_page;
pub mod voice;

/// What an event says. Implemented by the payload types of this module's children.
pub trait Body: Serialize + DeserializeOwned + Send + Sync {
    /// The event type in the ledger: `noun.past_participle`.
    const KIND: &'static str;
    /// The version of the payload's shape.
    const VERSION: u16 = 1;
    /// The kind of thing it happened to (an [`crate::id::Kind::NAME`]).
    const SUBJECT: &'static str;
}

/// What an event happened to.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Subject {
    /// `incident`, `probe`, `report` …
    pub kind: String,
    /// Its id.
    pub id: String,
}

/// An event about to be appended. `recorded_at`, id and position are the ledger's to give.
#[derive(Debug, Clone)]
pub struct NewEvent {
    /// Whose ledger.
    pub tenant: TenantId,
    /// When it happened, which may be long before now.
    pub occurred_at: Timestamp,
    /// Who did it.
    pub actor: Actor,
    /// For whom, when not for themselves.
    pub on_behalf_of: Option<String>,
    /// Which part of Evenkeel or which other tool says so.
    pub source: String,
    /// What it happened to.
    pub subject: Subject,
    /// The event type.
    pub kind: &'static str,
    /// The shape's version.
    pub version: u16,
    /// The payload as JSON text (struct order, no spaces): hashed as it is stored.
    pub payload: String,
    /// Where the proof lies (a query and its hash, a message id, an imported row), when not in the payload.
    pub evidence: Option<String>,
}

impl NewEvent {
    /// An event of body `B` about `subject_id`, done by `actor` at `occurred_at`.
    ///
    /// # Errors
    /// When the body cannot be written as JSON (a map with keys that are not strings), which is a defect of ours.
    pub fn of<B: Body>(
        tenant: TenantId,
        occurred_at: Timestamp,
        actor: Actor,
        source: &str,
        subject_id: impl std::fmt::Display,
        body: &B,
    ) -> Result<Self, serde_json::Error> {
        Ok(Self {
            tenant,
            occurred_at: crate::time::truncate(occurred_at),
            actor,
            on_behalf_of: None,
            source: source.to_owned(),
            subject: Subject { kind: B::SUBJECT.to_owned(), id: subject_id.to_string() },
            kind: B::KIND,
            version: B::VERSION,
            payload: serde_json::to_string(body)?,
            evidence: None,
        })
    }

    /// Adds where the proof lies.
    #[must_use]
    pub fn evidence(mut self, evidence: impl Into<String>) -> Self {
        self.evidence = Some(evidence.into());
        self
    }
}

/// A row of the ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Event {
    /// Position: grows by commit; gaps are possible, going back is not.
    pub seq: i64,
    /// Its id.
    pub id: EventId,
    /// Whose ledger.
    pub tenant: TenantId,
    /// When it happened.
    pub occurred_at: Timestamp,
    /// When we learned it.
    pub recorded_at: Timestamp,
    /// Who did it.
    pub actor: Actor,
    /// For whom.
    pub on_behalf_of: Option<String>,
    /// Who says so.
    pub source: String,
    /// What it happened to.
    pub subject: Subject,
    /// The event type.
    pub kind: String,
    /// The shape's version.
    pub version: u16,
    /// The payload as stored.
    pub payload: String,
    /// Where the proof lies.
    pub evidence: Option<String>,
}

impl Event {
    /// The payload as `B` when this event is of that kind; `Err` when it is of that kind and cannot be read.
    pub fn read<B: Body>(&self) -> Option<Result<B, serde_json::Error>> {
        (self.kind == B::KIND).then(|| serde_json::from_str(&self.payload))
    }
}

/// Declares a payload: type, kind, subject.
macro_rules! body {
    ($type:ty, $kind:literal, $subject:literal) => {
        impl $crate::event::Body for $type {
            const KIND: &'static str = $kind;
            const SUBJECT: &'static str = $subject;
        }
    };
}
pub(crate) use body;

/// Every event type there is, with the hall (or `server`, the door) that writes it: for documents, filters and the test that names are unique.
pub const KINDS: &[(&str, &str)] = &[
    ("definition.put", "manage"),
    ("definition.retired", "manage"),
    ("probe.verdict_changed", "observe"),
    ("heartbeat.state_changed", "observe"),
    ("sli.sealed", "observe"),
    ("alert.fired", "observe"),
    ("alert.resolved", "observe"),
    ("page.queued", "observe"),
    ("page.delivered", "observe"),
    ("page.failed", "observe"),
    ("page.acknowledged", "observe"),
    ("page.nobody", "observe"),
    ("page.held", "observe"),
    ("page.arrived", "observe"),
    ("page.missed", "observe"),
    ("page.read", "observe"),
    ("page.reworded", "observe"),
    ("page.asked", "observe"),
    ("incident.opened", "manage"),
    ("incident.alert_joined", "manage"),
    ("incident.alert_cleared", "manage"),
    ("incident.assigned", "manage"),
    ("incident.acknowledged", "manage"),
    ("incident.transitioned", "manage"),
    ("incident.reprioritised", "manage"),
    ("incident.noted", "manage"),
    ("incident.files_attached", "manage"),
    ("incident.located", "manage"),
    ("incident.restored", "manage"),
    ("incident.merged", "manage"),
    ("incident.linked", "manage"),
    ("incident.split", "manage"),
    ("incident.retargeted", "manage"),
    ("incident.ruled", "manage"),
    ("incident.macro_run", "manage"),
    ("incident.field_set", "manage"),
    ("incident.status_set", "manage"),
    ("desk.exported", "manage"),
    ("request.status_set", "manage"),
    ("request.ruled", "manage"),
    ("request.macro_run", "manage"),
    ("incident.major_transitioned", "manage"),
    ("incident.major_arranged", "manage"),
    ("incident.major_role_given", "manage"),
    ("incident.major_joined", "manage"),
    ("incident.major_left", "manage"),
    ("incident.major_updated", "manage"),
    ("incident.major_update_missed", "manage"),
    ("incident.checklist_added", "manage"),
    ("incident.checklist_checked", "manage"),
    ("time_entry.recorded", "manage"),
    ("request.drafted", "manage"),
    ("request.submitted", "manage"),
    ("request.transitioned", "manage"),
    ("request.noted", "manage"),
    ("request.approval_asked", "manage"),
    ("request.approval_answered", "manage"),
    ("request.approval_delegated", "manage"),
    ("request.approval_escalated", "manage"),
    ("request.approval_ended", "manage"),
    ("request.task_transitioned", "manage"),
    ("request.rated", "manage"),
    ("request.rating_answered", "manage"),
    ("maintenance.planned", "manage"),
    ("maintenance.cancelled", "manage"),
    ("alert.held", "manage"),
    ("alert.released", "manage"),
    ("silence.set", "manage"),
    ("silence.ended", "manage"),
    ("text.erased", "manage"),
    ("problem.opened", "manage"),
    ("problem.transitioned", "manage"),
    ("problem.linked", "manage"),
    ("problem.follow_up_added", "manage"),
    ("follow_up.added", "manage"),
    ("follow_up.done", "manage"),
    ("follow_up.verified", "manage"),
    ("follow_up.overdue", "manage"),
    ("incident.cause_named", "manage"),
    ("review.drafted", "manage"),
    ("review.edited", "manage"),
    ("review.transitioned", "manage"),
    ("review.published", "manage"),
    ("review.overdue", "manage"),
    ("article.drafted", "manage"),
    ("article.entrusted", "manage"),
    ("article.transitioned", "manage"),
    ("article.review_due", "manage"),
    ("article.used", "manage"),
    ("article.rated", "manage"),
    ("article.read", "manage"),
    ("change.drafted", "manage"),
    ("change.edited", "manage"),
    ("change.assessed", "manage"),
    ("change.transitioned", "manage"),
    ("change.moved", "manage"),
    ("change.conflict_acknowledged", "manage"),
    ("change.voted", "manage"),
    ("change.decided", "manage"),
    ("change.authorisation_overdue", "manage"),
    ("change.linked", "manage"),
    ("release.planned", "manage"),
    ("release.edited", "manage"),
    ("release.transitioned", "manage"),
    ("release.stage_moved", "manage"),
    ("grievance.heard", "manage"),
    ("grievance.transitioned", "manage"),
    ("complaint.registered", "manage"),
    ("complaint.transitioned", "manage"),
    ("complaint.reply_written", "manage"),
    ("survey_ask.made", "manage"),
    ("survey_ask.transitioned", "manage"),
    ("insight.made", "manage"),
    ("insight.action_added", "manage"),
    ("insight.action_measured", "manage"),
    ("status_post.updated", "manage"),
    ("status_post.corrected", "manage"),
    ("status_page.link_changed", "manage"),
    ("status_subscriber.confirmed", "manage"),
    ("status_subscriber.ended", "manage"),
    ("call.logged", "manage"),
    ("chat.taken", "manage"),
    ("chat.queued", "manage"),
    ("chat.delivered", "manage"),
    ("chat.failed", "manage"),
    ("mail.taken", "manage"),
    ("mail.decided", "manage"),
    ("mail.queued", "manage"),
    ("mail.delivered", "manage"),
    ("mail.failed", "manage"),
    ("mail.erased", "manage"),
    ("clock.breached", "analyze"),
    ("clock.escalated", "analyze"),
    ("noise.dismissed", "analyze"),
    ("report.transitioned", "analyze"),
    ("report.published", "analyze"),
    ("session.opened", "server"),
    ("session.refused", "server"),
    ("sign_in_link.made", "server"),
    ("password.changed", "server"),
    ("token.made", "server"),
    ("token.revoked", "server"),
];

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::{collections::BTreeSet, fs};

    use super::KINDS;

    #[test]
    fn every_kind_that_is_declared_is_in_the_table_once() {
        let table: BTreeSet<&str> = KINDS.iter().map(|(kind, _)| *kind).collect();
        assert_eq!(table.len(), KINDS.len(), "a kind stands there twice");
        let mut declared = BTreeSet::new();
        for file in fs::read_dir("src/event").unwrap() {
            let text = fs::read_to_string(file.unwrap().path()).unwrap();
            let kinds = text.split("\nbody!(").skip(1).filter_map(|rest| rest.split('"').nth(1));
            declared.extend(kinds.map(ToOwned::to_owned));
        }
        assert_eq!(declared, table.into_iter().map(ToOwned::to_owned).collect::<BTreeSet<_>>());
    }
}
