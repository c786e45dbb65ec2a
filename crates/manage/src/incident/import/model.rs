//! What an import brings.

use evenkeel_core::{
    id::{OrganisationId, PersonId, ServiceId, TeamId},
    priority::{Level, Priority},
    state::HoldReason,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// One ticket of another tool, or the part of it that a batch holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportedTicket {
    /// Its key over there.
    pub external_id: String,
    /// Its title.
    pub title: String,
    /// The service that suffered.
    pub service_id: ServiceId,
    /// The customer it was promised to.
    pub organisation_id: Option<OrganisationId>,
    /// How many were hurt.
    pub impact: Level,
    /// How fast it hurt.
    pub urgency: Level,
    /// The priority over there, which need not be that of our matrix.
    pub priority: Priority,
    /// The team that had it first.
    pub team_id: Option<TeamId>,
    /// What happened; in any order.
    pub events: Vec<ImportedEvent>,
}

/// One thing that happened to a ticket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportedEvent {
    /// When.
    pub at: Timestamp,
    /// What.
    pub kind: ImportedKind,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ImportedKind {
    /// It was opened. A ticket without this one begins with its earliest event.
    Opened,
    /// It was given to a team or a person.
    Assigned {
        /// The team.
        team_id: Option<TeamId>,
        /// The person.
        person_id: Option<PersonId>,
    },
    /// Work began, or went on after waiting.
    InProgress,
    /// It waited.
    OnHold {
        /// For whom or what.
        reason: HoldReason,
    },
    /// An agent answered the customer.
    PublicReply {
        /// The words; not kept when empty.
        text: String,
    },
    /// The customer wrote.
    CustomerReply {
        /// The words.
        text: String,
    },
    /// Staff wrote to staff.
    InternalNote {
        /// The words.
        text: String,
    },
    /// It was judged anew.
    Reprioritised {
        /// How many were hurt.
        impact: Level,
        /// How fast it hurt.
        urgency: Level,
        /// The priority over there.
        priority: Priority,
    },
    /// The cause was known.
    Located,
    /// Service was back.
    Restored,
    /// It was resolved.
    Resolved,
    /// It was closed.
    Closed,
    /// It came back.
    Reopened,
    /// It was a duplicate or no incident.
    Cancelled,
}

impl ImportedKind {
    /// The word by which it is known again.
    pub(super) const fn word(&self) -> &'static str {
        match self {
            Self::Opened => "opened",
            Self::Assigned { .. } => "assigned",
            Self::InProgress => "in_progress",
            Self::OnHold { .. } => "on_hold",
            Self::PublicReply { .. } => "public_reply",
            Self::CustomerReply { .. } => "customer_reply",
            Self::InternalNote { .. } => "internal_note",
            Self::Reprioritised { .. } => "reprioritised",
            Self::Located => "located",
            Self::Restored => "restored",
            Self::Resolved => "resolved",
            Self::Closed => "closed",
            Self::Reopened => "reopened",
            Self::Cancelled => "cancelled",
        }
    }
}

/// A ticket's event that could not be taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejected {
    /// The ticket.
    pub external_id: String,
    /// When it happened.
    pub at: Option<Timestamp>,
    /// Why not, and what to do.
    pub reason: String,
}

/// What a batch did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ImportOutcome {
    /// Tickets that were new.
    pub opened: u64,
    /// Tickets that were known and got more events.
    pub continued: u64,
    /// Tickets of which everything was known.
    pub unchanged: u64,
    /// Ledger events written.
    pub events: u64,
    /// What could not be taken.
    pub rejected: Vec<Rejected>,
}
