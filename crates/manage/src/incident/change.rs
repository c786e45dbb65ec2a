//! A change of one incident: the row and the events that say so, gathered together and written together.
//!
//! A change is made from an [`Authorised`] incident only, so nothing is written that nobody was asked about.

use evenkeel_api::Authorised;
use evenkeel_core::{
    Failure,
    event::{Body, NewEvent, automation::StatusSet, manage::Transitioned},
    state::{HoldReason, IncidentState},
};
use evenkeel_store::{Sql, StoreError};
use jiff::Timestamp;

use super::{
    machine::{IncidentMachine, Step},
    model::Incident,
};
use crate::{
    Act,
    automation::{StatusDefinition, status},
    definition::Version,
    ticket::machine,
};

/// An incident on its way to its next version.
#[derive(Debug, Clone)]
pub struct Change {
    /// As it will be.
    pub incident: Incident,
    /// Who changes it and when.
    pub act: Act,
    events: Vec<NewEvent>,
    /// Whether it came into a state of which nobody said a status yet.
    fresh: bool,
    /// For whom, and where the proof lies, of every event of it.
    behind: Option<(Option<String>, String)>,
}

impl Change {
    /// Begins a change.
    pub fn of(incident: Authorised<Incident>, act: Act) -> Self {
        Self { incident: incident.into_inner(), act, events: Vec::new(), fresh: false, behind: None }
    }

    /// The same, made on behalf of somebody, with evidence of why: both go into every event of it.
    #[must_use]
    pub fn on_behalf(self, of: Option<String>, evidence: String) -> Self {
        Self { behind: Some((of, evidence)), ..self }
    }

    /// Says that `body` happened to the incident, at the act's instant.
    pub fn record<B: Body>(&mut self, body: &B) -> Result<(), StoreError> {
        self.record_at(self.act.at, body)
    }

    /// Says that `body` happened to the incident at `at`.
    pub fn record_at<B: Body>(&mut self, at: Timestamp, body: &B) -> Result<(), StoreError> {
        self.events.push(self.act.at(at).event(self.incident.id, body)?);
        Ok(())
    }

    /// Takes a step along allowed edges: the row's state and one event an edge.
    ///
    /// # Errors
    /// A refusal that names the steps that are allowed.
    pub fn step(&mut self, step: Step, reason: Option<&str>) -> Result<(), StoreError> {
        let states = machine::path::<IncidentMachine>(self.incident.state, step)?;
        let hold = match step {
            Step::Hold(hold) => Some(hold),
            _ => None,
        };
        for state in states {
            self.enter(*state, hold, reason, self.act.at)?;
        }
        Ok(())
    }

    /// Whether a step would be allowed, without taking it.
    ///
    /// # Errors
    /// A refusal that names the steps that are allowed.
    pub fn check(&self, step: Step) -> Result<(), Failure> {
        machine::path::<IncidentMachine>(self.incident.state, step).map(|_| ())
    }

    /// Enters one state; the caller knows that this is an edge.
    pub(super) fn enter(
        &mut self,
        to: IncidentState,
        hold: Option<HoldReason>,
        reason: Option<&str>,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let from = self.incident.state;
        let incident = &mut self.incident;
        incident.state = to;
        incident.hold = if to == IncidentState::OnHold { hold } else { None };
        incident.status = None;
        self.fresh = true;
        match to {
            IncidentState::Resolved => incident.resolved_at = Some(at),
            IncidentState::Closed => incident.closed_at = Some(at),
            IncidentState::Reopened => {
                incident.acknowledged_at = None;
                incident.restored_at = None;
                incident.restored_basis = None;
                incident.resolved_at = None;
                incident.closed_at = None;
            }
            _ => {}
        }
        let body = Transitioned { from, to, hold: self.incident.hold, reason: reason.map(ToOwned::to_owned) };
        self.record_at(at, &body)
    }

    /// Puts a status of the house's own, or none; the event is the caller's.
    pub(crate) fn say_status(&mut self, status: Option<String>) {
        self.incident.status = status;
        self.fresh = false;
    }

    /// Lets what came into a state have the status that is the house's default for it.
    pub(super) async fn settle_status(&mut self, sql: &mut dyn Sql) -> Result<(), StoreError> {
        // Another tool's history had none of ours.
        if !self.fresh || self.act.source == "import" {
            return Ok(());
        }
        let Some(status) = status::default_of_incident(sql, &self.incident).await? else { return Ok(()) };
        self.take_status(status)
    }

    /// Has a status of the house's own, and says so.
    pub(crate) fn take_status(&mut self, status: Version<StatusDefinition>) -> Result<(), StoreError> {
        self.say_status(Some(status.name.clone()));
        let (version, title, staff_only) = (Some(status.version), Some(status.body.title), status.body.staff_only);
        self.record(&StatusSet { status: Some(status.name), version, title, staff_only })
    }

    /// How many things were said.
    pub(super) fn said(&self) -> usize {
        self.events.len()
    }

    /// The row to write and the events to append.
    pub(super) fn into_parts(self) -> (Incident, Vec<NewEvent>) {
        let mut events = self.events;
        if let Some((of, evidence)) = self.behind {
            for event in &mut events {
                event.on_behalf_of.clone_from(&of);
                event.evidence = Some(evidence.clone());
            }
        }
        (self.incident, events)
    }
}
