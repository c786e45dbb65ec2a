//! How the services are that an alert's service depends on.

use std::collections::{BTreeMap, BTreeSet};

use evenkeel_core::id::{ServiceId, TenantId};
use evenkeel_store::{Sql, StoreError};
use jiff::{SignedDuration, Timestamp};

use super::{
    decide::{Parent, ParentState},
    firing,
    looks::{Looks, Sighting},
};
use crate::service;

/// Those of them with trouble, and those that might have some.
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
    // Who knows a cause asks no further.
    let knows = asked.len() < all.len();
    let seen = if knows { BTreeMap::new() } else { looks.sightings(sql, tenant, &asked, started_at).await? };
    let state = |id: &ServiceId| match (outages.get(id), seen.get(id)) {
        (Some(None), _) => Some(ParentState::Down),
        (Some(Some(at)), _) if started_at < *at => Some(ParentState::Back(*at)),
        // What began since it was back may be its next trouble.
        (_, Some(Sighting::Well)) => None,
        (_, Some(Sighting::Doubtful)) => Some(ParentState::Doubtful),
        (_, None) => (!knows).then_some(ParentState::Unseen),
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
