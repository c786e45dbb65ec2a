//! Gathering what an alert is judged by.

use evenkeel_core::{event::observe::AlertFired, id::TenantId, matcher::Labels};
use evenkeel_store::{StoreError, Tx};
use jiff::{SignedDuration, Timestamp};

use super::{
    correlation,
    decide::{Decision, Judged, World, decide},
    looks::Looks,
    parents,
};
use crate::{inhibition, maintenance, silence};

/// Judges an alert at `at`.
pub(crate) async fn judge(
    tx: &mut Tx,
    tenant: TenantId,
    looks: &dyn Looks,
    fired: &AlertFired,
    labels: &Labels,
    at: Timestamp,
) -> Result<Decision, StoreError> {
    let correlation = correlation::in_force(tx, tenant).await?;
    let window = SignedDuration::from_secs(correlation.window_secs);
    let rules = inhibition::rules(tx, tenant).await?;
    let world = World {
        maintenance: maintenance::covering(tx, tenant, fired.service_id, at).await?.map(|plan| (plan.maintenance_id, plan.window.to)),
        silences: silence::unexpired(tx, tenant, at).await?,
        parents: parents::with_trouble(tx, tenant, fired.service_id, looks, window, fired.started_at, at).await?,
        inhibitor: inhibition::inhibitor(tx, tenant, &rules, labels).await?,
        window,
        settle: SignedDuration::from_secs(correlation.settle_secs),
    };
    Ok(decide(Judged { labels, started_at: fired.started_at, fired_at: fired.fired_at }, &world, at))
}
