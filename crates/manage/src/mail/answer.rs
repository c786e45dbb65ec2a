//! Mail that leaves: what one of ours says publicly on a ticket that a mail opened, and once that we have it.

use async_trait::async_trait;
use evenkeel_core::{
    Id,
    event::{
        Body as _, Event,
        mail::{MailDelivered, MailFailed, MailQueued},
        manage::Noted,
    },
    id::{IncidentId, MailId, TenantId},
    state::{Medium, Visibility},
};
use evenkeel_store::{Consumer, Message, NewMessage, OutboxObserver, Outcome, StoreError, Tx};
use jiff::SignedDuration;

use super::{
    conversation::{self, Conversation},
    definition::MailboxDefinition,
    model::{Kind, Party, Standing, TicketRef},
    table::{self, Mail},
    ticket,
};
use crate::{Act, definition::Version};

/// The subject of these messages in the outbox.
pub const SUBJECT: &str = "mail";
/// Tries of one mail: about two days.
const ATTEMPTS: i64 = 200;
/// One sender is told at most once an hour that we have something.
const AGAIN_AFTER: SignedDuration = SignedDuration::from_hours(1);
/// So many senders of one mailbox are told within that time: beyond, somebody sends in the name of others.
const ACKNOWLEDGED_MAX: i64 = 200;
/// So many mails of rules reach one sender of one mailbox within that time: beyond, two machines write to each other.
const AUTOMATIC_MAX: i64 = 5;

/// Writes public notes of ours, and what a rule says publicly, to whoever wrote the mail that opened the ticket.
#[derive(Debug, Clone, Copy, Default)]
pub struct Answers;

#[async_trait]
impl Consumer for Answers {
    fn name(&self) -> &'static str {
        "manage.mail"
    }

    fn kinds(&self) -> &'static [&'static str] {
        &[Noted::KIND]
    }

    async fn handle(&self, tx: &mut Tx, event: &Event) -> Result<(), StoreError> {
        let Some(noted) = event.read::<Noted>().transpose()? else { return Ok(()) };
        // What was spoken was heard; of machines a rule alone writes to customers, and its mail says that a machine wrote it.
        let kind = match noted.medium {
            Medium::Note | Medium::Mail | Medium::Chat => Kind::Answer,
            Medium::Auto if event.source == "rule" => Kind::AutoAnswer,
            _ => return Ok(()),
        };
        if !noted.by_agent || noted.visibility != Visibility::Public {
            return Ok(());
        }
        let id: IncidentId =
            event.subject.id.parse().map_err(|_| StoreError::Corrupt(format!("event {} is about no incident", event.seq)))?;
        let came_by = table::of_note(tx, event.tenant, noted.note_id).await?;
        for to in conversation::of_ticket(tx, event.tenant, TicketRef::Incident(id)).await? {
            // Who wrote it has it, and so has who stood in its header.
            let has_it = came_by.as_ref().is_some_and(|mail| {
                mail.address == to.to.address.as_str() || mail.recipients.iter().any(|party| party.address == to.to.address)
            });
            if !has_it {
                answer(tx, event.tenant, TicketRef::Incident(id), &to, &noted, kind).await?;
            }
        }
        Ok(())
    }
}

async fn answer(tx: &mut Tx, tenant: TenantId, ticket: TicketRef, to: &Conversation, noted: &Noted, kind: Kind) -> Result<(), StoreError> {
    let Some(mailbox) = super::definition::find(tx, tenant, &to.mailbox).await? else { return Ok(()) };
    if kind == Kind::AutoAnswer {
        // Machines and lists are never answered by a machine (RFC 3834, section 2).
        let theirs = table::of_ticket(tx, tenant, to.ticket).await?;
        let first = theirs.iter().find(|mail| !mail.outgoing && mail.address == to.to.address.as_str());
        if super::kind::is_nobody(&to.to.address) || first.is_some_and(|mail| mail.kind != Kind::Human) {
            return Ok(());
        }
        let since = tx.now().saturating_sub(AGAIN_AFTER).unwrap_or(jiff::Timestamp::MIN);
        let (theirs, _) = table::automatic(tx, tenant, kind, to.to.address.as_str(), &mailbox.name, since).await?;
        if theirs >= AUTOMATIC_MAX {
            tracing::warn!(mailbox = %mailbox.name, "a rule answers one sender without end; its mails wait until an hour is over");
            return Ok(());
        }
    }
    let key = format!("answer:{}:{}", noted.note_id, to.ticket.id());
    let note = Some((noted.note_id, noted.text.clone()));
    queue(tx, tenant, &mailbox, ticket, &to.to, Leaving { kind, key, note }).await
}

