//! Making an incident, whoever asks for it: a person, an alert, a split, a late re-opening.

use evenkeel_api::{Authorised, Grant};
use evenkeel_core::{
    event::{
        NewEvent,
        manage::{AgreementRef, IncidentOpened, Origin},
    },
    id::{IncidentId, OrganisationId, ServiceId, TeamId},
    priority::Level,
    state::{Channel, IncidentState},
};
use evenkeel_store::{StoreError, Tx};
use jiff::Timestamp;

use super::{
    model::{Incident, OriginKind},
    store,
};
use crate::{Act, agreement, matrix, party, service, ticket::number};

/// What an incident begins with.
#[derive(Debug, Clone)]
pub(super) struct New {
    /// As [`evenkeel_core::title`] keeps it.
    pub title: String,
    pub service_id: ServiceId,
    pub impact: Level,
    pub urgency: Level,
    pub origin: Origin,
    /// The team that gets it; none = the service's.
    pub team: Option<TeamId>,
    pub customer: Customer,
}

/// Whose incident it is.
#[derive(Debug, Clone, Copy)]
pub(super) enum Customer {
    /// The one that the service is promised to.
    OfService,
    /// Known otherwise; none = nobody's, so that no customer sees it.
    Known(Option<OrganisationId>),
}

/// T0, as far as the origin knows it.
fn started_at(origin: &Origin) -> Option<Timestamp> {
    match origin {
        Origin::Alert { started_at, .. } => Some(*started_at),
        Origin::Person { started_at, .. } => *started_at,
        Origin::Import { .. } => None,
    }
}

/// How it came to the desk, as far as the origin knows it.
const fn channel(origin: &Origin) -> Option<Channel> {
    match origin {
        Origin::Person { channel, .. } => *channel,
        Origin::Alert { .. } | Origin::Import { .. } => None,
    }
}

/// Makes an incident: number, priority, owner, team and agreements are those in force for its service now.
///
/// A service that is not declared (an alert may be older than its retirement) gives an incident without owner and team,
/// which the list of orphans shows: trouble is never dropped for want of a declaration.
pub(super) async fn create(tx: &mut Tx, grant: &Grant, act: &Act, new: New) -> Result<Authorised<Incident>, StoreError> {
    let declared = service::find(tx, act.tenant, new.service_id).await?;
    let definition = declared.as_ref().map(|service| &service.definition);
    let customer = match new.customer {
        Customer::OfService => definition.and_then(|definition| definition.customer),
        Customer::Known(customer) => customer,
    };
    let team_id = new.team.or_else(|| definition.map(|definition| definition.team));
    let team = match team_id {
        Some(id) => party::find_team(tx, act.tenant, id).await?,
        None => None,
    };
    let owner_id = definition.map(|definition| definition.owner);
    let (matrix, matrix_version) = matrix::in_force(tx, act).await?;
    let agreements = agreement::of_service(tx, act.tenant, new.service_id, customer).await?;
    let title_digest = tx.put_text(act.tenant, &new.title).await?;
    let incident = Incident {
        tenant: act.tenant,
        id: IncidentId::at(act.at, tx.rng().as_ref()),
        number: number::take(tx, "incident_sequence", act.tenant, 1).await?,
        version: 1,
        title: new.title,
        title_digest,
        service_id: new.service_id,
        organisation_id: customer,
        team_id,
        team_organisation_id: team.map(|team| team.organisation_id),
        assignee_id: None,
        owner_id,
        impact: new.impact,
        urgency: new.urgency,
        priority: matrix.priority(new.impact, new.urgency),
        matrix_version,
        state: IncidentState::New,
        hold: None,
        status: None,
        origin: match &new.origin {
            Origin::Alert { .. } => OriginKind::Alert,
            Origin::Person { .. } => OriginKind::Person,
            Origin::Import { .. } => OriginKind::Import,
        },
        channel: channel(&new.origin),
        external_id: None,
        opened_at: act.at,
        started_at: started_at(&new.origin),
        acknowledged_at: None,
        responded_at: None,
        located_at: None,
        restored_at: None,
        restored_basis: None,
        resolved_at: None,
        closed_at: None,
        merged_into: None,
        split_from: None,
        firing: i64::from(matches!(new.origin, Origin::Alert { .. })),
        due_at: None,
    };
    let opened = opened(act, &incident, new.origin, agreements)?;
    let incident = Authorised::system(grant.permission(), incident);
    store::insert(tx, &incident, &[opened]).await?;
    Ok(incident)
}

/// What the ledger is told of a new row.
pub(super) fn opened(act: &Act, incident: &Incident, origin: Origin, agreements: Vec<AgreementRef>) -> Result<NewEvent, StoreError> {
    act.event(
        incident.id,
        &IncidentOpened {
            number: incident.number,
            title: incident.title_digest.clone(),
            service_id: incident.service_id,
            organisation_id: incident.organisation_id,
            impact: incident.impact,
            urgency: incident.urgency,
            priority: incident.priority,
            matrix_version: incident.matrix_version,
            origin,
            team_id: incident.team_id,
            owner_id: incident.owner_id,
            agreements,
        },
    )
}
