//! Reading and putting calendars.

use evenkeel_api::Grant;
use evenkeel_core::{
    definition::{AgreementDefinition, ServiceDefinition},
    id::{CalendarId, TenantId},
};
use evenkeel_store::{Sql, StoreError, Tx};
use serde_json::Value;

use crate::{
    Act, agreement, catalogue,
    definition::{self, Put, Version},
    refuse, service,
};

/// The word for calendars in `definition.put`.
pub const KIND: &str = "calendar";

/// Puts a calendar under a name; the same body again makes no version. Its id is [`CalendarId::named`] of the name.
pub async fn put(tx: &mut Tx, _grant: &Grant, act: &Act, name: &str, body: &Value) -> Result<(CalendarId, Put), StoreError> {
    let id = CalendarId::named(name);
    Ok((id, definition::put(tx, act, KIND, id, name, body).await?))
}

/// The most agreements and services that are looked through.
const USERS_MAX: i64 = 100_000;

/// Takes a calendar out of force. Answers whether it was in force.
///
/// # Errors
/// A refusal that names the agreements, services and catalogue items in force that still use it.
pub async fn retire(tx: &mut Tx, _grant: &Grant, act: &Act, id: CalendarId) -> Result<bool, StoreError> {
    let mut users = Vec::new();
    for found in definition::list::<AgreementDefinition>(tx, act.tenant, agreement::KIND, "", USERS_MAX).await? {
        if found.body.calendar == id {
            users.push(format!("agreement {:?}", found.name));
        }
    }
    for found in definition::list::<ServiceDefinition>(tx, act.tenant, service::KIND, "", USERS_MAX).await? {
        if found.body.hours == Some(id) {
            users.push(format!("service {:?}", found.name));
        }
    }
    users.extend(catalogue::users(tx, act.tenant, |item| item.expected.is_some_and(|expected| expected.calendar == id)).await?);
    if !users.is_empty() {
        return Err(refuse::in_use("calendar", &users));
    }
    definition::retire(tx, act, KIND, id).await
}

/// The calendar in force.
pub async fn find(sql: &mut dyn Sql, tenant: TenantId, id: CalendarId) -> Result<Option<Version<Value>>, StoreError> {
    definition::current(sql, tenant, KIND, id).await
}
