//! What became of the releases of a time: deployment frequency and lead time as DORA means them, each figure with the releases
//! it counts. By single changes they are in `change::statistics`.

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, Json, Permission, Problem as Answer, Query, Refusals};
use evenkeel_core::{ErrorCode, Failure, id::ReleaseId};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{model::Release, store, view::count};
use crate::{Manage, change};

/// The longest period.
const SPAN_MAX: SignedDuration = SignedDuration::from_hours(24 * 367);
/// More releases than this are not counted at once.
const RELEASES_MAX: i64 = 5_000;

/// Which time.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ReleaseStatisticsQuery {
    /// First instant.
    from: Timestamp,
    /// First instant after; at most 366 days later.
    to: Timestamp,
}

/// A release that a figure counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(super) struct CountedRelease {
    /// Which.
    id: ReleaseId,
    /// REL-1001 is 1001.
    number: i64,
}

/// So many of so many, and which.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub(super) struct ReleaseShare {
    /// So many.
    count: i64,
    /// Of so many.
    n: i64,
    /// The share, 0 to 1; null when there are none.
    share: Option<f64>,
    /// Those that are counted.
    releases: Vec<CountedRelease>,
}

/// A middle value, and what it is of.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub(super) struct ReleaseMedian {
    /// Seconds; null when there are none.
    median_secs: Option<i64>,
    /// Of so many.
    n: i64,
    /// The releases whose times are counted.
    releases: Vec<CountedRelease>,
}

/// What became of the releases of a time. Population: those that were verified or taken back in it.
#[derive(Debug, PartialEq, Serialize, ToSchema)]
pub(super) struct ReleaseStatistics {
    /// Verified, of all that ended: deployment frequency is these over the days of the period.
    deployments: ReleaseShare,
    /// Verified releases a day.
    per_day: f64,
    /// Of each change that a verified release carried: from its draft until the release was verified.
    lead_time: ReleaseMedian,
    /// Taken back, of all that ended.
    rolled_back: ReleaseShare,
    /// Of those taken back: from when the roll-out began until it was taken back.
    time_to_roll_back: ReleaseMedian,
}

/// What became of the releases of a time.
#[utoipa::path(get, path = "/api/v1/release-statistics", operation_id = "release_statistics", tag = "release",
    params(ReleaseStatisticsQuery), responses((status = 200, body = ReleaseStatistics), Refusals))]
pub(super) async fn release_statistics(
    State(manage): State<Manage>,
    caller: Caller,
    Query(query): Query<ReleaseStatisticsQuery>,
) -> ApiResult<Json<ReleaseStatistics>> {
    if caller.scope(Permission::ReleaseRead)?.organisation().is_some() {
        return Err(Failure::new(ErrorCode::Forbidden, "customers and vendors see their own releases only").into());
    }
    let (from, to) = (query.from, query.to);
    if from >= to || to.duration_since(from) > SPAN_MAX {
        return Err(Answer::invalid("to", "a period is 366 days at most, and ends after it begins"));
    }
    let mut sql = manage.kit.db.read().await?;
    let ended = store::ended_between(&mut sql, caller.tenant, from, to, RELEASES_MAX).await?;
    let mut drafted = Vec::with_capacity(ended.len());
    for release in &ended {
        let changes = change::find_all(&mut sql, caller.tenant, &release.content.changes).await?;
        drafted.push(changes.iter().map(|change| change.opened_at).collect());
    }
    Ok(Json(of(&ended, &drafted, to.duration_since(from))))
}

/// The figures of releases that ended, each with when the changes it carried were drafted. Pure.
fn of(ended: &[Release], drafted: &[Vec<Timestamp>], period: SignedDuration) -> ReleaseStatistics {
    let (back, verified): (Vec<_>, Vec<_>) = ended.iter().zip(drafted).partition(|(release, _)| release.rolled_back);
    let days = period.as_secs_f64() / 86_400.0;
    let lead = verified.iter().flat_map(|(release, drafted)| {
        drafted.iter().filter_map(move |at| Some((*release, release.ended_at?.duration_since(*at).as_secs())))
    });
    let taken = back.iter().filter_map(|(release, _)| {
        let (began, ended) = release.started_at.zip(release.ended_at)?;
        Some((*release, ended.duration_since(began).as_secs()))
    });
    #[allow(clippy::cast_precision_loss, reason = "a count of releases is far below 2^52")]
    ReleaseStatistics {
        per_day: verified.len() as f64 / days,
        lead_time: median(lead),
        time_to_roll_back: median(taken),
        deployments: share(verified.iter().map(|(release, _)| *release), ended.len()),
        rolled_back: share(back.iter().map(|(release, _)| *release), ended.len()),
    }
}

fn counted(release: &Release) -> CountedRelease {
    CountedRelease { id: release.id, number: release.number }
}

fn share<'a>(some: impl Iterator<Item = &'a Release>, n: usize) -> ReleaseShare {
    let releases: Vec<CountedRelease> = some.map(counted).collect();
    #[allow(clippy::cast_precision_loss, reason = "a count of releases is far below 2^52")]
    let share = (n > 0).then(|| releases.len() as f64 / n as f64);
    ReleaseShare { count: count(releases.len()), n: count(n), share, releases }
}

/// The middle value; of an even number the lower of the two. A release is named once, however many of its times are counted.
fn median<'a>(of: impl Iterator<Item = (&'a Release, i64)>) -> ReleaseMedian {
    let (mut secs, mut releases) = (Vec::new(), Vec::<CountedRelease>::new());
    for (release, value) in of {
        secs.push(value);
        if releases.last().is_none_or(|last| last.id != release.id) {
            releases.push(counted(release));
        }
    }
    secs.sort_unstable();
    let median_secs = secs.len().checked_sub(1).map(|last| secs[last / 2]);
    ReleaseMedian { median_secs, n: count(secs.len()), releases }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::release::rules::tests::release;

    fn at(hour: i64) -> Timestamp {
        Timestamp::from_second(hour * 3_600).unwrap()
    }

    fn ended(number: i64, began: i64, ended: i64, rolled_back: bool) -> Release {
        let id = ReleaseId::named(&number.to_string());
        Release { id, number, started_at: Some(at(began)), ended_at: Some(at(ended)), rolled_back, ..release(2) }
    }

    #[test]
    fn frequency_and_lead_time_are_of_what_was_verified_and_name_it() {
        let all = [ended(1, 10, 20, false), ended(2, 30, 40, false), ended(3, 50, 53, true)];
        let drafted = [vec![at(0), at(4)], vec![at(39)], vec![at(0)]];
        let found = of(&all, &drafted, SignedDuration::from_hours(48));
        assert_eq!((found.deployments.count, found.deployments.n, found.per_day), (2, 3, 1.0));
        // 20 h and 16 h of the first, 1 h of the second.
        assert_eq!((found.lead_time.median_secs, found.lead_time.n), (Some(16 * 3_600), 3));
        let numbers: Vec<i64> = found.lead_time.releases.iter().map(|one| one.number).collect();
        assert_eq!(numbers, [1, 2]);
        assert_eq!((found.rolled_back.count, found.time_to_roll_back.median_secs), (1, Some(3 * 3_600)));
        let none = of(&[], &[], SignedDuration::from_hours(24));
        assert_eq!((none.deployments.share, none.lead_time.median_secs), (None, None));
    }
}
