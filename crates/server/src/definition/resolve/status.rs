//! Status pages.

use evenkeel_core::id::{AgreementId, OrganisationId, ServiceId};
use evenkeel_manage::status_page::{Audience, Component, Group, StatusPageDefinition, slug};

use super::{Declared, Work};
use crate::definition::{
    file::{AudienceEntry, StatusGroupEntry, StatusPageEntry},
    finding::Place,
};

impl Work<'_> {
    pub(super) fn status_page(&mut self, source: usize, entry: StatusPageEntry) -> Declared<StatusPageDefinition> {
        let place = Place::at(source, entry.name.referenced);
        let audience = match entry.audience {
            AudienceEntry::Public => Audience::Public,
            AudienceEntry::Customer(name) => {
                self.refer("organisation", |known| &known.organisations, source, &name);
                Audience::Customer(OrganisationId::named(&name.value))
            }
        };
        let body = StatusPageDefinition {
            title: entry.title,
            audience,
            zone: entry.zone.value,
            logo: entry.logo,
            colour: entry.colour,
            maintenance: entry.maintenance,
            subscribe: entry.subscribe,
            groups: entry.groups.into_iter().map(|group| self.status_group(source, group)).collect(),
        };
        if let Err(wrong) = slug("/name", &entry.name.value).and_then(|()| body.check()) {
            let at = wrong.at.as_deref().unwrap_or_default().trim_start_matches('/').replace('/', ".");
            let finding = self.find(place, format!("status page {:?}: {at}: {}", entry.name.value, wrong.detail));
            self.findings.push(finding);
        }
        Declared { name: entry.name.value, body, place }
    }

    fn status_group(&mut self, source: usize, group: StatusGroupEntry) -> Group {
        let mut components = Vec::with_capacity(group.components.len());
        for entry in group.components {
            self.refer("service", |known| &known.services, source, &entry.service);
            components.push(Component {
                key: entry.key,
                name: entry.name,
                service: ServiceId::named(&entry.service.value),
                follows: entry.follows,
                history: entry.history.map(|name| AgreementId::named(&name)),
            });
        }
        Group { name: group.name, components }
    }
}
