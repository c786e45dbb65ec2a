//! Who a target is at an instant, and whether a step reaches anybody.

use evenkeel_core::id::{PersonId, TenantId};
use evenkeel_store::{Sql, StoreError};
use jiff::Timestamp;

use super::{PolicyDefinition, PolicyError, Target};
use crate::{contact, oncall, page::port::Directory};

/// Who the targets are at `at`, each person once.
pub async fn people(
    sql: &mut dyn Sql,
    directory: &dyn Directory,
    tenant: TenantId,
    targets: &[Target],
    at: Timestamp,
) -> Result<Vec<PersonId>, StoreError> {
    let mut found: Vec<PersonId> = Vec::new();
    for target in targets {
        let more = match target {
            Target::Person(person) => vec![*person],
            Target::Team(team) => directory.team(sql, tenant, *team).await?.map(|card| card.members).unwrap_or_default(),
            Target::Schedule(team) => match oncall::current(sql, tenant, *team).await?.and_then(|declared| declared.definition.rota().ok())
            {
                Some(rota) => rota.on_call(&oncall::overrides(sql, tenant, *team, at).await?, at).person.into_iter().collect(),
                None => Vec::new(),
            },
        };
        for person in more {
            if !found.contains(&person) {
                found.push(person);
            }
        }
    }
    Ok(found)
}

/// The first step that reaches nobody: no member of its teams and rotas, and none of its people, is active and has a way.
pub async fn unreached(
    sql: &mut dyn Sql,
    directory: &dyn Directory,
    tenant: TenantId,
    policy: &PolicyDefinition,
) -> Result<Option<PolicyError>, StoreError> {
    for (place, step) in policy.steps.iter().enumerate() {
        let mut candidates = Vec::new();
        for target in &step.targets {
            match target {
                Target::Person(person) => candidates.push(*person),
                Target::Team(team) => {
                    candidates.extend(directory.team(sql, tenant, *team).await?.map(|card| card.members).unwrap_or_default());
                }
                Target::Schedule(team) => {
                    let declared = oncall::current(sql, tenant, *team).await?;
                    candidates.extend(declared.map(|declared| declared.definition.members()).unwrap_or_default());
                }
            }
        }
        let mut reached = false;
        for person in &candidates {
            reached = reached || !contact::methods(sql, directory, tenant, *person).await?.is_empty();
        }
        if !reached {
            let why = if candidates.is_empty() {
                "it names nobody: the rota or the team has no members"
            } else {
                "nobody it names is active and has a way to be told"
            };
            return Ok(Some(PolicyError { step: Some(place), detail: format!("this step reaches nobody; {why}") }));
        }
    }
    Ok(None)
}