/// Says once that we have it, unless this sender was told within the hour.
pub(super) async fn acknowledge(
    tx: &mut Tx,
    tenant: TenantId,
    mailbox: &Version<MailboxDefinition>,
    ticket: TicketRef,
    to: &Party,
) -> Result<(), StoreError> {
    let since = tx.now().saturating_sub(AGAIN_AFTER).unwrap_or(jiff::Timestamp::MIN);
    let (theirs, ours) = table::automatic(tx, tenant, Kind::Acknowledgement, to.address.as_str(), &mailbox.name, since).await?;
    if theirs > 0 || ours >= ACKNOWLEDGED_MAX {
        return Ok(());
    }
    let key = format!("acknowledgement:{}", ticket.id());
    queue(tx, tenant, mailbox, ticket, to, Leaving { kind: Kind::Acknowledgement, key, note: None }).await
}

struct Leaving {
    kind: Kind,
    key: String,
    /// The note that holds its words, and their digest.
    note: Option<(evenkeel_core::id::NoteId, String)>,
}

/// Writes a mail to the outbox: ids only, address and words are looked up when it leaves.
async fn queue(
    tx: &mut Tx,
    tenant: TenantId,
    mailbox: &Version<MailboxDefinition>,
    ticket: TicketRef,
    to: &Party,
    leaving: Leaving,
) -> Result<(), StoreError> {
    let now = tx.now();
    let mut token = [0u8; 16];
    tx.rng().fill(&mut token);
    let (note_id, note_digest) = leaving.note.unzip();
    let mail = Mail {
        id: Id::at(now, tx.rng().clone().as_ref()),
        mailbox: mailbox.name.clone(),
        key: leaving.key,
        outgoing: true,
        kind: leaving.kind,
        standing: Standing::Queued,
        reason: None,
        error: None,
        // Nobody can guess it: who answers it has it.
        message_id: Some(format!("{}@{}", hex::encode(token), mailbox.body.address.domain())),
        address: to.address.to_string(),
        name: to.name.clone(),
        recipients: Vec::new(),
        subject: String::new(),
        folded: String::new(),
        bytes: 0,
        original: None,
        ticket: Some(ticket),
        note_id,
        note_digest,
        person_id: None,
        sent_at: None,
        at: now,
        decided_at: None,
    };
    if !table::insert(tx, tenant, &mail).await? {
        return Ok(());
    }
    let act = Act::system(tenant, "mail", now);
    let incident_id = ticket::incident_of(ticket);
    let queued = MailQueued { mailbox: mailbox.name.clone(), kind: leaving.kind.as_str().to_owned(), incident_id, note_id };
    tx.append(&act.event(mail.id, &queued)?).await?;
    let message = NewMessage {
        tenant,
        channel: "mail",
        key: format!("mail:{}", mail.id),
        subject_kind: SUBJECT.to_owned(),
        subject_id: mail.id.to_string(),
        payload: "{}".to_owned(),
        max_attempts: ATTEMPTS,
    };
    tx.send(&message).await.map(|_| ())
}

/// Writes down whether a mail of ours was taken.
#[derive(Debug, Clone, Copy, Default)]
pub struct Settled;

#[async_trait]
impl OutboxObserver for Settled {
    async fn settled(&self, tx: &mut Tx, message: &Message, outcome: &Outcome) -> Result<(), StoreError> {
        if message.subject_kind != SUBJECT {
            return Ok(());
        }
        let id: MailId = message.subject_id.parse().map_err(|_| StoreError::Corrupt(format!("message {} is about no mail", message.id)))?;
        let Some(mut mail) = table::find_held(tx, message.tenant, id).await? else { return Ok(()) };
        let Some(ticket) = mail.ticket else { return Ok(()) };
        let now = tx.now();
        let (act, incident_id) = (Act::system(message.tenant, "mail", now), ticket::incident_of(ticket));
        mail.decided_at = Some(now);
        let event = match outcome {
            Outcome::Sent { receipt } => {
                (mail.standing, mail.error) = (Standing::Delivered, None);
                act.event(id, &MailDelivered { incident_id, receipt: receipt.chars().take(300).collect() })?
            }
            Outcome::Dead { error } => {
                (mail.standing, mail.error) = (Standing::Failed, Some(error.chars().take(300).collect()));
                act.event(id, &MailFailed { incident_id })?
            }
        };
        table::place(tx, message.tenant, &mail).await?;
        tx.append(&event).await.map(|_| ())
    }
}
