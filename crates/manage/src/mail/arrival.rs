//! A mail that is to find its place: what is known of it, what becomes of it, and the doing of that.

use evenkeel_core::{
    id::{MailId, TenantId},
    state::Channel,
};
use evenkeel_store::{StoreError, Tx};

use super::{
    answer, conversation,
    definition::{self, MailboxDefinition},
    kind,
    model::{Address, Incoming, Kind, Party, Reason, Standing, TicketRef},
    sender::{self, Sender},
    table,
    table::Mail,
    take::Prepared,
    thread::{self, Found, Verdict, verdict},
    ticket::{self, Placed},
    words,
};
use crate::{
    Act, attachment,
    definition::Version,
    incident::from_mail::{Opening, Whose},
    party,
};

/// A mail that is to find its place.
pub struct Arrival<'a> {
    tenant: TenantId,
    mailbox: &'a Version<MailboxDefinition>,
    prepared: &'a Prepared,
    /// Our own addresses: they take part in nothing.
    ours: Vec<Address>,
    sender: Option<Sender>,
    /// Mails that we know by one of the ids that it names, or by its own.
    related: Vec<Mail>,
    kind: Kind,
}

impl<'a> Arrival<'a> {
    /// Looks up what is known of it.
    ///
    /// # Errors
    /// As any statement.
    pub async fn look(
        tx: &mut Tx,
        tenant: TenantId,
        mailbox: &'a Version<MailboxDefinition>,
        prepared: &'a Prepared,
    ) -> Result<Self, StoreError> {
        let mail = &prepared.mail;
        let ours: Vec<Address> = definition::list(tx, tenant).await?.into_iter().map(|mailbox| mailbox.body.address).collect();
        let ids: Vec<String> = mail.message_id.iter().chain(&mail.references).chain(&mail.about).cloned().collect();
        let related = table::by_message_ids(tx, tenant, &ids).await?;
        let own = related.iter().any(|known| known.outgoing && known.message_id == mail.message_id);
        let vouched = mailbox.body.authenticated_by.as_ref().is_none_or(|by| sender::is_vouched_for(mail, by));
        let sender = match &mail.from {
            Some(from) if vouched => sender::known(tx, tenant, &from.address).await?,
            _ => None,
        };
        let kind = kind::kind(mail, own, &ours);
        Ok(Self { tenant, mailbox, prepared, ours, sender, related, kind })
    }

    fn mail(&self) -> &Incoming {
        &self.prepared.mail
    }

    fn address(&self) -> Option<&Address> {
        self.mail().from.as_ref().map(|from| &from.address)
    }

    pub(super) fn act(&self, tx: &Tx) -> Act {
        match &self.sender {
            Some(sender) => Act { actor: sender.caller(self.tenant).actor, ..Act::system(self.tenant, "mail", tx.now()) },
            None => Act::system(self.tenant, "mail", tx.now()),
        }
    }

    async fn found(&self, tx: &mut Tx) -> Result<Found, StoreError> {
        let mail = self.mail();
        for id in mail.references.iter().chain(&mail.about).chain(&mail.message_id) {
            let known = self.related.iter().find(|known| known.message_id.as_ref() == Some(id) && known.ticket.is_some());
            if let Some(ticket) = known.and_then(|known| known.ticket) {
                return Ok(Found::Answers(ticket));
            }
        }
        for number in thread::tagged(&mail.subject) {
            if let Some(ticket) = ticket::numbered(tx, self.tenant, number).await? {
                return Ok(Found::Names(ticket));
            }
        }
        Ok(Found::Nowhere)
    }

    pub(super) async fn verdict(&self, tx: &mut Tx) -> Result<Verdict, StoreError> {
        let copy = |known: &Mail| !known.outgoing && known.key == self.prepared.key && known.standing == Standing::Taken;
        if self.related.iter().any(copy) {
            return Ok(Verdict::Ignore(Reason::Copy));
        }
        let found = self.found(tx).await?;
        let ticket = match found {
            Found::Answers(ticket) | Found::Names(ticket) => Some(ticket),
            Found::Nowhere => None,
        };
        let claims_to_be_ours =
            self.mailbox.body.authenticated_by.is_none() && self.sender.as_ref().is_some_and(|sender| !sender.of_customer);
        if claims_to_be_ours && thread::is_tied_by_tag_alone(self.kind, found) {
            return Ok(Verdict::Hold(Reason::NotAllowed));
        }
        let by = ticket::standpoint(tx, self.tenant, ticket, self.sender.as_ref(), self.address()).await?;
        let verdict = verdict(self.kind, found, by, self.mailbox.body.unknown_senders);
        // A tag that opens nothing for them: whether they may open something else is another question.
        if verdict == Verdict::Open && ticket.is_some() {
            let by = ticket::standpoint(tx, self.tenant, None, self.sender.as_ref(), self.address()).await?;
            return Ok(thread::verdict(self.kind, Found::Nowhere, by, self.mailbox.body.unknown_senders));
        }
        Ok(verdict)
    }

