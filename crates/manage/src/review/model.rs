//! A review as it stands: the row that its events add up to.

use evenkeel_core::{
    event::review::Content,
    id::{IncidentId, OrganisationId, PersonId, ReviewId, ServiceId, TenantId},
    state::ReviewState,
};
use jiff::Timestamp;

/// A post-incident review.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Review {
    /// Whose data.
    pub tenant: TenantId,
    /// Its id.
    pub id: ReviewId,
    /// The short number (REV-1001 is 1001).
    pub number: i64,
    /// Grows by one with every change; what `If-Match` names.
    pub version: i64,
    /// The incident.
    pub incident_id: IncidentId,
    /// The service that suffered.
    pub service_id: ServiceId,
    /// The customer it is promised to.
    pub organisation_id: Option<OrganisationId>,
    /// Who owes it.
    pub owner_id: PersonId,
    /// Where it stands.
    pub state: ReviewState,
    /// The edition that is written, or was published last.
    pub edition: i64,
    /// What people wrote into it.
    pub content: Content,
    /// When it was begun.
    pub drafted_at: Timestamp,
    /// Until when it is to be published; none = its hours never open.
    pub due_at: Option<Timestamp>,
    /// When an edition was published first.
    pub published_at: Option<Timestamp>,
    /// When an edition was published last.
    pub edition_at: Option<Timestamp>,
}

impl Review {
    /// Whether it is owed still and its time is over.
    pub fn is_overdue(&self, now: Timestamp) -> bool {
        self.published_at.is_none() && self.due_at.is_some_and(|due_at| due_at <= now)
    }
}
