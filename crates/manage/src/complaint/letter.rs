//! What people are told of complaints; looked up when it leaves, so that no word of it lies in the outbox.

use evenkeel_core::id::{ComplaintId, PersonId};
use evenkeel_store::{Db, Message, NewMessage, StoreError, Tx, ledger};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{model::Complaint, store, words};
use crate::{Letter, party};

/// The subject of these messages in the outbox.
pub const SUBJECT: &str = "complaint";
/// Tries of one message: about two days.
const ATTEMPTS: i64 = 200;

/// What somebody is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum What {
    /// The responsible leader: it is theirs.
    Registered,
    /// The complainant: the leader has it.
    Acknowledged,
    /// The complainant: here is the reply.
    Replied,
    /// The leader and the author: the reply was rejected.
    Rejected,
}

impl What {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Registered => "registered",
            Self::Acknowledged => "acknowledged",
            Self::Replied => "replied",
            Self::Rejected => "rejected",
        }
    }
}

/// The payload in the outbox: ids only.
#[derive(Debug, Serialize, Deserialize)]
struct Envelope {
    complaint_id: ComplaintId,
    person_id: PersonId,
    what: What,
}

/// Tells somebody, by mail and by their webhook, as far as they have them. One version of a complaint tells one person one
/// thing once.
pub(super) async fn tell(tx: &mut Tx, complaint: &Complaint, person_id: PersonId, what: What) -> Result<(), StoreError> {
    let Some(person) = party::find_person(tx, complaint.tenant, person_id).await? else { return Ok(()) };
    let payload = serde_json::to_string(&Envelope { complaint_id: complaint.id, person_id, what })?;
    let ways = [("mail", person.definition.email.is_some()), ("webhook", person.definition.webhook_url.is_some())];
    for (channel, _) in ways.into_iter().filter(|(_, there)| *there) {
        let message = NewMessage {
            tenant: complaint.tenant,
            channel,
            key: format!("complaint:{}:{}:{person_id}:{}:{channel}", complaint.id, complaint.version, what.as_str()),
            subject_kind: SUBJECT.to_owned(),
            subject_id: complaint.id.to_string(),
            payload: payload.clone(),
            max_attempts: ATTEMPTS,
        };
        tx.send(&message).await?;
    }
    Ok(())
}

/// The letter of a message about a complaint; none = there is nobody any more to tell.
///
/// # Errors
/// As any statement.
pub async fn letter(db: &Db, message: &Message, public_url: &str) -> Result<Option<Letter>, StoreError> {
    let Envelope { complaint_id, person_id, what } = serde_json::from_str(&message.payload)?;
    let mut sql = db.read().await?;
    let Some(complaint) = store::find(&mut sql, message.tenant, complaint_id).await? else { return Ok(None) };
    let Some(person) = party::find_person(&mut sql, message.tenant, person_id).await?.filter(|person| person.definition.active) else {
        return Ok(None);
    };
    let webhook = message.channel == "webhook";
    let address = if webhook { person.definition.webhook_url } else { person.definition.email };
    let Some(address) = address else { return Ok(None) };
    let reply: Vec<String> = complaint.reply.iter().map(|reply| reply.text.clone()).filter(|_| what == What::Replied).collect();
    let reply = ledger::texts(&mut sql, &reply).await?.into_values().flatten().next();
    let link = match what {
        What::Registered | What::Rejected => format!("{public_url}/complaints/{}", complaint.id),
        What::Acknowledged | What::Replied => format!("{public_url}/portal/complaints/{}", complaint.id),
    };
    let language = person.definition.locale;
    let said = words::mail(language, what, complaint.number, reply.as_deref(), &link);
    let payload = json!({
        "version": 1, "type": "complaint", "what": what.as_str(), "key": message.key, "at": message.queued_at,
        "complaint": { "id": complaint.id, "number": complaint.number, "state": complaint.state }, "url": link, "text": said.subject,
    });
    Ok(Some(Letter {
        channel: if webhook { "webhook" } else { "mail" },
        address,
        language,
        subject: said.subject,
        text: said.text,
        html: said.html,
        headers: vec![("X-Evenkeel-Key", message.key.clone())],
        payload,
        secret: None,
        thread: Some(complaint.id.to_string()),
    }))
}
