//! What a call does to an incident: it opens one, or says something on one that is open.

use evenkeel_api::{ApiResult, Caller, IfMatch, Permission, Problem};
use evenkeel_core::{
    ErrorCode, Failure,
    id::{IncidentId, ServiceId},
    priority::Level,
    state::OrganisationKind,
};
use evenkeel_store::Tx;

use crate::{
    Act, incident,
    incident::from_call::{self, Called},
    party::{self, Person},
    service,
};

/// What it is about.
pub(super) struct About<'a> {
    pub service: ServiceId,
    pub title: &'a str,
    pub impact: Level,
    pub urgency: Level,
}

/// Opens an incident: of the caller's organisation, when they are a customer's; else of the service's customer.
pub(super) async fn open(
    tx: &mut Tx,
    caller: &Caller,
    act: &Act,
    person: Option<&Person>,
    about: About<'_>,
    said: &str,
) -> ApiResult<(IncidentId, i64)> {
    caller.require(Permission::IncidentOpen)?;
    let missing = || Problem::not_found("service", about.service);
    let found = service::find(tx, caller.tenant, about.service).await?.filter(|service| !service.retired).ok_or_else(missing)?;
    let service = caller.authorise(Permission::IncidentOpen, &[found.definition.customer], ("service", found.id), found)?;
    let mut customer = service.definition.customer;
    if let Some(person) = person {
        let organisation = party::find_organisation(tx, caller.tenant, person.definition.organisation).await?;
        if let Some(theirs) = organisation.filter(|organisation| organisation.kind == OrganisationKind::Customer) {
            customer = Some(theirs.id);
        }
    }
    let called = Called {
        title: about.title,
        service: service.id,
        impact: about.impact,
        urgency: about.urgency,
        customer,
        person: person.map(|person| person.id),
    };
    Ok(from_call::open(tx, service.grant(), act, called, said).await?)
}

/// Says something on an incident that is open. What waited for the customer goes on: they have spoken.
pub(super) async fn add(tx: &mut Tx, caller: &Caller, act: &Act, id: IncidentId, said: &str) -> ApiResult<i64> {
    let found = incident::hold(tx, caller, Permission::IncidentNote, id, &IfMatch::Any).await?;
    if !found.state.is_open() {
        let wrong = "this incident is over; open a new one for the call, or reopen it first";
        return Err(Failure::new(ErrorCode::StateRefused, wrong).at("/about/ticket").into());
    }
    // A call that began before the ticket did is an answer from its first moment on.
    let act = act.at(act.at.max(found.opened_at));
    Ok(from_call::add(tx, &act, found, said).await?)
}
