//! A major incident as it stands.

use evenkeel_core::{
    id::{IncidentId, PersonId, TenantId},
    state::{MajorRole, MajorState},
};
use jiff::{SignedDuration, Timestamp};

/// A word is owed so often when nobody says how often: half an hour.
pub(super) const CADENCE_SECS: i64 = 1_800;

/// How an incident is handled as a major one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Major {
    pub tenant: TenantId,
    pub incident_id: IncidentId,
    pub state: MajorState,
    /// Where people meet.
    pub room: Option<String>,
    /// A word is owed every so many seconds.
    pub cadence_secs: i64,
    /// The last time that it became each state, as far as it stands.
    pub declared_at: Option<Timestamp>,
    pub mitigated_at: Option<Timestamp>,
    pub restored_at: Option<Timestamp>,
    pub verified_at: Option<Timestamp>,
    pub ended_at: Option<Timestamp>,
    /// When the next word is owed.
    pub update_due_at: Option<Timestamp>,
}

impl Major {
    pub(super) fn candidate(tenant: TenantId, incident_id: IncidentId) -> Self {
        Self {
            tenant,
            incident_id,
            state: MajorState::Candidate,
            room: None,
            cadence_secs: CADENCE_SECS,
            declared_at: None,
            mitigated_at: None,
            restored_at: None,
            verified_at: None,
            ended_at: None,
            update_due_at: None,
        }
    }

    /// Enters a state: what it says of moments. A relapse takes back what is not true any more.
    pub(super) fn enter(&mut self, to: MajorState, at: Timestamp) {
        match to {
            MajorState::Declared => {
                self.declared_at = self.declared_at.filter(|_| self.state != MajorState::Demoted).or(Some(at));
                (self.mitigated_at, self.restored_at, self.verified_at, self.ended_at) = (None, None, None, None);
            }
            MajorState::Mitigated => self.mitigated_at = Some(at),
            MajorState::Restored => self.restored_at = Some(at),
            MajorState::Verified => self.verified_at = Some(at),
            MajorState::Closed | MajorState::Demoted => self.ended_at = Some(at),
            MajorState::Candidate | MajorState::Reviewed => {}
        }
        self.state = to;
        self.update_due_at = if to.owes_updates() { self.update_due_at.or_else(|| Some(self.next_due(at))) } else { None };
    }

    /// When a word is owed after one that was given at `at`.
    pub(super) fn next_due(&self, at: Timestamp) -> Timestamp {
        at.checked_add(SignedDuration::from_secs(self.cadence_secs)).unwrap_or(Timestamp::MAX)
    }
}

/// Somebody who handles it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Member {
    pub person_id: PersonId,
    pub role: Option<MajorRole>,
    /// When they first came into the war room.
    pub joined_at: Option<Timestamp>,
    /// When they left it, while they are away.
    pub left_at: Option<Timestamp>,
}
