//! What a telephone call does to an incident. Who may is asked before.

use evenkeel_api::{Authorised, Grant};
use evenkeel_core::{
    event::manage::Origin,
    id::{IncidentId, OrganisationId, PersonId, ServiceId},
    priority::Level,
    state::{Channel, HoldReason, IncidentState, Medium, Visibility},
};
use evenkeel_store::{StoreError, Tx};

use super::{
    change::Change,
    create::{self, Customer, New},
    machine::Step,
    model::Incident,
    note,
    request::title,
    store,
};
use crate::Act;

/// A call that opens an incident.
#[derive(Debug, Clone)]
pub struct Called<'a> {
    /// What is wrong, in a line.
    pub title: &'a str,
    /// Of which service.
    pub service: ServiceId,
    /// How many are hurt.
    pub impact: Level,
    /// How fast it hurts.
    pub urgency: Level,
    /// Whose it is.
    pub customer: Option<OrganisationId>,
    /// Who called, when known.
    pub person: Option<PersonId>,
}

/// Opens an incident as of the moment of `act`. Somebody spoke with the customer: that is the first response.
///
/// # Errors
/// A refusal of a title that is none.
pub async fn open(tx: &mut Tx, grant: &Grant, act: &Act, called: Called<'_>, said: &str) -> Result<(IncidentId, i64), StoreError> {
    let new = New {
        title: title(called.title)?,
        service_id: called.service,
        impact: called.impact,
        urgency: called.urgency,
        origin: Origin::Person { person_id: called.person, started_at: None, channel: Some(Channel::Phone) },
        team: None,
        customer: Customer::Known(called.customer),
    };
    let incident = create::create(tx, grant, act, new).await?;
    let mut change = Change::of(incident, act.clone());
    note::apply(tx, &mut change, Visibility::Public, Medium::Call, true, said).await?;
    store::save(tx, change).await.map(|incident| (incident.id, incident.number))
}

/// Says something on an incident that is open; its number.
///
/// # Errors
/// As any statement.
pub async fn add(tx: &mut Tx, act: &Act, incident: Authorised<Incident>, said: &str) -> Result<i64, StoreError> {
    let mut change = Change::of(incident, act.clone());
    note::apply(tx, &mut change, Visibility::Public, Medium::Call, true, said).await?;
    if change.incident.state == IncidentState::OnHold && change.incident.hold == Some(HoldReason::Customer) {
        // The waiting ends now: the call may have begun before it did.
        change.act = change.act.at(tx.now());
        change.step(Step::Resume, None)?;
    }
    store::save(tx, change).await.map(|incident| incident.number)
}
