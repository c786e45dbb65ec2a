//! A request as it stands, with the steps of its approval and the pieces of its work.

use evenkeel_core::{
    id::{CatalogueItemId, OrganisationId, PersonId, RequestApprovalId, RequestId, RequestTaskId, ServiceId, TeamId, TenantId},
    state::{ApprovalState, HoldReason, RequestState, TaskState},
};
use jiff::Timestamp;

use crate::catalogue::Answers;

/// A request.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// Whose data.
    pub tenant: TenantId,
    /// Its id.
    pub id: RequestId,
    /// The short number (REQ-1001 is 1001).
    pub number: i64,
    /// Grows by one with every change; what `If-Match` names.
    pub version: i64,
    /// What is asked for.
    pub item_id: CatalogueItemId,
    /// Under which version of the item: the one in force when it was begun, then for good the one when it was sent.
    pub item_version: i64,
    /// The item's service.
    pub service_id: ServiceId,
    /// Who asks.
    pub requester_id: PersonId,
    /// The requester's organisation.
    pub organisation_id: OrganisationId,
    /// The team that fulfils it.
    pub team_id: TeamId,
    /// That team's organisation.
    pub team_organisation_id: OrganisationId,
    /// Where it stands.
    pub state: RequestState,
    /// Why it waits, while it waits.
    pub hold: Option<HoldReason>,
    /// The house's own status of it, by name, while it is in the state that the status lies under.
    pub status: Option<String>,
    /// What was answered so far, while it is a draft.
    pub draft: Answers,
    /// Digest of the answers in the text table, once it was sent.
    pub answers: Option<String>,
    /// What it costs, minor units.
    pub price_minor: Option<i64>,
    /// In this currency.
    pub currency: Option<String>,
    /// When it was begun.
    pub drafted_at: Timestamp,
    /// When it was sent.
    pub submitted_at: Option<Timestamp>,
    /// When the last approval came, or none was needed.
    pub approved_at: Option<Timestamp>,
    /// When the work was done.
    pub fulfilled_at: Option<Timestamp>,
    /// When it was accepted, rejected or withdrawn.
    pub ended_at: Option<Timestamp>,
    /// When it is due, kept by whoever knows clocks.
    pub due_at: Option<Timestamp>,
    /// How the requester found it.
    pub rating: Option<Rating>,
}

/// How the requester found it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rating {
    /// 1 to 5.
    pub stars: i64,
    /// Digest of what was said with it.
    pub text: Option<String>,
    /// Digest of what the team answered.
    pub answer: Option<String>,
}

/// One step of approving.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approval {
    /// Its id.
    pub id: RequestApprovalId,
    /// 1 = the first of this request.
    pub step: i64,
    /// Which of the item's steps, from 0.
    pub place: usize,
    /// 0 = who is asked first; then those it escalates to.
    pub level: usize,
    /// How it stands.
    pub state: ApprovalState,
    /// How many must say yes.
    pub quorum: i64,
    /// Until when they have.
    pub until: Option<Timestamp>,
    /// Who is, or was, asked.
    pub asked: Vec<Asked>,
}

/// Somebody who is, or was, asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// Who.
    pub person_id: PersonId,
    /// In whose place, when somebody handed it on.
    pub for_id: Option<PersonId>,
    /// Whether they may not answer any more: they handed it on, or did not answer in time.
    pub past: bool,
    /// What they said.
    pub answer: Option<Answered>,
}

/// What somebody said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    /// Yes or no.
    pub approved: bool,
    /// When.
    pub at: Timestamp,
    /// Digest of what was said with it.
    pub text: Option<String>,
}

impl Approval {
    /// This person, when they may answer now.
    pub fn asks(&self, person: PersonId) -> Option<&Asked> {
        let open = self.state == ApprovalState::Asked;
        self.asked.iter().find(|asked| open && asked.person_id == person && !asked.past && asked.answer.is_none())
    }

    /// Those who may answer now.
    pub fn awaited(&self) -> impl Iterator<Item = PersonId> {
        self.asked.iter().filter(|asked| self.asks(asked.person_id).is_some()).map(|asked| asked.person_id)
    }

    /// How many said yes.
    pub fn yes(&self) -> usize {
        self.asked.iter().filter(|asked| asked.answer.as_ref().is_some_and(|answer| answer.approved)).count()
    }
}

/// One piece of the work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Task {
    /// Its id.
    pub id: RequestTaskId,
    /// Which of the item's stages, from 0.
    pub stage: usize,
    /// Which task of that stage, from 0.
    pub place: usize,
    /// How it stands.
    pub state: TaskState,
    /// Whose it is.
    pub team_id: TeamId,
    /// That team's organisation.
    pub team_organisation_id: OrganisationId,
    /// Who is at it, or did it; none = nobody, or a machine.
    pub person_id: Option<PersonId>,
    /// How often the machine was asked.
    pub tries: i64,
    /// What the machine said when it did not.
    pub error: Option<String>,
    /// When it was done.
    pub done_at: Option<Timestamp>,
}
