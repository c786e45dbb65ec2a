//! Rules of inhibition, and which alerts are their sources now.

use evenkeel_api::Grant;
use evenkeel_core::{
    definition::InhibitionDefinition,
    id::{AlertId, TenantId},
    matcher::{Labels, MATCHERS_MAX, all_match},
};
use evenkeel_store::{Sql, StoreError, Tx, params};

use super::index::key;
use crate::{
    Act,
    definition::{self, Put},
    refuse, suppression,
};

/// The word in `definition.put`.
pub const KIND: &str = "inhibition";
/// The most rules; each is compared with every alert that begins to fire.
const RULES_MAX: i64 = 500;
/// The most labels that must be alike.
const EQUAL_MAX: usize = 32;

/// Rules in force, by name.
pub(crate) async fn rules(sql: &mut dyn Sql, tenant: TenantId) -> Result<Vec<(String, InhibitionDefinition)>, StoreError> {
    let found = definition::list::<InhibitionDefinition>(sql, tenant, KIND, "", RULES_MAX).await?;
    Ok(found.into_iter().map(|version| (version.name, version.body)).collect())
}

/// Puts a rule under its name; the same again makes no version. Alerts that fire are looked at again.
///
/// # Errors
/// A refusal that says what is wrong.
pub async fn put(tx: &mut Tx, _: &Grant, act: &Act, name: &str, rule: &InhibitionDefinition) -> Result<Put, StoreError> {
    if rule.source.is_empty() || rule.target.is_empty() || rule.source.len().max(rule.target.len()) > MATCHERS_MAX {
        let what = format!("inhibition {name:?}: source and target need 1 to {MATCHERS_MAX} matchers each");
        return Err(refuse::invalid("/source", what).into());
    }
    if rule.equal.len() > EQUAL_MAX {
        return Err(refuse::invalid("/equal", format!("inhibition {name:?}: at most {EQUAL_MAX} labels")).into());
    }
    let put = definition::put(tx, act, KIND, name, name, rule).await?;
    if put.changed {
        clear(tx, act, name).await?;
        for alert in suppression::firing(tx, act.tenant).await? {
            insert(tx, act.tenant, name, rule, alert.id, &alert.labels).await?;
        }
    }
    Ok(put)
}

/// Takes a rule out of force; answers whether it was. What it held back is looked at again.
pub async fn retire(tx: &mut Tx, _: &Grant, act: &Act, name: &str) -> Result<bool, StoreError> {
    clear(tx, act, name).await?;
    definition::retire(tx, act, KIND, name).await
}

async fn clear(tx: &mut Tx, act: &Act, name: &str) -> Result<(), StoreError> {
    tx.execute("DELETE FROM inhibition_source WHERE tenant_id = $1 AND rule = $2", params![act.tenant, name]).await?;
    suppression::wake_inhibition(tx, act, name, None).await
}

async fn insert(
    tx: &mut Tx,
    tenant: TenantId,
    name: &str,
    rule: &InhibitionDefinition,
    alert: AlertId,
    labels: &Labels,
) -> Result<(), StoreError> {
    if !all_match(&rule.source, labels) {
        return Ok(());
    }
    tx.execute(
        "INSERT INTO inhibition_source (tenant_id, rule, equal_key, alert_id, both_sides) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (tenant_id, rule, equal_key, alert_id) DO NOTHING",
        params![tenant, name, key(&rule.equal, labels), alert, all_match(&rule.target, labels)],
    )
    .await
    .map(|_| ())
}

/// An alert begins to fire: it may be a source.
pub(crate) async fn note(
    tx: &mut Tx,
    tenant: TenantId,
    rules: &[(String, InhibitionDefinition)],
    alert: AlertId,
    labels: &Labels,
) -> Result<(), StoreError> {
    for (name, rule) in rules {
        insert(tx, tenant, name, rule, alert, labels).await?;
    }
    Ok(())
}

/// An alert is over: what it kept back is looked at again.
pub(crate) async fn forget(tx: &mut Tx, act: &Act, alert: AlertId) -> Result<(), StoreError> {
    let was =
        tx.rows("SELECT rule, equal_key FROM inhibition_source WHERE tenant_id = $1 AND alert_id = $2", params![act.tenant, alert]).await?;
    if was.is_empty() {
        return Ok(());
    }
    tx.execute("DELETE FROM inhibition_source WHERE tenant_id = $1 AND alert_id = $2", params![act.tenant, alert]).await?;
    for row in &was {
        suppression::wake_inhibition(tx, act, &row.text("rule")?, Some(&row.text("equal_key")?)).await?;
    }
    Ok(())
}

/// An alert that keeps another one back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Inhibitor {
    /// By which rule.
    pub rule: String,
    /// The values that are alike.
    pub key: String,
    /// Which alert.
    pub alert: AlertId,
}

/// The alert that keeps one of these labels back now, by the first rule that has one.
pub(crate) async fn inhibitor(
    sql: &mut dyn Sql,
    tenant: TenantId,
    rules: &[(String, InhibitionDefinition)],
    labels: &Labels,
) -> Result<Option<Inhibitor>, StoreError> {
    for (name, rule) in rules.iter().filter(|(_, rule)| all_match(&rule.target, labels)) {
        let key = key(&rule.equal, labels);
        // Of those that both sides match only another kind of alert is inhibited.
        let both = i64::from(!all_match(&rule.source, labels));
        let row = sql
            .row(
                "SELECT alert_id FROM inhibition_source
                 WHERE tenant_id = $1 AND rule = $2 AND equal_key = $3 AND both_sides <= $4 ORDER BY alert_id LIMIT 1",
                params![tenant, name, &key, both],
            )
            .await?;
        if let Some(row) = row {
            return Ok(Some(Inhibitor { rule: name.clone(), key, alert: row.id("alert_id")? }));
        }
    }
    Ok(None)
}
