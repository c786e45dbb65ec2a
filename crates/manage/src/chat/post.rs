//! An answer as it leaves, looked up then.

use evenkeel_core::id::{ChatMessageId, TenantId};
use evenkeel_store::{Sql, StoreError, ledger};

use super::{
    definition,
    provider::{self, Answer, Post},
    table,
};
use crate::{
    incident,
    mail::{Passwords, TicketRef},
};

/// The longest answer, characters: what every provider takes in one message.
const TEXT_CHARS_MAX: usize = 3_500;

/// What became of looking it up.
#[derive(Debug)]
pub enum Ready {
    /// It can leave.
    Post(Box<Post>),
    /// It cannot, and will never: what it would say, or the way, is gone.
    Gone(&'static str),
    /// Not now: a secret is not there.
    Later(String),
}

/// The call that a message of ours is.
///
/// # Errors
/// As any statement.
pub async fn post(
    sql: &mut dyn Sql,
    tenant: TenantId,
    id: ChatMessageId,
    secrets: &dyn Passwords,
    now: jiff::Timestamp,
) -> Result<Ready, StoreError> {
    let Some(message) = table::find(sql, tenant, id, "").await?.filter(|message| message.outgoing) else {
        return Ok(Ready::Gone("there is no such answer"));
    };
    let Some(chat) = definition::find(sql, tenant, &message.chat).await? else { return Ok(Ready::Gone("this chat is no more")) };
    let Some(thread) = table::thread(sql, tenant, &message.chat, &message.thread).await? else {
        return Ok(Ready::Gone("this thread is no more"));
    };
    let Some(TicketRef::Incident(incident)) = message.ticket else { return Ok(Ready::Gone("it is about no ticket")) };
    let Some(incident) = incident::find(sql, tenant, incident).await? else { return Ok(Ready::Gone("it is about no ticket")) };
    let texts = ledger::texts(sql, message.note_digest.as_slice()).await?;
    let said = message.note_digest.and_then(|digest| texts.get(&digest).cloned().flatten());
    // Erased words are told to nobody.
    let Some(text) = said else { return Ok(Ready::Gone("its words were erased")) };
    let text = match text.char_indices().nth(TEXT_CHARS_MAX) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text,
    };
    let secret = match secrets.find(&chat.body.secret) {
        Ok(secret) => secret,
        Err(error) => return Ok(Ready::Later(error)),
    };
    let token = match chat.body.token.as_ref().map(|name| secrets.find(name)).transpose() {
        Ok(token) => token,
        Err(error) => return Ok(Ready::Later(error)),
    };
    let answer = Answer {
        key: &message.id.to_string(),
        thread: &message.thread,
        reply: &thread.reply,
        ticket: &format!("INC-{}", incident.number),
        text: &text,
    };
    let token = token.as_ref().map(evenkeel_core::secret::Secret::reveal);
    let post = provider::post(&chat.body, secret.reveal(), token, answer, now);
    Ok(post.map_or(Ready::Gone("the provider's address for answers in this thread has expired"), |post| Ready::Post(Box::new(post))))
}
