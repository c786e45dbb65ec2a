//! What this hall asks of whoever looks at services: whether one is in trouble that is no alert yet.

use std::collections::BTreeSet;

use async_trait::async_trait;
use evenkeel_core::id::{ServiceId, TenantId};
use evenkeel_store::{Sql, StoreError};

/// Implemented over the hall that looks.
#[async_trait]
pub trait Looks: std::fmt::Debug + Send + Sync + 'static {
    /// Those of `services` whose last looks failed while no verdict has fallen. Nothing, when that is not known here.
    async fn failing(&self, sql: &mut dyn Sql, tenant: TenantId, services: &[ServiceId]) -> Result<BTreeSet<ServiceId>, StoreError>;
}

/// Nobody looks.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoLooks;

#[async_trait]
impl Looks for NoLooks {
    async fn failing(&self, _: &mut dyn Sql, _: TenantId, _: &[ServiceId]) -> Result<BTreeSet<ServiceId>, StoreError> {
        Ok(BTreeSet::new())
    }
}
