//! What people are told of changes by mail: that they are asked to authorise one, that a deadline was missed. Looked up when it
//! leaves.

use std::collections::BTreeSet;

use evenkeel_core::{
    Language,
    id::{ChangeId, PersonId},
};
use evenkeel_store::{Db, Message, NewMessage, StoreError, Tx};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{model::Change, store, vote::electorate};
use crate::{Letter, party, service, status_page::escape};

/// The subject of such messages in the outbox.
pub const SUBJECT: &str = "change";
/// Tries of one mail: about two days.
const ATTEMPTS: i64 = 200;

/// What somebody is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum What {
    /// It waits for their vote.
    Asked,
    /// It was carried out and nobody authorised it in time.
    Overdue,
}

/// The payload in the outbox: ids only.
#[derive(Debug, Serialize, Deserialize)]
struct Envelope {
    change_id: ChangeId,
    person_id: PersonId,
    what: What,
}

/// Tells those who vote on a change, by mail; of a missed deadline its author and the owners of its services too.
pub(super) async fn tell(tx: &mut Tx, change: &Change, what: What) -> Result<(), StoreError> {
    let mut people: BTreeSet<PersonId> = electorate(tx, change).await?.members.into_iter().flatten().collect();
    let mut owners = BTreeSet::new();
    for id in change.service_ids() {
        let Some(found) = service::find(tx, change.tenant, id).await? else { continue };
        owners.insert(found.definition.owner);
        // Where no board is named the peers are those who run the service.
        if people.is_empty()
            && let Some(team) = party::find_team(tx, change.tenant, found.definition.team).await?
        {
            people.extend(team.members);
        }
    }
    people.remove(&change.author_id);
    if what == What::Overdue {
        people.extend(owners);
        people.insert(change.author_id);
    }
    for person_id in people {
        let reachable = party::find_person(tx, change.tenant, person_id).await?.is_some_and(|person| person.definition.email.is_some());
        if !reachable {
            continue;
        }
        let message = NewMessage {
            tenant: change.tenant,
            channel: "mail",
            // One round of a change asks one person once.
            key: format!("change:{}:{}:{person_id}:{what:?}", change.id, change.round),
            subject_kind: SUBJECT.to_owned(),
            subject_id: change.id.to_string(),
            payload: serde_json::to_string(&Envelope { change_id: change.id, person_id, what })?,
            max_attempts: ATTEMPTS,
        };
        tx.send(&message).await?;
    }
    Ok(())
}

/// The letter of a message about a change; none = there is nobody any more to tell, or nothing.
///
/// # Errors
/// As any statement.
pub async fn letter(db: &Db, message: &Message, public_url: &str) -> Result<Option<Letter>, StoreError> {
    let Envelope { change_id, person_id, what } = serde_json::from_str(&message.payload)?;
    let mut sql = db.read().await?;
    let Some(change) = store::find(&mut sql, message.tenant, change_id).await? else { return Ok(None) };
    // Decided meanwhile: nothing is wanted any more.
    if what == What::Asked && !change.is_voted_on() {
        return Ok(None);
    }
    let Some(person) = party::find_person(&mut sql, message.tenant, person_id).await? else { return Ok(None) };
    let Some(address) = person.definition.email.filter(|_| person.definition.active) else { return Ok(None) };
    drop(sql);
    let language = person.definition.locale;
    let link = format!("{public_url}/changes/{change_id}");
    let (heading, body) = words(language, what, &change.title);
    let action = match language {
        Language::Zh => "查看变更",
        Language::En => "See the change",
    };
    let tag = language.as_str();
    Ok(Some(Letter {
        channel: "mail",
        address,
        language,
        subject: format!("[CHG-{}] {heading}: {}", change.number, change.title),
        text: format!("{body}\n\n{action}: {link}\n"),
        html: format!(
            "<!doctype html><html lang=\"{tag}\"><body style=\"font:16px/1.6 system-ui,sans-serif;max-width:40em\"><p>{}</p><p><a href=\"{}\">{action}</a></p></body></html>",
            escape(&body),
            escape(&link)
        ),
        headers: vec![("X-Evenkeel-Key", message.key.clone())],
        payload: Value::Null,
        secret: None,
        thread: Some(change_id.to_string()),
    }))
}

fn words(language: Language, what: What, title: &str) -> (&'static str, String) {
    match (language, what) {
        (Language::Zh, What::Asked) => ("请授权", format!("变更“{title}”等您投票。冲突和风险写在变更页面上。")),
        (Language::Zh, What::Overdue) => ("补授权逾期", format!("紧急变更“{title}”已经实施，期限内没有人授权。请投票，并弄清原因。")),
        (Language::En, What::Asked) => {
            ("Please authorise", format!("The change “{title}” waits for your vote. Its page shows what it collides with and its risk."))
        }
        (Language::En, What::Overdue) => (
            "Authorisation overdue",
            format!("The emergency “{title}” was carried out and nobody authorised it in time. Please vote, and find out why."),
        ),
    }
}
