//! A follow-up as it stands.

use evenkeel_core::{
    event::follow_up::FollowUpOf,
    id::{FollowUpId, PersonId, TenantId},
};
use jiff::{Timestamp, civil::Date};

/// Something that must be done so that a trouble does not come back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FollowUp {
    pub tenant: TenantId,
    pub id: FollowUpId,
    /// Grows by one with every change; what `If-Match` names.
    pub version: i64,
    pub of: FollowUpOf,
    /// The short number of what it follows from.
    pub of_number: i64,
    /// What is to be done; empty when it is erased.
    pub text: String,
    pub text_digest: String,
    pub owner_id: PersonId,
    pub verifier_id: PersonId,
    pub due_on: Date,
    /// When that day is over where the service's hours are.
    pub due_at: Timestamp,
    pub done_at: Option<Timestamp>,
    pub verified_at: Option<Timestamp>,
    /// Whether somebody was told that it is overdue.
    pub told: bool,
}

impl FollowUp {
    /// Who has the next move: its owner, its verifier when it is said to be done, nobody when it is verified.
    pub const fn next(&self) -> Option<PersonId> {
        match (self.done_at, self.verified_at) {
            (_, Some(_)) => None,
            (Some(_), None) => Some(self.verifier_id),
            (None, None) => Some(self.owner_id),
        }
    }

    /// Whether its day is over and it is not verified.
    pub fn is_overdue(&self, now: Timestamp) -> bool {
        self.verified_at.is_none() && self.due_at <= now
    }
}
