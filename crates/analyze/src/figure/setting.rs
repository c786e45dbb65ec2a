//! What figures are computed from: a view of the world, services, a period.

use std::collections::BTreeSet;

use evenkeel_core::id::ServiceId;
use jiff::Timestamp;

use crate::{
    clock::{
        fold::Shelf,
        reading::{self, Reading},
    },
    fault::{Fault, fault},
    figure::hash::Inputs,
    words::Words,
    world::{
        View,
        incident::{Incident, Opened, What},
    },
};

/// Of which services and which period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ask {
    /// Services.
    pub services: BTreeSet<ServiceId>,
    /// Period, inclusive.
    pub from: Timestamp,
    /// Period, exclusive.
    pub to: Timestamp,
}

impl Ask {
    /// Whether an instant lies in the period.
    pub fn contains(&self, at: Timestamp) -> bool {
        self.from <= at && at < self.to
    }
}

/// One incident of the population with what follows from it.
#[derive(Debug)]
pub struct Case<'w> {
    /// How it began.
    pub opened: &'w Opened,
    /// The incident.
    pub incident: &'w Incident,
    /// Its fault timeline.
    pub fault: Fault,
}

/// A view, an ask, and everything derived from the two that several figures share.
#[derive(Debug)]
pub struct Setting<'w> {
    /// The world up to a position.
    pub view: View<'w>,
    /// What is asked.
    pub ask: Ask,
    /// What is still open is judged as of then: the end of the period, or what is known when that comes first.
    pub as_of: Timestamp,
    /// Incidents of the services, each cluster once, in order of id.
    pub cases: Vec<Case<'w>>,
    /// Readings of their clocks.
    pub readings: Vec<Reading>,
    /// Whether figures keep their items: wanted for evidence and differences, heavy for a report over years.
    pub keeps_items: bool,
    /// Under which version of their definitions the figures of a service's time are computed: 2 takes maintenance out.
    pub service_time: i64,
}

/// Whether nothing of an incident can lie in a period that begins at `from`: it ended long before, so long that no goal of
/// it could still fall due. Spares the fold of a long history.
fn over_before(incident: &Incident, view: View<'_>, from: Timestamp) -> bool {
    let mut last: Option<(Timestamp, i64, bool)> = None;
    for fact in incident.facts.iter().filter(|fact| view.knows(fact.seq)) {
        if fact.at >= from {
            return false;
        }
        let ended = match fact.what {
            What::Transitioned { to, .. } => Some(!to.is_open()),
            What::Merged { .. } => Some(true),
            What::Absorbed { .. } => return false,
            _ => None,
        };
        if let Some(ended) = ended
            && last.is_none_or(|(at, seq, _)| (at, seq) < (fact.at, fact.seq))
        {
            last = Some((fact.at, fact.seq, ended));
        }
    }
    last.is_some_and(|(_, _, ended)| ended)
}

impl<'w> Setting<'w> {
    /// Derives what is shared.
    pub fn new(view: View<'w>, ask: Ask) -> Self {
        let as_of = ask.to.min(view.recorded_until);
        let cases: Vec<Case<'w>> = view
            .incidents()
            .filter_map(|incident| {
                let opened = incident.opened.as_ref().filter(|opened| ask.services.contains(&opened.service) && opened.at < ask.to)?;
                if over_before(incident, view, ask.from) {
                    return None;
                }
                Some(Case { opened, incident, fault: fault(view, incident)? })
            })
            .collect();
        let mut shelf = Shelf::default();
        let readings = cases
            .iter()
            .filter(|case| !case.fault.cancelled)
            .flat_map(|case| reading::readings(view, case.incident, as_of, &mut shelf))
            .collect();
        Self { view, ask, as_of, cases, readings, keeps_items: true, service_time: super::definition::AVAILABILITY.version }
    }

    /// The same for figures alone: their items are hashed and let go.
    #[must_use]
    pub fn without_items(mut self) -> Self {
        self.keeps_items = false;
        self
    }

    /// The same under an earlier version of the definitions of a service's time: how a report published then is verified.
    #[must_use]
    pub const fn under(mut self, service_time: i64) -> Self {
        self.service_time = service_time;
        self
    }

    /// Faults whose T3 lies in the period.
    pub fn faults(&self) -> impl Iterator<Item = &Case<'w>> {
        self.cases.iter().filter(|case| !case.fault.cancelled && case.fault.restored.is_some_and(|restored| self.ask.contains(restored.at)))
    }

    /// The beginning of every figure's canonical inputs.
    pub fn inputs(&self, definition: &str, version: i64) -> Inputs {
        let mut inputs = Inputs::default();
        inputs
            .text(definition)
            .number(Some(version))
            .number(Some(self.ask.from.as_microsecond()))
            .number(Some(self.ask.to.as_microsecond()));
        for service in &self.ask.services {
            inputs.text(&service.to_string());
        }
        inputs
    }

    /// A service's shown name at the end of the period.
    pub fn service_name(&self, id: ServiceId) -> Words {
        self.view
            .world
            .services
            .in_force(id, self.ask.to, self.view.position)
            .map_or_else(|| Words::same(id.to_string()), |service| (&service.body.display).into())
    }
}
