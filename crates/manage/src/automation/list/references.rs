//! What definitions refer to: looked up when they are put, and named when they are shown.
//!
//! A reference is known by the key it stands under (`team`, `services` …), wherever that is in a body: so no kind of
//! definition can forget one of its own.

use std::collections::BTreeMap;

use evenkeel_core::id::TenantId;
use evenkeel_store::{Sql, StoreError};
use serde_json::Value;

use crate::{calendar, catalogue, party, refuse::invalid, service};

/// Keys whose values are the house's own words, not ours.
const OPAQUE: [&str; 4] = ["value", "is", "fields", "answer"];
/// The most names that a refusal lists.
const SHOWN_MAX: i64 = 50;

/// What a reference is to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Target {
    Service,
    Team,
    Person,
    Organisation,
    Calendar,
    Item,
}

fn target(key: &str) -> Option<Target> {
    Some(match key {
        "service" | "services" => Target::Service,
        "team" | "teams" => Target::Team,
        "person" | "assignee" => Target::Person,
        "customer" | "customers" => Target::Organisation,
        "calendar" => Target::Calendar,
        "item" => Target::Item,
        _ => return None,
    })
}

/// Calls `each` with every reference: what it is to, where it stands, and its id.
fn walk(value: &mut Value, at: &str, key: Option<Target>, each: &mut impl FnMut(Target, &str, &mut String)) {
    match (value, key) {
        (Value::Object(map), _) => {
            for (name, value) in map.iter_mut().filter(|(name, _)| !OPAQUE.contains(&name.as_str())) {
                walk(value, &format!("{at}/{name}"), target(name), each);
            }
        }
        (Value::Array(all), key) => {
            for (place, value) in all.iter_mut().enumerate() {
                walk(value, &format!("{at}/{place}"), key, each);
            }
        }
        (Value::String(id), Some(key)) => each(key, at, id),
        _ => {}
    }
}

/// The name that a reference is declared under; none = there is no such thing.
async fn name(sql: &mut dyn Sql, tenant: TenantId, target: Target, id: &str) -> Result<Option<String>, StoreError> {
    macro_rules! parsed {
        ($id:ident => $find:expr) => {
            match id.parse() {
                Ok($id) => $find,
                Err(_) => return Ok(None),
            }
        };
    }
    Ok(match target {
        Target::Service => {
            parsed!(id => service::find(sql, tenant, id).await?).filter(|service| !service.retired).map(|service| service.name)
        }
        Target::Team => parsed!(id => party::find_team(sql, tenant, id).await?).map(|team| team.name),
        Target::Person => parsed!(id => party::find_person(sql, tenant, id).await?).map(|person| person.name),
        Target::Organisation => parsed!(id => party::find_organisation(sql, tenant, id).await?).map(|found| found.name),
        Target::Calendar => parsed!(id => calendar::find(sql, tenant, id).await?).map(|found| found.name),
        Target::Item => parsed!(id => catalogue::find(sql, tenant, id).await?).map(|found| found.name),
    })
}

async fn there(sql: &mut dyn Sql, tenant: TenantId, target: Target) -> Result<Vec<String>, StoreError> {
    Ok(match target {
        Target::Team => party::list_teams(sql, tenant, None, "", SHOWN_MAX).await?.into_iter().map(|found| found.name).collect(),
        Target::Organisation => {
            party::list_organisations(sql, tenant, None, "", SHOWN_MAX).await?.into_iter().map(|found| found.name).collect()
        }
        Target::Person => party::list_people(sql, tenant, None, "", SHOWN_MAX).await?.into_iter().map(|found| found.name).collect(),
        Target::Service | Target::Calendar | Target::Item => {
            let kind = match target {
                Target::Service => service::KIND,
                Target::Calendar => calendar::KIND,
                _ => catalogue::KIND,
            };
            let found = crate::definition::list::<Value>(sql, tenant, kind, "", SHOWN_MAX).await?;
            found.into_iter().map(|found| found.name).collect()
        }
    })
}

/// # Errors
/// A refusal of the first reference to something that is not there; it lists what is.
pub(in crate::automation) async fn check(sql: &mut dyn Sql, tenant: TenantId, body: &Value) -> Result<(), StoreError> {
    let mut found = BTreeMap::new();
    walk(&mut body.clone(), "", None, &mut |target, at, id| {
        found.entry((target, id.clone())).or_insert_with(|| at.to_owned());
    });
    for ((target, id), at) in found {
        if name(sql, tenant, target, &id).await?.is_none() {
            let noun = format!("{target:?}").to_lowercase();
            return Err(invalid(&at, format!("there is no such {noun}")).allowed(there(sql, tenant, target).await?).into());
        }
    }
    Ok(())
}

/// The bodies with names instead of ids, as people write them; what is gone keeps its id.
pub(super) async fn named(sql: &mut dyn Sql, tenant: TenantId, bodies: &mut [Value]) -> Result<(), StoreError> {
    let mut names: BTreeMap<(Target, String), Option<String>> = BTreeMap::new();
    for body in bodies.iter_mut() {
        walk(body, "", None, &mut |target, _, id| {
            names.entry((target, id.clone())).or_default();
        });
    }
    for ((target, id), found) in &mut names {
        *found = name(sql, tenant, *target, id).await?;
    }
    for body in bodies {
        walk(body, "", None, &mut |target, _, id| {
            if let Some(Some(name)) = names.get(&(target, id.clone())) {
                id.clone_from(name);
            }
        });
    }
    Ok(())
}
