//! The catalogue.

use evenkeel_core::id::{CalendarId, OrganisationId, PersonId, ServiceId, TeamId};
use evenkeel_manage::catalogue::{
    ApprovalStep, Approver, Automated, CatalogueItemDefinition, Entitlement, Expected, Quorum, Stage, Task, TimeOut,
};

use super::{Declared, Work};
use crate::definition::{
    file::{ApprovalEntry, ApproverEntry, CatalogueEntry, Name, StageEntry},
    finding::Place,
};

impl Work<'_> {
    pub(super) fn catalogue_item(&mut self, source: usize, entry: CatalogueEntry) -> Declared<CatalogueItemDefinition> {
        let place = Place::at(source, entry.name.referenced);
        self.refer("service", |known| &known.services, source, &entry.service);
        self.refer("team", |known| &known.teams, source, &entry.team);
        for organisation in &entry.entitlement.organisations {
            self.refer("organisation", |known| &known.organisations, source, organisation);
        }
        if let Some(expected) = &entry.expected {
            self.refer("calendar", |known| &known.calendars, source, &expected.calendar);
        }
        let body = CatalogueItemDefinition {
            display: entry.display,
            description: entry.description,
            category: entry.category,
            service: ServiceId::named(&entry.service.value),
            form: entry.form,
            price: entry.price,
            expected: entry
                .expected
                .map(|expected| Expected { secs: expected.secs, calendar: CalendarId::named(&expected.calendar.value) }),
            entitlement: Entitlement {
                organisations: entry.entitlement.organisations.iter().map(|name| OrganisationId::named(&name.value)).collect(),
                roles: entry.entitlement.roles.into_iter().collect(),
            },
            approvals: entry.approvals.into_iter().map(|approval| self.approval(source, approval)).collect(),
            stages: entry.stages.into_iter().map(|stage| self.stage(source, &entry.team, stage)).collect(),
            accept_after_days: entry.accept_after_days,
            team: TeamId::named(&entry.team.value),
        };
        self.valid(&format!("catalogue item {:?}", entry.name.value), place, body.check());
        Declared { name: entry.name.value, body, place }
    }

    fn approval(&mut self, source: usize, entry: ApprovalEntry) -> ApprovalStep {
        ApprovalStep {
            by: self.approver(source, &entry.by),
            only_when: entry.only_when,
            time_out: entry.time_out.map(|time_out| TimeOut {
                hours: time_out.hours,
                escalate_to: time_out.escalate_to.iter().map(|next| self.approver(source, next)).collect(),
            }),
        }
    }

    fn approver(&mut self, source: usize, entry: &ApproverEntry) -> Approver {
        match entry {
            ApproverEntry::ServiceOwner => Approver::ServiceOwner,
            ApproverEntry::LineManager => Approver::LineManager,
            ApproverEntry::Person(name) => {
                self.refer("person", |known| &known.people, source, name);
                Approver::Person(PersonId::named(&name.value))
            }
            ApproverEntry::Team(entry) => {
                self.refer("team", |known| &known.teams, source, &entry.team);
                Approver::Team(Quorum { team: TeamId::named(&entry.team.value), quorum: entry.quorum })
            }
        }
    }

    fn stage(&mut self, source: usize, team: &Name, entry: StageEntry) -> Stage {
        let tasks = entry.tasks.into_iter().map(|task| {
            let team = task.team.as_ref().unwrap_or(team);
            self.refer("team", |known| &known.teams, source, team);
            Task {
                title: task.title,
                team: TeamId::named(&team.value),
                automated: task.automated.map(|automated| Automated { url: automated.url, done: automated.done }),
            }
        });
        Stage { tasks: tasks.collect() }
    }
}
