//! What a change is judged by, gathered: the shell around [`super::risk`] and [`super::conflict`].

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use evenkeel_core::{
    id::{ServiceId, TenantId},
    state::{ChangeKind, ChangeState, Criticality},
};
use evenkeel_sla::{Calendar, CalendarDefinition};
use evenkeel_store::{Sql, StoreError, params, places};
use jiff::{SignedDuration, Timestamp};

use super::{
    conflict::{Other, Subject, conflicts},
    freeze,
    model::{Change, Judged},
    risk::{self, Facts, Hours},
    store::{self, Filter},
    template,
};
use crate::{Manage, calendar, service};

/// The most other changes of one window that are looked at.
const OTHERS_MAX: i64 = 1_000;
/// So long ago a like change still says something.
const HISTORY: SignedDuration = SignedDuration::from_hours(24 * 365);

/// Who knows how much of their error budgets services have left.
#[async_trait]
pub trait Budgets: std::fmt::Debug + Send + Sync {
    /// The share that is left, of each of these services the objective with the least: 1 = all, 0 = none, less = overspent.
    /// Services without an objective, or of which nothing is known, are left out.
    async fn left(&self, sql: &mut dyn Sql, tenant: TenantId, services: &[ServiceId]) -> Result<BTreeMap<ServiceId, f64>, StoreError>;
}

/// Nobody knows.
#[derive(Debug, Clone, Copy)]
pub struct NoBudgets;

#[async_trait]
impl Budgets for NoBudgets {
    async fn left(&self, _: &mut dyn Sql, _: TenantId, _: &[ServiceId]) -> Result<BTreeMap<ServiceId, f64>, StoreError> {
        Ok(BTreeMap::new())
    }
}

/// How risky a change is and what it collides with, now. Nothing of it is acknowledged.
pub(super) async fn judge(manage: &Manage, sql: &mut dyn Sql, change: &Change, now: Timestamp) -> Result<Judged, StoreError> {
    let (tenant, own) = (change.tenant, change.service_ids());
    let mut near = BTreeMap::new();
    let mut dependants = BTreeSet::new();
    for id in &own {
        let below = service::dependents(sql, tenant, *id).await?;
        let mut around: BTreeSet<ServiceId> = service::ancestry(sql, tenant, *id).await?.into_values().flatten().collect();
        around.extend(&below);
        dependants.extend(below);
        near.insert(*id, around);
    }
    let left = manage.budgets.left(sql, tenant, &own).await?;
    let spent: BTreeSet<ServiceId> = left.iter().filter(|(_, left)| **left <= 0.0).map(|(id, _)| *id).collect();
    let mut freezes = Vec::new();
    for freeze in freeze::all(sql, tenant).await? {
        if freeze.body.concerns(change.kind, &own) {
            freezes.push((freeze.name, freeze.body.within(change.window)));
        }
    }
    let others = others(sql, change).await?;
    let conflicts = conflicts(Subject { id: change.id, window: change.window, near: &near }, &freezes, &others, &spent);
    let fixed = match &change.template {
        Some(name) => template::find(sql, tenant, name).await?.map(|found| risk::fixed(found.body.risk, name)),
        None => None,
    };
    let risk = match fixed {
        Some(risk) => risk,
        None => {
            let (criticality, hours) = of_services(sql, change, &own).await?;
            let (like, unsuccessful) = history(sql, change, &own, now).await?;
            // A service that depends on another touched one is no dependant: it is changed itself.
            let dependants = dependants.iter().filter(|id| !own.contains(id)).count();
            let budget_left = left.values().copied().min_by(f64::total_cmp);
            risk::risk(&Facts { criticality, dependants, like, unsuccessful, hours, budget_left })
        }
    };
    Ok(Judged { risk: Some(risk), conflicts, acknowledged: Vec::new() })
}

async fn others(sql: &mut dyn Sql, change: &Change) -> Result<Vec<Other>, StoreError> {
    let states = ChangeState::ALL.iter().copied().filter(|state| state.is_ahead()).collect();
    let filter = Filter { states, window: Some(change.window), ..Filter::default() };
    let found = store::page(sql, change.tenant, &filter, i64::MAX, OTHERS_MAX).await?;
    let other = |other: Change| Other { services: other.service_ids(), id: other.id, number: other.number, window: other.window };
    Ok(found.into_iter().map(other).collect())
}

/// How critical the most critical service is, and whether the window lies in the hours of one.
async fn of_services(sql: &mut dyn Sql, change: &Change, own: &[ServiceId]) -> Result<(Criticality, Hours), StoreError> {
    let (mut criticality, mut hours) = (Criticality::Low, Hours::Outside);
    for id in own {
        let Some(found) = service::find(sql, change.tenant, *id).await? else { continue };
        // The words stand from the most critical to the least.
        criticality = criticality.min(found.definition.criticality);
        let served = match found.definition.hours {
            None => None,
            Some(id) => calendar::find(sql, change.tenant, id).await?,
        };
        let compiled = served.and_then(|found| serde_json::from_value::<CalendarDefinition>(found.body).ok());
        let at = match compiled.and_then(|definition| Calendar::compile(&definition).ok()) {
            None => Hours::Always,
            Some(calendar) if calendar.open_between(change.window.from, change.window.to).is_empty() => Hours::Outside,
            Some(_) => Hours::Inside,
        };
        hours = match (hours, at) {
            (Hours::Inside, _) | (_, Hours::Inside) => Hours::Inside,
            (Hours::Always, _) | (_, Hours::Always) => Hours::Always,
            _ => Hours::Outside,
        };
    }
    Ok((criticality, hours))
}

/// Like changes (of the same kind, on one of the same services) that were reviewed within a year, and those of them that were
/// not successful.
async fn history(sql: &mut dyn Sql, change: &Change, own: &[ServiceId], now: Timestamp) -> Result<(i64, i64), StoreError> {
    let kinds: &[ChangeKind] = match change.kind {
        // An emergency is carried out like a normal one, in more haste.
        ChangeKind::Normal | ChangeKind::Emergency => &[ChangeKind::Normal, ChangeKind::Emergency],
        ChangeKind::Standard => &[ChangeKind::Standard],
    };
    let mut params = params![change.tenant, now.saturating_sub(HISTORY).unwrap_or(Timestamp::MIN)];
    let services = places(&mut params, own.iter().copied());
    let kinds = places(&mut params, kinds.iter().copied());
    let text = format!(
        "SELECT COUNT(*) AS n, COUNT(CASE WHEN outcome <> 'successful' THEN 1 END) AS bad FROM change
         WHERE tenant_id = $1 AND outcome IS NOT NULL AND reviewed_at >= $2 AND kind IN ({kinds})
           AND id IN (SELECT change_id FROM change_service WHERE tenant_id = $1 AND service_id IN ({services}))"
    );
    let row = sql.row(&text, params).await?.ok_or_else(|| StoreError::Defect("a count answered nothing".to_owned()))?;
    Ok((row.int("n")?, row.int("bad")?))
}
