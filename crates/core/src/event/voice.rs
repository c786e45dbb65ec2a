//! What is said of the voice of the customer: grievances, complaints, surveys, and what is made of them. The words that people
//! said lie in the text table; here are their digests.

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use super::body;
use crate::{
    id::{CalendarId, ComplaintId, GrievanceId, OrganisationId, PersonId, ServiceId, SurveyId, TeamId, VoiceActionId},
    state::{ComplaintState, GrievanceState, SurveyState, TicketKind, Touchpoint},
};

/// A ticket that something is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct TicketRef {
    /// Which kind.
    pub kind: TicketKind,
    /// Its id.
    #[cfg_attr(feature = "schema", schema(format = "uuid"))]
    pub id: String,
    /// Its short number.
    pub number: i64,
}

/// What somebody is not content with, and who.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Discontent {
    /// Digest of what was said.
    pub text: String,
    /// Who said it; none = a customer's person who is not known to us.
    pub person_id: Option<PersonId>,
    /// Their organisation.
    pub organisation_id: Option<OrganisationId>,
    /// The service it is about.
    pub service_id: Option<ServiceId>,
    /// The ticket it is about.
    pub ticket: Option<TicketRef>,
    /// Where it was said.
    pub touchpoint: Touchpoint,
}

/// Somebody said that they are not content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GrievanceHeard {
    /// The short number (GRV-1001 is 1001).
    pub number: i64,
    /// What.
    #[serde(flatten)]
    pub about: Discontent,
    /// When it becomes a complaint unless somebody acts; none = the hours it counts in never open.
    pub escalates_at: Option<Timestamp>,
}
body!(GrievanceHeard, "grievance.heard", "grievance");

/// A grievance changed its state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GrievanceTransitioned {
    /// From.
    pub from: GrievanceState,
    /// To.
    pub to: GrievanceState,
    /// Digest of what was said.
    pub text: Option<String>,
    /// Why it was escalated, as a code: `by_customer`, `by_agent`, `nobody_acted`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The complaint that it became.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub complaint_id: Option<ComplaintId>,
}
body!(GrievanceTransitioned, "grievance.transitioned", "grievance");

/// Somebody wants an answer formally.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ComplaintRegistered {
    /// The short number (CPL-1001 is 1001).
    pub number: i64,
    /// What.
    #[serde(flatten)]
    pub about: Discontent,
    /// The grievance that it was before.
    pub grievance_id: Option<GrievanceId>,
    /// The responsible leader, who is told.
    pub leader_id: Option<PersonId>,
    /// A reply is owed within so many seconds of business time.
    pub reply_secs: i64,
    /// The hours that promise counts in; none = around the clock.
    pub calendar_id: Option<CalendarId>,
}
body!(ComplaintRegistered, "complaint.registered", "complaint");

/// A complaint changed its state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ComplaintTransitioned {
    /// From.
    pub from: ComplaintState,
    /// To.
    pub to: ComplaintState,
    /// Digest of what was said: the reply, why it was rejected, what was learned.
    pub text: Option<String>,
}
body!(ComplaintTransitioned, "complaint.transitioned", "complaint");

/// Somebody wrote the reply, or wrote it anew. The actor is its author.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReplyWritten {
    /// Digest of it.
    pub text: String,
}
body!(ReplyWritten, "complaint.reply_written", "complaint");

/// Somebody is to be asked a survey.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SurveyAskMade {
    /// Which survey.
    pub survey_id: SurveyId,
    /// In which version.
    pub survey_version: i64,
    /// Who.
    pub person_id: PersonId,
    /// Their organisation.
    pub organisation_id: Option<OrganisationId>,
    /// About this service.
    pub service_id: Option<ServiceId>,
    /// About this team.
    pub team_id: Option<TeamId>,
    /// About this organisation, when a team scores it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about_organisation_id: Option<OrganisationId>,
    /// The ticket it is about.
    pub ticket: Option<TicketRef>,
    /// When it leaves.
    pub send_at: Timestamp,
    /// Until when it can be answered.
    pub expires_at: Timestamp,
}
body!(SurveyAskMade, "survey_ask.made", "survey_ask");

/// One person's survey changed its state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SurveyAskTransitioned {
    /// From.
    pub from: SurveyState,
    /// To.
    pub to: SurveyState,
    /// The score, when it was answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub score: Option<i64>,
    /// Digest of everything else that was answered (JSON).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answers: Option<String>,
    /// Through what it was answered: `link`, `portal`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub via: Option<String>,
}
body!(SurveyAskTransitioned, "survey_ask.transitioned", "survey_ask");

/// Somebody said what several signals mean together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InsightMade {
    /// Digest of the words.
    pub text: String,
    /// Where customers met us.
    pub touchpoint: Option<Touchpoint>,
    /// What it stands on: positions in the ledger.
    pub signals: Vec<i64>,
}
body!(InsightMade, "insight.made", "insight");

/// Something is to be done about an insight.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VoiceActionAdded {
    /// Which.
    pub action_id: VoiceActionId,
    /// Digest of what.
    pub text: String,
    /// By whom.
    pub owner_id: PersonId,
    /// Until when.
    pub due_on: Date,
    /// What shows whether it helped: `signals`, or a survey's id.
    pub measure: String,
    /// That figure before.
    pub before: Option<f64>,
    /// Over how many.
    pub before_n: i64,
}
body!(VoiceActionAdded, "insight.action_added", "insight");

/// What was done was measured.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VoiceActionMeasured {
    /// Which.
    pub action_id: VoiceActionId,
    /// The figure after.
    pub after: Option<f64>,
    /// Over how many.
    pub after_n: i64,
}
body!(VoiceActionMeasured, "insight.action_measured", "insight");
