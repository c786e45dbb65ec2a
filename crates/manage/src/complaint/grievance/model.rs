//! A grievance as it stands: the row that its events add up to.

use evenkeel_core::{
    event::voice::Discontent,
    id::{ComplaintId, GrievanceId, TenantId},
    state::GrievanceState,
};
use jiff::Timestamp;

/// A grievance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grievance {
    pub tenant: TenantId,
    pub id: GrievanceId,
    /// GRV-1001 is 1001.
    pub number: i64,
    pub version: i64,
    /// What it is about, and who said it.
    pub about: Discontent,
    pub state: GrievanceState,
    pub heard_at: Timestamp,
    /// When it becomes a complaint unless somebody explains; none once somebody did.
    pub escalates_at: Option<Timestamp>,
    pub ended_at: Option<Timestamp>,
    /// What it became.
    pub complaint_id: Option<ComplaintId>,
}
