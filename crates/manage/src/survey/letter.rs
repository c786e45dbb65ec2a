//! The mail that asks: one link a score. Opening one answers nothing; the page it opens asks to confirm.

use evenkeel_core::id::SurveyAskId;
use evenkeel_store::{Db, Message, NewMessage, StoreError, Tx};
use serde_json::Value;

use super::{definition, model::Ask, store, words};
use crate::{Letter, party, ticket::token};

/// The subject of these mails in the outbox.
pub const SUBJECT: &str = "survey_ask";
/// Tries of one mail: about two days.
const ATTEMPTS: i64 = 200;

/// Puts the mail into the outbox, once.
pub(super) async fn send(tx: &mut Tx, ask: &Ask) -> Result<(), StoreError> {
    let message = NewMessage {
        tenant: ask.tenant,
        channel: "mail",
        key: format!("survey:{}", ask.id),
        subject_kind: SUBJECT.to_owned(),
        subject_id: ask.id.to_string(),
        payload: "{}".to_owned(),
        max_attempts: ATTEMPTS,
    };
    tx.send(&message).await.map(|_| ())
}

/// The letter; none = it was answered meanwhile, is over, or there is nobody any more.
///
/// # Errors
/// As any statement.
pub async fn letter(db: &Db, message: &Message, public_url: &str) -> Result<Option<Letter>, StoreError> {
    let Ok(id) = message.subject_id.parse::<SurveyAskId>() else { return Ok(None) };
    let mut sql = db.read().await?;
    let Some(ask) = store::find(&mut sql, message.tenant, id).await? else { return Ok(None) };
    // Waiting, or sent by a process that died before it noted so.
    if ask.state != evenkeel_core::state::SurveyState::Waiting {
        return Ok(None);
    }
    let Some(person) = party::find_person(&mut sql, message.tenant, ask.person_id).await?.filter(|person| person.definition.active) else {
        return Ok(None);
    };
    let Some(address) = person.definition.email else { return Ok(None) };
    let survey = definition::version(&mut sql, message.tenant, ask.survey_id, ask.survey_version).await?;
    let about = super::view::about(&mut sql, &ask).await?;
    drop(sql);
    let token = token::mint(db, message.tenant, &ask.id.to_string(), Some(ask.person_id)).await?;
    let language = person.definition.locale;
    let said = words::mail(language, &survey, ask.ticket.as_ref(), about.as_ref(), &format!("{public_url}/survey?token={token}"));
    Ok(Some(Letter {
        channel: "mail",
        address,
        language,
        subject: said.subject,
        text: said.text,
        html: said.html,
        headers: vec![("X-Evenkeel-Key", message.key.clone())],
        payload: Value::Null,
        secret: None,
        thread: Some(ask.id.to_string()),
    }))
}
