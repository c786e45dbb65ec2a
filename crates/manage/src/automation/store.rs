//! Putting definitions, with everything they refer to looked up.

use evenkeel_api::Grant;
use evenkeel_core::{ErrorCode, Failure, id::TenantId};
use evenkeel_store::{Sql, StoreError, Tx};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{
    Action, AutomationDefinition, AutomationKind, Condition, FieldDefinition, MacroDefinition, RuleDefinition, StatusDefinition,
    action::Standing, list::references,
};
use crate::{
    Act,
    definition::{self, Put, Version},
    refuse::{in_use, invalid},
};

/// Every definition of a kind in force, by name.
pub(super) async fn list<T: DeserializeOwned>(
    sql: &mut dyn Sql,
    tenant: TenantId,
    kind: AutomationKind,
) -> Result<Vec<Version<T>>, StoreError> {
    definition::list(sql, tenant, kind.as_str(), "", kind.most()).await
}

/// Puts a definition under its name; the same again makes no version.
///
/// # Errors
/// A refusal that names the place that cannot be, or what it refers to and is not there.
pub async fn put(tx: &mut Tx, _grant: &Grant, act: &Act, definition: &AutomationDefinition) -> Result<Put, StoreError> {
    definition.check()?;
    let (kind, name) = (definition.kind(), definition.name());
    let body = definition.body()?;
    references::check(tx, act.tenant, &body).await?;
    fields(tx, act.tenant, definition).await?;
    statuses(tx, act.tenant, definition).await?;
    if definition::current::<Value>(tx, act.tenant, kind.as_str(), name).await?.is_none() {
        let there = list::<Value>(tx, act.tenant, kind).await?.len();
        if i64::try_from(there).unwrap_or(i64::MAX) >= kind.most() {
            return Err(invalid("/name", format!("there are {} of kind {}; retire some first", kind.most(), kind.as_str())).into());
        }
    }
    definition::put(tx, act, kind.as_str(), name, name, &body).await
}

/// The fields that a definition names are there, and can say what it wants of them.
async fn fields(tx: &mut Tx, tenant: TenantId, definition: &AutomationDefinition) -> Result<(), StoreError> {
    let mut wanted: Vec<(String, &str, Option<&Value>)> = Vec::new();
    for (place, action) in definition.actions().iter().enumerate() {
        if let Action::SetField(setting) = action {
            wanted.push((format!("/then/{place}/set_field"), &setting.field, Some(&setting.value)));
        }
    }
    for node in definition.condition().map(Condition::nodes).unwrap_or_default() {
        if let Condition::Field(test) = node {
            wanted.push(("/if".to_owned(), &test.name, None));
        }
    }
    if let AutomationDefinition::TicketTemplate(template) = definition {
        wanted.extend(template.fields.iter().map(|(name, value)| (format!("/fields/{name}"), name.as_str(), Some(value))));
    }
    if wanted.is_empty() {
        return Ok(());
    }
    let known = list::<FieldDefinition>(tx, tenant, AutomationKind::TicketField).await?;
    for (at, name, value) in wanted {
        let Some(found) = known.iter().find(|found| found.name == name) else {
            let names = known.iter().map(|found| found.name.clone());
            return Err(invalid(&at, format!("there is no field {name:?}")).allowed(names).into());
        };
        match value {
            Some(value) => found.body.accepts(&at, value).map(|_| ())?,
            None if found.body.holds_words() => {
                return Err(invalid(&at, format!("field {name:?} holds words, which are not tested")).into());
            }
            None => {}
        }
    }
    Ok(())
}

