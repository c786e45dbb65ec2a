//! What became of the changes of a time (GB/T 28827.1, 9.7; DORA's four), each figure with the changes it counts.

use std::collections::{BTreeMap, BTreeSet};

use axum::extract::State;
use evenkeel_api::{ApiResult, Caller, Json, Problem as Answer, Query, Refusals};
use evenkeel_core::{
    id::{ChangeId, IncidentId, ServiceId},
    state::{ChangeKind, ChangeOutcome},
};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{model::Change, store, with::staff};
use crate::{
    Manage, incident,
    party::{NameRef, Wanted, load_names},
};

/// The longest period.
const SPAN_MAX: SignedDuration = SignedDuration::from_hours(24 * 367);
/// More changes than this are not counted at once.
const CHANGES_MAX: i64 = 20_000;

/// Which time.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct StatisticsQuery {
    /// First instant.
    from: Timestamp,
    /// First instant after; at most 366 days later.
    to: Timestamp,
}

/// A change that a figure counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(super) struct CountedChange {
    /// Which.
    id: ChangeId,
    /// CHG-1001 is 1001.
    number: i64,
}

/// So many of so many, and which.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub(super) struct ChangeShare {
    /// So many.
    count: i64,
    /// Of so many.
    n: i64,
    /// The share, 0 to 1; null when there are none.
    share: Option<f64>,
    /// Those that are counted.
    changes: Vec<CountedChange>,
}

/// A middle value, and what it is of.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub(super) struct ChangeMedian {
    /// Seconds; null when there are none.
    median_secs: Option<i64>,
    /// Of so many.
    n: i64,
    /// So many more of which it is not known.
    unknown: i64,
    /// Those that are counted.
    changes: Vec<CountedChange>,
}

/// A kind of change, or a service, and the changes of it.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ChangesOfKind {
    /// Standard, normal or emergency.
    kind: ChangeKind,
    /// So many of all that ended.
    #[serde(flatten)]
    share: ChangeShare,
}

/// A service, and the changes that touched it.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ChangesOfService {
    /// The service.
    service: NameRef,
    /// So many of those that were completed.
    #[serde(flatten)]
    share: ChangeShare,
}

/// The four of DORA, over changes.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Dora {
    /// Completed changes a day.
    per_day: f64,
    /// Completed changes: deployment frequency is these over the days of the period.
    deployments: ChangeShare,
    /// From the draft until it was carried out.
    lead_time: ChangeMedian,
    /// Caused an incident or was rolled back, of those completed.
    change_failure_rate: ChangeShare,
    /// From when an incident that a change caused was opened until its service was restored.
    time_to_restore: ChangeMedian,
}

/// What became of the changes of a time. Population: those whose outcome became known in it (completed), and those that were
/// cancelled in it.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ChangeStatistics {
    /// Completed, of all that ended.
    completed: ChangeShare,
    /// Cancelled, of all that ended.
    cancelled: ChangeShare,
    /// Carried out and never authorised, or not in time, of those completed.
    unapproved: ChangeShare,
    /// With issues, failed or rolled back, of those completed.
    unsuccessful: ChangeShare,
    /// By kind, of all that ended.
    by_kind: Vec<ChangesOfKind>,
    /// The services that completed changes touched, the most touched first; at most 100.
    services: Vec<ChangesOfService>,
    /// DORA's four.
    dora: Dora,
}

/// What became of the changes of a time.
#[utoipa::path(get, path = "/api/v1/change-statistics", operation_id = "change_statistics", tag = "change",
    params(StatisticsQuery), responses((status = 200, body = ChangeStatistics), Refusals))]
