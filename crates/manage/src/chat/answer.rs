//! What goes back into a thread: what one of ours says publicly on its ticket.

use async_trait::async_trait;
use evenkeel_core::{
    event::{
        Body as _, Event,
        chat::{ChatDelivered, ChatFailed, ChatQueued},
        manage::Noted,
    },
    id::{ChatMessageId, IncidentId},
    state::{Medium, Visibility},
};
use evenkeel_store::{Consumer, Message, NewMessage, OutboxObserver, Outcome, Sql as _, StoreError, Tx};

use super::table::{self, ChatMessage, Thread};
use crate::{Act, mail::TicketRef};

/// The subject of these messages in the outbox.
pub const SUBJECT: &str = "chat_message";
/// Tries of one answer: about a day.
const ATTEMPTS: i64 = 100;
/// The longest word of a provider that is kept, characters.
const KEPT_CHARS: usize = 300;

/// Puts public notes of ours into the threads of their ticket.
#[derive(Debug, Clone, Copy, Default)]
pub struct Answers;

#[async_trait]
impl Consumer for Answers {
    fn name(&self) -> &'static str {
        "manage.chat"
    }

    fn kinds(&self) -> &'static [&'static str] {
        &[Noted::KIND]
    }

    async fn handle(&self, tx: &mut Tx, event: &Event) -> Result<(), StoreError> {
        let Some(noted) = event.read::<Noted>().transpose()? else { return Ok(()) };
        // What was spoken was heard, and what a machine writes is not said in a chat.
        let written = matches!(noted.medium, Medium::Note | Medium::Mail | Medium::Chat);
        if !noted.by_agent || noted.visibility != Visibility::Public || !written {
            return Ok(());
        }
        let id: IncidentId =
            event.subject.id.parse().map_err(|_| StoreError::Corrupt(format!("event {} is about no incident", event.seq)))?;
        let came_by = table::came_by(tx, event.tenant, noted.note_id).await?;
        for thread in table::threads(tx, event.tenant, TicketRef::Incident(id)).await? {
            // Who reads the thread that it was written in has read it.
            if came_by.as_ref() != Some(&(thread.chat.clone(), thread.thread.clone())) {
                queue(tx, event, id, &noted, thread).await?;
            }
        }
        Ok(())
    }
}

async fn queue(tx: &mut Tx, event: &Event, incident_id: IncidentId, noted: &Noted, thread: Thread) -> Result<(), StoreError> {
    let (tenant, now) = (event.tenant, tx.now());
    let message = ChatMessage {
        id: ChatMessageId::at(now, tx.rng().clone().as_ref()),
        key: format!("answer:{}:{}", noted.note_id, thread.thread),
        chat: thread.chat,
        thread: thread.thread,
        outgoing: true,
        standing: "queued".to_owned(),
        reason: None,
        person_id: None,
        ticket: Some(TicketRef::Incident(incident_id)),
        note_id: Some(noted.note_id),
        note_digest: Some(noted.text.clone()),
        receipt: None,
        error: None,
        at: now,
        settled_at: None,
    };
    if !table::insert(tx, tenant, &message).await? {
        return Ok(());
    }
    let queued = ChatQueued { chat: message.chat.clone(), incident_id, note_id: noted.note_id };
    tx.append(&Act::system(tenant, "chat", now).event(message.id, &queued)?).await?;
    let outgoing = NewMessage {
        tenant,
        channel: "chat",
        key: format!("chat:{}", message.id),
        subject_kind: SUBJECT.to_owned(),
        subject_id: message.id.to_string(),
        payload: "{}".to_owned(),
        max_attempts: ATTEMPTS,
    };
    tx.send(&outgoing).await.map(|_| ())
}

/// Writes down whether an answer was taken.
#[derive(Debug, Clone, Copy, Default)]
pub struct Settled;

#[async_trait]
impl OutboxObserver for Settled {
    async fn settled(&self, tx: &mut Tx, message: &Message, outcome: &Outcome) -> Result<(), StoreError> {
        if message.subject_kind != SUBJECT {
            return Ok(());
        }
        let id: ChatMessageId =
            message.subject_id.parse().map_err(|_| StoreError::Corrupt(format!("message {} is about no chat", message.id)))?;
        let held = tx.dialect().for_update();
        let Some(mut known) = table::find(tx, message.tenant, id, held).await? else { return Ok(()) };
        let Some(TicketRef::Incident(incident_id)) = known.ticket else { return Ok(()) };
        let now = tx.now();
        let act = Act::system(message.tenant, "chat", now);
        let kept = |words: &str| words.chars().take(KEPT_CHARS).collect::<String>();
        known.settled_at = Some(now);
        let event = match outcome {
            Outcome::Sent { receipt } => {
                (known.standing, known.receipt, known.error) = ("delivered".to_owned(), Some(kept(receipt)), None);
                act.event(id, &ChatDelivered { incident_id, receipt: kept(receipt) })?
            }
            Outcome::Dead { error } => {
                (known.standing, known.error) = ("failed".to_owned(), Some(kept(error)));
                act.event(id, &ChatFailed { incident_id })?
            }
        };
        table::place(tx, message.tenant, &known).await?;
        tx.append(&event).await.map(|_| ())
    }
}
