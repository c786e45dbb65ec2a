//! What this hall asks of whoever looks at services: whether one may be in trouble that is no alert yet.

use std::collections::BTreeMap;

use async_trait::async_trait;
use evenkeel_core::id::{ServiceId, TenantId};
use evenkeel_store::{Sql, StoreError};
use jiff::Timestamp;

/// What is known of a service that is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sighting {
    /// It was seen well.
    Well,
    /// It was not seen well, and no verdict has fallen.
    Doubtful,
}

/// Implemented over the hall that looks.
#[async_trait]
pub trait Looks: std::fmt::Debug + Send + Sync + 'static {
    /// How those of `services` that are looked at were seen at or after `since`; the others are not among them.
    async fn sightings(
        &self,
        sql: &mut dyn Sql,
        tenant: TenantId,
        services: &[ServiceId],
        since: Timestamp,
    ) -> Result<BTreeMap<ServiceId, Sighting>, StoreError>;
}

/// Nobody looks.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoLooks;

#[async_trait]
impl Looks for NoLooks {
    async fn sightings(
        &self,
        _: &mut dyn Sql,
        _: TenantId,
        _: &[ServiceId],
        _: Timestamp,
    ) -> Result<BTreeMap<ServiceId, Sighting>, StoreError> {
        Ok(BTreeMap::new())
    }
}
