//! Mailboxes.

use evenkeel_core::{
    Language,
    id::{ServiceId, TeamId},
    priority::Level,
    secret::SecretName,
};
use evenkeel_manage::mail::{MailboxDefinition, definition::MAIL_BYTES_DEFAULT, model::Address};

use super::{Declared, Work};
use crate::definition::{file::MailboxEntry, finding::Place};

impl Work<'_> {
    /// The mailbox; none when it has a finding that leaves nothing to put.
    pub(super) fn mailbox(&mut self, source: usize, entry: MailboxEntry) -> Option<Declared<MailboxDefinition>> {
        let (name, place) = (entry.name.value, Place::at(source, entry.name.referenced));
        self.refer("service", |known| &known.services, source, &entry.service);
        if let Some(team) = &entry.team {
            self.refer("team", |known| &known.teams, source, team);
        }
        let password = SecretName::try_from(entry.password.value).map_err(|wrong| (entry.password.referenced, "password", wrong));
        let address = entry.address.value.parse::<Address>().map_err(|wrong| (entry.address.referenced, "address", wrong));
        let (password, address) = match (password, address) {
            (Ok(password), Ok(address)) => (password, address),
            (password, address) => {
                for (at, field, wrong) in [password.err(), address.err()].into_iter().flatten() {
                    let finding = self.find(Place::at(source, at), format!("mailbox {name:?}: {field}: {wrong}"));
                    self.findings.push(finding);
                }
                return None;
            }
        };
        let body = MailboxDefinition {
            host: entry.host,
            port: entry.port,
            tls: entry.tls,
            user: entry.user,
            password,
            folder: entry.folder.unwrap_or_else(|| "INBOX".to_owned()),
            address,
            display: entry.display,
            service: ServiceId::named(&entry.service.value),
            team: entry.team.map(|team| TeamId::named(&team.value)),
            impact: entry.impact.unwrap_or(Level::LOW),
            urgency: entry.urgency.unwrap_or(Level::MEDIUM),
            unknown_senders: entry.unknown_senders,
            existing: entry.existing,
            bytes_max: entry.bytes_max.unwrap_or(MAIL_BYTES_DEFAULT),
            language: entry.language.unwrap_or(Language::Zh),
            authenticated_by: entry.authenticated_by,
        };
        if let Err(wrong) = body.check(&name) {
            let finding = self.find(place, wrong.detail);
            self.findings.push(finding);
        }
        Some(Declared { name, body, place })
    }
}
