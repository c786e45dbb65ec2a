//! Reading and putting services.

use evenkeel_api::Grant;
use evenkeel_core::{
    definition::ServiceDefinition,
    id::{OrganisationId, ServiceId, TenantId},
};
use evenkeel_store::{Sql, StoreError, Tx, Value, params};

use super::{
    dependency,
    table::{COLUMNS, Service, service_of, write},
};
use crate::{
    Act, calendar,
    definition::{self, Put},
    party, refuse, suppression,
};

/// The word for services in `definition.put`.
pub const KIND: &str = "service";

/// Puts a service under its name; the same definition again makes no version.
///
/// # Errors
/// A refusal that names the team, owner, customer or calendar that does not exist, or a span that is negative.
pub async fn put_service(
    tx: &mut Tx,
    _grant: &Grant,
    act: &Act,
    name: &str,
    definition: &ServiceDefinition,
) -> Result<(ServiceId, Put), StoreError> {
    check(tx, act.tenant, name, definition).await?;
    let id = ServiceId::named(name);
    dependency::check(tx, act.tenant, name, id, &definition.depends_on).await?;
    let put = definition::put(tx, act, KIND, id, name, definition).await?;
    if put.changed {
        let service = Service { id, name: name.to_owned(), version: put.version, retired: false, definition: definition.clone() };
        write(tx, act.tenant, &service).await?;
        if dependency::write(tx, act.tenant, id, &definition.depends_on).await? {
            suppression::wake_parents(tx, act, None, act.at).await?;
        }
    }
    Ok((id, put))
}

async fn check(tx: &mut Tx, tenant: TenantId, name: &str, definition: &ServiceDefinition) -> Result<(), StoreError> {
    if definition.verify_secs < 0 || definition.rto_secs.is_some_and(|secs| secs <= 0) {
        return Err(
            refuse::invalid("/verify_secs", format!("service {name:?}: verify_secs must be 0 or more and rto_secs more than 0")).into()
        );
    }
    if party::find_team(tx, tenant, definition.team).await?.is_none() {
        return Err(refuse::dangling(KIND, name, "/team", definition.team));
    }
    if party::find_person(tx, tenant, definition.owner).await?.is_none() {
        return Err(refuse::dangling(KIND, name, "/owner", definition.owner));
    }
    if let Some(customer) = definition.customer
        && party::find_organisation(tx, tenant, customer).await?.is_none()
    {
        return Err(refuse::dangling(KIND, name, "/customer", customer));
    }
    if let Some(hours) = definition.hours
        && calendar::find(tx, tenant, hours).await?.is_none()
    {
        return Err(refuse::dangling(KIND, name, "/hours", hours));
    }
    Ok(())
}

/// Takes a service out of force; its history stays. Answers whether it was in force.
pub async fn retire_service(tx: &mut Tx, _grant: &Grant, act: &Act, id: ServiceId) -> Result<bool, StoreError> {
    if dependency::write(tx, act.tenant, id, &[]).await? {
        suppression::wake_parents(tx, act, None, act.at).await?;
    }
    tx.execute("UPDATE service SET retired = 1 WHERE tenant_id = $1 AND id = $2", params![act.tenant, id]).await?;
    definition::retire(tx, act, KIND, id).await
}

/// The service, retired or not, when there is one.
pub async fn find(sql: &mut dyn Sql, tenant: TenantId, id: ServiceId) -> Result<Option<Service>, StoreError> {
    sql.row(&format!("SELECT {COLUMNS} FROM service WHERE tenant_id = $1 AND id = $2"), params![tenant, id])
        .await?
        .map(|row| service_of(&row))
        .transpose()
}

/// The service of this name, retired or not.
pub async fn find_by_name(sql: &mut dyn Sql, tenant: TenantId, name: &str) -> Result<Option<Service>, StoreError> {
    find(sql, tenant, ServiceId::named(name)).await
}

/// At most `limit` services in force by name, after the name `after`; only those promised to, or run by a team of,
/// `organisation` when given.
pub async fn list(
    sql: &mut dyn Sql,
    tenant: TenantId,
    organisation: Option<OrganisationId>,
    after: &str,
    limit: i64,
) -> Result<Vec<Service>, StoreError> {
    let mut params: Vec<Value> = params![tenant, after, limit];
    let mut filter = String::new();
    if let Some(organisation) = organisation {
        params.push(organisation.into());
        filter.push_str(
            " AND (customer_id = $4 OR team_id IN \
             (SELECT t.id FROM team t WHERE t.tenant_id = $1 AND t.organisation_id = $4))",
        );
    }
    sql.rows(
        &format!(
            "SELECT {COLUMNS} FROM service WHERE tenant_id = $1 AND retired = 0 AND name > $2{filter} \
             ORDER BY name LIMIT $3"
        ),
        params,
    )
    .await?
    .iter()
    .map(service_of)
    .collect()
}
