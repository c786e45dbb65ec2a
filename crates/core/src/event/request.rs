//! What the manage hall says of requests from the catalogue. The words that people wrote (answers of the form, notes,
//! comments) lie in the text table; here are their digests.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::body;
use crate::{
    id::{CalendarId, CatalogueItemId, NoteId, OrganisationId, PersonId, RequestApprovalId, RequestTaskId, ServiceId, TeamId},
    state::{ApprovalState, HoldReason, Medium, RequestState, TaskState, Visibility},
};

/// Somebody began to fill in a form of the catalogue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestDrafted {
    /// The short number (REQ-1001 is 1001).
    pub number: i64,
    /// What is asked for.
    pub item_id: CatalogueItemId,
    /// Who asks.
    pub requester_id: PersonId,
}
body!(RequestDrafted, "request.drafted", "request");

/// A request was sent, under one version of its item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestSubmitted {
    /// What is asked for.
    pub item_id: CatalogueItemId,
    /// Under which version.
    pub item_version: i64,
    /// The service it belongs to.
    pub service_id: ServiceId,
    /// The requester's organisation.
    pub organisation_id: OrganisationId,
    /// The team that fulfils it.
    pub team_id: TeamId,
    /// Digest of the answers (JSON) in the text table.
    pub answers: String,
    /// What it costs, in minor units of the currency.
    pub price_minor: Option<i64>,
    /// The currency (ISO 4217).
    pub currency: Option<String>,
    /// Promised after approval, seconds of business time.
    pub expected_secs: Option<i64>,
    /// The hours that promise counts in.
    pub calendar_id: Option<CalendarId>,
}
body!(RequestSubmitted, "request.submitted", "request");

/// A request changed its state. One event an edge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestTransitioned {
    /// Where it stood.
    pub from: RequestState,
    /// Where it stands.
    pub to: RequestState,
    /// For whom or what it waits, when it does.
    pub hold: Option<HoldReason>,
    /// Why, as a code, when it is not plain: `by_requester`, `by_approver`, `timed_out`, `after_days`, `answered`.
    pub reason: Option<String>,
}
body!(RequestTransitioned, "request.transitioned", "request");

/// Something was said on a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestNoted {
    /// Which note.
    pub note_id: NoteId,
    /// Who may read it.
    pub visibility: Visibility,
    /// How it was given.
    pub medium: Medium,
    /// Whether one of ours said it.
    pub by_agent: bool,
    /// Digest of the words in the text table.
    pub text: String,
}
body!(RequestNoted, "request.noted", "request");

/// People were asked to approve.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApprovalAsked {
    /// Which step of this request.
    pub approval_id: RequestApprovalId,
    /// 1 = the first.
    pub step: i64,
    /// Who may answer.
    pub approvers: Vec<PersonId>,
    /// How many of them must say yes.
    pub quorum: i64,
    /// Until when, when there is an end.
    pub until: Option<Timestamp>,
}
body!(ApprovalAsked, "request.approval_asked", "request");

/// One of them answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApprovalAnswered {
    /// Which step of this request.
    pub approval_id: RequestApprovalId,
    /// 1 = the first.
    pub step: i64,
    /// Who.
    pub person_id: PersonId,
    /// Yes or no.
    pub approved: bool,
    /// Through what: `console` or `link`.
    pub via: String,
    /// Digest of what was said with it.
    pub text: Option<String>,
}
body!(ApprovalAnswered, "request.approval_answered", "request");

/// One of them handed the answer to somebody else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApprovalDelegated {
    /// Which step of this request.
    pub approval_id: RequestApprovalId,
    /// 1 = the first.
    pub step: i64,
    /// Who.
    pub person_id: PersonId,
    /// To whom.
    pub to: PersonId,
}
body!(ApprovalDelegated, "request.approval_delegated", "request");

/// Nobody answered in time: others are asked in their place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApprovalEscalated {
    /// Which step of this request.
    pub approval_id: RequestApprovalId,
    /// 1 = the first.
    pub step: i64,
    /// Who may answer now.
    pub approvers: Vec<PersonId>,
    /// How many of them must say yes.
    pub quorum: i64,
    /// Until when.
    pub until: Option<Timestamp>,
}
body!(ApprovalEscalated, "request.approval_escalated", "request");

/// A step of approving ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApprovalEnded {
    /// Which step of this request.
    pub approval_id: RequestApprovalId,
    /// 1 = the first.
    pub step: i64,
    /// How.
    pub state: ApprovalState,
}
body!(ApprovalEnded, "request.approval_ended", "request");

/// A piece of the work changed its state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskTransitioned {
    /// Which.
    pub task_id: RequestTaskId,
    /// 1 = the first stage.
    pub stage: i64,
    /// 1 = the first of its stage.
    pub place: i64,
    /// How it stood.
    pub from: TaskState,
    /// How it stands.
    pub to: TaskState,
    /// Whose it is.
    pub team_id: TeamId,
    /// Who is at it; none = nobody, or a machine.
    pub person_id: Option<PersonId>,
    /// Why, when a machine did it: `answered`, `called_back`, or what it said when it did not.
    pub reason: Option<String>,
}
body!(TaskTransitioned, "request.task_transitioned", "request");

/// The requester said how it was. There is no other way to a rating: silence is none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestRated {
    /// 1 to 5.
    pub stars: i64,
    /// Digest of what was said with it.
    pub text: Option<String>,
}
body!(RequestRated, "request.rated", "request");

/// The team answered a rating.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RatingAnswered {
    /// Digest of the words.
    pub text: String,
}
body!(RatingAnswered, "request.rating_answered", "request");
