//! Verification: once service is back it must stay back for a while; then the rule resolves, when the service says so.

use async_trait::async_trait;
use evenkeel_api::{Authorised, Permission};
use evenkeel_store::{NewTimer, StoreError, Timer, TimerHandler, Tx};
use jiff::{SignedDuration, Timestamp};

use super::{alert::RECOVERED, change::Change, machine::Step, major, store};
use crate::{Act, service};

/// The timer's kind; its key is the incident's id.
pub(super) const KIND: &str = "incident.verify";

/// Resolves verified incidents.
#[derive(Debug, Clone, Copy, Default)]
pub struct Verify;

#[async_trait]
impl TimerHandler for Verify {
    fn kind(&self) -> &'static str {
        KIND
    }

    async fn fire(&self, tx: &mut Tx, timer: &Timer) -> Result<(), StoreError> {
        let id = timer.subject()?;
        let Some(incident) = store::find_held(tx, timer.tenant, id).await? else {
            return Ok(());
        };
        let act = Act::system(timer.tenant, "timer", tx.now());
        let mut change = Change::of(Authorised::system(Permission::IncidentWrite, incident), act);
        resolve(tx, &mut change).await?;
        store::save(tx, change).await.map(|_| ())
    }
}

/// Begins the verification of an incident whose last alert recovered at `recovered_at`; one that needs no waiting is
/// resolved at once.
pub(super) async fn schedule(tx: &mut Tx, change: &mut Change, recovered_at: Timestamp) -> Result<(), StoreError> {
    let tenant = change.incident.tenant;
    let service = service::find(tx, tenant, change.incident.service_id).await?;
    let wait = service.map_or(0, |service| service.definition.verify_secs);
    let due_at = recovered_at.checked_add(SignedDuration::from_secs(wait)).unwrap_or(Timestamp::MAX);
    if wait == 0 {
        return resolve(tx, change).await;
    }
    tx.set_timer(&NewTimer { tenant, kind: KIND, key: change.incident.id.to_string(), due_at, payload: "{}".to_owned() }).await
}

/// Resolves by rule, when the service wants that, service is back and nothing fires; otherwise leaves it to a person.
async fn resolve(tx: &mut Tx, change: &mut Change) -> Result<(), StoreError> {
    let incident = &change.incident;
    let Some(restored_at) = incident.restored_at else {
        return Ok(());
    };
    if !incident.state.is_open() || incident.firing > 0 {
        return Ok(());
    }
    if major::is_on(tx, incident.tenant, incident.id).await? {
        return Ok(());
    }
    let service = service::find(tx, incident.tenant, incident.service_id).await?;
    if !service.is_some_and(|service| service.definition.auto_resolve) {
        return Ok(());
    }
    // A service cannot be verified before it was back, whatever our clock says.
    change.act = change.act.at(tx.now().max(restored_at));
    change.step(Step::Resolve, Some(RECOVERED))
}
