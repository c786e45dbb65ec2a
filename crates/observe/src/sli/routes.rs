//! Routes of indicators.

use std::collections::BTreeMap;

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, Json, Path, Permission, Problem, Query, Refusals, Routes, routes};
use evenkeel_core::{id::ServiceId, state::SliState};
use jiff::{SignedDuration, Timestamp, civil::Date, tz::TimeZone};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{Piece, table};
use crate::Observe;

/// The longest stretch that one answer covers, days.
const DAYS_MAX: i64 = 400;
/// Services in one question, at most.
const SERVICES_MAX: usize = 200;

pub(crate) fn router(state: Observe) -> Routes {
    Routes::new().routes(routes!(sli_list)).routes(routes!(service_sli)).with_state(state)
}

/// Which services.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct SliQuery {
    /// Ids of services, separated by commas; 200 at most.
    services: Option<String>,
}

/// Where a service's indicator stands.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SliNow {
    /// Whose.
    service_id: ServiceId,
    /// `good`, `bad` or `unknown`.
    #[schema(value_type = String)]
    state: SliState,
    /// Since when; null when nobody has ever looked.
    #[schema(value_type = Option<String>, format = DateTime)]
    since: Option<Timestamp>,
}

/// Which stretch of time.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct SliRange {
    /// From, inclusive; 30 days ago when not given.
    #[param(value_type = Option<String>, format = DateTime)]
    from: Option<Timestamp>,
    /// To, exclusive; now when not given, 400 days later at most.
    #[param(value_type = Option<String>, format = DateTime)]
    to: Option<Timestamp>,
    /// IANA zone that days are cut in; UTC when not given.
    zone: Option<String>,
}

/// A stretch of one state.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SliInterval {
    /// `good`, `bad` or `unknown`.
    #[schema(value_type = String)]
    state: SliState,
    /// From, inclusive.
    #[schema(value_type = String, format = DateTime)]
    from: Timestamp,
    /// To, exclusive.
    #[schema(value_type = String, format = DateTime)]
    to: Timestamp,
    /// The event that seals it; null while it is not sealed.
    seq: Option<i64>,
}

/// A day's sum.
#[derive(Debug, PartialEq, Serialize, ToSchema)]
pub(crate) struct SliDay {
    /// The day.
    #[schema(value_type = String, format = Date)]
    date: Date,
    /// Seconds good.
    good_secs: f64,
    /// Seconds bad.
    bad_secs: f64,
    /// Seconds that nobody observed.
    unknown_secs: f64,
    /// Seconds in which some vantage points failed, but fewer than the probe asks for.
    partial_secs: f64,
}

/// A service's indicator over time.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ServiceSli {
    /// Whose.
    service_id: ServiceId,
    /// From, inclusive.
    #[schema(value_type = String, format = DateTime)]
    from: Timestamp,
    /// To, exclusive.
    #[schema(value_type = String, format = DateTime)]
    to: Timestamp,
    /// Stretches, oldest first, without a gap.
    intervals: Vec<SliInterval>,
    /// Days, oldest first.
    days: Vec<SliDay>,
}

/// Where indicators stand now.
#[utoipa::path(get, path = "/api/v1/sli", tag = "sli", params(SliQuery), responses((status = 200, body = Vec<SliNow>), Refusals))]
async fn sli_list(State(observe): State<Observe>, caller: Caller, Query(query): Query<SliQuery>) -> ApiResult<Json<Vec<SliNow>>> {
    let scope = caller.scope(Permission::ServiceRead)?;
    let mut read = observe.kit.db.read().await?;
    let asked = query.services.as_deref().filter(|list| !list.is_empty());
    let services: Vec<ServiceId> = match asked {
        Some(list) => list
            .split(',')
            .take(SERVICES_MAX)
            .map(|id| id.trim().parse().map_err(|_| Problem::invalid("services", format!("{id:?} is not an id"))))
            .collect::<Result<_, _>>()?,
        None => table::all_states(&mut read, caller.tenant).await?.into_iter().map(|row| row.service).take(SERVICES_MAX).collect(),
    };
    let states = table::find_states(&mut read, caller.tenant, &services).await?;
    let mut answer = Vec::with_capacity(services.len());
    for service in services {
        // What one may not see does not exist.
        let Some(owners) = observe.services.organisations(&mut read, caller.tenant, service).await? else { continue };
        let owners: Vec<_> = owners.into_iter().map(Some).collect();
        if !scope.shows(&owners) {
            continue;
        }
        let row = states.iter().find(|row| row.service == service);
        answer.push(SliNow { service_id: service, state: row.map_or(SliState::Unknown, |row| row.state), since: row.map(|row| row.since) });
    }
    Ok(Json(answer))
}

