//! What whoever was named is told by mail; looked up when it leaves, so that no word of it lies in the outbox.

use evenkeel_core::{Language, id::TenantId, state::TicketKind};
use evenkeel_store::{Db, Message, NewMessage, StoreError, Tx, ledger};

use super::mention::Mention;
use crate::{
    Letter,
    letter::{Said, by_mail},
    party, ticket,
};

/// The subject of these mails in the outbox.
pub const SUBJECT: &str = "mention";
/// Tries of one mail: about two days.
const ATTEMPTS: i64 = 200;

/// Writes the mail to the outbox, when they have an address. One note names one person once.
pub(super) async fn send(tx: &mut Tx, tenant: TenantId, mention: &Mention) -> Result<(), StoreError> {
    let found = party::find_person(tx, tenant, mention.person_id).await?;
    if found.is_none_or(|person| person.definition.email.is_none()) {
        return Ok(());
    }
    tx.send(&NewMessage {
        tenant,
        channel: "mail",
        key: format!("mention:{}:{}", mention.note_id, mention.person_id),
        subject_kind: SUBJECT.to_owned(),
        subject_id: mention.ticket.id.clone(),
        payload: serde_json::to_string(mention)?,
        max_attempts: ATTEMPTS,
    })
    .await
    .map(|_| ())
}

/// The letter of such a message; none when its words were erased, or there is nobody to tell.
///
/// # Errors
/// As any statement.
pub async fn letter(db: &Db, message: &Message, public_url: &str) -> Result<Option<Letter>, StoreError> {
    let mention: Mention = serde_json::from_str(&message.payload)?;
    let mut sql = db.read().await?;
    let Some(person) = party::find_person(&mut sql, message.tenant, mention.person_id).await?.filter(|person| person.definition.active)
    else {
        return Ok(None);
    };
    let by = match mention.by {
        Some(id) => party::find_person(&mut sql, message.tenant, id).await?.map(|person| person.definition.display),
        None => None,
    };
    let words = ledger::texts(&mut sql, std::slice::from_ref(&mention.text)).await?.into_values().flatten().next();
    let Some(words) = words else { return Ok(None) };
    drop(sql);
    let (language, tag) = (person.definition.locale, ticket::tag(&mention.ticket));
    let place = match mention.ticket.kind {
        TicketKind::Incident => "incidents",
        TicketKind::Request => "requests",
        TicketKind::Problem => "problems",
    };
    let link = format!("{public_url}/{place}/{}", mention.ticket.id);
    let by = by.unwrap_or_default();
    let (subject, action) = match language {
        Language::Zh => (format!("[{tag}] {by}在备注里提到了您"), "打开工单"),
        Language::En => (format!("[{tag}] {by} mentioned you in a note"), "Open the ticket"),
    };
    let said = Said::new(language, subject, &words, &[(action.to_owned(), link)]);
    Ok(by_mail(message, person.definition, said, mention.ticket.id))
}
