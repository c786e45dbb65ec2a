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

/// Puts the rules; the same again makes no version.
///
/// # Errors
/// A refusal when the window is negative or over an hour.
pub async fn put(tx: &mut Tx, _: &Grant, act: &Act, rules: CorrelationRules) -> Result<Put, StoreError> {
    if !(0..=WINDOW_MAX).contains(&rules.window_secs) {
        return Err(refuse::invalid("/correlation/window_secs", format!("write 0 to {WINDOW_MAX} seconds")).into());
    }
    definition::put(tx, act, KIND, NAME, NAME, &rules).await
}

/// So close together lies what belongs together.
pub(crate) async fn window(sql: &mut dyn Sql, tenant: TenantId) -> Result<SignedDuration, StoreError> {
    let found = definition::current::<CorrelationRules>(sql, tenant, KIND, NAME).await?;
    Ok(SignedDuration::from_secs(found.map(|found| found.body).unwrap_or_default().window_secs))
}
