//! Readings of an incident's clocks.

use std::sync::Arc;

use evenkeel_core::{
    definition::Layer,
    id::{IncidentId, ServiceId},
    state::Goal,
};
use evenkeel_sla::clock::{self, ClockReading, ClockState};
use jiff::Timestamp;

use super::fold::{Applied, Line, Shelf, lines};
use crate::{
    fault::moments::public_word,
    world::{
        View,
        incident::{Incident, What},
    },
};

/// One clock of one incident: an agreement and a goal.
#[derive(Debug, Clone)]
pub struct Reading {
    /// Whose.
    pub incident: IncidentId,
    /// `INC-1042` is 1042.
    pub number: i64,
    /// The service.
    pub service: ServiceId,
    /// Which promise it is part of.
    pub layer: Layer,
    /// The versions that apply.
    pub applied: Arc<Applied>,
    /// What the clock says.
    pub clock: ClockReading,
    /// The events that say so, in order.
    pub seqs: Vec<i64>,
}

impl Reading {
    /// When and how it ended for the figure of attainment: met, or missed.
    pub const fn outcome(&self) -> Option<(Timestamp, bool)> {
        match (self.clock.state, self.clock.stopped_at, self.clock.breached_at) {
            (ClockState::Met, Some(at), _) => Some((at, true)),
            (ClockState::Breached, _, Some(at)) => Some((at, false)),
            _ => None,
        }
    }

    /// `name v2` of the calendar.
    pub fn calendar(&self) -> String {
        format!("{} v{}", self.applied.calendar.0, self.applied.calendar.1)
    }
}

/// Every clock of an incident as of `as_of`, agreement by agreement, goal by goal.
pub fn readings(view: View<'_>, incident: &Incident, as_of: Timestamp, shelf: &mut Shelf) -> Vec<Reading> {
    let Some(opened) = incident.opened.as_ref() else { return Vec::new() };
    lines(view, incident, shelf)
        .iter()
        .flat_map(|line| Goal::ALL.iter().filter_map(move |goal| read(line, *goal, as_of)))
        .map(|(layer, applied, clock)| {
            let mut seqs = seqs(view, incident, &clock);
            seqs.extend([opened.seq, applied.agreement_seq, applied.calendar_seq]);
            seqs.sort_unstable();
            seqs.dedup();
            Reading { incident: opened.id, number: opened.number, service: opened.service, layer, applied, clock, seqs }
        })
        .collect()
}

fn read(line: &Line, goal: Goal, as_of: Timestamp) -> Option<(Layer, Arc<Applied>, ClockReading)> {
    let clock = clock::read(&line.terms, goal, &line.facts, as_of)?;
    Some((line.layer, Arc::clone(line.versions.get(clock.terms)?), clock))
}

/// Events that a clock's reading rests on: what could start, pause, resume, stop or move it, up to its end.
fn seqs(view: View<'_>, incident: &Incident, clock: &ClockReading) -> Vec<i64> {
    let until = clock.stopped_at.unwrap_or(clock.as_of);
    incident
        .facts
        .iter()
        .filter(|fact| view.knows(fact.seq) && fact.at <= until)
        .filter(|fact| match fact.what {
            What::Transitioned { .. }
            | What::Reprioritised { .. }
            | What::Retargeted { .. }
            | What::Split { .. }
            | What::Absorbed { .. }
            | What::Merged { .. } => true,
            What::Noted { .. } => clock.goal == Goal::Response && public_word(fact).is_some(),
            What::Restored { .. } => clock.goal == Goal::Restore,
            _ => false,
        })
        .map(|fact| fact.seq)
        .collect()
}
