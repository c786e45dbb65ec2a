//! A parent is down: incidents that its dependents opened a moment before are its consequences.

use evenkeel_api::{Authorised, Permission};
use evenkeel_core::{
    event::manage::Linked,
    id::{IncidentId, ServiceId},
};
use evenkeel_store::{Sql as _, StoreError, Tx, Value, params, places};
use jiff::Timestamp;

use super::{change::Change, model::Incident, store};
use crate::{Act, service, suppression};

/// Services looked up at once.
const AT_ONCE: usize = 500;
/// The most incidents that are linked; a guard.
const LINKED_MAX: i64 = 1000;

/// Links the open incidents of a parent's dependents that began within the window before it fired to the parent's.
pub(super) async fn link(tx: &mut Tx, act: &Act, parent: &Incident, fired_at: Timestamp) -> Result<(), StoreError> {
    let below: Vec<ServiceId> = service::dependents(tx, act.tenant, parent.service_id).await?.into_iter().collect();
    let window = suppression::window(tx, act.tenant).await?;
    let since = fired_at.saturating_sub(window).unwrap_or(Timestamp::MIN);
    for some in below.chunks(AT_ONCE) {
        for id in opened_since(tx, act, some, since).await? {
            let Some(child) = store::find_held(tx, act.tenant, id).await? else { continue };
            let relation = "caused_by";
            if child.state.is_open() && store::link(tx, act.tenant, id, parent.id, relation, act.at).await? {
                let mut change = Change::of(Authorised::system(Permission::IncidentWrite, child), act.clone());
                change.record(&Linked { other: parent.id, relation: relation.to_owned() })?;
                store::save(tx, change).await?;
            }
        }
    }
    Ok(())
}

async fn opened_since(tx: &mut Tx, act: &Act, services: &[ServiceId], since: Timestamp) -> Result<Vec<IncidentId>, StoreError> {
    let mut params: Vec<Value> = params![act.tenant, since, LINKED_MAX];
    let marks = places(&mut params, services.iter().copied());
    let text = format!(
        "SELECT DISTINCT incident_id FROM incident_alert WHERE tenant_id = $1 AND fired_at >= $2 AND cleared_at IS NULL
         AND service_id IN ({marks}) ORDER BY incident_id LIMIT $3"
    );
    tx.rows(&text, params).await?.iter().map(|row| row.id("incident_id")).collect()
}
