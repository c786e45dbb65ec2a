//! What whoever owes a review is told by mail; looked up when it leaves.

use evenkeel_core::{Language, id::ReviewId, title};
use evenkeel_store::{Db, Message, NewMessage, StoreError, Tx};
use serde::{Deserialize, Serialize};

use super::{model::Review, store};
use crate::{
    Letter, incident,
    letter::{Said, by_mail},
    party,
};

/// The subject of these messages in the outbox.
pub const SUBJECT: &str = "review";
/// Tries of one mail: about two days.
const ATTEMPTS: i64 = 200;

/// What its owner is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum What {
    /// It is theirs, and drafted.
    Drafted,
    /// It is due and not published.
    Overdue,
}

/// The payload in the outbox: ids only.
#[derive(Debug, Serialize, Deserialize)]
struct Envelope {
    review_id: ReviewId,
    what: What,
}

/// Tells whoever owes it, by mail, when they have an address; each thing once.
pub(super) async fn tell(tx: &mut Tx, review: &Review, what: What) -> Result<(), StoreError> {
    let found = party::find_person(tx, review.tenant, review.owner_id).await?;
    if found.is_none_or(|person| person.definition.email.is_none()) {
        return Ok(());
    }
    let word = if what == What::Drafted { "drafted" } else { "overdue" };
    let message = NewMessage {
        tenant: review.tenant,
        channel: "mail",
        key: format!("review:{}:{word}", review.id),
        subject_kind: SUBJECT.to_owned(),
        subject_id: review.id.to_string(),
        payload: serde_json::to_string(&Envelope { review_id: review.id, what })?,
        max_attempts: ATTEMPTS,
    };
    tx.send(&message).await.map(|_| ())
}

/// The letter of such a message; none when it is published meanwhile, or there is nobody to tell.
///
/// # Errors
/// As any statement.
pub async fn letter(db: &Db, message: &Message, public_url: &str) -> Result<Option<Letter>, StoreError> {
    let Envelope { review_id, what } = serde_json::from_str(&message.payload)?;
    let mut sql = db.read().await?;
    let Some(review) = store::find(&mut sql, message.tenant, review_id).await? else { return Ok(None) };
    let Some(incident) = incident::find(&mut sql, message.tenant, review.incident_id).await? else { return Ok(None) };
    let person = party::find_person(&mut sql, message.tenant, review.owner_id).await?;
    let Some(person) = person.filter(|person| person.definition.active && review.published_at.is_none()) else { return Ok(None) };
    let language = person.definition.locale;
    let name = title::in_language(&incident.title, language);
    let due = review.due_at.map_or_else(|| "—".to_owned(), |at| at.to_string());
    let (heading, body, action) = match (language, what) {
        (Language::Zh, What::Drafted) => (
            "复盘草稿已备好",
            format!("“{name}”已经过去。复盘由您负责，草稿已按账本生成；请更正经过、写明成因与后续事项，并在 {due} 前发布。"),
            "去复盘",
        ),
        (Language::Zh, What::Overdue) => ("复盘已过期", format!("“{name}”的复盘应在 {due} 前发布，至今没有。"), "去复盘"),
        (Language::En, What::Drafted) => (
            "A review is drafted for you",
            format!(
                "“{name}” is over and its review is yours. It is drafted from the ledger: correct the story, name what contributed and what follows, and publish it before {due}."
            ),
            "Review it",
        ),
        (Language::En, What::Overdue) => {
            ("A review is overdue", format!("The review of “{name}” was due at {due} and is not published."), "Review it")
        }
    };
    let link = format!("{public_url}/reviews/{review_id}");
    let said = Said::new(language, format!("[REV-{}] {heading}", review.number), &body, &[(action.to_owned(), link)]);
    Ok(by_mail(message, person.definition, said, review_id.to_string()))
}
