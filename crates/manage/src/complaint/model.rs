//! A complaint as it stands: the row that its events add up to.

use evenkeel_core::{
    event::voice::Discontent,
    id::{ComplaintId, GrievanceId, PersonId, TenantId},
    state::ComplaintState,
};
use jiff::Timestamp;

/// A complaint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Complaint {
    /// Whose data.
    pub tenant: TenantId,
    /// Its id.
    pub id: ComplaintId,
    /// The short number (CPL-1001 is 1001).
    pub number: i64,
    /// Grows by one with every change; what `If-Match` names.
    pub version: i64,
    /// What it is about, and who complains.
    pub about: Discontent,
    /// The grievance that it was before.
    pub grievance_id: Option<GrievanceId>,
    /// The responsible leader.
    pub leader_id: Option<PersonId>,
    /// Where it stands.
    pub state: ComplaintState,
    /// The reply as it was last written.
    pub reply: Option<Reply>,
    /// How often a reply was rejected.
    pub rejections: i64,
    /// When it was registered.
    pub registered_at: Timestamp,
    /// When a reply last left.
    pub replied_at: Option<Timestamp>,
    /// When it was closed.
    pub closed_at: Option<Timestamp>,
    /// When the reply is due, kept by whoever knows clocks.
    pub due_at: Option<Timestamp>,
}

/// A reply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// Digest of its words.
    pub text: String,
    /// Who wrote it.
    pub author_id: PersonId,
    /// Who approved it: never its author.
    pub approver_id: Option<PersonId>,
}
