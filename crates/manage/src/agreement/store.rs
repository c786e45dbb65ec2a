//! Reading and putting agreements.

use evenkeel_api::Grant;
use evenkeel_core::{
    definition::{AgreementDefinition, Layer},
    event::manage::AgreementRef,
    id::{AgreementId, OrganisationId, ServiceId, TenantId},
};
use evenkeel_store::{Sql, StoreError, Tx, params};

use crate::{
    Act, calendar,
    definition::{self, Put, Version},
    party, refuse, service,
};

/// The word for agreements in `definition.put`.
pub const KIND: &str = "agreement";

/// Customer SLA first, then ours, then the vendor's.
const fn rank(layer: Layer) -> i64 {
    match layer {
        Layer::Sla => 0,
        Layer::Ola => 1,
        Layer::Uc => 2,
    }
}

/// Puts an agreement under its name; the same definition again makes no version.
///
/// # Errors
/// A refusal that names the calendar, service or customer that does not exist, or a target that is no span.
pub async fn put_agreement(
    tx: &mut Tx,
    _grant: &Grant,
    act: &Act,
    name: &str,
    definition: &AgreementDefinition,
) -> Result<(AgreementId, Put), StoreError> {
    check(tx, act.tenant, name, definition).await?;
    let id = AgreementId::named(name);
    let put = definition::put(tx, act, KIND, id, name, definition).await?;
    if put.changed {
        forget(tx, act.tenant, name).await?;
        for service in &definition.services {
            tx.execute(
                "INSERT INTO agreement_service (tenant_id, service_id, layer, name, agreement_id, version, customer_id)
                 VALUES ($1, $2, $3, $4, $5, $6, $7)
                 ON CONFLICT (tenant_id, service_id, layer, name) DO NOTHING",
                params![act.tenant, service, rank(definition.layer), name, id, put.version, definition.customer],
            )
            .await?;
        }
    }
    Ok((id, put))
}

async fn check(tx: &mut Tx, tenant: TenantId, name: &str, definition: &AgreementDefinition) -> Result<(), StoreError> {
    if let Some(index) = definition.goals.iter().position(|goal| goal.target_secs <= 0) {
        return Err(refuse::invalid(
            &format!("/goals/{index}/target_secs"),
            format!("agreement {name:?}: a target must be more than 0 seconds"),
        )
        .into());
    }
    if calendar::find(tx, tenant, definition.calendar).await?.is_none() {
        return Err(refuse::dangling(KIND, name, "/calendar", definition.calendar));
    }
    if let Some(customer) = definition.customer
        && party::find_organisation(tx, tenant, customer).await?.is_none()
    {
        return Err(refuse::dangling(KIND, name, "/customer", customer));
    }
    for (index, id) in definition.services.iter().enumerate() {
        if service::find(tx, tenant, *id).await?.is_none() {
            let place = format!("/services/{index}");
            return Err(refuse::dangling(KIND, name, &place, id));
        }
    }
    Ok(())
}

async fn forget(tx: &mut Tx, tenant: TenantId, name: &str) -> Result<u64, StoreError> {
    tx.execute("DELETE FROM agreement_service WHERE tenant_id = $1 AND name = $2", params![tenant, name]).await
}

/// Takes an agreement out of force; tickets opened under it keep it. Answers whether it was in force.
pub async fn retire_agreement(tx: &mut Tx, _grant: &Grant, act: &Act, id: AgreementId) -> Result<bool, StoreError> {
    if let Some(found) = find(tx, act.tenant, id).await? {
        forget(tx, act.tenant, &found.name).await?;
    }
    definition::retire(tx, act, KIND, id).await
}

/// The agreement in force.
pub async fn find(sql: &mut dyn Sql, tenant: TenantId, id: AgreementId) -> Result<Option<Version<AgreementDefinition>>, StoreError> {
    definition::current(sql, tenant, KIND, id).await
}

/// At most `limit` agreements in force by name, after the name `after`; only those made with `with` when given.
pub async fn list_of(
    sql: &mut dyn Sql,
    tenant: TenantId,
    with: Option<OrganisationId>,
    after: &str,
    limit: i64,
) -> Result<Vec<Version<AgreementDefinition>>, StoreError> {
    let Some(with) = with else {
        return definition::list(sql, tenant, KIND, after, limit).await;
    };
    let names = sql
        .rows(
            "SELECT DISTINCT name FROM agreement_service
             WHERE tenant_id = $1 AND customer_id = $2 AND name > $3 ORDER BY name LIMIT $4",
            params![tenant, with, after, limit],
        )
        .await?;
    let mut found = Vec::with_capacity(names.len());
    for row in &names {
        found.extend(definition::find_by_name(sql, tenant, KIND, &row.text("name")?).await?);
    }
    Ok(found)
}

/// The agreements in force for a service that is promised to `customer`: the customer's SLA first. An SLA without a
/// customer holds for all; OLAs and UCs hold whoever the customer is.
pub async fn of_service(
    sql: &mut dyn Sql,
    tenant: TenantId,
    service: ServiceId,
    customer: Option<OrganisationId>,
) -> Result<Vec<AgreementRef>, StoreError> {
    sql.rows(
        "SELECT agreement_id, version FROM agreement_service
         WHERE tenant_id = $1 AND service_id = $2 AND (layer > 0 OR customer_id IS NULL OR customer_id = $3)
         ORDER BY layer, name",
        params![tenant, service, customer],
    )
    .await?
    .iter()
    .map(|row| Ok(AgreementRef { id: row.id("agreement_id")?, version: row.int("version")? }))
    .collect()
}
