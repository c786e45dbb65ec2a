//! What is said of problems: causes behind incidents.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::body;
use crate::{
    id::{FollowUpId, IncidentId, OrganisationId, PersonId, ServiceId},
    state::ProblemState,
};

/// Somebody looks for the cause behind incidents.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProblemOpened {
    /// The short number (PRB-1001 is 1001).
    pub number: i64,
    /// Digest of the title in the text table.
    pub title: String,
    /// The service that suffers.
    pub service_id: ServiceId,
    /// The customer it is promised to.
    pub organisation_id: Option<OrganisationId>,
    /// The one accountable person.
    pub owner_id: PersonId,
    /// The incidents it is behind, as far as known.
    pub incidents: Vec<IncidentId>,
    /// For so many days after the repair it must not come back.
    pub watch_days: i64,
}
body!(ProblemOpened, "problem.opened", "problem");

/// The state changed along an allowed edge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProblemTransitioned {
    /// From.
    pub from: ProblemState,
    /// To.
    pub to: ProblemState,
    /// Digest of what was said: the assessment, the cause, the repair.
    pub text: Option<String>,
    /// Digest of the workaround, of an error that is known from here on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub workaround: Option<String>,
    /// What carries the repair, in the words of whoever plans it (a change's number).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub change: Option<String>,
    /// The incident that says that it came back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recurred_as: Option<IncidentId>,
}
body!(ProblemTransitioned, "problem.transitioned", "problem");

/// One more incident that it is behind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProblemLinked {
    /// Which.
    pub incident_id: IncidentId,
}
body!(ProblemLinked, "problem.linked", "problem");

/// What had to be done so that it does not come back, as it was written before follow-ups had events of their own
/// ([`super::follow_up`]). Nothing writes it any more; its words can still be erased.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProblemFollowUpAdded {
    /// Which.
    pub follow_up_id: FollowUpId,
    /// Digest of what is to be done.
    pub text: String,
    /// Who does it.
    pub owner_id: PersonId,
    /// Until when.
    pub due_on: Date,
    /// Who says that it is done: another person.
    pub verifier_id: PersonId,
}
body!(ProblemFollowUpAdded, "problem.follow_up_added", "problem");
