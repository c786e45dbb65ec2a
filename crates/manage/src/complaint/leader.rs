//! Who answers for it: the accountable owner of the service, else of a service in the customer's agreement, else whoever answers
//! for services and agreements in this house.

use evenkeel_api::Role;
use evenkeel_core::{
    event::voice::Discontent,
    id::{PersonId, TenantId},
};
use evenkeel_store::{Sql, StoreError};

use crate::{agreement, party, service};

/// Agreements and people looked through.
const MOST: i64 = 1_000;

/// The responsible leader; none = nobody active answers for it.
pub(super) async fn find(sql: &mut dyn Sql, tenant: TenantId, about: &Discontent) -> Result<Option<PersonId>, StoreError> {
    let mut services: Vec<_> = about.service_id.into_iter().collect();
    if let Some(organisation) = about.organisation_id {
        let agreements = agreement::list_of(sql, tenant, Some(organisation), "", MOST).await?;
        services.extend(agreements.into_iter().flat_map(|found| found.body.services));
    }
    for id in services {
        let Some(found) = service::find(sql, tenant, id).await? else { continue };
        let owner = found.definition.owner;
        if party::find_person(sql, tenant, owner).await?.is_some_and(|person| person.definition.active) {
            return Ok(Some(owner));
        }
    }
    let people = party::list_people(sql, tenant, None, "", MOST).await?;
    let leads = |person: &party::Person| person.definition.active && person.definition.roles.contains(&Role::ServiceManager);
    Ok(people.into_iter().find(leads).map(|person| person.id))
}
