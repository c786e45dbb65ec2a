//! Observe asks whose a service is, which service a name means, and which incidents it had; manage knows. Manage asks how much
//! of their error budgets services have left; observe knows.

use std::collections::BTreeMap;

use async_trait::async_trait;
use evenkeel_core::id::{AlertId, OrganisationId, ServiceId, TenantId};
use evenkeel_manage::{change::Budgets, incident, party, service};
use evenkeel_observe::{
    ServiceOwners,
    rule::{Routing, RuleHouse, history::routes::RuleIncident},
    slo::{SloHouse, SloIncident, Slos},
};
use evenkeel_store::{Sql, StoreError};
use jiff::Timestamp;

use crate::definition;

/// Services over manage.
#[derive(Debug, Clone, Copy)]
pub(super) struct ManageServices;

#[async_trait]
impl ServiceOwners for ManageServices {
    async fn organisations(&self, sql: &mut dyn Sql, tenant: TenantId, id: ServiceId) -> Result<Option<Vec<OrganisationId>>, StoreError> {
        let Some(found) = service::find(sql, tenant, id).await? else { return Ok(None) };
        let team = party::find_team(sql, tenant, found.definition.team).await?;
        Ok(Some(found.definition.customer.into_iter().chain(team.map(|team| team.organisation_id)).collect()))
    }
}

/// What rules ask, over configuration and manage.
#[derive(Debug, Clone, Copy)]
pub(super) struct HouseRules;

#[async_trait]
impl RuleHouse for HouseRules {
    async fn routing(&self, sql: &mut dyn Sql, tenant: TenantId) -> Result<Routing, StoreError> {
        definition::routing(sql, tenant).await
    }

    async fn service(&self, sql: &mut dyn Sql, tenant: TenantId, name: &str) -> Result<Option<ServiceId>, StoreError> {
        by_name(sql, tenant, name).await
    }

    async fn incidents(
        &self,
        sql: &mut dyn Sql,
        tenant: TenantId,
        alerts: &[AlertId],
    ) -> Result<BTreeMap<AlertId, RuleIncident>, StoreError> {
        let found = incident::incidents_of(sql, tenant, alerts).await?;
        Ok(found.into_iter().map(|(alert, (id, number))| (alert, RuleIncident { id, number })).collect())
    }
}

pub(crate) async fn by_name(sql: &mut dyn Sql, tenant: TenantId, name: &str) -> Result<Option<ServiceId>, StoreError> {
    Ok(service::find_by_name(sql, tenant, name).await?.filter(|found| !found.retired).map(|found| found.id))
}

/// What objectives ask, over manage.
#[derive(Debug, Clone, Copy)]
pub(super) struct HouseSlos;

#[async_trait]
impl SloHouse for HouseSlos {
    async fn service(&self, sql: &mut dyn Sql, tenant: TenantId, name: &str) -> Result<Option<ServiceId>, StoreError> {
        by_name(sql, tenant, name).await
    }

    async fn incidents(
        &self,
        sql: &mut dyn Sql,
        tenant: TenantId,
        service: ServiceId,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<SloIncident>, StoreError> {
        let found = incident::of_service(sql, tenant, service, from, to).await?;
        Ok(found
            .into_iter()
            .map(|incident| SloIncident {
                id: incident.id,
                number: incident.number,
                priority: i64::from(incident.priority.get()),
                from: incident.started_at.unwrap_or(incident.opened_at),
                to: incident.restored_at.or(incident.resolved_at),
            })
            .collect())
    }
}

/// How much of their error budgets services have left, over observe's objectives.
pub(super) struct ObserveBudgets(pub(super) Slos);

impl std::fmt::Debug for ObserveBudgets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ObserveBudgets")
    }
}

#[async_trait]
impl Budgets for ObserveBudgets {
    async fn left(&self, _: &mut dyn Sql, _: TenantId, services: &[ServiceId]) -> Result<BTreeMap<ServiceId, f64>, StoreError> {
        Ok(self.0.left(services))
    }
}
