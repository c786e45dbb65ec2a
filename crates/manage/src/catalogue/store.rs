//! Reading and putting items.

use evenkeel_api::Grant;
use evenkeel_core::id::{CatalogueItemId, TeamId, TenantId};
use evenkeel_store::{Sql, StoreError, Tx};

use super::{
    approval::{Approver, Quorum, approver_place},
    item::{CatalogueItemDefinition, KIND},
};
use crate::{
    Act, calendar,
    definition::{self, Put, Version},
    party,
    refuse::{dangling, invalid},
    service,
};

/// The most items of a tenant: all are looked through when somebody searches.
pub(super) const ITEMS_MAX: i64 = 2_000;

/// Puts an item under its name; the same definition again makes no version.
///
/// # Errors
/// A refusal that names the place that cannot be, or the service, team, person, organisation or calendar that does not exist.
pub async fn put(
    tx: &mut Tx,
    _grant: &Grant,
    act: &Act,
    name: &str,
    item: &CatalogueItemDefinition,
) -> Result<(CatalogueItemId, Put), StoreError> {
    item.check()?;
    refer(tx, act.tenant, name, item).await?;
    approvers(tx, act.tenant, name, item).await?;
    let id = CatalogueItemId::named(name);
    let all = list(tx, act.tenant).await?;
    if i64::try_from(all.len()).unwrap_or(i64::MAX) >= ITEMS_MAX && all.iter().all(|known| known.name != name) {
        return Err(invalid("/name", format!("there are {ITEMS_MAX} items; retire some first")).into());
    }
    Ok((id, definition::put(tx, act, KIND, id, name, item).await?))
}

async fn refer(tx: &mut Tx, tenant: TenantId, name: &str, item: &CatalogueItemDefinition) -> Result<(), StoreError> {
    if service::find(tx, tenant, item.service).await?.is_none_or(|service| service.retired) {
        return Err(dangling(KIND, name, "/service", item.service));
    }
    team(tx, tenant, name, "/team", item.team).await?;
    for (place, organisation) in item.entitlement.organisations.iter().enumerate() {
        if party::find_organisation(tx, tenant, *organisation).await?.is_none() {
            return Err(dangling(KIND, name, &format!("/entitlement/organisations/{place}"), organisation));
        }
    }
    if let Some(expected) = &item.expected
        && calendar::find(tx, tenant, expected.calendar).await?.is_none()
    {
        return Err(dangling(KIND, name, "/expected/calendar", expected.calendar));
    }
    for (stage, tasks) in item.stages.iter().enumerate() {
        for (place, task) in tasks.tasks.iter().enumerate() {
            team(tx, tenant, name, &format!("/stages/{stage}/tasks/{place}/team"), task.team).await?;
        }
    }
    Ok(())
}

async fn team(tx: &mut Tx, tenant: TenantId, name: &str, place: &str, id: TeamId) -> Result<party::Team, StoreError> {
    party::find_team(tx, tenant, id).await?.ok_or_else(|| dangling(KIND, name, place, id))
}

/// Everyone who is to approve can: they exist, are active, and are as many as have to say yes.
async fn approvers(tx: &mut Tx, tenant: TenantId, name: &str, item: &CatalogueItemDefinition) -> Result<(), StoreError> {
    for (step, approval) in item.approvals.iter().enumerate() {
        for (level, approver) in approval.chain().enumerate() {
            let place = approver_place(&format!("/approvals/{step}"), level);
            match approver {
                Approver::ServiceOwner | Approver::LineManager => {}
                Approver::Person(id) => {
                    let place = format!("{place}/person");
                    let person = party::find_person(tx, tenant, id).await?.ok_or_else(|| dangling(KIND, name, &place, id))?;
                    if !person.definition.active {
                        return Err(invalid(&place, format!("{:?} is not active and could never answer", person.name)).into());
                    }
                }
                Approver::Team(Quorum { team: id, quorum }) => {
                    let members = team(tx, tenant, name, &format!("{place}/team/team"), id).await?.members.len();
                    if usize::from(quorum) > members {
                        let wrong = format!("{quorum} must say yes, but the team has {members} members");
                        return Err(invalid(&format!("{place}/team/quorum"), wrong).into());
                    }
                }
            }
        }
    }
    Ok(())
}

/// Takes an item out of force: nobody is offered it any more; what was asked for goes on. Answers whether it was in force.
pub async fn retire(tx: &mut Tx, _grant: &Grant, act: &Act, name: &str) -> Result<bool, StoreError> {
    definition::retire(tx, act, KIND, CatalogueItemId::named(name)).await
}

/// The item in force.
pub async fn find(
    sql: &mut dyn Sql,
    tenant: TenantId,
    id: CatalogueItemId,
) -> Result<Option<Version<CatalogueItemDefinition>>, StoreError> {
    definition::current(sql, tenant, KIND, id).await
}

/// An item as it was in one version.
///
/// # Errors
/// When there is no such version, which is a defect of ours: versions are never deleted.
pub async fn version(
    sql: &mut dyn Sql,
    tenant: TenantId,
    id: CatalogueItemId,
    version: i64,
) -> Result<Version<CatalogueItemDefinition>, StoreError> {
    let found = definition::version(sql, tenant, KIND, id, version).await?;
    found.ok_or_else(|| StoreError::Defect(format!("catalogue item {id} has no version {version}")))
}

/// Every item in force, by name.
pub(super) async fn list(sql: &mut dyn Sql, tenant: TenantId) -> Result<Vec<Version<CatalogueItemDefinition>>, StoreError> {
    definition::list(sql, tenant, KIND, "", ITEMS_MAX).await
}

/// The items in force that use something, as a refusal names them.
pub(crate) async fn users(
    sql: &mut dyn Sql,
    tenant: TenantId,
    uses: impl Fn(&CatalogueItemDefinition) -> bool,
) -> Result<Vec<String>, StoreError> {
    let all = list(sql, tenant).await?;
    Ok(all.iter().filter(|item| uses(&item.body)).map(|item| format!("catalogue item {:?}", item.name)).collect())
}
