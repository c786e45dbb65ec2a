//! What a team is told by a rule or a macro; filled when it leaves, so that no word of the ticket lies in the outbox.

use evenkeel_core::{
    definition::Bilingual,
    id::{IncidentId, PersonId, TeamId},
    title,
};
use evenkeel_store::{Db, Message, NewMessage, StoreError, Tx};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::{
    perform::{filling, reporter},
    words,
};
use crate::{
    Letter,
    incident::{self, Change},
    letter::{Said, by_mail},
    party, refuse,
};

/// The subject of these messages in the outbox.
pub const SUBJECT: &str = "automation";
/// Tries of one message: about two days.
const ATTEMPTS: i64 = 200;

/// The payload in the outbox: ids, and the text as it is declared.
#[derive(Debug, Serialize, Deserialize)]
struct Envelope {
    incident_id: IncidentId,
    person_id: PersonId,
    text: Bilingual,
}

/// What tells one text from another in the keys of messages.
fn mark(text: &Bilingual) -> String {
    let digest = Sha256::new().chain_update(&text.zh).chain_update([0]).chain_update(&text.en).finalize();
    hex::encode(&digest[..8])
}

/// Writes to every active person of a team who has an address.
pub(super) async fn tell_team(tx: &mut Tx, change: &Change, team: TeamId, text: &Bilingual) -> Result<(), StoreError> {
    let (tenant, incident_id) = (change.incident.tenant, change.incident.id);
    let Some(team) = party::find_team(tx, tenant, team).await? else {
        return Err(refuse::invalid("/mail_team/team", "there is no such team").into());
    };
    let mark = mark(text);
    for person_id in team.members {
        let person = party::find_person(tx, tenant, person_id).await?.filter(|person| person.definition.active);
        if person.is_none_or(|person| person.definition.email.is_none()) {
            continue;
        }
        let envelope = Envelope { incident_id, person_id, text: text.clone() };
        let message = NewMessage {
            tenant,
            channel: "mail",
            // The version counts what happened to the ticket, and this change makes the next one.
            key: format!("automation:{incident_id}:{}:{mark}:{person_id}", change.incident.version),
            subject_kind: SUBJECT.to_owned(),
            subject_id: incident_id.to_string(),
            payload: serde_json::to_string(&envelope)?,
            max_attempts: ATTEMPTS,
        };
        tx.send(&message).await?;
    }
    Ok(())
}

/// The letter of such a message; none = there is nobody any more to tell.
///
/// # Errors
/// As any statement.
pub async fn letter(db: &Db, message: &Message, public_url: &str) -> Result<Option<Letter>, StoreError> {
    let Envelope { incident_id, person_id, text } = serde_json::from_str(&message.payload)?;
    let mut sql = db.read().await?;
    let Some(incident) = incident::find(&mut sql, message.tenant, incident_id).await? else { return Ok(None) };
    let Some(person) = party::find_person(&mut sql, message.tenant, person_id).await?.filter(|person| person.definition.active) else {
        return Ok(None);
    };
    let language = person.definition.locale;
    let reporter = reporter(&mut sql, &incident).await?;
    let filling = filling(&mut sql, &incident, &reporter, None, language).await?;
    let text = words::fill(text.in_language(language), &filling);
    let link = format!("{public_url}/incidents/{incident_id}");
    let action = Bilingual { zh: "打开工单".to_owned(), en: "Open the ticket".to_owned() }.in_language(language).to_owned();
    let subject = format!("INC-{} {}", incident.number, title::in_language(&incident.title, language));
    let said = Said::new(language, subject, &text, &[(action, link.clone())]);
    Ok(by_mail(message, person.definition, said, incident_id.to_string()))
}
