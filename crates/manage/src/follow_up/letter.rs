//! What whoever has the next move is told by mail when a follow-up is overdue; looked up when it leaves.

use evenkeel_core::{
    Language,
    id::{FollowUpId, PersonId},
    state::FollowUpOrigin,
};
use evenkeel_store::{Db, Message, NewMessage, StoreError, Tx};
use serde::{Deserialize, Serialize};

use super::{model::FollowUp, store};
use crate::{
    Letter,
    letter::{Said, by_mail},
    party,
};

/// The subject of these messages in the outbox.
pub const SUBJECT: &str = "follow_up";
/// Tries of one mail: about two days.
const ATTEMPTS: i64 = 200;

/// The payload in the outbox: ids only.
#[derive(Debug, Serialize, Deserialize)]
struct Envelope {
    follow_up_id: FollowUpId,
    person_id: PersonId,
}

/// Tells somebody that it is overdue, by mail, when they have an address.
pub(super) async fn tell(tx: &mut Tx, follow_up: &FollowUp, person_id: PersonId) -> Result<(), StoreError> {
    let found = party::find_person(tx, follow_up.tenant, person_id).await?;
    if found.is_none_or(|person| person.definition.email.is_none()) {
        return Ok(());
    }
    let message = NewMessage {
        tenant: follow_up.tenant,
        channel: "mail",
        key: format!("follow_up:{}:{}:{person_id}", follow_up.id, follow_up.due_on),
        subject_kind: SUBJECT.to_owned(),
        subject_id: follow_up.id.to_string(),
        payload: serde_json::to_string(&Envelope { follow_up_id: follow_up.id, person_id })?,
        max_attempts: ATTEMPTS,
    };
    tx.send(&message).await.map(|_| ())
}

/// The letter of such a message; none when it is another's move meanwhile, or there is nobody to tell.
///
/// # Errors
/// As any statement.
pub async fn letter(db: &Db, message: &Message, public_url: &str) -> Result<Option<Letter>, StoreError> {
    let Envelope { follow_up_id, person_id } = serde_json::from_str(&message.payload)?;
    let mut sql = db.read().await?;
    let Some(found) = store::find(&mut sql, message.tenant, follow_up_id).await? else { return Ok(None) };
    let person = party::find_person(&mut sql, message.tenant, person_id).await?;
    let Some(person) = person.filter(|person| person.definition.active && found.next() == Some(person_id)) else { return Ok(None) };
    let (prefix, place) = match found.of.kind {
        FollowUpOrigin::Problem => ("PRB", "problems"),
        FollowUpOrigin::Review => ("REV", "reviews"),
    };
    let link = format!("{public_url}/{place}/{}", found.of.id);
    let (number, text, due_on) = (found.of_number, &found.text, found.due_on);
    let verifies = person_id == found.verifier_id;
    let language = person.definition.locale;
    let (heading, asked, action) = match (language, verifies) {
        (Language::Zh, false) => ("后续事项已过期", format!("由您负责的事项应在 {due_on} 前完成，至今没有："), "去处理"),
        (Language::Zh, true) => ("后续事项待您核实", format!("这件事应在 {due_on} 前了结，负责人说已完成，等您核实："), "去核实"),
        (Language::En, false) => ("A follow-up is overdue", format!("What you own was due on {due_on} and is not done:"), "See it"),
        (Language::En, true) => (
            "A follow-up waits for your word",
            format!("This was due on {due_on}. Its owner says that it is done; please verify it:"),
            "Verify it",
        ),
    };
    let said = Said::new(language, format!("[{prefix}-{number}] {heading}"), &format!("{asked}\n\n{text}"), &[(action.to_owned(), link)]);
    Ok(by_mail(message, person.definition, said, found.of.id))
}
