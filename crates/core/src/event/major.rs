//! What is said of an incident that is handled as a major one.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::body;
use crate::{
    id::{NoteId, PersonId},
    state::{MajorRole, MajorState},
};

/// Its handling moved along an allowed edge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MajorTransitioned {
    /// From; none when it began.
    pub from: Option<MajorState>,
    /// To.
    pub to: MajorState,
    /// Digest of what was said with it.
    pub text: Option<String>,
}
body!(MajorTransitioned, "incident.major_transitioned", "incident");

/// How those who handle it work together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MajorArranged {
    /// Where they meet: an address.
    pub room: Option<String>,
    /// A word is owed every so many seconds.
    pub cadence_secs: i64,
}
body!(MajorArranged, "incident.major_arranged", "incident");

/// Somebody has a role; whoever had it before has it no more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MajorRoleGiven {
    /// Which.
    pub role: MajorRole,
    /// Who.
    pub person_id: PersonId,
}
body!(MajorRoleGiven, "incident.major_role_given", "incident");

/// Somebody came into the war room.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MajorJoined {
    /// Who.
    pub person_id: PersonId,
    /// With which role.
    pub role: Option<MajorRole>,
}
body!(MajorJoined, "incident.major_joined", "incident");

/// Somebody left the war room.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MajorLeft {
    /// Who.
    pub person_id: PersonId,
}
body!(MajorLeft, "incident.major_left", "incident");

/// The word that was owed was given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MajorUpdated {
    /// The note that has it.
    pub note_id: NoteId,
    /// When the next one is owed; none when none is.
    pub next_due_at: Option<Timestamp>,
}
body!(MajorUpdated, "incident.major_updated", "incident");

/// The word that was owed was not given in time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MajorUpdateMissed {
    /// When it was owed.
    pub due_at: Timestamp,
}
body!(MajorUpdateMissed, "incident.major_update_missed", "incident");
