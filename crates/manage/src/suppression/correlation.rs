//! How alerts that belong together are known: a rule of the house.

use evenkeel_api::Grant;
use evenkeel_core::{definition::CorrelationRules, id::TenantId};
use evenkeel_store::{Sql, StoreError, Tx};
use jiff::SignedDuration;

use crate::{
    Act,
    definition::{self, Put},
    refuse,
};

/// The word in `definition.put`.
pub const KIND: &str = "correlation_rules";
/// There is one.
pub const NAME: &str = "correlation_rules";
/// The longest window, seconds.
const WINDOW_MAX: i64 = 3600;
/// The longest wait for a parent's alert, seconds: a page waits for it.
const SETTLE_MAX: i64 = 60;

/// Puts the rules; the same again makes no version.
///
/// # Errors
/// A refusal when the window is negative or over an hour, or the wait negative or over a minute.
pub async fn put(tx: &mut Tx, _: &Grant, act: &Act, rules: CorrelationRules) -> Result<Put, StoreError> {
    if !(0..=WINDOW_MAX).contains(&rules.window_secs) {
        return Err(refuse::invalid("/correlation/window_secs", format!("write 0 to {WINDOW_MAX} seconds")).into());
    }
    if !(0..=SETTLE_MAX).contains(&rules.settle_secs) {
        return Err(refuse::invalid("/correlation/settle_secs", format!("write 0 to {SETTLE_MAX} seconds")).into());
    }
    definition::put(tx, act, KIND, NAME, NAME, &rules).await
}

/// The rules.
pub(crate) async fn in_force(sql: &mut dyn Sql, tenant: TenantId) -> Result<CorrelationRules, StoreError> {
    let found = definition::current::<CorrelationRules>(sql, tenant, KIND, NAME).await?;
    Ok(found.map(|found| found.body).unwrap_or_default())
}

/// So close together lies what belongs together.
pub(crate) async fn window(sql: &mut dyn Sql, tenant: TenantId) -> Result<SignedDuration, StoreError> {
    Ok(SignedDuration::from_secs(in_force(sql, tenant).await?.window_secs))
}
