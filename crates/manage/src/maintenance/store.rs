//! Declaring maintenance, and asking whether a service is in it.

use evenkeel_api::Grant;
use evenkeel_core::{
    event::manage::{MaintenanceCancelled, MaintenancePlanned, Window},
    id::{MaintenanceId, PersonId, ServiceId, TenantId},
};
use evenkeel_store::{Row, Sql, StoreError, Tx, ledger, params};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    Act,
    definition::{self, Put},
    party, refuse, service, suppression,
};

/// The word in `definition.put`.
pub const KIND: &str = "maintenance";

/// Maintenance as it is kept: the reason is a digest of words in the text table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MaintenanceDefinition {
    /// Services that may be out.
    pub services: Vec<ServiceId>,
    /// In order, not overlapping.
    pub windows: Vec<Window>,
    /// Who approved it.
    pub approved_by: Option<PersonId>,
    /// When the customer was told.
    pub announced_at: Option<Timestamp>,
    /// Digest of the reason.
    pub reason: Option<String>,
}

/// A window of a service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// Of which service.
    pub service_id: ServiceId,
    /// Which maintenance.
    pub maintenance_id: MaintenanceId,
    /// The name it is declared under.
    pub name: String,
    /// When.
    pub window: Window,
    /// Who approved it; none = nobody: it excuses nothing.
    pub approved_by: Option<PersonId>,
    /// Digest of the reason.
    pub reason: Option<String>,
}

pub(super) const COLUMNS: &str = "service_id, maintenance_id, name, from_at, to_at, approved_by, reason";

pub(super) fn plan_of(row: &Row) -> Result<Plan, StoreError> {
    Ok(Plan {
        service_id: row.id("service_id")?,
        maintenance_id: row.id("maintenance_id")?,
        name: row.text("name")?,
        window: Window { from: row.at("from_at")?, to: row.at("to_at")? },
        approved_by: row.opt_id("approved_by")?,
        reason: row.opt_text("reason")?,
    })
}

/// Declares maintenance under its name; `reason` is in words. The same again makes no version and no event.
///
/// # Errors
/// A refusal that names the service or person that does not exist, or says that it is over already.
pub async fn put(
    tx: &mut Tx,
    _grant: &Grant,
    act: &Act,
    name: &str,
    mut declared: MaintenanceDefinition,
) -> Result<(MaintenanceDefinition, Put), StoreError> {
    let id = MaintenanceId::named(name);
    let before = definition::current::<MaintenanceDefinition>(tx, act.tenant, KIND, id).await?.map(|found| found.body);
    if let Some(words) = declared.reason.take() {
        declared.reason = Some(digest(tx, act, before.as_ref().and_then(|before| before.reason.clone()), &words).await?);
    }
    if before.is_none() && declared.windows.iter().all(|window| window.to <= act.at) {
        let detail = "it is over: maintenance is approved before it takes place, never afterwards; remove it";
        return Err(refuse::invalid("/to", detail.to_owned()).into());
    }
    check(tx, act.tenant, name, &declared).await?;
    let put = definition::put(tx, act, KIND, id, name, &declared).await?;
    if put.changed {
        let gone = before.map(|before| before.services).unwrap_or_default();
        for service in gone.into_iter().filter(|service| !declared.services.contains(service)) {
            cancel(tx, act, id, name, service).await?;
        }
        for service in &declared.services {
            plan(tx, act, id, name, *service, &declared).await?;
        }
    }
    Ok((declared, put))
}

/// The digest of a reason; that of before while the words are those of before, for no digest is made twice.
async fn digest(tx: &mut Tx, act: &Act, before: Option<String>, words: &str) -> Result<String, StoreError> {
    if let Some(before) = before
        && ledger::texts(tx, std::slice::from_ref(&before)).await?.get(&before).is_some_and(|kept| kept.as_deref() == Some(words))
    {
        return Ok(before);
    }
    tx.put_text(act.tenant, words).await
}

