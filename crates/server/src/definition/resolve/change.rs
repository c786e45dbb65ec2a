//! Templates of standard changes, freezes, and how changes are authorised.

use evenkeel_core::id::{PersonId, ServiceId, TeamId};
use evenkeel_manage::change::{Board, ChangeRules, ChangeTemplateDefinition, FreezeDefinition, RULES_NAME};

use super::{Declared, Resolved, Work};
use crate::definition::{
    file::{ChangeTemplateEntry, ChangesEntry, FreezeEntry, Name},
    finding::Place,
};

impl Work<'_> {
    fn services(&mut self, source: usize, names: &[Name]) -> Vec<ServiceId> {
        for name in names {
            self.refer("service", |known| &known.services, source, name);
        }
        let mut services: Vec<ServiceId> = names.iter().map(|name| ServiceId::named(&name.value)).collect();
        services.sort_unstable();
        services.dedup();
        services
    }

    pub(super) fn change_template(&mut self, source: usize, entry: ChangeTemplateEntry) -> Declared<ChangeTemplateDefinition> {
        self.refer("person", |known| &known.people, source, &entry.approved_by);
        let body = ChangeTemplateDefinition {
            services: self.services(source, &entry.services),
            display: entry.display,
            risk: entry.risk,
            implementation: entry.implementation,
            back_out: entry.back_out,
            test: entry.test,
            approved_by: PersonId::named(&entry.approved_by.value),
        };
        Declared { place: Place::at(source, entry.name.referenced), name: entry.name.value, body }
    }

    pub(super) fn freeze(&mut self, source: usize, entry: FreezeEntry) -> Declared<FreezeDefinition> {
        let place = Place::at(source, entry.name.referenced);
        let services = self.services(source, &entry.services);
        let (display, zone, weekly, dated, exempt) = (entry.display, entry.zone, entry.weekly, entry.dated, entry.exempt);
        let body = FreezeDefinition { display, services, zone, weekly, dated, exempt };
        if let Some(wrong) = body.wrong() {
            let finding = self.find(place, format!("freeze {:?}: {wrong}", entry.name.value));
            self.findings.push(finding);
        }
        Declared { name: entry.name.value, body, place }
    }

    pub(super) fn change_rules(&mut self, source: usize, place: Place, entry: &ChangesEntry, resolved: &mut Resolved) {
        if let Some(board) = &entry.board {
            self.refer("team", |known| &known.teams, source, &board.team);
        }
        let board = entry.board.as_ref().map(|board| Board { team: TeamId::named(&board.team.value), quorum: board.quorum });
        let (afterwards_hours, failures_in_a_row) = (entry.afterwards_hours, entry.failures_in_a_row);
        let body = ChangeRules { board, afterwards_hours, failures_in_a_row };
        resolved.change_rules = Some(Declared { name: RULES_NAME.to_owned(), body, place });
    }
}
