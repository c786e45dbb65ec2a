//! What this hall asks of whoever looks at services: whether one may be in trouble that is no alert yet.

use std::collections::BTreeSet;

use async_trait::async_trait;
use evenkeel_core::id::{ServiceId, TenantId};
use evenkeel_store::{Sql, StoreError};
use jiff::Timestamp;

/// Implemented over the hall that looks.
#[async_trait]
pub trait Looks: std::fmt::Debug + Send + Sync + 'static {
    /// Those of `services` that are looked at and were not seen well at or after `since`. Nothing, when
    /// that is not known here.
    async fn in_doubt(
        &self,
        sql: &mut dyn Sql,
        tenant: TenantId,
        services: &[ServiceId],
        since: Timestamp,
    ) -> Result<BTreeSet<ServiceId>, StoreError>;
}

/// Nobody looks.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoLooks;

#[async_trait]
impl Looks for NoLooks {
    async fn in_doubt(&self, _: &mut dyn Sql, _: TenantId, _: &[ServiceId], _: Timestamp) -> Result<BTreeSet<ServiceId>, StoreError> {
        Ok(BTreeSet::new())
    }
}
