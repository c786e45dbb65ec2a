//! What analyze asks: observe seals indicators, manage keeps due times beside incidents and knows people.

use std::collections::BTreeMap;

use async_trait::async_trait;
use evenkeel_analyze::port::{Complaints, DueSink, People, Requests, SliSealer, TeamZones};
use evenkeel_api::{Caller, Permission, policy};
use evenkeel_core::id::{ComplaintId, IncidentId, PersonId, RequestId, ServiceId, TeamId, TenantId};
use evenkeel_manage::{complaint, incident, party, request};
use evenkeel_observe::{Observe, oncall};
use evenkeel_store::{Sql, StoreError, Tx};
use jiff::{Timestamp, tz::TimeZone};

/// The most people looked through for approvers.
const PEOPLE_MAX: i64 = 10_000;

/// Sealing over observe.
pub(super) struct ObserveSealer(pub(super) Observe);

#[async_trait]
impl SliSealer for ObserveSealer {
    async fn seal_until(&self, tenant: TenantId, service: ServiceId, to: Timestamp) -> Result<(), StoreError> {
        self.0.seal_until(tenant, service, to).await.map(|_| ())
    }
}

/// Due times over manage.
#[derive(Debug, Clone, Copy)]
pub(super) struct ManageDue;

#[async_trait]
impl DueSink for ManageDue {
    async fn set_due(&self, tx: &mut Tx, tenant: TenantId, incident: IncidentId, due_at: Option<Timestamp>) -> Result<(), StoreError> {
        incident::set_due(tx, tenant, incident, due_at).await.map(|_| ())
    }
}

/// Requests over manage.
#[derive(Debug, Clone, Copy)]
pub(super) struct ManageRequests;

#[async_trait]
impl Requests for ManageRequests {
    async fn set_due(&self, tx: &mut Tx, tenant: TenantId, id: RequestId, due_at: Option<Timestamp>) -> Result<(), StoreError> {
        request::set_due(tx, tenant, id, due_at).await.map(|_| ())
    }
    async fn shows(&self, sql: &mut dyn Sql, caller: &Caller, id: RequestId) -> Result<bool, StoreError> {
        request::shows(sql, caller, id).await
    }
}

/// Complaints over manage.
#[derive(Debug, Clone, Copy)]
pub(super) struct ManageComplaints;

#[async_trait]
impl Complaints for ManageComplaints {
    async fn set_due(&self, tx: &mut Tx, tenant: TenantId, id: ComplaintId, due_at: Option<Timestamp>) -> Result<(), StoreError> {
        complaint::set_due(tx, tenant, id, due_at).await.map(|_| ())
    }
    async fn shows(&self, sql: &mut dyn Sql, caller: &Caller, id: ComplaintId) -> Result<bool, StoreError> {
        complaint::shows(sql, caller, id).await
    }
}

/// Zones over observe: a team's nights are where its rota is.
#[derive(Debug, Clone, Copy)]
pub(super) struct RotaZones;

#[async_trait]
impl TeamZones for RotaZones {
    async fn zones(&self, sql: &mut dyn Sql, tenant: TenantId, teams: &[TeamId]) -> Result<BTreeMap<TeamId, TimeZone>, StoreError> {
        let mut zones = BTreeMap::new();
        for team in teams {
            let rota = oncall::current(sql, tenant, *team).await?;
            zones.extend(rota.and_then(|rota| Some((*team, TimeZone::get(&rota.definition.zone).ok()?))));
        }
        Ok(zones)
    }
}

/// People over manage.
#[derive(Debug, Clone, Copy)]
pub(super) struct ManagePeople;

#[async_trait]
impl People for ManagePeople {
    async fn displays(&self, sql: &mut dyn Sql, tenant: TenantId, people: &[PersonId]) -> Result<Vec<(PersonId, String)>, StoreError> {
        let mut found = Vec::with_capacity(people.len());
        for id in people {
            if let Some(person) = party::find_person(sql, tenant, *id).await? {
                found.push((*id, person.definition.display));
            }
        }
        Ok(found)
    }

    async fn approvers(&self, sql: &mut dyn Sql, tenant: TenantId) -> Result<Vec<PersonId>, StoreError> {
        let people = party::list_people(sql, tenant, None, "", PEOPLE_MAX).await?;
        let may = |person: &party::Person| {
            person.definition.roles.iter().any(|role| policy::permissions(*role).contains(&Permission::ReportApprove))
        };
        Ok(people.into_iter().filter(|person| person.definition.active && may(person)).map(|person| person.id).collect())
    }
}
