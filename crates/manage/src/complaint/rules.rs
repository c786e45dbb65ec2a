//! Rules of the house: how long a grievance may go unheard, and when a reply is owed; in which hours.

use evenkeel_api::Grant;
use evenkeel_core::id::{CalendarId, OrganisationId, ServiceId, TenantId};
use evenkeel_sla::{Calendar, CalendarDefinition};
use evenkeel_store::{Sql, StoreError, Tx};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    Act, agreement, calendar,
    definition::{self, Put},
    service,
};

/// The word in `definition.put`.
pub const KIND: &str = "complaint_rules";
/// There is one.
pub const NAME: &str = "complaint_rules";

/// How long things may take, seconds of business time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ComplaintRules {
    /// A grievance that nobody explained for so long becomes a complaint.
    pub grievance_secs: i64,
    /// A complaint is replied to within so long.
    pub reply_secs: i64,
}

impl Default for ComplaintRules {
    /// A working day, and a working week.
    fn default() -> Self {
        Self { grievance_secs: 8 * 3_600, reply_secs: 40 * 3_600 }
    }
}

/// Puts the rules: what is registered from now on follows them.
///
/// # Errors
/// As any statement.
pub async fn put(tx: &mut Tx, _grant: &Grant, act: &Act, rules: ComplaintRules) -> Result<Put, StoreError> {
    definition::put(tx, act, KIND, NAME, NAME, &rules).await
}

/// The rules in force.
pub(super) async fn current(sql: &mut dyn Sql, tenant: TenantId) -> Result<ComplaintRules, StoreError> {
    Ok(definition::current(sql, tenant, KIND, NAME).await?.map_or_else(ComplaintRules::default, |found| found.body))
}

/// The hours that count: those of the customer's agreement on the service, else the service's own, else none: around the clock.
pub(super) async fn hours(
    sql: &mut dyn Sql,
    tenant: TenantId,
    service: Option<ServiceId>,
    organisation: Option<OrganisationId>,
) -> Result<Option<CalendarId>, StoreError> {
    let Some(id) = service else { return Ok(None) };
    if let Some(first) = agreement::of_service(sql, tenant, id, organisation).await?.first()
        && let Some(found) = agreement::find(sql, tenant, first.id).await?
    {
        return Ok(Some(found.body.calendar));
    }
    Ok(service::find(sql, tenant, id).await?.and_then(|found| found.definition.hours))
}

/// When `secs` of business time from `from` are over; none = the hours never open.
pub(crate) async fn due(
    sql: &mut dyn Sql,
    tenant: TenantId,
    hours: Option<CalendarId>,
    from: Timestamp,
    secs: i64,
) -> Result<Option<Timestamp>, StoreError> {
    let compiled = match hours {
        None => Calendar::always(),
        Some(id) => match calendar::find(sql, tenant, id).await? {
            None => Calendar::always(),
            Some(found) => compile(found.body)?,
        },
    };
    Ok(compiled.due(from, secs).at())
}

fn compile(body: Value) -> Result<Calendar, StoreError> {
    let definition: CalendarDefinition = serde_json::from_value(body)?;
    Calendar::compile(&definition).map_err(|error| StoreError::Corrupt(format!("a calendar in force does not compile: {error}")))
}
