//! How the services are that an alert's service depends on.

use std::collections::{BTreeMap, BTreeSet};

use evenkeel_core::id::{ServiceId, TenantId};
use evenkeel_store::{Sql, StoreError};
use jiff::{SignedDuration, Timestamp};

use super::{
    decide::{Parent, ParentState},
    firing,
    looks::Looks,
};
use crate::service;

/// Those of them with trouble.
pub(super) async fn with_trouble(
    sql: &mut dyn Sql,
    tenant: TenantId,
    service: ServiceId,
    looks: &dyn Looks,
    window: SignedDuration,
    started_at: Timestamp,
    now: Timestamp,
) -> Result<Vec<Parent>, StoreError> {
    let edges = service::ancestry(sql, tenant, service).await?;
    let all: BTreeSet<ServiceId> = edges.values().flatten().copied().collect();
    if all.is_empty() {
        return Ok(Vec::new());
    }
    let all: Vec<ServiceId> = all.into_iter().collect();
    let outages = firing::outages(sql, tenant, &all, now.saturating_sub(window).unwrap_or(Timestamp::MIN)).await?;
    let is_down = |id: &ServiceId| outages.get(id).is_some_and(Option::is_none);
    let asked: Vec<ServiceId> = all.iter().copied().filter(|id| !is_down(id)).collect();
    let doubtful = if asked.len() == all.len() { looks.in_doubt(sql, tenant, &asked, started_at).await? } else { BTreeSet::new() };
    let state = |id: &ServiceId| match outages.get(id) {
        Some(None) => Some(ParentState::Down),
        Some(Some(at)) => Some(ParentState::Back(*at)),
        None => doubtful.contains(id).then_some(ParentState::Doubtful),
    };
    let found = all.iter().filter_map(|id| Some((*id, state(id)?)));
    Ok(found.map(|(id, state)| Parent { id, state, has_cause: above(&edges, id).iter().any(is_down) }).collect())
}

/// Everything that `id` depends on.
fn above(edges: &BTreeMap<ServiceId, Vec<ServiceId>>, id: ServiceId) -> BTreeSet<ServiceId> {
    let mut found = BTreeSet::new();
    let mut open = vec![id];
    while let Some(id) = open.pop() {
        open.extend(edges.get(&id).into_iter().flatten().filter(|parent| found.insert(**parent)));
    }
    found
}