    /// The mail's row before anything was decided.
    pub(super) fn row(&self, tx: &mut Tx) -> Mail {
        let (mail, prepared) = (self.mail(), self.prepared);
        let from = mail.from.clone();
        Mail {
            id: MailId::at(tx.now(), tx.rng().clone().as_ref()),
            mailbox: self.mailbox.name.clone(),
            key: prepared.key.clone(),
            outgoing: false,
            kind: self.kind,
            standing: Standing::Held,
            reason: None,
            error: None,
            message_id: mail.message_id.clone(),
            address: from.as_ref().map(|from| from.address.to_string()).unwrap_or_default(),
            name: from.map(|from| from.name).unwrap_or_default(),
            recipients: mail.recipients.clone(),
            subject: mail.subject.clone(),
            folded: String::new(),
            bytes: i64::try_from(prepared.too_large.unwrap_or(prepared.bytes as u64)).unwrap_or(i64::MAX),
            original: Some(prepared.original.clone()),
            ticket: None,
            note_id: None,
            note_digest: None,
            person_id: self.sender.as_ref().map(|sender| sender.person.id),
            sent_at: mail.sent_at.map(evenkeel_core::time::truncate),
            at: tx.now(),
            decided_at: None,
        }
    }

    /// Does what the verdict says, and writes into `row` what became of the mail.
    ///
    /// # Errors
    /// As any statement.
    pub async fn place(&self, tx: &mut Tx, verdict: Verdict, row: &mut Mail) -> Result<(), StoreError> {
        let language = self.mailbox.body.language;
        let note = words::note(self.mail(), self.kind, self.prepared.too_large, language);
        let act = self.act(tx);
        let placed = match verdict {
            Verdict::Hold(reason) => {
                (row.standing, row.reason) = (Standing::Held, Some(reason));
                return Ok(());
            }
            Verdict::Ignore(reason) => {
                (row.standing, row.reason) = (Standing::Ignored, Some(reason));
                return Ok(());
            }
            Verdict::Open => self.open(tx, &act, &note.words).await?,
            Verdict::Reply(ticket) => {
                let by_agent =
                    self.sender.as_ref().is_some_and(|sender| !sender.of_customer && party::is_agent(&sender.person.definition.roles));
                ticket::reply(tx, &act, ticket, self.sender.as_ref(), by_agent, &note.words).await?
            }
            Verdict::Remark(ticket) => ticket::remark(tx, &Act::system(self.tenant, "mail", act.at), ticket, &note.words).await?,
        };
        row.folded = note.folded;
        self.belongs(tx, &placed, row, verdict).await
    }

    async fn open(&self, tx: &mut Tx, act: &Act, words: &str) -> Result<Placed, StoreError> {
        let mailbox = &self.mailbox.body;
        let title = thread::title(&self.mail().subject);
        let title = if title.is_empty() { words::untitled(self.mail().readable, mailbox.language) } else { &title };
        let opening = Opening {
            title,
            words,
            service: mailbox.service,
            team: mailbox.team,
            customer: match &self.sender {
                Some(sender) if sender.of_customer => Whose::Of(sender.person.definition.organisation),
                Some(_) => Whose::OfService,
                None => Whose::Nobody,
            },
            impact: mailbox.impact,
            urgency: mailbox.urgency,
            person: self.sender.as_ref().map(|sender| sender.person.id),
            channel: Channel::Mail,
        };
        ticket::open(tx, act, opening).await
    }

    /// Hangs the mail, its files and its people on the ticket.
    async fn belongs(&self, tx: &mut Tx, placed: &Placed, row: &mut Mail, verdict: Verdict) -> Result<(), StoreError> {
        let (tenant, ticket) = (self.tenant, placed.ticket);
        (row.standing, row.reason, row.error) = (Standing::Taken, None, None);
        (row.ticket, row.note_id, row.note_digest) = (Some(ticket), Some(placed.noted.note_id), Some(placed.noted.text.clone()));
        attachment::hang(tx, tenant, ticket, row.id, &placed.noted, &self.prepared.kept).await?;
        if matches!(verdict, Verdict::Remark(_)) {
            return Ok(());
        }
        let mail = self.mail();
        let others: Vec<Party> = mail.recipients.iter().filter(|party| !self.ours.contains(&party.address)).cloned().collect();
        conversation::join(tx, tenant, ticket, &others).await?;
        let Some(from) = &mail.from else { return Ok(()) };
        conversation::join(tx, tenant, ticket, std::slice::from_ref(from)).await?;
        match verdict {
            Verdict::Reply(before) if before != ticket => {
                // A successor, or the survivor of a merger, whose own conversation stays.
                if let Some(known) = conversation::of_ticket(tx, tenant, before).await?.into_iter().next() {
                    conversation::begin(tx, tenant, ticket, &known.mailbox, &known.to).await?;
                }
            }
            Verdict::Open => {
                conversation::begin(tx, tenant, ticket, &self.mailbox.name, from).await?;
                if kind::may_be_acknowledged(mail, self.kind) {
                    answer::acknowledge(tx, tenant, self.mailbox, ticket, from).await?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// Where a mail that was kept aside goes when one of ours takes it: onto this ticket, or a new one.
    pub fn taken_by_hand(&self, ticket: Option<TicketRef>) -> Verdict {
        match (ticket, self.kind) {
            (None, _) => Verdict::Open,
            (Some(ticket), Kind::Human | Kind::List) => Verdict::Reply(ticket),
            (Some(ticket), _) => Verdict::Remark(ticket),
        }
    }
}
