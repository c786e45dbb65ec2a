//! What a condition sees of a ticket. Pure.

use std::collections::BTreeMap;

use evenkeel_core::{
    id::{CatalogueItemId, OrganisationId, PersonId, ServiceId, TeamId},
    priority::{Level, Priority},
    state::HoldReason,
};
use serde_json::Value;

use super::subject::TicketState;
use crate::{
    incident::{Incident, OriginKind},
    request::Request,
};

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
    /// By the matrix; incidents alone have one.
    pub priority: Option<Priority>,
    /// How many are hurt.
    pub impact: Option<Level>,
    /// How fast it hurts.
    pub urgency: Option<Level>,
    /// What is asked for; requests alone have one.
    pub item: Option<CatalogueItemId>,
    /// Where it stands.
    pub state: TicketState,
    /// Why it waits.
    pub hold: Option<HoldReason>,
    /// The house's own status of it.
    pub status: Option<String>,
    /// Where it came from.
    pub origin: Option<OriginKind>,
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
            priority: Some(incident.priority),
            impact: Some(incident.impact),
            urgency: Some(incident.urgency),
            item: None,
            state: TicketState::Incident(incident.state),
            hold: incident.hold,
            status: incident.status.clone(),
            origin: Some(incident.origin),
            title: incident.title.to_lowercase(),
            said: said.to_lowercase(),
            fields,
        }
    }

    /// A request as it stands; its title is what is asked for, in both languages.
    pub fn of_request(request: &Request, title: &str, said: &str) -> Self {
        Self {
            service: request.service_id,
            customer: Some(request.organisation_id),
            team: Some(request.team_id),
            assignee: None,
            priority: None,
            impact: None,
            urgency: None,
            item: Some(request.item_id),
            state: TicketState::Request(request.state),
            hold: request.hold,
            status: request.status.clone(),
            origin: None,
            title: title.to_lowercase(),
            said: said.to_lowercase(),
            fields: BTreeMap::new(),
        }
    }
}
