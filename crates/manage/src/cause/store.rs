//! The vocabulary: a definition.

use evenkeel_api::Grant;
use evenkeel_core::id::TenantId;
use evenkeel_store::{Sql, StoreError, Tx};

use super::vocabulary::CausesDefinition;
use crate::{
    Act,
    definition::{self, Put},
};

/// The word in `definition.put`.
pub const KIND: &str = "causes";
/// There is one.
pub const NAME: &str = "causes";
/// The version of the vocabulary that is built in.
const BUILT_IN: i64 = 0;

/// Puts the tenant's vocabulary; the same again makes no version.
///
/// # Errors
/// A refusal that names the place that cannot be.
pub async fn put(tx: &mut Tx, _grant: &Grant, act: &Act, causes: &CausesDefinition) -> Result<Put, StoreError> {
    causes.check()?;
    definition::put(tx, act, KIND, NAME, NAME, causes).await
}

/// The vocabulary in force and its version.
pub(crate) async fn current(sql: &mut dyn Sql, tenant: TenantId) -> Result<(CausesDefinition, i64), StoreError> {
    let found = definition::current(sql, tenant, KIND, NAME).await?;
    Ok(found.map_or_else(|| (CausesDefinition::built_in(), BUILT_IN), |found| (found.body, found.version)))
}

/// A version of it.
pub(crate) async fn at(sql: &mut dyn Sql, tenant: TenantId, version: i64) -> Result<CausesDefinition, StoreError> {
    if version == BUILT_IN {
        return Ok(CausesDefinition::built_in());
    }
    let found = definition::version(sql, tenant, KIND, NAME, version).await?;
    found.map(|found| found.body).ok_or_else(|| StoreError::Corrupt(format!("{KIND} has no version {version}")))
}
