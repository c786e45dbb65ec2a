//! Observe asks whose a service is; manage knows.

use async_trait::async_trait;
use evenkeel_core::id::{OrganisationId, ServiceId, TenantId};
use evenkeel_manage::{party, service};
use evenkeel_observe::ServiceOwners;
use evenkeel_store::{Sql, StoreError};

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
