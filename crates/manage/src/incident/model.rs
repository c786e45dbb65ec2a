//! An incident as it stands: the row that its events add up to.

use evenkeel_core::{
    id::{IncidentId, OrganisationId, PersonId, ServiceId, TeamId, TenantId},
    priority::{Level, Priority},
    state::{Channel, HoldReason, IncidentState},
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Where an incident came from, in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OriginKind {
    /// A machine saw it.
    Alert,
    /// A person reported it.
    Person,
    /// From another tool's history.
    Import,
}

impl OriginKind {
    /// The word in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Alert => "alert",
            Self::Person => "person",
            Self::Import => "import",
        }
    }
}

impl std::str::FromStr for OriginKind {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "alert" => Ok(Self::Alert),
            "person" => Ok(Self::Person),
            "import" => Ok(Self::Import),
            other => Err(format!("{other:?} is not one of alert, person, import")),
        }
    }
}

/// How we know that service is back, in the words of `incident.restored`.
pub mod basis {
    /// The indicator says so.
    pub const TELEMETRY: &str = "telemetry";
    /// One of ours says so.
    pub const DECLARED: &str = "declared";
}

/// An incident.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Incident {
    /// Whose data.
    pub tenant: TenantId,
    /// Its id.
    pub id: IncidentId,
    /// The short number (INC-1042 is 1042).
    pub number: i64,
    /// Grows by one with every change; what `If-Match` names.
    pub version: i64,
    /// The title, as [`evenkeel_core::title`] keeps it; empty when it is erased.
    pub title: String,
    /// Its digest in the ledger's text table.
    pub title_digest: String,
    /// The service that suffers.
    pub service_id: ServiceId,
    /// The customer it is promised to.
    pub organisation_id: Option<OrganisationId>,
    /// The team that has it.
    pub team_id: Option<TeamId>,
    /// That team's organisation: a vendor sees what is assigned to it.
    pub team_organisation_id: Option<OrganisationId>,
    /// The person who has it.
    pub assignee_id: Option<PersonId>,
    /// The one accountable person.
    pub owner_id: Option<PersonId>,
    /// How many are hurt.
    pub impact: Level,
    /// How fast it hurts.
    pub urgency: Level,
    /// By the matrix of `matrix_version`.
    pub priority: Priority,
    /// Which matrix judged.
    pub matrix_version: i64,
    /// Where it stands.
    pub state: IncidentState,
    /// Why it waits, while it waits.
    pub hold: Option<HoldReason>,
    /// The house's own status of it, by name, while it is in the state that the status lies under.
    pub status: Option<String>,
    /// Where it came from.
    pub origin: OriginKind,
    /// How it came to the desk, when somebody reported it.
    pub channel: Option<Channel>,
    /// Its key in the tool it was imported from.
    pub external_id: Option<String>,
    /// When its clocks began; the earliest of a merged cluster; inherited by a split.
    pub opened_at: Timestamp,
    /// T0, as far as known.
    pub started_at: Option<Timestamp>,
    /// When someone said "mine" (since it last opened).
    pub acknowledged_at: Option<Timestamp>,
    /// The first public message or call by an agent.
    pub responded_at: Option<Timestamp>,
    /// T2, when said.
    pub located_at: Option<Timestamp>,
    /// T3 (since it last opened).
    pub restored_at: Option<Timestamp>,
    /// How we know T3.
    pub restored_basis: Option<String>,
    /// When it was resolved (since it last opened).
    pub resolved_at: Option<Timestamp>,
    /// When it was closed (since it last opened).
    pub closed_at: Option<Timestamp>,
    /// The survivor it is part of.
    pub merged_into: Option<IncidentId>,
    /// The one it was cut from.
    pub split_from: Option<IncidentId>,
    /// How many of its alerts fire now.
    pub firing: i64,
    /// The earliest due instant of its clocks, kept by whoever knows clocks.
    pub due_at: Option<Timestamp>,
}

impl Incident {
    /// The organisations whose people may see it: the customer's and the team's.
    pub const fn organisations(&self) -> [Option<OrganisationId>; 2] {
        [self.organisation_id, self.team_organisation_id]
    }
}
