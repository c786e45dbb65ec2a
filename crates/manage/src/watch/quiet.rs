//! When people are left in peace: a port. Who knows is told of pages.

use async_trait::async_trait;
use evenkeel_core::id::{PersonId, TenantId};
use evenkeel_store::{Sql, StoreError};
use jiff::Timestamp;

/// Who knows when people are left in peace.
#[async_trait]
pub trait Quiet: std::fmt::Debug + Send + Sync {
    /// Until when a person is left in peace at `at`; none = they can be told.
    async fn until(&self, sql: &mut dyn Sql, tenant: TenantId, person: PersonId, at: Timestamp) -> Result<Option<Timestamp>, StoreError>;
}

/// Nobody is ever left in peace.
#[derive(Debug, Clone, Copy)]
pub struct NoQuiet;

#[async_trait]
impl Quiet for NoQuiet {
    async fn until(&self, _: &mut dyn Sql, _: TenantId, _: PersonId, _: Timestamp) -> Result<Option<Timestamp>, StoreError> {
        Ok(None)
    }
}
