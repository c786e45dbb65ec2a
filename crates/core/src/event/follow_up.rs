//! What is said of follow-ups: what must be done so that a trouble does not come back.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::body;
use crate::{
    id::{FactorId, PersonId},
    state::FollowUpOrigin,
};

/// What a follow-up follows from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FollowUpOf {
    /// A problem or a review.
    pub kind: FollowUpOrigin,
    /// Its id.
    pub id: String,
    /// The contributing factor of the review that it answers, when it answers one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub factor_id: Option<FactorId>,
}

/// Something must be done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FollowUpAdded {
    /// From what it follows.
    pub of: FollowUpOf,
    /// Digest of what is to be done.
    pub text: String,
    /// Who does it.
    pub owner_id: PersonId,
    /// Until when.
    pub due_on: Date,
    /// Who says that it is done: another person.
    pub verifier_id: PersonId,
}
body!(FollowUpAdded, "follow_up.added", "follow_up");

/// It is said to be done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FollowUpDone {}
body!(FollowUpDone, "follow_up.done", "follow_up");

/// Its verifier has looked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FollowUpVerified {
    /// Whether it is done indeed; otherwise it is open again.
    pub holds: bool,
}
body!(FollowUpVerified, "follow_up.verified", "follow_up");

/// Its day is over and it is not verified.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FollowUpOverdue {
    /// The day.
    pub due_on: Date,
    /// Who was told: its owner, or its verifier when it is said to be done.
    pub person_id: PersonId,
}
body!(FollowUpOverdue, "follow_up.overdue", "follow_up");
