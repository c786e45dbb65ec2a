//! Manage asks whether a service may be in trouble that is no alert yet; observe looks.

use std::collections::BTreeSet;

use async_trait::async_trait;
use evenkeel_core::id::{ServiceId, TenantId};
use evenkeel_manage::suppression::Looks;
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
    async fn in_doubt(&self, sql: &mut dyn Sql, tenant: TenantId, services: &[ServiceId], since: Timestamp) -> Result<BTreeSet<ServiceId>> {
        self.0.in_doubt(sql, tenant, services, since).await
    }
}
