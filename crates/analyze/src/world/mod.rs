//! The world as the ledger tells it: a pure fold of events into what figures need.
//!
//! Events are taken in any order; nothing is decided while folding. Every fact keeps the position of the event it came
//! from, so that one world answers for any earlier position too ([`World::view`]): that is how a report that was
//! published months ago is computed again. A fact is some eighty bytes; titles and notes are not read at all.

pub mod apply;
pub mod definitions;
pub mod incident;
pub mod load;
pub mod maintenance;
pub mod sli;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use evenkeel_core::{
    definition::{AgreementDefinition, OrganisationDefinition, ServiceDefinition, TeamDefinition},
    id::{Agreement, Calendar, IncidentId, Organisation, OrganisationId, Service, ServiceId, Team},
};
use jiff::Timestamp;

use self::{definitions::Versions, incident::Incident, sli::Sealed};

/// Everything known, as compact facts.
#[derive(Debug, Default)]
pub struct World {
    /// The last event taken.
    pub position: i64,
    /// When the newest event was recorded at each position where that moved: a sparse staircase, newest last.
    recorded: Vec<(i64, Timestamp)>,
    /// Services by version.
    pub services: Versions<Service, ServiceDefinition>,
    /// Agreements by version.
    pub agreements: Versions<Agreement, AgreementDefinition>,
    /// Calendars by version, made ready for counting.
    pub calendars: Versions<Calendar, evenkeel_sla::Calendar>,
    /// Organisations by version.
    pub organisations: Versions<Organisation, OrganisationDefinition>,
    /// Teams by version.
    pub teams: Versions<Team, TeamDefinition>,
    /// Incidents by id.
    pub incidents: BTreeMap<IncidentId, Incident>,
    /// Sealed stretches of each service's availability indicator.
    pub sli: BTreeMap<ServiceId, Vec<Sealed>>,
    /// What was said of each service's maintenance.
    pub maintenance: BTreeMap<ServiceId, Vec<maintenance::Said>>,
    /// Positions of events whose payload could not be read: shown on the health page, never skipped in silence.
    pub unreadable: Vec<i64>,
}

/// The world up to a position.
#[derive(Debug, Clone, Copy)]
pub struct View<'w> {
    /// All facts, also later ones.
    pub world: &'w World,
    /// Facts after it do not count.
    pub position: i64,
    /// When the newest event up to the position was recorded: what is still open is judged as of then, so that "now" is
    /// no hidden input of a figure.
    pub recorded_until: Timestamp,
}

impl World {
    /// The world as it was known at `position`.
    pub fn view(&self, position: i64) -> View<'_> {
        let step = self.recorded.partition_point(|(seq, _)| *seq <= position);
        let recorded_until = step.checked_sub(1).and_then(|last| self.recorded.get(last)).map_or(Timestamp::UNIX_EPOCH, |(_, at)| *at);
        View { world: self, position, recorded_until }
    }

    /// The world as it is known now.
    pub fn latest(&self) -> View<'_> {
        self.view(self.position)
    }
}

impl<'w> View<'w> {
    /// Whether an event of this position is known yet.
    pub const fn knows(&self, seq: i64) -> bool {
        seq <= self.position
    }

    /// Incidents known at the position, in order of id.
    pub fn incidents(self) -> impl Iterator<Item = &'w Incident> {
        self.world.incidents.values().filter(move |incident| incident.opened.as_ref().is_some_and(|opened| self.knows(opened.seq)))
    }

    /// The organisations that an incident is the business of: the customer's, and the one of the team that has it.
    pub fn organisations(self, incident: &Incident) -> Vec<Option<OrganisationId>> {
        let Some(opened) = incident.opened.as_ref() else { return Vec::new() };
        let team = incident.facts_at(self.position).into_iter().rev().find_map(|fact| match fact.what {
            incident::What::Assigned { team, .. } => team,
            _ => None,
        });
        let team = team.or(opened.team).and_then(|team| self.world.teams.in_force(team, Timestamp::MAX, self.position));
        let mut organisations = vec![opened.organisation];
        organisations.extend(team.map(|team| Some(team.body.organisation)));
        organisations
    }

    /// An incident known at the position.
    pub fn incident(self, id: IncidentId) -> Option<&'w Incident> {
        self.world.incidents.get(&id).filter(|incident| incident.opened.as_ref().is_some_and(|opened| self.knows(opened.seq)))
    }
}
