//! Manage asks whether a service may be in trouble that is no alert yet; observe looks.

use std::collections::BTreeMap;

use async_trait::async_trait;
use evenkeel_core::id::{ServiceId, TenantId};
use evenkeel_manage::suppression::{Looks, Sighting};
use evenkeel_observe::Observe;
use evenkeel_store::{Result, Sql};
use jiff::Timestamp;

/// Looks over observe's probes.
pub(super) struct ObserveLooks(pub(super) Observe);

impl std::fmt::Debug for ObserveLooks {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ObserveLooks")
    }
}

#[async_trait]
impl Looks for ObserveLooks {
    async fn sightings(
        &self,
        sql: &mut dyn Sql,
        tenant: TenantId,
        services: &[ServiceId],
        since: Timestamp,
    ) -> Result<BTreeMap<ServiceId, Sighting>> {
        let seen = self.0.seen_well(sql, tenant, services, since).await?;
        let sighting = |is_well| if is_well { Sighting::Well } else { Sighting::Doubtful };
        Ok(seen.into_iter().map(|(service, is_well)| (service, sighting(is_well))).collect())
    }
}
