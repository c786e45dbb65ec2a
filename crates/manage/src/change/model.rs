//! A change as it stands: the row that its events add up to.

use evenkeel_core::{
    event::{
        change::{Conflict, Risk},
        manage::Window,
    },
    id::{ChangeId, OrganisationId, PersonId, ServiceId, TenantId},
    state::{ChangeKind, ChangeOutcome, ChangeState},
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::authority::Authority;

/// A service that a change touches, and whose it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[allow(clippy::struct_field_names, reason = "the columns that queries join on")]
pub(crate) struct Touched {
    pub service_id: ServiceId,
    /// The customer it is promised to.
    pub organisation_id: Option<OrganisationId>,
    /// Whose team runs it.
    pub team_organisation_id: Option<OrganisationId>,
}

/// Somebody took a conflict on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Acknowledged {
    pub conflict: Conflict,
    pub person_id: PersonId,
    pub at: Timestamp,
    /// Digest of the reason.
    pub text: String,
}

/// What was found of it when it was last looked at.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(super) struct Judged {
    pub risk: Option<Risk>,
    pub conflicts: Vec<Conflict>,
    pub acknowledged: Vec<Acknowledged>,
}

impl Judged {
    /// Conflicts that nobody took on.
    pub fn open(&self) -> impl Iterator<Item = &Conflict> {
        self.conflicts.iter().filter(|conflict| !self.acknowledged.iter().any(|taken| taken.conflict == **conflict))
    }
}

/// A change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Whose data.
    pub tenant: TenantId,
    /// Its id.
    pub id: ChangeId,
    /// The short number (CHG-1001 is 1001).
    pub number: i64,
    /// Grows by one with every change of it; what `If-Match` names.
    pub version: i64,
    /// Standard, normal or emergency.
    pub kind: ChangeKind,
    /// The title; empty when it is erased.
    pub title: String,
    /// Its digest in the ledger's text table.
    pub title_digest: String,
    /// Who wrote it, and carries it out or sees to it.
    pub author_id: PersonId,
    /// Where it stands.
    pub state: ChangeState,
    /// When it is to take place.
    pub window: Window,
    /// The template of a standard one.
    pub template: Option<String>,
    pub(super) services: Vec<Touched>,
    /// Digests: implementation, back-out, test.
    pub(super) plans: [String; 3],
    pub(super) judged: Judged,
    pub(super) authority: Option<Authority>,
    /// Counts the times that it was asked for authorisation.
    pub(super) round: i64,
    /// Whether it is authorised; none = not decided.
    pub authorised: Option<bool>,
    /// When that was decided.
    pub decided_at: Option<Timestamp>,
    /// Until when an emergency must be authorised.
    pub due_at: Option<Timestamp>,
    /// Whether that was missed.
    pub overdue: bool,
    /// What came of it.
    pub outcome: Option<ChangeOutcome>,
    /// When it was drafted.
    pub opened_at: Timestamp,
    /// When it was submitted last.
    pub submitted_at: Option<Timestamp>,
    /// When it began.
    pub started_at: Option<Timestamp>,
    /// When it was carried out.
    pub finished_at: Option<Timestamp>,
    /// When its outcome was known.
    pub reviewed_at: Option<Timestamp>,
    /// When it was closed or cancelled.
    pub closed_at: Option<Timestamp>,
}

impl Change {
    /// Whose it is: customers and vendors of the services it touches.
    pub fn organisations(&self) -> Vec<Option<OrganisationId>> {
        self.services.iter().flat_map(|touched| [touched.organisation_id, touched.team_organisation_id]).collect()
    }

    /// The services it touches.
    pub fn service_ids(&self) -> Vec<ServiceId> {
        self.services.iter().map(|touched| touched.service_id).collect()
    }

    /// Whether others vote on it now: while it waits, and of an emergency that was begun before anybody did.
    pub(super) fn is_voted_on(&self) -> bool {
        use ChangeState as S;
        self.state == S::Authorise
            || self.kind == ChangeKind::Emergency
                && self.authorised.is_none()
                && matches!(self.state, S::Implementing | S::Verifying | S::Review)
    }
}

/// A vote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Vote {
    pub person_id: PersonId,
    pub yes: bool,
    /// Digest of the reason.
    pub text: String,
    pub at: Timestamp,
}
