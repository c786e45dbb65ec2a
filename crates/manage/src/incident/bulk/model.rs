//! What is done to many, and how it ended for each.

use evenkeel_api::Problem;
use evenkeel_core::{
    id::{BulkActId, IncidentId, PersonId, TeamId},
    priority::Level,
    state::{HoldReason, IncidentState},
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::incident::{model::Incident, resolve::ResolveReason};

/// What is done.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
#[schema(as = BulkDoing)]
pub(super) enum Doing {
    /// Give them to a team, a person or both.
    Assign {
        /// The team.
        team_id: Option<TeamId>,
        /// The person.
        person_id: Option<PersonId>,
    },
    /// Judge them anew.
    Priority {
        /// How many are hurt.
        impact: Level,
        /// How fast it hurts.
        urgency: Level,
    },
    /// Let them wait.
    Hold {
        /// For whom or what.
        reason: HoldReason,
        /// Said with it: to the customer when the customer owes an answer, else to staff only.
        text: Option<String>,
    },
    /// Let one of the house's own fields say something; fields of words are filled in one by one.
    Field {
        /// Which.
        name: String,
        /// What; null = nothing.
        #[schema(value_type = Object)]
        value: Value,
    },
    /// Give them one of the house's own statuses.
    Status {
        /// By its name; null = none of the house's own.
        status: Option<String>,
    },
    /// Resolve them, with one text.
    Resolve {
        /// In one word.
        reason: ResolveReason,
        /// Said to the customer with it.
        text: Option<String>,
    },
}

/// What undoing leaves as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = BulkStays)]
pub(super) enum Stays {
    /// What was said is said; a mail of it may have left.
    Words,
    /// What was new stays assigned.
    Assigned,
    /// It counts as reopened, and whoever is on call may be told again.
    Reopened,
}

impl Doing {
    /// What undoing it would leave as it is.
    pub(super) fn stays(&self) -> Vec<Stays> {
        let said = |text: &Option<String>| text.as_ref().is_some_and(|text| !text.trim().is_empty()).then_some(Stays::Words);
        match self {
            Self::Assign { .. } | Self::Status { .. } => vec![Stays::Assigned],
            Self::Priority { .. } | Self::Field { .. } => Vec::new(),
            Self::Hold { text, .. } => said(text).into_iter().collect(),
            Self::Resolve { text, .. } => said(text).into_iter().chain([Stays::Reopened]).collect(),
        }
    }

    /// The same without what was said: what is kept for undoing has no words of people.
    pub(super) fn wordless(self) -> Self {
        match self {
            Self::Hold { reason, .. } => Self::Hold { reason, text: None },
            Self::Resolve { reason, .. } => Self::Resolve { reason, text: None },
            Self::Field { name, .. } => Self::Field { name, value: Value::Null },
            other => other,
        }
    }
}

/// As an incident was before, so far as an act changes it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Before {
    pub team: Option<TeamId>,
    pub assignee: Option<PersonId>,
    pub impact: Level,
    pub urgency: Level,
    pub state: IncidentState,
    pub hold: Option<HoldReason>,
    pub acknowledged: bool,
    #[serde(default)]
    pub status: Option<String>,
    /// What the field said that is filled in; null = nothing, or there is none.
    #[serde(default)]
    pub value: Value,
}

impl Before {
    pub(super) fn of(incident: &Incident) -> Self {
        Self {
            team: incident.team_id,
            assignee: incident.assignee_id,
            impact: incident.impact,
            urgency: incident.urgency,
            state: incident.state,
            hold: incident.hold,
            acknowledged: incident.acknowledged_at.is_some(),
            status: incident.status.clone(),
            value: Value::Null,
        }
    }
}

/// How it ended for one incident.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct BulkResult {
    /// Which.
    pub incident_id: IncidentId,
    /// Its short number; null when there is no such incident for you.
    pub number: Option<i64>,
    /// Its version now; null when it was refused.
    pub version: Option<i64>,
    /// Why it was refused, as a code; null when it was done.
    pub code: Option<String>,
    /// Why it was refused, as a sentence.
    pub detail: Option<String>,
    /// What would have been accepted.
    pub allowed: Vec<String>,
}

impl BulkResult {
    pub(super) fn done(incident: &Incident) -> Self {
        let (number, version) = (Some(incident.number), Some(incident.version));
        Self { incident_id: incident.id, number, version, code: None, detail: None, allowed: Vec::new() }
    }

    pub(super) fn refused(incident_id: IncidentId, number: Option<i64>, problem: &Problem) -> Self {
        let failure = problem.failure();
        let (code, detail) = (Some(failure.code.as_str().to_owned()), Some(failure.detail.clone()));
        Self { incident_id, number, version: None, code, detail, allowed: failure.allowed.clone() }
    }
}

/// How it ended for all.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct BulkOutcome {
    /// Names it for undoing; null for a dry run, and when nothing was done.
    pub id: Option<BulkActId>,
    /// Until when it can be undone.
    pub undo_until: Option<Timestamp>,
    /// How many it was done to, or would be.
    pub done: usize,
    /// How many refused.
    pub refused: usize,
    /// What undoing would leave as it is.
    pub stays: Vec<Stays>,
    /// Each, in the order of asking.
    pub results: Vec<BulkResult>,
}

impl BulkOutcome {
    pub(super) fn of(results: Vec<BulkResult>, stays: Vec<Stays>) -> Self {
        let refused = results.iter().filter(|result| result.code.is_some()).count();
        Self { id: None, undo_until: None, done: results.len() - refused, refused, stays, results }
    }
}
