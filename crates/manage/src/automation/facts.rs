//! What a condition sees of a ticket. Pure.

use std::collections::BTreeMap;

use evenkeel_core::{
    id::{OrganisationId, PersonId, ServiceId, TeamId},
    priority::{Level, Priority},
    state::{HoldReason, IncidentState},
};
use serde_json::Value;

use crate::incident::{Incident, OriginKind};

/// A ticket as a condition sees it.
#[derive(Debug, Clone, PartialEq)]
pub struct Facts {
    /// The service that suffers.
    pub service: ServiceId,
    /// The customer it is promised to.
    pub customer: Option<OrganisationId>,
    /// The team that has it.
    pub team: Option<TeamId>,
    /// The person who has it.
    pub assignee: Option<PersonId>,
    /// By the matrix.
    pub priority: Priority,
    /// How many are hurt.
    pub impact: Level,
    /// How fast it hurts.
    pub urgency: Level,
    /// Where it stands.
    pub state: IncidentState,
    /// Why it waits.
    pub hold: Option<HoldReason>,
    /// The house's own status of it.
    pub status: Option<String>,
    /// Where it came from.
    pub origin: OriginKind,
    /// The title, in small letters.
    pub title: String,
    /// What was last said publicly by somebody who is not one of ours, in small letters; empty = nothing.
    pub said: String,
    /// What the house's own fields say, those of words left out.
    pub fields: BTreeMap<String, Value>,
}

impl Facts {
    /// A ticket as it stands.
    pub fn of(incident: &Incident, said: &str, fields: BTreeMap<String, Value>) -> Self {
        Self {
            service: incident.service_id,
            customer: incident.organisation_id,
            team: incident.team_id,
            assignee: incident.assignee_id,
            priority: incident.priority,
            impact: incident.impact,
            urgency: incident.urgency,
            state: incident.state,
            hold: incident.hold,
            status: incident.status.clone(),
            origin: incident.origin,
            title: incident.title.to_lowercase(),
            said: said.to_lowercase(),
            fields,
        }
    }
}
