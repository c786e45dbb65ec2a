//! Which service depends on which. The edges are rows, so that one look a level finds all that is above or below.

use std::collections::{BTreeMap, BTreeSet};

use evenkeel_core::id::{Service as ServiceMark, ServiceId, TenantId};
use evenkeel_store::{Sql, StoreError, Tx, Value, params, places};

use super::store::find;
use crate::refuse;

/// The most services one may depend on directly.
const PARENTS_MAX: usize = 100;
/// Services looked up at once.
const AT_ONCE: usize = 500;
/// The most services that are followed up or down: a guard, not a page.
const REACH_MAX: usize = 20_000;

/// Refuses what a service cannot depend on: itself, what is not declared, what depends on it already.
pub(super) async fn check(tx: &mut Tx, tenant: TenantId, name: &str, id: ServiceId, parents: &[ServiceId]) -> Result<(), StoreError> {
    if parents.len() > PARENTS_MAX {
        return Err(refuse::invalid("/depends_on", format!("service {name:?} depends on more than {PARENTS_MAX} others")).into());
    }
    for parent in parents {
        if find(tx, tenant, *parent).await?.is_none_or(|found| found.retired) {
            return Err(refuse::dangling(super::KIND, name, "/depends_on", *parent));
        }
    }
    // From each service that was reached, the one it was reached from: the way back is the circle.
    let mut from: BTreeMap<ServiceId, ServiceId> = parents.iter().map(|parent| (*parent, id)).collect();
    let mut level: Vec<ServiceId> = parents.to_vec();
    while !level.is_empty() && !from.contains_key(&id) {
        let mut next = Vec::new();
        for (child, parent) in edges(tx, tenant, "child_id", &level).await? {
            if let std::collections::btree_map::Entry::Vacant(slot) = from.entry(parent) {
                slot.insert(child);
                next.push(parent);
            }
        }
        level = next;
    }
    if !from.contains_key(&id) {
        return Ok(());
    }
    let mut path = vec![name.to_owned()];
    let mut at = from[&id];
    while at != id && path.len() <= from.len() {
        path.push(find(tx, tenant, at).await?.map_or_else(|| at.to_string(), |found| found.name));
        at = from[&at];
    }
    path.push(name.to_owned());
    path.reverse();
    let what = format!("service {name:?} would depend on itself: {}; remove one of these from depends_on", path.join(" → "));
    Err(refuse::invalid("/depends_on", what).into())
}

/// Writes what a service depends on; answers whether that is news.
pub(super) async fn write(tx: &mut Tx, tenant: TenantId, id: ServiceId, parents: &[ServiceId]) -> Result<bool, StoreError> {
    let before: BTreeSet<ServiceId> = edges(tx, tenant, "child_id", &[id]).await?.into_iter().map(|(_, parent)| parent).collect();
    let now: BTreeSet<ServiceId> = parents.iter().copied().collect();
    if before == now {
        return Ok(false);
    }
    tx.execute("DELETE FROM service_dependency WHERE tenant_id = $1 AND child_id = $2", params![tenant, id]).await?;
    for parent in &now {
        tx.execute("INSERT INTO service_dependency (tenant_id, child_id, parent_id) VALUES ($1, $2, $3)", params![tenant, id, *parent])
            .await?;
    }
    Ok(true)
}

/// Edges (child, parent) of which one end, `child_id` or `parent_id`, is among `ends`.
async fn edges(
    sql: &mut dyn Sql,
    tenant: TenantId,
    end: &'static str,
    ends: &[ServiceId],
) -> Result<Vec<(ServiceId, ServiceId)>, StoreError> {
    let mut found = Vec::new();
    for some in ends.chunks(AT_ONCE) {
        let mut params: Vec<Value> = params![tenant];
        let marks = places(&mut params, some.iter().copied());
        let text = format!("SELECT child_id, parent_id FROM service_dependency WHERE tenant_id = $1 AND {end} IN ({marks})");
        for row in sql.rows(&text, params).await? {
            found.push((row.id::<ServiceMark>("child_id")?, row.id::<ServiceMark>("parent_id")?));
        }
    }
    Ok(found)
}

/// What `service` depends on, directly and not: of each service met, its parents.
///
/// # Errors
/// As any statement.
pub async fn ancestry(sql: &mut dyn Sql, tenant: TenantId, service: ServiceId) -> Result<BTreeMap<ServiceId, Vec<ServiceId>>, StoreError> {
    let mut found: BTreeMap<ServiceId, Vec<ServiceId>> = BTreeMap::new();
    let mut level = vec![service];
    while !level.is_empty() && found.len() < REACH_MAX {
        let mut next = BTreeSet::new();
        for (child, parent) in edges(sql, tenant, "child_id", &level).await? {
            found.entry(child).or_default().push(parent);
            next.insert(parent);
        }
        level = next.into_iter().filter(|id| !found.contains_key(id)).collect();
    }
    Ok(found)
}

/// What depends on `service`, directly and not.
///
/// # Errors
/// As any statement.
pub async fn dependents(sql: &mut dyn Sql, tenant: TenantId, service: ServiceId) -> Result<BTreeSet<ServiceId>, StoreError> {
    let mut found = BTreeSet::new();
    let mut level = vec![service];
    while !level.is_empty() && found.len() < REACH_MAX {
        let below = edges(sql, tenant, "parent_id", &level).await?;
        level = below.into_iter().map(|(child, _)| child).filter(|child| *child != service && found.insert(*child)).collect();
    }
    Ok(found)
}