/// The statuses that a definition names are there.
async fn statuses(tx: &mut Tx, tenant: TenantId, definition: &AutomationDefinition) -> Result<(), StoreError> {
    let mut wanted: Vec<(String, &str)> = Vec::new();
    for (place, action) in definition.actions().iter().enumerate() {
        if let Action::SetStatus(Standing { status: Some(name) }) = action {
            wanted.push((format!("/then/{place}/set_status/status"), name));
        }
    }
    for node in definition.condition().map(Condition::nodes).unwrap_or_default() {
        if let Condition::Status(names) = node {
            wanted.extend(names.iter().map(|name| ("/if".to_owned(), name.as_str())));
        }
    }
    if wanted.is_empty() {
        return Ok(());
    }
    let of_incidents = match definition {
        AutomationDefinition::Macro(one) => one.of.is_usual(),
        AutomationDefinition::TicketRule(rule) => rule.of.is_usual(),
        _ => true,
    };
    let known = list::<StatusDefinition>(tx, tenant, AutomationKind::TicketStatus).await?;
    let known: Vec<_> = known.into_iter().filter(|known| known.body.under.is_of_incidents() == of_incidents).collect();
    match wanted.into_iter().find(|(_, name)| !known.iter().any(|known| known.name == *name)) {
        None => Ok(()),
        Some((at, name)) => {
            let names = known.iter().map(|known| known.name.clone());
            Err(invalid(&at, format!("there is no status {name:?}")).allowed(names).into())
        }
    }
}

/// Takes a definition out of force; what it did stays. Answers whether it was in force.
///
/// # Errors
/// A refusal that names the rules, macros and templates that still use a field, or a status.
pub async fn retire(tx: &mut Tx, _grant: &Grant, act: &Act, kind: AutomationKind, name: &str) -> Result<bool, StoreError> {
    let noun = match kind {
        AutomationKind::TicketField => Some("field"),
        AutomationKind::TicketStatus => Some("status"),
        _ => None,
    };
    if let Some(noun) = noun {
        let users = users(tx, act.tenant, kind, name).await?;
        if !users.is_empty() {
            return Err(in_use(noun, &users));
        }
    }
    definition::retire(tx, act, kind.as_str(), name).await
}

/// Whether an act names this field, or this status.
fn sets(action: &Action, used: AutomationKind, name: &str) -> bool {
    match action {
        Action::SetField(setting) => used == AutomationKind::TicketField && setting.field == name,
        Action::SetStatus(standing) => used == AutomationKind::TicketStatus && standing.status.as_deref() == Some(name),
        _ => false,
    }
}

/// Whether a test looks at it.
fn tests(node: &Condition, used: AutomationKind, name: &str) -> bool {
    match node {
        Condition::Field(test) => used == AutomationKind::TicketField && test.name == name,
        Condition::Status(names) => used == AutomationKind::TicketStatus && names.iter().any(|one| one == name),
        _ => false,
    }
}

async fn users(sql: &mut dyn Sql, tenant: TenantId, used: AutomationKind, name: &str) -> Result<Vec<String>, StoreError> {
    let sets = |actions: &[Action]| actions.iter().any(|action| sets(action, used, name));
    let tests = |condition: &Condition| condition.nodes().iter().any(|node| tests(node, used, name));
    let mut users = Vec::new();
    for rule in list::<RuleDefinition>(sql, tenant, AutomationKind::TicketRule).await? {
        if sets(&rule.body.then) || tests(&rule.body.condition) {
            users.push(format!("rule {:?}", rule.name));
        }
    }
    for one in list::<MacroDefinition>(sql, tenant, AutomationKind::Macro).await? {
        if sets(&one.body.then) {
            users.push(format!("macro {:?}", one.name));
        }
    }
    for template in list::<super::TemplateDefinition>(sql, tenant, AutomationKind::TicketTemplate).await? {
        if used == AutomationKind::TicketField && template.body.fields.contains_key(name) {
            users.push(format!("template {:?}", template.name));
        }
    }
    Ok(users)
}

/// The refusal when there is no such definition.
pub(super) fn missing(kind: AutomationKind, name: &str) -> Failure {
    let shown: String = name.chars().take(100).collect();
    Failure::new(ErrorCode::NotFound, format!("there is no {} {shown:?}", kind.as_str()))
}
