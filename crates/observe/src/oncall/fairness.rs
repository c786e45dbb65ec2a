//! Who carries how much: hours, nights, weekends, holidays and pages of each person over a stretch of time.

use std::collections::BTreeMap;

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, Json, Path, Permission, Query, Refusals, Routes, routes};
use evenkeel_core::id::{PersonId, TeamId};
use evenkeel_store::{Sql, params};
use jiff::{
    Timestamp, ToSpan,
    civil::{Date, Time, Weekday, time},
    tz::TimeZone,
};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    rota::Shift,
    routes::{Range, usable},
    store,
};
use crate::page::{PageState, port::PersonName};

/// The routes of fairness.
pub(super) fn router() -> Routes<PageState> {
    Routes::new().routes(routes!(on_call_fairness))
}

/// What one person carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Load {
    /// On duty, seconds.
    pub duty_secs: i64,
    /// Nights (22:00 to 06:00 of the rota's wall clock) of which any part was duty.
    pub nights: i64,
    /// Saturdays and Sundays of which any part was duty.
    pub weekend_days: i64,
    /// Holidays of the rota of which any part was duty.
    pub holidays: i64,
}

const EVENING: Time = time(22, 0, 0, 0);
const MORNING: Time = time(6, 0, 0, 0);

/// What each person carries of `shifts`. Pure.
pub(super) fn loads(shifts: &[Shift], zone: &TimeZone, holidays: &[Date]) -> BTreeMap<PersonId, Load> {
    let at = |day: Date, time: Time| zone.to_ambiguous_timestamp(day.to_datetime(time)).compatible().unwrap_or(Timestamp::MAX);
    let mut loads: BTreeMap<PersonId, Load> = BTreeMap::new();
    // The last day counted for each, so that two shifts on one day count it once.
    let mut last: BTreeMap<PersonId, [Option<Date>; 2]> = BTreeMap::new();
    for shift in shifts {
        let Some(person) = shift.person else { continue };
        let load = loads.entry(person).or_default();
        let [last_night, last_day] = last.entry(person).or_default();
        load.duty_secs += shift.until.duration_since(shift.since).as_secs();
        let overlaps = |from: Timestamp, to: Timestamp| shift.since < to && from < shift.until;
        let end = shift.until.to_zoned(zone.clone()).date();
        let mut day = shift.since.to_zoned(zone.clone()).date().saturating_sub(1.day());
        while day <= end {
            let next = day.saturating_add(1.day());
            if overlaps(at(day, EVENING), at(next, MORNING)) && last_night.is_none_or(|last| last < day) {
                load.nights += 1;
                *last_night = Some(day);
            }
            if overlaps(at(day, Time::midnight()), at(next, Time::midnight())) && last_day.is_none_or(|last| last < day) {
                load.weekend_days += i64::from(matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday));
                load.holidays += i64::from(holidays.contains(&day));
                *last_day = Some(day);
            }
            day = next;
        }
    }
    loads
}

/// What one person carries.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OnCallLoad)]
pub struct LoadView {
    /// Who.
    pub person: PersonName,
    /// On duty, seconds.
    pub duty_secs: i64,
    /// Nights (22:00 to 06:00) of which any part was duty.
    pub nights: i64,
    /// Saturdays and Sundays of which any part was duty.
    pub weekend_days: i64,
    /// Holidays of the rota of which any part was duty.
    pub holidays: i64,
    /// Incidents of which they were told.
    pub pages: i64,
}

/// What each member of a rota carries over a stretch of time, as the rota in force and its overrides say.
#[utoipa::path(get, path = "/api/v1/on-call/{team}/fairness", tag = "on_call",
    params(("team" = TeamId, Path, description = "The team."), Range),
    responses((status = 200, body = Vec<LoadView>), Refusals))]
async fn on_call_fairness(
    State(state): State<PageState>,
    caller: Caller,
    Path(team): Path<TeamId>,
    Query(range): Query<Range>,
) -> ApiResult<Json<Vec<LoadView>>> {
    caller.require(Permission::OnCallRead)?;
    let (from, to) = range.bounds(state.kit.now())?;
    let mut sql = state.kit.db.read().await?;
    let declared =
        store::current(&mut sql, caller.tenant, team).await?.ok_or_else(|| evenkeel_api::Problem::not_found("rota of the team", team))?;
    let rota = usable(&declared)?;
    let overrides = store::overrides(&mut sql, caller.tenant, team, from).await?;
    let zone = TimeZone::get(&declared.definition.zone).unwrap_or(TimeZone::UTC);
    let mut loads = loads(&rota.shifts(&overrides, from, to), &zone, &declared.definition.holidays);
    let mut pages: BTreeMap<PersonId, i64> = BTreeMap::new();
    let told = sql
        .rows(
            "SELECT person_id, COUNT(DISTINCT incident_id) AS n FROM page WHERE tenant_id = $1 AND team_id = $2 AND reason = 'firing'
                AND queued_at >= $3 AND queued_at < $4 GROUP BY person_id",
            params![caller.tenant, team, from, to],
        )
        .await?;
    for row in &told {
        pages.insert(row.id("person_id")?, row.int("n")?);
    }
    for person in declared.definition.members().into_iter().chain(pages.keys().copied()) {
        loads.entry(person).or_default();
    }
    let mut list = Vec::with_capacity(loads.len());
    for (id, load) in loads {
        let person = state.person(&mut sql, caller.tenant, id).await?;
        let Load { duty_secs, nights, weekend_days, holidays } = load;
        list.push(LoadView { person, duty_secs, nights, weekend_days, holidays, pages: pages.get(&id).copied().unwrap_or(0) });
    }
    list.sort_by_key(|load| std::cmp::Reverse(load.duty_secs));
    Ok(Json(list))
}
