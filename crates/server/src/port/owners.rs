//! The stream of changes asks whose a thing is, for customers and vendors; the halls know.

use async_trait::async_trait;
use evenkeel_api::changes::Owners;
use evenkeel_core::{
    event::{Event, observe::PageQueued},
    id::{IncidentId, OrganisationId, ServiceId},
};
use evenkeel_manage::{complaint, incident, party, service};
use evenkeel_store::{Db, Result, Sql};

/// Owners over the halls.
pub(super) struct HallOwners {
    pub(super) db: Db,
}

#[async_trait]
impl Owners for HallOwners {
    async fn organisations(&self, event: &Event) -> Result<Vec<OrganisationId>> {
        let mut read = self.db.read().await?;
        match event.subject.kind.as_str() {
            "incident" => match event.subject.id.parse() {
                Ok(id) => of_incident(&mut read, event, id).await,
                Err(_) => Ok(Vec::new()),
            },
            "page" => match event.read::<PageQueued>() {
                Some(Ok(page)) => of_incident(&mut read, event, page.incident_id).await,
                _ => Ok(Vec::new()),
            },
            "service" => match event.subject.id.parse() {
                Ok(id) => of_service(&mut read, event, id).await,
                Err(_) => Ok(Vec::new()),
            },
            "complaint" => match event.subject.id.parse() {
                Ok(id) => Ok(complaint::find(&mut read, event.tenant, id)
                    .await?
                    .and_then(|found| found.about.organisation_id)
                    .into_iter()
                    .collect()),
                Err(_) => Ok(Vec::new()),
            },
            // Whoever may see reports is told by asking for them; probes and definitions are the provider's own.
            _ => Ok(Vec::new()),
        }
    }
}

async fn of_incident(sql: &mut dyn Sql, event: &Event, id: IncidentId) -> Result<Vec<OrganisationId>> {
    let found = incident::find(sql, event.tenant, id).await?;
    Ok(found.map_or_else(Vec::new, |incident| incident.organisation_id.into_iter().chain(incident.team_organisation_id).collect()))
}

async fn of_service(sql: &mut dyn Sql, event: &Event, id: ServiceId) -> Result<Vec<OrganisationId>> {
    let Some(found) = service::find(sql, event.tenant, id).await? else { return Ok(Vec::new()) };
    let team = party::find_team(sql, event.tenant, found.definition.team).await?;
    Ok(found.definition.customer.into_iter().chain(team.map(|team| team.organisation_id)).collect())
}
