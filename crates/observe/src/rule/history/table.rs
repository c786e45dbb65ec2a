//! Rows of alerts that were told, read for their history.

use evenkeel_core::id::{AlertId, ServiceId, TenantId};
use evenkeel_store::{Row, Sql, StoreError, params};
use jiff::Timestamp;

use super::Firing;
use crate::rule::template::LabelMap;

/// Alerts that are read at once; a guard, not a page.
const ROWS_MAX: i64 = 100_000;

/// Which rule fired.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Whose {
    /// The group.
    pub group: String,
    /// What tells its rule from the others of the group.
    pub rule: String,
}

/// An alert that was told, in full.
#[derive(Debug)]
pub(super) struct Told {
    pub id: AlertId,
    pub service: ServiceId,
    pub labels: LabelMap,
    pub started_at: Timestamp,
    pub firing: Firing,
}

fn firing(row: &Row) -> Result<Firing, StoreError> {
    // Until this column there was the time of the telling alone.
    let at = row.opt_at("recovered_at")?.or(row.opt_at("resolved_at")?);
    let over = at.map(|at| Ok::<_, StoreError>((at, row.opt_text("reason")?.unwrap_or_default()))).transpose()?;
    Ok(Firing { fired_at: row.at("fired_at")?, over })
}

/// Alerts of every rule that fire or were over since then.
pub(super) async fn firings(sql: &mut dyn Sql, tenant: TenantId, since: Timestamp) -> Result<Vec<(Whose, Firing)>, StoreError> {
    let rows = sql
        .rows(
            "SELECT group_key, rule, fired_at, recovered_at, resolved_at, reason FROM observe_rule_alert
             WHERE tenant_id = $1 AND (resolved_at IS NULL OR resolved_at >= $2) ORDER BY fired_at DESC LIMIT $3",
            params![tenant, since, ROWS_MAX],
        )
        .await?;
    rows.iter().map(|row| Ok((Whose { group: row.text("group_key")?, rule: row.text("rule")? }, firing(row)?))).collect()
}

/// Alerts of one rule that fired before an instant, the newest first.
pub(super) async fn of_rule(
    sql: &mut dyn Sql,
    tenant: TenantId,
    whose: &Whose,
    before: Timestamp,
    limit: i64,
) -> Result<Vec<Told>, StoreError> {
    let rows = sql
        .rows(
            "SELECT id, service_id, labels, started_at, fired_at, recovered_at, resolved_at, reason FROM observe_rule_alert
             WHERE tenant_id = $1 AND group_key = $2 AND rule = $3 AND fired_at < $4 ORDER BY fired_at DESC, id LIMIT $5",
            params![tenant, &whose.group, &whose.rule, before, limit],
        )
        .await?;
    rows.iter()
        .map(|row| {
            Ok(Told {
                id: row.id("id")?,
                service: row.id("service_id")?,
                labels: row.json("labels")?,
                started_at: row.at("started_at")?,
                firing: firing(row)?,
            })
        })
        .collect()
}
