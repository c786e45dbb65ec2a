//! The hours that count for a service and its customer, and what is due by them.

use evenkeel_core::id::{CalendarId, OrganisationId, ServiceId, TenantId};
use evenkeel_sla::{Calendar, CalendarDefinition};
use evenkeel_store::{Sql, StoreError};
use jiff::{Timestamp, civil::Date, tz::TimeZone};

use super::find;
use crate::{agreement, service};

/// So many days are looked through for open ones.
const DAYS_MAX: i64 = 800;

/// The hours that count: those of the customer's agreement on the service, else the service's own, else none: around the clock.
pub(crate) async fn hours(
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

/// These hours as a calendar; none = around the clock.
pub(crate) async fn compiled(sql: &mut dyn Sql, tenant: TenantId, hours: Option<CalendarId>) -> Result<Calendar, StoreError> {
    let Some(id) = hours else { return Ok(Calendar::always()) };
    let Some(found) = find(sql, tenant, id).await? else { return Ok(Calendar::always()) };
    let definition: CalendarDefinition = serde_json::from_value(found.body)?;
    Calendar::compile(&definition).map_err(|error| StoreError::Corrupt(format!("a calendar in force does not compile: {error}")))
}

/// When the last of `days` business days is over that begin after the day of `from`; none = there are not so many. A day on
/// which it is open at all counts, up to its last closing.
pub(crate) fn after_days(calendar: &Calendar, from: Timestamp, days: i64) -> Option<Timestamp> {
    let zone = calendar.zone();
    let mut date = from.to_zoned(zone.clone()).date();
    let mut left = days;
    for _ in 0..DAYS_MAX {
        if left <= 0 {
            return None;
        }
        date = date.tomorrow().ok()?;
        let open = calendar.open_between(start_of(zone, date)?, end_of(zone, date)?);
        let Some(last) = open.spans().last() else { continue };
        left -= 1;
        if left == 0 {
            return Timestamp::from_microsecond(last.to).ok();
        }
    }
    None
}

fn start_of(zone: &TimeZone, date: Date) -> Option<Timestamp> {
    Some(date.to_zoned(zone.clone()).ok()?.timestamp())
}

/// When a day is over in a zone.
pub(crate) fn end_of(zone: &TimeZone, date: Date) -> Option<Timestamp> {
    start_of(zone, date.tomorrow().ok()?)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use serde_json::json;

    use super::*;

    fn due(calendar: &Calendar, from: &str, days: i64) -> String {
        after_days(calendar, from.parse().unwrap(), days).unwrap().to_string()
    }

    #[test]
    fn business_days_pass_over_days_on_which_nobody_works() {
        let definition = json!({
            "zone": "Asia/Shanghai",
            "weekly": [{ "days": ["mon", "tue", "wed", "thu", "fri"], "from": "09:00", "to": "18:00" }],
        });
        let definition: CalendarDefinition = serde_json::from_value(definition).unwrap();
        let office = Calendar::compile(&definition).unwrap();
        // A Thursday: Friday, and Monday to Thursday.
        assert_eq!(due(&office, "2026-03-05T04:00:00Z", 5), "2026-03-12T10:00:00Z");
        // On a Saturday it begins to count on Monday.
        assert_eq!(due(&office, "2026-03-07T04:00:00Z", 1), "2026-03-09T10:00:00Z");
        // Of a day that is under way nothing counts, however early it is: the day is the house's, not UTC's.
        assert_eq!(due(&office, "2026-03-04T17:00:00Z", 1), "2026-03-06T10:00:00Z");
    }

    #[test]
    fn around_the_clock_every_day_counts() {
        assert_eq!(due(&Calendar::always(), "2026-03-05T04:00:00Z", 5), "2026-03-11T00:00:00Z");
        assert_eq!(after_days(&Calendar::always(), Timestamp::UNIX_EPOCH, 0), None);
    }
}