async fn check(tx: &mut Tx, tenant: TenantId, name: &str, declared: &MaintenanceDefinition) -> Result<(), StoreError> {
    for service in &declared.services {
        if service::find(tx, tenant, *service).await?.is_none_or(|found| found.retired) {
            return Err(refuse::dangling(KIND, name, "/services", service));
        }
    }
    if let Some(person) = declared.approved_by
        && party::find_person(tx, tenant, person).await?.is_none()
    {
        return Err(refuse::dangling(KIND, name, "/approved_by", person));
    }
    Ok(())
}

async fn plan(
    tx: &mut Tx,
    act: &Act,
    id: MaintenanceId,
    name: &str,
    service: ServiceId,
    declared: &MaintenanceDefinition,
) -> Result<(), StoreError> {
    end(tx, act, id, service).await?;
    for window in declared.windows.iter().filter(|window| window.to > act.at) {
        tx.execute(
            "INSERT INTO maintenance_window (tenant_id, service_id, maintenance_id, name, from_at, to_at, approved_by, reason)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
            params![act.tenant, service, id, name, window.from.max(act.at), window.to, declared.approved_by, &declared.reason],
        )
        .await?;
    }
    let body = MaintenancePlanned {
        maintenance_id: id,
        name: name.to_owned(),
        service_id: service,
        windows: declared.windows.clone(),
        approved_by: declared.approved_by,
        announced_at: declared.announced_at,
        reason: declared.reason.clone(),
    };
    tx.append(&act.event(service, &body)?).await?;
    suppression::wake_maintenance(tx, act, service).await
}

async fn cancel(tx: &mut Tx, act: &Act, id: MaintenanceId, name: &str, service: ServiceId) -> Result<(), StoreError> {
    end(tx, act, id, service).await?;
    let body = MaintenanceCancelled { maintenance_id: id, name: name.to_owned(), service_id: service };
    tx.append(&act.event(service, &body)?).await?;
    suppression::wake_maintenance(tx, act, service).await
}

/// Takes away what lies ahead; what is under way ends here.
async fn end(tx: &mut Tx, act: &Act, id: MaintenanceId, service: ServiceId) -> Result<(), StoreError> {
    let whose = params![act.tenant, service, id, act.at];
    tx.execute(
        "DELETE FROM maintenance_window WHERE tenant_id = $1 AND service_id = $2 AND maintenance_id = $3 AND from_at >= $4",
        whose.clone(),
    )
    .await?;
    tx.execute(
        "UPDATE maintenance_window SET to_at = $4 WHERE tenant_id = $1 AND service_id = $2 AND maintenance_id = $3 AND to_at > $4",
        whose,
    )
    .await
    .map(|_| ())
}

/// Cancels maintenance: what lies ahead does not take place, what is under way ends now. Answers whether it was in force.
pub async fn retire(tx: &mut Tx, _grant: &Grant, act: &Act, name: &str) -> Result<bool, StoreError> {
    let id = MaintenanceId::named(name);
    let Some(found) = definition::current::<MaintenanceDefinition>(tx, act.tenant, KIND, id).await? else {
        return Ok(false);
    };
    for service in found.body.services {
        cancel(tx, act, id, name, service).await?;
    }
    definition::retire(tx, act, KIND, id).await
}

/// The window that `service` is in at `at`; of several the one that ends last.
pub async fn covering(sql: &mut dyn Sql, tenant: TenantId, service: ServiceId, at: Timestamp) -> Result<Option<Plan>, StoreError> {
    sql.row(
        &format!(
            "SELECT {COLUMNS} FROM maintenance_window WHERE tenant_id = $1 AND service_id = $2 AND from_at <= $3 AND to_at > $3 \
             ORDER BY to_at DESC, maintenance_id LIMIT 1"
        ),
        params![tenant, service, at],
    )
    .await?
    .map(|row| plan_of(&row))
    .transpose()
}

/// The name that maintenance is or was declared under.
pub(crate) async fn name_of(sql: &mut dyn Sql, tenant: TenantId, id: MaintenanceId) -> Result<Option<String>, StoreError> {
    let found = definition::find::<serde_json::Value>(sql, tenant, KIND, id).await?;
    Ok(found.map(|found| found.name))
}
