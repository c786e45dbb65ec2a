//! A small world: one incident with all that bears on it, read from the ledger by its subjects. What is live must not wait
//! for the whole ledger to be folded.

use std::collections::BTreeSet;

use evenkeel_core::id::{AgreementId, IncidentId, TenantId};
use evenkeel_store::{Sql, StoreError, ledger};

use super::{
    World,
    incident::{Incident, What},
};

/// How many incidents of one cluster are read; a cluster is a handful.
const CLUSTER_MAX: usize = 200;

/// The world of one incident: its events, those of the incidents merged into it, and the definitions they name.
///
/// # Errors
/// Of the store.
pub async fn incident(sql: &mut dyn Sql, tenant: TenantId, id: IncidentId) -> Result<World, StoreError> {
    let mut world = World::default();
    let mut read = BTreeSet::new();
    let mut wanted = vec![id];
    while let Some(next) = wanted.pop() {
        if read.len() >= CLUSTER_MAX || !read.insert(next) {
            continue;
        }
        for event in ledger::events_of(sql, tenant, "incident", &next.to_string()).await? {
            world.apply(&event);
        }
        for event in ledger::events_by_evidence(sql, tenant, &format!("incident:{next}")).await? {
            world.apply(&event);
        }
        wanted.extend(world.incidents.get(&next).into_iter().flat_map(|incident| incident.absorbed(i64::MAX)));
    }
    definitions(sql, tenant, &mut world).await?;
    Ok(world)
}

/// Adds the definitions that the incidents of this world name.
async fn definitions(sql: &mut dyn Sql, tenant: TenantId, world: &mut World) -> Result<(), StoreError> {
    let agreements: BTreeSet<AgreementId> = world.incidents.values().flat_map(agreements).collect();
    let teams: BTreeSet<_> = world.incidents.values().flat_map(teams).collect();
    let services: BTreeSet<_> =
        world.incidents.values().filter_map(|incident| incident.opened.as_ref()).map(|opened| opened.service).collect();
    for id in services {
        put(sql, tenant, world, id).await?;
    }
    for id in teams {
        put(sql, tenant, world, id).await?;
    }
    for id in agreements {
        put(sql, tenant, world, id).await?;
    }
    let organisations: BTreeSet<_> =
        world.teams.ids(i64::MAX).flat_map(|id| world.teams.all(id)).map(|team| team.body.organisation).collect();
    for id in organisations {
        put(sql, tenant, world, id).await?;
    }
    let calendars: BTreeSet<_> =
        world.agreements.ids(i64::MAX).flat_map(|id| world.agreements.all(id)).map(|agreement| agreement.body.calendar).collect();
    for id in calendars {
        put(sql, tenant, world, id).await?;
    }
    Ok(())
}

async fn put(sql: &mut dyn Sql, tenant: TenantId, world: &mut World, id: impl std::fmt::Display + Send) -> Result<(), StoreError> {
    for event in ledger::events_of(sql, tenant, "definition", &id.to_string()).await? {
        world.apply(&event);
    }
    Ok(())
}

fn agreements(incident: &Incident) -> Vec<AgreementId> {
    let opened = incident.opened.iter().flat_map(|opened| &opened.agreements);
    let changed = incident.facts.iter().filter_map(|fact| match &fact.what {
        What::Retargeted { agreements } => Some(agreements.iter()),
        _ => None,
    });
    opened.chain(changed.flatten()).map(|agreement| agreement.id).collect()
}

fn teams(incident: &Incident) -> Vec<evenkeel_core::id::TeamId> {
    let opened = incident.opened.iter().filter_map(|opened| opened.team);
    let assigned = incident.facts.iter().filter_map(|fact| match fact.what {
        What::Assigned { team, .. } => team,
        _ => None,
    });
    opened.chain(assigned).collect()
}
