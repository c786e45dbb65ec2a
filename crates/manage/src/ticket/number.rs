//! The short numbers: each kind of ticket counts for itself in each tenant, in a table `(tenant_id, next)` of its own.

use evenkeel_core::id::TenantId;
use evenkeel_store::{Sql as _, StoreError, Tx, params};

/// The number of a tenant's first ticket of a kind.
pub const FIRST: i64 = 1001;

/// Takes `count` numbers of the tenant from the table `sequence`; answers the first.
///
/// # Errors
/// As any statement.
pub async fn take(tx: &mut Tx, sequence: &'static str, tenant: TenantId, count: usize) -> Result<i64, StoreError> {
    let text = format!(
        "INSERT INTO {sequence} (tenant_id, next) VALUES ($1, $2 + $3)
         ON CONFLICT (tenant_id) DO UPDATE SET next = {sequence}.next + $3 RETURNING next - $3 AS first"
    );
    tx.row(&text, params![tenant, FIRST, count])
        .await?
        .ok_or_else(|| StoreError::Defect(format!("{sequence} answered nothing")))?
        .int("first")
}
