//! Chats.

use evenkeel_core::{
    id::{PersonId, ServiceId, TeamId},
    priority::Level,
    secret::SecretName,
};
use evenkeel_manage::chat::ChatDefinition;

use super::{Declared, Work};
use crate::definition::{file::ChatEntry, finding::Place};

impl Work<'_> {
    /// The chat; none when it has a finding that leaves nothing to put.
    pub(super) fn chat(&mut self, source: usize, entry: ChatEntry) -> Option<Declared<ChatDefinition>> {
        let (name, place) = (entry.name.value, Place::at(source, entry.name.referenced));
        self.refer("service", |known| &known.services, source, &entry.service);
        if let Some(team) = &entry.team {
            self.refer("team", |known| &known.teams, source, team);
        }
        for person in entry.people.values() {
            self.refer("person", |known| &known.people, source, person);
        }
        let secret = SecretName::try_from(entry.secret.value).map_err(|wrong| (entry.secret.referenced, "secret", wrong));
        let token =
            entry.token.map(|token| SecretName::try_from(token.value).map_err(|wrong| (token.referenced, "token", wrong))).transpose();
        let (secret, token) = match (secret, token) {
            (Ok(secret), Ok(token)) => (secret, token),
            (secret, token) => {
                for (at, field, wrong) in [secret.err(), token.err()].into_iter().flatten() {
                    let finding = self.find(Place::at(source, at), format!("chat {name:?}: {field}: {wrong}"));
                    self.findings.push(finding);
                }
                return None;
            }
        };
        let body = ChatDefinition {
            provider: entry.provider,
            secret,
            token,
            app_id: entry.app_id,
            api: entry.api,
            service: ServiceId::named(&entry.service.value),
            team: entry.team.map(|team| TeamId::named(&team.value)),
            impact: entry.impact.unwrap_or(Level::LOW),
            urgency: entry.urgency.unwrap_or(Level::MEDIUM),
            people: entry.people.into_iter().map(|(id, person)| (id, PersonId::named(&person.value))).collect(),
        };
        if let Err(wrong) = body.check(&name) {
            let finding = self.find(place, wrong.detail);
            self.findings.push(finding);
        }
        Some(Declared { name, body, place })
    }
}