/// A service's indicator over time.
#[utoipa::path(get, path = "/api/v1/services/{id}/sli", tag = "sli", params(("id" = ServiceId, Path), SliRange), responses((status = 200, body = ServiceSli), Refusals))]
async fn service_sli(
    State(observe): State<Observe>,
    caller: Caller,
    Path(id): Path<ServiceId>,
    Query(query): Query<SliRange>,
) -> ApiResult<Json<ServiceSli>> {
    let mut read = observe.kit.db.read().await?;
    caller.require(Permission::ServiceRead)?;
    let owners = observe.services.organisations(&mut read, caller.tenant, id).await?.ok_or_else(|| Problem::not_found("service", id))?;
    let owners: Vec<_> = owners.into_iter().map(Some).collect();
    let service = caller.authorise(Permission::ServiceRead, &owners, ("service", id), id)?.into_inner();
    let to = query.to.unwrap_or_else(|| observe.kit.now());
    let from = query.from.unwrap_or_else(|| to.saturating_sub(SignedDuration::from_hours(24 * 30)).unwrap_or(Timestamp::MIN));
    if to <= from {
        return Err(Problem::invalid("to", "the stretch must end after it begins"));
    }
    if to.duration_since(from) > SignedDuration::from_hours(24 * DAYS_MAX) {
        return Err(Problem::invalid("to", format!("ask for {DAYS_MAX} days at most")));
    }
    let zone = TimeZone::get(query.zone.as_deref().unwrap_or("UTC"))
        .map_err(|_| Problem::invalid("zone", "this is no IANA zone, such as Asia/Shanghai"))?;
    let sealed = table::intervals(&mut read, caller.tenant, service, from, to).await?;
    let state = table::find_states(&mut read, caller.tenant, &[service]).await?.pop();
    let sealed: Vec<(Piece, Option<i64>)> = sealed.into_iter().map(|row| (row.piece, Some(row.seq))).collect();
    let now = observe.kit.now();
    let pieces = without_gaps(sealed, state.map(|row| Piece { state: row.state, from: row.sealed_to, to: now }), from, to);
    let days = days(&pieces, &zone);
    let intervals =
        pieces.into_iter().map(|(piece, seq)| SliInterval { state: piece.state, from: piece.from, to: piece.to, seq }).collect();
    Ok(Json(ServiceSli { service_id: service, from, to, intervals, days }))
}

/// Cuts to `[from, to)`, adds the stretch in force, and calls unknown what nobody observed.
fn without_gaps(mut sealed: Vec<(Piece, Option<i64>)>, open: Option<Piece>, from: Timestamp, to: Timestamp) -> Vec<(Piece, Option<i64>)> {
    sealed.extend(open.map(|piece| (piece, None)));
    let mut whole: Vec<(Piece, Option<i64>)> = Vec::with_capacity(sealed.len() + 2);
    let mut reached = from;
    let unknown = |from, to| (Piece { state: SliState::Unknown, from, to }, None);
    for (piece, seq) in sealed {
        let (begin, end) = (piece.from.max(reached), piece.to.min(to));
        if begin >= end {
            continue;
        }
        if begin > reached {
            whole.push(unknown(reached, begin));
        }
        whole.push((Piece { from: begin, to: end, ..piece }, seq));
        reached = end;
    }
    if reached < to {
        whole.push(unknown(reached, to));
    }
    whole
}

fn days(pieces: &[(Piece, Option<i64>)], zone: &TimeZone) -> Vec<SliDay> {
    let mut sums: BTreeMap<Date, [f64; 4]> = BTreeMap::new();
    for (piece, _) in pieces {
        let mut from = piece.from;
        while from < piece.to {
            let date = zone.to_datetime(from).date();
            let midnight =
                date.tomorrow().ok().and_then(|next| next.to_zoned(zone.clone()).ok()).map_or(piece.to, |midnight| midnight.timestamp());
            let to = midnight.min(piece.to);
            if to <= from {
                break;
            }
            let place = match piece.state {
                SliState::Good => 0,
                SliState::Bad => 1,
                SliState::Unknown => 2,
                SliState::Partial => 3,
            };
            sums.entry(date).or_default()[place] += to.duration_since(from).as_secs_f64();
            from = to;
        }
    }
    sums.into_iter()
        .map(|(date, [good_secs, bad_secs, unknown_secs, partial_secs])| SliDay { date, good_secs, bad_secs, unknown_secs, partial_secs })
        .collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::float_cmp)]
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn what_nobody_observed_is_unknown_and_never_left_out() {
        let good = Piece { state: SliState::Good, from: at("2026-03-01T10:00:00Z"), to: at("2026-03-01T11:00:00Z") };
        let open = Piece { state: SliState::Bad, from: at("2026-03-01T11:30:00Z"), to: at("2026-03-01T11:40:00Z") };
        let (from, to) = (at("2026-03-01T09:00:00Z"), at("2026-03-01T12:00:00Z"));
        let whole = without_gaps(vec![(good, Some(7))], Some(open), from, to);
        let told: Vec<_> =
            whole.iter().map(|(piece, seq)| (piece.state.as_str(), piece.to.duration_since(piece.from).as_mins(), *seq)).collect();
        assert_eq!(told, [("unknown", 60, None), ("good", 60, Some(7)), ("unknown", 30, None), ("bad", 10, None), ("unknown", 20, None)]);
    }

    #[test]
    fn days_are_cut_in_the_zone_and_a_short_day_is_short() {
        let zone = TimeZone::get("Europe/Berlin").unwrap();
        let whole = Piece { state: SliState::Good, from: at("2026-03-28T23:00:00Z"), to: at("2026-03-30T22:00:00Z") };
        let days = days(&[(whole, None)], &zone);
        let told: Vec<_> = days.iter().map(|day| (day.date.to_string(), day.good_secs / 3600.0)).collect();
        assert_eq!(told, [("2026-03-29".to_owned(), 23.0), ("2026-03-30".to_owned(), 24.0)]);
    }
}
