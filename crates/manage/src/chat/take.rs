//! Taking a message: what it becomes, and that it is known from now on, in one transaction.

use evenkeel_api::{Grant, Permission};
use evenkeel_core::{
    event::chat::ChatTaken,
    id::{ChatMessageId, TenantId},
    state::{Channel, OrganisationKind},
};
use evenkeel_store::{StoreError, Tx};

use super::{
    definition::ChatDefinition,
    provider::Said,
    table::{self, ChatMessage, Thread},
};
use crate::{
    Act,
    definition::Version,
    incident::from_mail::{self, Done, Opening, Whose, Writer},
    mail::{Sender, TicketRef},
    party,
    ticket::words::TITLE_CHARS_MAX,
};

/// The longest title that is made out of a message, characters.
const TITLE_MAX: usize = 80;

/// What a ticket that begins with these words is called: their first line.
fn title(text: &str) -> String {
    let first = text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
    let first = evenkeel_core::title::plain(first);
    let most = TITLE_MAX.min(TITLE_CHARS_MAX);
    if first.chars().count() <= most {
        return first;
    }
    format!("{}…", first.chars().take(most - 1).collect::<String>())
}

/// Takes a message; where it stands now, or that it was known.
///
/// # Errors
/// As any statement.
pub(super) async fn take(tx: &mut Tx, tenant: TenantId, chat: &Version<ChatDefinition>, said: Said) -> Result<&'static str, StoreError> {
    // One after the other: the first message makes the thread that the next one finds.
    crate::mail::hold_all(tx, tenant).await?;
    let now = tx.now();
    let sender = known(tx, tenant, chat, &said.user).await?;
    let mut message = ChatMessage {
        id: ChatMessageId::at(now, tx.rng().clone().as_ref()),
        chat: chat.name.clone(),
        key: said.key.clone(),
        thread: said.thread.clone(),
        outgoing: false,
        standing: "refused".to_owned(),
        reason: Some("unknown_person".to_owned()),
        person_id: sender.as_ref().map(|sender| sender.person.id),
        ticket: None,
        note_id: None,
        note_digest: None,
        receipt: None,
        error: None,
        at: now,
        settled_at: None,
    };
    if !table::insert(tx, tenant, &message).await? {
        return Ok("known");
    }
    let system = Act::system(tenant, "chat", now);
    let act = match &sender {
        Some(sender) => Act { actor: sender.caller(tenant).actor, ..system },
        None => system,
    };
    if let Some(sender) = &sender {
        match place(tx, &act, chat, sender, &said).await? {
            Some(done) => {
                let ticket = TicketRef::Incident(done.incident.id);
                let thread = Thread { chat: chat.name.clone(), thread: said.thread, ticket, reply: said.reply };
                table::bind(tx, tenant, &thread).await?;
                (message.standing, message.reason) = ("taken".to_owned(), None);
                (message.ticket, message.note_id) = (Some(ticket), Some(done.noted.note_id));
                message.note_digest = Some(done.noted.text);
            }
            None => message.reason = Some("not_allowed".to_owned()),
        }
        table::place(tx, tenant, &message).await?;
    }
    let taken = ChatTaken {
        chat: chat.name.clone(),
        standing: message.standing.clone(),
        reason: message.reason.clone(),
        incident_id: message.ticket.map(|TicketRef::Incident(id)| id),
        note_id: message.note_id,
    };
    tx.append(&act.event(message.id, &taken)?).await?;
    Ok(if message.ticket.is_some() { "taken" } else { "refused" })
}

/// Who it is, when they are declared and active.
async fn known(tx: &mut Tx, tenant: TenantId, chat: &Version<ChatDefinition>, user: &str) -> Result<Option<Sender>, StoreError> {
    let Some(id) = chat.body.people.get(user) else { return Ok(None) };
    let Some(person) = party::find_person(tx, tenant, *id).await?.filter(|person| person.definition.active) else { return Ok(None) };
    let organisation = party::find_organisation(tx, tenant, person.definition.organisation).await?;
    let of_customer = organisation.is_some_and(|organisation| organisation.kind == OrganisationKind::Customer);
    Ok(Some(Sender { person, of_customer }))
}

/// The word on the ticket of its thread, or the ticket that it opens; none = they may do neither.
async fn place(tx: &mut Tx, act: &Act, chat: &Version<ChatDefinition>, sender: &Sender, said: &Said) -> Result<Option<Done>, StoreError> {
    let caller = sender.caller(act.tenant);
    let before = table::thread(tx, act.tenant, &chat.name, &said.thread).await?;
    let found = match before {
        Some(Thread { ticket: TicketRef::Incident(id), .. }) => from_mail::surviving(tx, act.tenant, id).await?,
        None => None,
    };
    // Where the provider has no threads, what is over is over.
    if let Some(found) = found.filter(|found| !said.loose || found.state.is_open()) {
        let organisations = found.organisations();
        let Ok(incident) = caller.authorise(Permission::IncidentNote, &organisations, ("incident", found.id), found) else {
            return Ok(None);
        };
        let by_agent = !sender.of_customer && party::is_agent(&sender.person.definition.roles);
        let by = Writer { person: Some(sender.person.id), by_agent, channel: Channel::Chat };
        return from_mail::reply(tx, act, incident, by, &said.text).await.map(Some);
    }
    if !sender.may(act.tenant, Permission::IncidentOpen) {
        return Ok(None);
    }
    let opening = Opening {
        title: &title(&said.text),
        words: &said.text,
        service: chat.body.service,
        team: chat.body.team,
        customer: if sender.of_customer { Whose::Of(sender.person.definition.organisation) } else { Whose::OfService },
        impact: chat.body.impact,
        urgency: chat.body.urgency,
        person: Some(sender.person.id),
        channel: Channel::Chat,
    };
    from_mail::open(tx, act, &Grant::system(Permission::IncidentOpen), opening).await.map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_is_the_first_line() {
        assert_eq!(title("\n  打不开了 \n从八点起"), "打不开了");
        assert_eq!(title(&"字".repeat(200)).chars().count(), TITLE_MAX);
        assert_eq!(title(&"a".repeat(TITLE_MAX)), "a".repeat(TITLE_MAX));
    }
}
