//! Observe asks who people are and what incidents are called; manage knows.

use async_trait::async_trait;
use evenkeel_core::id::{IncidentId, PersonId, TeamId, TenantId};
use evenkeel_manage::{incident, party, service};
use evenkeel_observe::page::port::{Directory, IncidentCard, PersonCard, TeamCard};
use evenkeel_store::{Sql, StoreError};

/// The directory over manage.
#[derive(Debug, Clone)]
pub(super) struct ManageDirectory {
    pub(super) public_url: String,
}

#[async_trait]
impl Directory for ManageDirectory {
    async fn person(&self, sql: &mut dyn Sql, tenant: TenantId, id: PersonId) -> Result<Option<PersonCard>, StoreError> {
        let found = party::find_person(sql, tenant, id).await?;
        Ok(found.map(|person| PersonCard {
            id,
            display: person.definition.display,
            mail: person.definition.email,
            webhook: person.definition.webhook_url,
            locale: person.definition.locale,
            active: person.definition.active,
        }))
    }

    async fn team(&self, sql: &mut dyn Sql, tenant: TenantId, id: TeamId) -> Result<Option<TeamCard>, StoreError> {
        let found = party::find_team(sql, tenant, id).await?;
        Ok(found.map(|team| TeamCard { id, display: team.display }))
    }

    async fn incident(&self, sql: &mut dyn Sql, tenant: TenantId, id: IncidentId) -> Result<Option<IncidentCard>, StoreError> {
        let Some(found) = incident::find(sql, tenant, id).await? else { return Ok(None) };
        let Some(service) = service::find(sql, tenant, found.service_id).await? else { return Ok(None) };
        Ok(Some(IncidentCard {
            number: found.number,
            title: found.title,
            service: service.definition.display,
            priority: found.priority,
            owner: found.owner_id,
        }))
    }

    fn public_url(&self) -> String {
        self.public_url.clone()
    }
}
