//! What a grievance or a complaint is about: a ticket, or a service, and who is not content with it.

use evenkeel_api::{ApiResult, Caller, Permission, Problem};
use evenkeel_core::{
    event::voice::{Discontent, TicketRef},
    id::{IncidentId, OrganisationId, PersonId, ProblemId, RequestId, ServiceId},
    state::{TicketKind, Touchpoint},
};
use evenkeel_store::{Sql, Tx};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    incident, party, problem, refuse, request, service,
    ticket::{is_agent, words},
};

/// A ticket, by kind and id.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TicketNamed {
    /// Which kind.
    pub kind: TicketKind,
    /// Its id.
    #[schema(format = "uuid")]
    pub id: String,
}

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

/// A ticket, as far as discontent with it goes.
struct Found {
    ticket: TicketRef,
    service_id: ServiceId,
    organisation_id: Option<OrganisationId>,
    person_id: Option<PersonId>,
}

/// The ticket, when the caller may see it.
async fn find(sql: &mut dyn Sql, caller: &Caller, named: &TicketNamed) -> ApiResult<Found> {
    let missing = || Problem::not_found(named.kind.as_str(), &named.id);
    match named.kind {
        TicketKind::Incident => {
            let id: IncidentId = named.id.parse().map_err(|_| missing())?;
            let found = incident::find(sql, caller.tenant, id).await?.ok_or_else(missing)?;
            let found = caller.authorise(Permission::IncidentRead, &found.organisations(), ("incident", id), found)?.into_inner();
            let ticket = TicketRef { kind: named.kind, id: id.to_string(), number: found.number };
            Ok(Found { ticket, service_id: found.service_id, organisation_id: found.organisation_id, person_id: None })
        }
        TicketKind::Request => {
            let id: RequestId = named.id.parse().map_err(|_| missing())?;
            if !request::shows(sql, caller, id).await? {
                return Err(missing());
            }
            let found = request::find(sql, caller.tenant, id).await?.ok_or_else(missing)?;
            let ticket = TicketRef { kind: named.kind, id: id.to_string(), number: found.number };
            let (organisation_id, person_id) = (Some(found.organisation_id), Some(found.requester_id));
            Ok(Found { ticket, service_id: found.service_id, organisation_id, person_id })
        }
        TicketKind::Problem => {
            caller.require(Permission::ProblemRead)?;
            let id: ProblemId = named.id.parse().map_err(|_| missing())?;
            let found = problem::find(sql, caller.tenant, id).await?.ok_or_else(missing)?;
            let ticket = TicketRef { kind: named.kind, id: id.to_string(), number: found.number };
            Ok(Found { ticket, service_id: found.service_id, organisation_id: found.organisation_id, person_id: None })
        }
    }
}

/// Reads what somebody is not content with, looks it up, and keeps its words.
pub(super) async fn take(tx: &mut Tx, caller: &Caller, asked: &DiscontentRequest) -> ApiResult<Discontent> {
    let said = words::text(&asked.text)?;
    let found = match &asked.ticket {
        Some(named) => Some(find(tx, caller, named).await?),
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
