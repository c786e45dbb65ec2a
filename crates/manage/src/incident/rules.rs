//! Rules of the house for all incidents, and the one that closes what was resolved long enough ago.

use async_trait::async_trait;
use evenkeel_api::{Authorised, Grant, Permission};
use evenkeel_core::{id::TenantId, state::IncidentState};
use evenkeel_store::{NewTimer, Sql, StoreError, Timer, TimerHandler, Tx, params};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{
    change::Change,
    machine::Step,
    model::{Incident, OriginKind},
    store,
};
use crate::{
    Act,
    definition::{self, Put},
};

/// The word in `definition.put`.
pub const KIND: &str = "incident_rules";
/// There is one.
pub const NAME: &str = "incident_rules";
/// The timer's kind; its key is the incident's id.
const CLOSE: &str = "incident.close";
/// The most resolved incidents that a new rule takes up at once.
const BACKLOG_MAX: i64 = 100_000;

/// Rules for all incidents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct IncidentRules {
    /// A resolved incident is closed by rule after so many days; none = a person closes. An imported one is not: that the
    /// other tool never closed it is a fact about it, and its next import may go on where it stands.
    pub close_after_days: Option<i64>,
}

impl IncidentRules {
    fn closes_at(self, resolved_at: Timestamp) -> Option<Timestamp> {
        let wait = SignedDuration::from_hours(self.close_after_days?.saturating_mul(24));
        Some(resolved_at.saturating_add(wait).unwrap_or(Timestamp::MAX))
    }
}

/// Puts the rules; incidents that are resolved already follow them from now on.
pub async fn put(tx: &mut Tx, _grant: &Grant, act: &Act, rules: IncidentRules) -> Result<Put, StoreError> {
    let put = definition::put(tx, act, KIND, NAME, NAME, &rules).await?;
    if put.changed && rules.close_after_days.is_some() {
        let waiting = tx
            .rows(
                "SELECT id, resolved_at FROM incident WHERE tenant_id = $1 AND state = 'resolved' AND origin <> 'import' \
                 AND resolved_at IS NOT NULL LIMIT $2",
                params![act.tenant, BACKLOG_MAX],
            )
            .await?;
        for row in &waiting {
            if let Some(due_at) = rules.closes_at(row.at("resolved_at")?) {
                wait(tx, act.tenant, row.text("id")?, due_at).await?;
            }
        }
    }
    Ok(put)
}

/// The rules in force.
pub async fn current(sql: &mut dyn Sql, tenant: TenantId) -> Result<IncidentRules, StoreError> {
    Ok(definition::current(sql, tenant, KIND, NAME).await?.map_or_else(IncidentRules::default, |found| found.body))
}

async fn wait(tx: &mut Tx, tenant: TenantId, key: String, due_at: Timestamp) -> Result<(), StoreError> {
    tx.set_timer(&NewTimer { tenant, kind: CLOSE, key, due_at, payload: "{}".to_owned() }).await
}

/// An incident was just resolved: it will be closed when the rule says so.
pub(super) async fn resolved(tx: &mut Tx, incident: &Incident) -> Result<(), StoreError> {
    if incident.origin == OriginKind::Import {
        return Ok(());
    }
    let rules = current(tx, incident.tenant).await?;
    match incident.resolved_at.and_then(|resolved_at| rules.closes_at(resolved_at)) {
        Some(due_at) => wait(tx, incident.tenant, incident.id.to_string(), due_at).await,
        None => Ok(()),
    }
}

/// Closes by rule.
#[derive(Debug, Clone, Copy, Default)]
pub struct Close;

#[async_trait]
impl TimerHandler for Close {
    fn kind(&self) -> &'static str {
        CLOSE
    }

    async fn fire(&self, tx: &mut Tx, timer: &Timer) -> Result<(), StoreError> {
        let id = timer.subject()?;
        let Some(incident) = store::find_held(tx, timer.tenant, id).await? else {
            return Ok(());
        };
        let rules = current(tx, timer.tenant).await?;
        let due_at = incident.resolved_at.and_then(|resolved_at| rules.closes_at(resolved_at));
        let (IncidentState::Resolved, Some(due_at)) = (incident.state, due_at) else {
            return Ok(());
        };
        if due_at > tx.now() {
            // Resolved anew, or the rule became more patient.
            return wait(tx, timer.tenant, timer.key.clone(), due_at).await;
        }
        let act = Act::system(timer.tenant, "timer", tx.now());
        let mut change = Change::of(Authorised::system(Permission::IncidentWrite, incident), act);
        change.step(Step::Close, Some("by_rule"))?;
        store::save(tx, change).await.map(|_| ())
    }
}
