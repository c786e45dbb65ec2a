//! Surveys and phrasebooks.

use evenkeel_core::id::{OrganisationId, ServiceId, TeamId};
use evenkeel_manage::{
    survey::{Mutual, Side, SurveyDefinition, Trigger},
    voice::phrase::PhrasebookDefinition,
};

use super::{Declared, Work};
use crate::definition::{
    file::{PhrasebookEntry, SideEntry, SurveyEntry, TriggerEntry},
    finding::Place,
};

impl Work<'_> {
    pub(super) fn survey(&mut self, source: usize, entry: SurveyEntry) -> Declared<SurveyDefinition> {
        let (name, place) = (entry.name.value, Place::at(source, entry.name.referenced));
        for service in &entry.services {
            self.refer("service", |known| &known.services, source, service);
        }
        let trigger = match entry.trigger {
            TriggerEntry::IncidentResolved => Trigger::IncidentResolved,
            TriggerEntry::RequestFulfilled => Trigger::RequestFulfilled,
            TriggerEntry::MonthEnd(mutual) => {
                Trigger::MonthEnd(Mutual { by: self.side(source, &mutual.by), about: self.side(source, &mutual.about), zone: mutual.zone })
            }
        };
        let body = SurveyDefinition {
            display: entry.display,
            question: entry.question,
            scale: entry.scale,
            questions: entry.questions,
            trigger,
            services: entry.services.iter().map(|service| ServiceId::named(&service.value)).collect(),
            sample_percent: entry.sample_percent,
            once_per_days: entry.once_per_days,
            after_hours: entry.after_hours,
            valid_days: entry.valid_days,
        };
        self.valid(&format!("survey {name:?}"), place, body.check());
        Declared { name, body, place }
    }

    fn side(&mut self, source: usize, entry: &SideEntry) -> Side {
        match entry {
            SideEntry::Team(team) => {
                self.refer("team", |known| &known.teams, source, team);
                Side::Team(TeamId::named(&team.value))
            }
            SideEntry::Organisation(organisation) => {
                self.refer("organisation", |known| &known.organisations, source, organisation);
                Side::Organisation(OrganisationId::named(&organisation.value))
            }
        }
    }

    pub(super) fn phrasebook(&mut self, source: usize, entry: PhrasebookEntry) -> Declared<PhrasebookDefinition> {
        let (name, place) = (entry.name.value, Place::at(source, entry.name.referenced));
        let body = PhrasebookDefinition { phrases: entry.phrases };
        self.valid(&format!("phrasebook {name:?}"), place, body.check());
        Declared { name, body, place }
    }
}
