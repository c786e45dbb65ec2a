//! Observe asks whose a service is, and which service an alert means; manage knows.

use async_trait::async_trait;
use evenkeel_core::id::{OrganisationId, ServiceId, TenantId};
use evenkeel_manage::{party, service};
use evenkeel_observe::{
    ServiceOwners,
    rule::{Routing, RuleHouse},
};
use evenkeel_store::{Sql, StoreError};

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
        Ok(service::find_by_name(sql, tenant, name).await?.filter(|found| !found.retired).map(|found| found.id))
    }
}
