//! Reading and putting calendars.

use evenkeel_api::Grant;
use evenkeel_core::id::{CalendarId, TenantId};
use evenkeel_store::{Sql, StoreError, Tx};
use serde_json::Value;

use crate::{
    Act,
    definition::{self, Put, Version},
};

/// The word for calendars in `definition.put`.
pub const KIND: &str = "calendar";

/// Puts a calendar under a name; the same body again makes no version. Its id is [`CalendarId::named`] of the name.
pub async fn put(tx: &mut Tx, _grant: &Grant, act: &Act, name: &str, body: &Value) -> Result<(CalendarId, Put), StoreError> {
    let id = CalendarId::named(name);
    Ok((id, definition::put(tx, act, KIND, id, name, body).await?))
}

/// Takes a calendar out of force. Answers whether it was in force.
pub async fn retire(tx: &mut Tx, _grant: &Grant, act: &Act, id: CalendarId) -> Result<bool, StoreError> {
    definition::retire(tx, act, KIND, id).await
}

/// The calendar in force.
pub async fn find(sql: &mut dyn Sql, tenant: TenantId, id: CalendarId) -> Result<Option<Version<Value>>, StoreError> {
    definition::current(sql, tenant, KIND, id).await
}
