//! What happened to a ticket, as far as a clock cares.

use evenkeel_core::{
    definition::TimeOwner,
    priority::Priority,
    state::{HoldReason, IncidentState, Medium, Visibility},
};
use jiff::Timestamp;

/// Something that happened. Facts may be handed over in any order: they are folded by `at`, then `seq`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fact {
    /// When it happened (not when we learned it). Clocks count whole seconds: fractions are cut off.
    pub at: Timestamp,
    /// The ledger position, which orders what happened in one instant and is the evidence.
    pub seq: i64,
    /// What.
    pub kind: FactKind,
}

/// What happened. `terms` are indices into the terms handed to the fold; none = no promise applies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum FactKind {
    /// The ticket was opened; every clock starts.
    Opened {
        /// Its priority at that moment.
        priority: Priority,
        /// The terms it stands under.
        terms: Option<usize>,
    },
    /// It was cut out of another ticket and inherits that one's origin.
    Split {
        /// The other's opening.
        origin_at: Timestamp,
    },
    /// Another ticket was merged into this one: the earliest opening and first response of the two are kept.
    Absorbed {
        /// The other's opening.
        opened_at: Timestamp,
        /// The other's first response.
        responded_at: Option<Timestamp>,
    },
    /// It is being worked on, or waits for someone to begin: not on hold, not resolved.
    Working,
    /// It waits. Whether the clock waits too is the agreement's word.
    OnHold {
        /// For what; a hold without a reason never pauses.
        reason: Option<HoldReason>,
    },
    /// The service is back and verified.
    Resolved,
    /// Done.
    Closed,
    /// It came back.
    Reopened,
    /// Duplicate, or not an incident: its clocks count nowhere. Terminal.
    Cancelled,
    /// It became part of another. Terminal.
    Merged,
    /// Something was said.
    Message {
        /// By one of ours.
        by_agent: bool,
        /// Who may read it.
        visibility: Visibility,
        /// How.
        medium: Medium,
    },
    /// The service is mitigated (T3).
    Restored,
    /// Its priority changed.
    Reprioritised {
        /// Now.
        to: Priority,
    },
    /// Its agreement changed, or a new version of it applies.
    Retargeted {
        /// Now.
        terms: Option<usize>,
    },
    /// Its time is from now on this party's while the clock runs.
    Assigned {
        /// Whose.
        owner: TimeOwner,
    },
}

impl FactKind {
    /// The fact that a state transition amounts to.
    pub const fn from_state(state: IncidentState, hold: Option<HoldReason>) -> Self {
        match state {
            IncidentState::New | IncidentState::Assigned | IncidentState::InProgress => Self::Working,
            IncidentState::OnHold => Self::OnHold { reason: hold },
            IncidentState::Resolved => Self::Resolved,
            IncidentState::Closed => Self::Closed,
            IncidentState::Reopened => Self::Reopened,
            IncidentState::Cancelled => Self::Cancelled,
            IncidentState::Merged => Self::Merged,
        }
    }

    /// Whether it is a first response: public, by one of ours, and not written by a machine.
    pub(super) const fn is_response(self) -> bool {
        matches!(self, Self::Message { by_agent: true, visibility: Visibility::Public, medium: Medium::Note | Medium::Call | Medium::Mail })
    }
}
