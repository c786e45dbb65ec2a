//! What whoever owes a word is told by mail; looked up when it leaves.

use evenkeel_core::{
    Language,
    id::{IncidentId, PersonId},
    title,
};
use evenkeel_store::{Db, Message, NewMessage, StoreError, Tx};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{model::Major, table};
use crate::{Letter, incident::store, party, status_page::escape};

/// The subject of these mails in the outbox.
pub const SUBJECT: &str = "incident_major";
/// Tries of one mail: what is overdue is old news after an hour.
const ATTEMPTS: i64 = 20;

/// The payload in the outbox: ids only.
#[derive(Debug, Serialize, Deserialize)]
struct Envelope {
    incident_id: IncidentId,
    person_id: PersonId,
    due_at: Timestamp,
}

/// Tells somebody that a word was owed at `due_at`, by mail, when they have an address.
pub(super) async fn tell(tx: &mut Tx, major: &Major, person_id: PersonId, due_at: Timestamp) -> Result<(), StoreError> {
    let found = party::find_person(tx, major.tenant, person_id).await?;
    if found.is_none_or(|person| person.definition.email.is_none()) {
        return Ok(());
    }
    let incident_id = major.incident_id;
    tx.send(&NewMessage {
        tenant: major.tenant,
        channel: "mail",
        key: format!("incident_major:{incident_id}:{person_id}:{due_at}"),
        subject_kind: SUBJECT.to_owned(),
        subject_id: incident_id.to_string(),
        payload: serde_json::to_string(&Envelope { incident_id, person_id, due_at })?,
        max_attempts: ATTEMPTS,
    })
    .await
    .map(|_| ())
}

/// The letter of such a message; none when the word was given meanwhile, or there is nobody to tell.
///
/// # Errors
/// As any statement.
pub async fn letter(db: &Db, message: &Message, public_url: &str) -> Result<Option<Letter>, StoreError> {
    let Envelope { incident_id, person_id, due_at } = serde_json::from_str(&message.payload)?;
    let mut sql = db.read().await?;
    let Some(incident) = store::find(&mut sql, message.tenant, incident_id).await? else { return Ok(None) };
    let Some(major) = table::find(&mut sql, message.tenant, incident_id).await? else { return Ok(None) };
    let Some(person) = party::find_person(&mut sql, message.tenant, person_id).await? else { return Ok(None) };
    let Some(address) = person.definition.email.filter(|_| person.definition.active) else { return Ok(None) };
    drop(sql);
    if !major.state.owes_updates() {
        return Ok(None);
    }
    let language = person.definition.locale;
    let name = title::in_language(&incident.title, language);
    let link = format!("{public_url}/incidents/{incident_id}");
    let (heading, body, action) = match language {
        Language::Zh => ("该发进展了", format!("重大事件“{name}”的进展应在 {due_at} 前发出，至今没有。"), "去发进展"),
        Language::En => (
            "An update is owed",
            format!("The update on the major incident “{name}” was owed at {due_at} and has not been given."),
            "Give it",
        ),
    };
    Ok(Some(Letter {
        channel: "mail",
        address,
        language,
        subject: format!("[INC-{}] {heading}: {name}", incident.number),
        text: format!("{body}\n\n{action}: {link}\n"),
        html: format!(
            "<!doctype html><html lang=\"{}\"><body style=\"font:16px/1.6 system-ui,sans-serif;max-width:40em\"><p>{}</p><p><a href=\"{}\">{action}</a></p></body></html>",
            language.as_str(),
            escape(&body),
            escape(&link)
        ),
        headers: vec![("X-Evenkeel-Key", message.key.clone())],
        payload: Value::Null,
        secret: None,
        thread: Some(incident_id.to_string()),
    }))
}