pub(super) async fn change_statistics(
    State(manage): State<Manage>,
    caller: Caller,
    Query(query): Query<StatisticsQuery>,
) -> ApiResult<Json<ChangeStatistics>> {
    staff(&caller)?;
    let (from, to) = (query.from, query.to);
    if from >= to || to.duration_since(from) > SPAN_MAX {
        return Err(Answer::invalid("to", "a period is 366 days at most, and ends after it begins"));
    }
    let mut sql = manage.kit.db.read().await?;
    let ended = store::ended_between(&mut sql, caller.tenant, from, to, CHANGES_MAX).await?;
    let caused = store::caused(&mut sql, caller.tenant, from, to).await?;
    let restores = restores(&mut sql, &caller, &caused).await?;
    let (completed, cancelled): (Vec<&Change>, Vec<&Change>) = ended.iter().partition(|change| change.outcome.is_some());
    let all = ended.len();
    let by_kind = ChangeKind::ALL
        .iter()
        .map(|kind| ChangesOfKind { kind: *kind, share: share(ended.iter().filter(|change| change.kind == *kind), all) })
        .collect();
    let mut touched: BTreeMap<ServiceId, Vec<&Change>> = BTreeMap::new();
    for change in &completed {
        for service in change.service_ids() {
            touched.entry(service).or_default().push(change);
        }
    }
    let mut touched: Vec<(ServiceId, Vec<&Change>)> = touched.into_iter().collect();
    touched.sort_by_key(|(_, changes)| std::cmp::Reverse(changes.len()));
    touched.truncate(100);
    let mut wanted = Wanted::default();
    wanted.services.extend(touched.iter().map(|(id, _)| *id));
    let names = load_names(&mut sql, caller.tenant, &wanted).await?;
    let n = completed.len();
    let of = |some: &dyn Fn(&Change) -> bool| share(completed.iter().copied().filter(|change| some(change)), n);
    let days = to.duration_since(from).as_secs_f64() / 86_400.0;
    let failed = |change: &Change| change.outcome == Some(ChangeOutcome::RolledBack) || caused.contains_key(&change.id);
    #[allow(clippy::cast_precision_loss, reason = "a count of changes is far below 2^52")]
    let dora = Dora {
        per_day: n as f64 / days,
        deployments: share(completed.iter().copied(), all),
        lead_time: median(
            completed.iter().map(|change| (*change, change.finished_at.map(|at| at.duration_since(change.opened_at).as_secs()))),
        ),
        change_failure_rate: of(&failed),
        time_to_restore: median(
            completed.iter().flat_map(|change| restores.get(&change.id).into_iter().flatten().map(|secs| (*change, *secs))),
        ),
    };
    Ok(Json(ChangeStatistics {
        completed: share(completed.iter().copied(), all),
        cancelled: share(cancelled.iter().copied(), all),
        unapproved: of(&|change| change.authorised != Some(true) || change.overdue),
        unsuccessful: of(&|change| change.outcome.is_some_and(|outcome| !outcome.is_success())),
        by_kind,
        services: touched
            .into_iter()
            .map(|(id, changes)| ChangesOfService { service: names.service(id), share: share(changes, n) })
            .collect(),
        dora,
    }))
}

/// Of each change the times to restore of the incidents that it caused; none = not restored yet.
async fn restores(
    sql: &mut dyn evenkeel_store::Sql,
    caller: &Caller,
    caused: &BTreeMap<ChangeId, BTreeSet<IncidentId>>,
) -> ApiResult<BTreeMap<ChangeId, Vec<Option<i64>>>> {
    let mut restores = BTreeMap::new();
    for (change, incidents) in caused {
        let ids: Vec<IncidentId> = incidents.iter().copied().collect();
        let found = incident::find_all(sql, caller.tenant, &ids).await?;
        let secs = found.iter().map(|one| one.restored_at.or(one.resolved_at).map(|at| at.duration_since(one.opened_at).as_secs()));
        restores.insert(*change, secs.collect());
    }
    Ok(restores)
}

fn counted(change: &Change) -> CountedChange {
    CountedChange { id: change.id, number: change.number }
}

fn share<'a>(counted_changes: impl IntoIterator<Item = &'a Change>, n: usize) -> ChangeShare {
    let changes: Vec<CountedChange> = counted_changes.into_iter().map(counted).collect();
    #[allow(clippy::cast_precision_loss, reason = "a count of changes is far below 2^52")]
    let share = (n > 0).then(|| changes.len() as f64 / n as f64);
    ChangeShare { count: number(changes.len()), n: number(n), share, changes }
}

/// The middle value; of an even number the lower of the two.
fn median<'a>(of: impl IntoIterator<Item = (&'a Change, Option<i64>)>) -> ChangeMedian {
    let (mut secs, mut changes, mut unknown) = (Vec::new(), Vec::new(), 0);
    for (change, value) in of {
        match value {
            Some(value) => {
                secs.push(value);
                changes.push(counted(change));
            }
            None => unknown += 1,
        }
    }
    secs.sort_unstable();
    let median_secs = secs.len().checked_sub(1).map(|last| secs[last / 2]);
    ChangeMedian { median_secs, n: number(secs.len()), unknown, changes }
}

fn number(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
