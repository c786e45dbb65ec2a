//! What is said of changes: work on services that somebody plans, authorises, carries out and reviews.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{body, manage::Window};
use crate::{
    id::{ChangeId, IncidentId, PersonId, ServiceId},
    state::{ChangeKind, ChangeOutcome, ChangeState, RiskLevel},
};

/// Somebody plans a change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeDrafted {
    /// The short number (CHG-1001 is 1001).
    pub number: i64,
    /// Standard, normal or emergency.
    pub kind: ChangeKind,
    /// Digest of the title in the text table.
    pub title: String,
    /// The services it touches.
    pub services: Vec<ServiceId>,
    /// When it is to take place.
    pub window: Window,
    /// The template of a standard change, by name.
    pub template: Option<String>,
    /// Digests of the implementation plan, the back-out plan and the test plan.
    pub plans: [String; 3],
}
body!(ChangeDrafted, "change.drafted", "change");

/// Its author wrote it anew, before it was submitted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeEdited {
    /// Digest of the title.
    pub title: String,
    /// The services it touches.
    pub services: Vec<ServiceId>,
    /// Digests of the implementation plan, the back-out plan and the test plan.
    pub plans: [String; 3],
}
body!(ChangeEdited, "change.edited", "change");

/// One reason of a risk, with the points it gives. What it was judged by is in `facts`, in the unit that the reason says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct RiskReason {
    /// `criticality`, `dependants`, `history`, `service_hours`, `error_budget`, `template`.
    pub code: String,
    /// What it adds.
    pub points: i64,
    /// What was found: a word, or numbers.
    pub facts: Vec<String>,
}

/// A risk, never without its reasons.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Risk {
    /// What the points come to.
    pub level: RiskLevel,
    /// Their sum.
    pub points: i64,
    /// Each reason, also those of no points.
    pub reasons: Vec<RiskReason>,
}

/// What a window collides with.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum Conflict {
    /// Nothing is changed then.
    Freeze {
        /// The freeze, by name.
        name: String,
        /// The stretch of it that is met.
        #[cfg_attr(feature = "schema", schema(value_type = String, format = DateTime))]
        from: Timestamp,
        /// Its end.
        #[cfg_attr(feature = "schema", schema(value_type = String, format = DateTime))]
        to: Timestamp,
    },
    /// Another change at the same time, of the same service or one that they depend on.
    Overlap {
        /// Which.
        change_id: ChangeId,
        /// Its number.
        number: i64,
        /// The service of this change.
        service_id: ServiceId,
        /// The service of the other.
        other_service_id: ServiceId,
    },
    /// The error budget of a service is spent.
    BudgetSpent {
        /// Of which.
        service_id: ServiceId,
    },
}

/// What it collides with and how risky it is, as found at this instant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeAssessed {
    /// The risk.
    pub risk: Risk,
    /// The conflicts.
    pub conflicts: Vec<Conflict>,
}
body!(ChangeAssessed, "change.assessed", "change");

/// The state changed along an allowed edge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeTransitioned {
    /// From.
    pub from: ChangeState,
    /// To.
    pub to: ChangeState,
    /// Digest of what was said.
    pub text: Option<String>,
    /// Of a review.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<ChangeOutcome>,
}
body!(ChangeTransitioned, "change.transitioned", "change");

/// Its window is another one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeMoved {
    /// Before.
    pub from: Window,
    /// Now.
    pub to: Window,
    /// Digest of the reason.
    pub text: Option<String>,
}
body!(ChangeMoved, "change.moved", "change");

/// Somebody who may authorise takes a conflict on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConflictAcknowledged {
    /// Which.
    pub conflict: Conflict,
    /// Digest of the reason.
    pub text: String,
}
body!(ConflictAcknowledged, "change.conflict_acknowledged", "change");

/// Somebody voted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeVoted {
    /// Who.
    pub person_id: PersonId,
    /// Authorisations of one change are counted: one that was moved is voted on anew.
    pub round: i64,
    /// Whether they authorise it.
    pub yes: bool,
    /// Digest of the reason.
    pub text: String,
}
body!(ChangeVoted, "change.voted", "change");

/// The votes came to a decision, or it needs none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeDecided {
    /// Whether it is authorised.
    pub authorised: bool,
    /// Who said so last; of a standard change who approved its template.
    pub person_id: Option<PersonId>,
    /// Whether it was carried out before.
    pub afterwards: bool,
}
body!(ChangeDecided, "change.decided", "change");

/// Nobody authorised an emergency afterwards in time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeOverdue {
    /// Until when it was due.
    pub due_at: Timestamp,
}
body!(ChangeOverdue, "change.authorisation_overdue", "change");

/// It caused an incident.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeLinked {
    /// Which.
    pub incident_id: IncidentId,
}
body!(ChangeLinked, "change.linked", "change");
