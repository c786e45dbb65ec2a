//! A problem as it stands: the row that its events add up to.

use evenkeel_core::{
    id::{OrganisationId, PersonId, ProblemId, ServiceId, TenantId},
    state::ProblemState,
};
use jiff::Timestamp;

/// A problem.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Whose data.
    pub tenant: TenantId,
    /// Its id.
    pub id: ProblemId,
    /// The short number (PRB-1001 is 1001).
    pub number: i64,
    /// Grows by one with every change; what `If-Match` names.
    pub version: i64,
    /// The title; empty when it is erased.
    pub title: String,
    /// Its digest in the ledger's text table.
    pub title_digest: String,
    /// The service that suffers.
    pub service_id: ServiceId,
    /// The customer it is promised to.
    pub organisation_id: Option<OrganisationId>,
    /// The one accountable person.
    pub owner_id: PersonId,
    /// Where it stands.
    pub state: ProblemState,
    /// The way around, once the error is known; it outlives a recurrence.
    pub workaround: Option<String>,
    /// Its digest.
    pub workaround_digest: Option<String>,
    /// What carries the repair.
    pub change: Option<String>,
    /// For so many days after the repair it must not come back.
    pub watch_days: i64,
    /// How often it came back after a repair.
    pub recurrences: i64,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// When it was last repaired.
    pub fixed_at: Option<Timestamp>,
    /// When the window was over without a recurrence.
    pub verified_at: Option<Timestamp>,
    /// When it was closed.
    pub closed_at: Option<Timestamp>,
}
