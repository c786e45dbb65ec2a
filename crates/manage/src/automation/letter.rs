//! What a team is told by a rule or a macro; filled when it leaves, so that no word of the ticket lies in the outbox.

use evenkeel_core::{
    definition::Bilingual,
    id::{IncidentId, PersonId, RequestId, TeamId, TenantId},
};
use evenkeel_store::{Db, Message, NewMessage, StoreError, Tx};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::{
    on_request,
    perform::{filling, reporter},
    subject::TicketId,
    words,
};
use crate::{
    Letter, incident,
    letter::{Said, by_mail},
    party, refuse, request,
};

/// The subject of these messages in the outbox.
pub const SUBJECT: &str = "automation";
/// Tries of one message: about two days.
const ATTEMPTS: i64 = 200;

/// The payload in the outbox: ids, and the text as it is declared.
#[derive(Debug, Serialize, Deserialize)]
struct Envelope {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    incident_id: Option<IncidentId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    request_id: Option<RequestId>,
    person_id: PersonId,
    text: Bilingual,
}

/// What tells one text from another in the keys of messages.
fn mark(text: &Bilingual) -> String {
    let digest = Sha256::new().chain_update(&text.zh).chain_update([0]).chain_update(&text.en).finalize();
    hex::encode(&digest[..8])
}

/// Writes to every active person of a team who has an address.
pub(super) async fn tell_team(
    tx: &mut Tx,
    (tenant, ticket, version): (TenantId, TicketId, i64),
    team: TeamId,
    text: &Bilingual,
) -> Result<(), StoreError> {
    let (incident_id, request_id) = match ticket {
        TicketId::Incident(id) => (Some(id), None),
        TicketId::Request(id) => (None, Some(id)),
    };
    let Some(team) = party::find_team(tx, tenant, team).await? else {
        return Err(refuse::invalid("/mail_team/team", "there is no such team").into());
    };
    let mark = mark(text);
    for person_id in team.members {
        let person = party::find_person(tx, tenant, person_id).await?.filter(|person| person.definition.active);
        if person.is_none_or(|person| person.definition.email.is_none()) {
            continue;
        }
        let envelope = Envelope { incident_id, request_id, person_id, text: text.clone() };
        let message = NewMessage {
            tenant,
            channel: "mail",
            // The version counts what happened to the ticket, and this change makes the next one.
            key: format!("automation:{ticket}:{version}:{mark}:{person_id}"),
            subject_kind: SUBJECT.to_owned(),
            subject_id: ticket.to_string(),
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
    let Envelope { incident_id, request_id, person_id, text } = serde_json::from_str(&message.payload)?;
    let mut sql = db.read().await?;
    let Some(person) = party::find_person(&mut sql, message.tenant, person_id).await?.filter(|person| person.definition.active) else {
        return Ok(None);
    };
    let language = person.definition.locale;
    let (filling, id, page) = if let Some(id) = incident_id {
        let Some(incident) = incident::find(&mut sql, message.tenant, id).await? else { return Ok(None) };
        let reporter = reporter(&mut sql, &incident).await?;
        (filling(&mut sql, &incident, &reporter, None, language).await?, id.to_string(), "incidents")
    } else if let Some(id) = request_id {
        let Some(request) = request::find(&mut sql, message.tenant, id).await? else { return Ok(None) };
        let requester = on_request::requester(&mut sql, &request).await?;
        (on_request::filling(&mut sql, &request, &requester, None, language).await?, id.to_string(), "requests")
    } else {
        return Ok(None);
    };
    let text = words::fill(text.in_language(language), &filling);
    let link = format!("{public_url}/{page}/{id}");
    let action = Bilingual { zh: "打开工单".to_owned(), en: "Open the ticket".to_owned() }.in_language(language).to_owned();
    let place = |name: &str| filling.get(name).map(String::as_str).unwrap_or_default();
    let subject = format!("{} {}", place("ticket.number"), place("ticket.title"));
    let said = Said::new(language, subject, &text, &[(action, link.clone())]);
    Ok(by_mail(message, person.definition, said, id))
}
