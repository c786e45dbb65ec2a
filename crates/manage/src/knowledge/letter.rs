//! The mail that tells an owner that an article is due; looked up when it leaves.

use evenkeel_core::{
    Language,
    id::{ArticleId, PersonId},
};
use evenkeel_store::{Db, Message, NewMessage, StoreError, Tx, ledger};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{model::Article, store};
use crate::{Letter, party, status_page::escape};

/// The subject of these mails in the outbox.
pub const SUBJECT: &str = "article";
/// Tries of one mail: about two days.
const ATTEMPTS: i64 = 200;

/// The payload in the outbox: no word, no address.
#[derive(Debug, Serialize, Deserialize)]
struct Envelope {
    article_id: ArticleId,
    person_id: PersonId,
    review_on: Date,
}

/// Tells the owner, by mail, when they have an address.
pub(super) async fn tell(tx: &mut Tx, article: &Article) -> Result<(), StoreError> {
    let owner = party::find_person(tx, article.tenant, article.owner_id).await?;
    if owner.is_none_or(|owner| owner.definition.email.is_none()) {
        return Ok(());
    }
    let envelope = Envelope { article_id: article.id, person_id: article.owner_id, review_on: article.review_on };
    let message = NewMessage {
        tenant: article.tenant,
        channel: "mail",
        key: format!("article:{}:{}", article.id, article.review_on),
        subject_kind: SUBJECT.to_owned(),
        subject_id: article.id.to_string(),
        payload: serde_json::to_string(&envelope)?,
        max_attempts: ATTEMPTS,
    };
    tx.send(&message).await.map(|_| ())
}

/// The letter of such a message; none = it was reviewed meanwhile, or nobody is there to tell.
///
/// # Errors
/// As any statement.
pub async fn letter(db: &Db, message: &Message, public_url: &str) -> Result<Option<Letter>, StoreError> {
    let Envelope { article_id, person_id, review_on } = serde_json::from_str(&message.payload)?;
    let mut sql = db.read().await?;
    let Some(article) = store::find(&mut sql, message.tenant, article_id).await? else { return Ok(None) };
    if article.review_on != review_on || article.owner_id != person_id {
        return Ok(None);
    }
    let Some(person) = party::find_person(&mut sql, message.tenant, person_id).await? else { return Ok(None) };
    let Some(address) = person.definition.email.filter(|_| person.definition.active) else { return Ok(None) };
    let latest = store::get_version(&mut sql, message.tenant, article_id, article.latest_no).await?;
    let title = ledger::texts(&mut sql, std::slice::from_ref(&latest.title)).await?.remove(&latest.title).flatten().unwrap_or_default();
    let language = person.definition.locale;
    let (number, link) = (article.number, format!("{public_url}/knowledge/{article_id}"));
    let (heading, body, action) = match language {
        Language::Zh => ("请复核", format!("知识“{title}”到了复核日（{review_on}）。请读一遍：仍然正确就确认，不对就改。"), "打开"),
        Language::En => (
            "Please review",
            format!("The article “{title}” is due for review ({review_on}). Read it: confirm it if it still holds, change it if not."),
            "Open it",
        ),
    };
    let tag = language.as_str();
    Ok(Some(Letter {
        channel: "mail",
        address,
        language,
        subject: format!("[KB-{number}] {heading}: {title}"),
        text: format!("{body}\n\n{action}: {link}\n"),
        html: format!(
            "<!doctype html><html lang=\"{tag}\"><body style=\"font:16px/1.6 system-ui,sans-serif;max-width:40em\"><p>{}</p><p><a href=\"{}\">{action}</a></p></body></html>",
            escape(&body),
            escape(&link)
        ),
        headers: vec![("X-Evenkeel-Key", message.key.clone())],
        payload: serde_json::Value::Null,
        secret: None,
        thread: Some(article_id.to_string()),
    }))
}
