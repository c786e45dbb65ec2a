//! What a mail asks of a ticket, whatever its kind. Incidents are the one kind so far; another one gets a variant of
//! [`TicketRef`] and an arm in each of these functions, and nothing else of mail changes.

use evenkeel_api::{Authorised, Grant, Permission};
use evenkeel_core::{
    Language,
    event::manage::Noted,
    id::{IncidentId, TenantId},
    state::Channel,
    title,
};
use evenkeel_store::{Sql, StoreError, Tx};

use super::{
    model::{Address, TicketRef},
    sender::{self, Sender},
    thread::{Standpoint, tag},
};
use crate::{
    Act,
    incident::{
        self, Incident,
        from_mail::{self, Writer},
    },
};

/// What became of a mail.
#[derive(Debug)]
pub struct Placed {
    /// The ticket that it is part of now: of a reply that came too late a new one.
    pub ticket: TicketRef,
    /// The note that holds its words.
    pub noted: Noted,
}

fn placed(done: from_mail::Done) -> Placed {
    Placed { ticket: TicketRef::Incident(done.incident.id), noted: done.noted }
}

/// Opens a ticket.
pub async fn open(tx: &mut Tx, act: &Act, mail: from_mail::Opening<'_>) -> Result<Placed, StoreError> {
    from_mail::open(tx, act, &Grant::system(Permission::IncidentOpen), mail).await.map(placed)
}

async fn held(tx: &mut Tx, tenant: TenantId, ticket: TicketRef) -> Result<Authorised<Incident>, StoreError> {
    let TicketRef::Incident(id) = ticket;
    let found = from_mail::surviving(tx, tenant, id).await?;
    // The verdict was judged on who may (see `standpoint`); what is left is to act by it.
    let found = found.ok_or_else(|| StoreError::Corrupt(format!("a mail belongs to incident {id}, which is not there")))?;
    Ok(Authorised::system(Permission::IncidentNote, found))
}

/// Says something on a ticket.
pub async fn reply(
    tx: &mut Tx,
    act: &Act,
    ticket: TicketRef,
    by: Option<&Sender>,
    by_agent: bool,
    words: &str,
) -> Result<Placed, StoreError> {
    let incident = held(tx, act.tenant, ticket).await?;
    let by = Writer { person: by.map(|by| by.person.id), by_agent, channel: Channel::Mail };
    from_mail::reply(tx, act, incident, by, words).await.map(placed)
}

/// Leaves a remark on a ticket.
pub async fn remark(tx: &mut Tx, act: &Act, ticket: TicketRef, words: &str) -> Result<Placed, StoreError> {
    let incident = held(tx, act.tenant, ticket).await?;
    from_mail::remark(tx, act, incident, words).await.map(placed)
}

/// The ticket of a tag's number.
pub async fn numbered(sql: &mut dyn Sql, tenant: TenantId, number: i64) -> Result<Option<TicketRef>, StoreError> {
    Ok(incident::find_by_number(sql, tenant, number).await?.map(|incident| TicketRef::Incident(incident.id)))
}

/// Where somebody stands to a ticket, or to tickets as such when there is none yet.
pub async fn standpoint(
    tx: &mut Tx,
    tenant: TenantId,
    ticket: Option<TicketRef>,
    known: Option<&Sender>,
    address: Option<&Address>,
) -> Result<Standpoint, StoreError> {
    let Some(ticket) = ticket else {
        return Ok(match known {
            Some(known) if known.may(tenant, Permission::IncidentOpen) => Standpoint::Entitled,
            Some(_) => Standpoint::Refused,
            None => Standpoint::Stranger,
        });
    };
    if let Some(known) = known {
        let incident = held(tx, tenant, ticket).await?;
        let organisations = incident.organisations();
        if known.caller(tenant).authorise(Permission::IncidentNote, &organisations, ("incident", incident.id), ()).is_ok() {
            return Ok(Standpoint::Entitled);
        }
    }
    if let Some(address) = address
        && sender::takes_part(tx, tenant, ticket, address).await?
    {
        return Ok(Standpoint::Participant);
    }
    Ok(if known.is_some() { Standpoint::Refused } else { Standpoint::Stranger })
}

/// A ticket's tag and title, as a reader of `language` sees them.
pub async fn heading(
    sql: &mut dyn Sql,
    tenant: TenantId,
    ticket: TicketRef,
    language: Language,
) -> Result<Option<(String, String)>, StoreError> {
    let TicketRef::Incident(id) = ticket;
    let found = incident::find(sql, tenant, id).await?;
    Ok(found.map(|incident| (tag(incident.number), title::in_language(&incident.title, language).to_owned())))
}

/// The incident, for events.
pub const fn incident_of(ticket: TicketRef) -> IncidentId {
    let TicketRef::Incident(id) = ticket;
    id
}
