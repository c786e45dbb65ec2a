//! Everything that fires, with what keeps each back: for lists.

use std::collections::BTreeSet;

use evenkeel_core::{
    id::{AlertId, SilenceId, TenantId},
    matcher::Labels,
};
use evenkeel_store::{Sql, StoreError, params};
use jiff::Timestamp;

use super::firing::{FiringAlert, firing};
use crate::{
    inhibition::{self, Index},
    silence,
};

/// An alert that fires, with what keeps it back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Surveyed {
    /// Which.
    pub id: AlertId,
    /// What it can be matched by.
    pub labels: Labels,
    /// Since when it fires.
    pub fired_at: Timestamp,
    /// Silences that hold for it.
    pub silenced_by: Vec<SilenceId>,
    /// Alerts that inhibit it, at most one a rule.
    pub inhibited_by: Vec<AlertId>,
    /// Whether it is suppressed, whatever by.
    pub is_held: bool,
}

/// Every alert that fires and `more` beside, at `now`. What already is an incident is shown with what would keep it back if it
/// began to fire now.
///
/// # Errors
/// As any statement.
pub async fn survey(
    sql: &mut dyn Sql,
    tenant: TenantId,
    now: Timestamp,
    more: Vec<(AlertId, Labels, Timestamp)>,
) -> Result<Vec<Surveyed>, StoreError> {
    let silences = silence::unexpired(sql, tenant, now).await?;
    let active: Vec<_> = silences.iter().filter(|silence| silence.window(now).is_some()).collect();
    let rules = inhibition::rules(sql, tenant).await?;
    let held: BTreeSet<AlertId> = sql
        .rows("SELECT alert_id FROM suppression WHERE tenant_id = $1 AND ended_at IS NULL", params![tenant])
        .await?
        .iter()
        .map(|row| row.id("alert_id"))
        .collect::<Result<_, _>>()?;
    let (mut alerts, mut fired) = (Vec::new(), Vec::new());
    let all = firing(sql, tenant).await?.into_iter().map(|FiringAlert { id, labels, fired_at, .. }| (id, labels, fired_at));
    for (id, labels, fired_at) in all.chain(more) {
        alerts.push((id, labels));
        fired.push(fired_at);
    }
    let index = Index::new(rules.iter().map(|(_, rule)| rule), &alerts);
    let inhibited: Vec<Vec<AlertId>> = alerts.iter().map(|(_, labels)| index.inhibitors(labels)).collect();
    let of = |(((id, labels), fired_at), inhibited_by): (((AlertId, Labels), Timestamp), Vec<AlertId>)| Surveyed {
        silenced_by: active.iter().filter(|silence| silence.holds(&labels, now).is_some()).map(|silence| silence.id).collect(),
        is_held: held.contains(&id),
        id,
        labels,
        fired_at,
        inhibited_by,
    };
    Ok(alerts.into_iter().zip(fired).zip(inhibited).map(of).collect())
}
