//! What a grievance or a complaint is about: a ticket, or a service, and who is not content with it.

use evenkeel_api::{ApiResult, Caller, Permission, Problem};
use evenkeel_core::{
    event::voice::Discontent,
    id::{PersonId, ServiceId},
    state::Touchpoint,
};
use evenkeel_store::Tx;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    party, refuse, service,
    ticket::{
        is_agent,
        seen::{TicketNamed, seen},
        words,
    },
};

/// What somebody is not content with.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DiscontentRequest {
    /// What was said.
    pub text: String,
    /// The ticket it is about.
    pub ticket: Option<TicketNamed>,
    /// The service it is about, when there is no ticket.
    pub service_id: Option<ServiceId>,
    /// Who said it, when one of ours writes it down for them; the ticket's requester when not said. For customers: themselves.
    pub person_id: Option<PersonId>,
    /// Where it was said; the portal for customers, the desk for ours, when not said.
    pub touchpoint: Option<Touchpoint>,
}

/// Reads what somebody is not content with, looks it up, and keeps its words.
pub(super) async fn take(tx: &mut Tx, caller: &Caller, asked: &DiscontentRequest) -> ApiResult<Discontent> {
    let said = words::text(&asked.text)?;
    let found = match &asked.ticket {
        Some(named) => Some(seen(tx, caller, named).await?),
        None => None,
    };
    let service_id = match (&found, asked.service_id) {
        (Some(found), _) => Some(found.service_id),
        (None, None) => None,
        (None, Some(id)) => {
            let known = service::find(tx, caller.tenant, id).await?.ok_or_else(|| Problem::not_found("service", id))?;
            // A service of another customer does not exist for this one.
            caller.authorise(Permission::ServiceRead, &[known.definition.customer], ("service", id), ())?;
            Some(known.id)
        }
    };
    let ours = is_agent(caller);
    let person_id = if ours { asked.person_id.or_else(|| found.as_ref().and_then(|found| found.person_id)) } else { caller.person };
    let person = match person_id {
        Some(id) => Some(party::find_person(tx, caller.tenant, id).await?.ok_or_else(|| Problem::not_found("person", id))?),
        None => None,
    };
    let owner = match service_id {
        Some(id) => service::find(tx, caller.tenant, id).await?.and_then(|service| service.definition.customer),
        None => None,
    };
    let of_ticket = found.as_ref().and_then(|found| found.organisation_id).or(owner);
    if let (Some(person), Some(theirs)) = (&person, of_ticket)
        && found.is_some()
        && person.definition.organisation != theirs
    {
        return Err(refuse::invalid("/person_id", "this ticket is another organisation's; name somebody of the ticket's customer").into());
    }
    let organisation_id = if ours { person.map(|person| person.definition.organisation).or(of_ticket) } else { caller.organisation };
    if ours && organisation_id.is_none() {
        return Err(refuse::invalid("/person_id", "say who is not content: no customer is known from the ticket or the service").into());
    }
    Ok(Discontent {
        text: tx.put_text(caller.tenant, said).await?,
        person_id,
        organisation_id,
        service_id,
        ticket: found.map(|found| found.ticket),
        touchpoint: asked.touchpoint.unwrap_or(if ours { Touchpoint::Desk } else { Touchpoint::Portal }),
    })
}
