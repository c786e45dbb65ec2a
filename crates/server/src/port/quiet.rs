//! Manage asks when people are left in peace; observe knows, because it pages them.

use async_trait::async_trait;
use evenkeel_core::{
    id::{PersonId, TenantId},
    priority::Priority,
};
use evenkeel_manage::watch::Quiet;
use evenkeel_observe::contact;
use evenkeel_store::{Sql, StoreError};
use jiff::Timestamp;

/// Quiet hours as observe keeps them. To be named in a note is as grave as the least grave incident.
#[derive(Debug, Clone, Copy)]
pub(super) struct ObserveQuiet;

#[async_trait]
impl Quiet for ObserveQuiet {
    async fn until(&self, sql: &mut dyn Sql, tenant: TenantId, person: PersonId, at: Timestamp) -> Result<Option<Timestamp>, StoreError> {
        let quiet = contact::quiet_hours(sql, tenant, person).await?;
        let least = Priority::ALL.last().copied();
        Ok(quiet.zip(least).and_then(|(quiet, least)| quiet.holds(least, at)))
    }
}
