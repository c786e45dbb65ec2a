//! Rules of the house: until when a review is owed.

use evenkeel_api::Grant;
use evenkeel_core::id::TenantId;
use evenkeel_store::{Sql, StoreError, Tx};
use serde::{Deserialize, Serialize};

use crate::{
    Act,
    definition::{self, Put},
};

/// The word in `definition.put`.
pub const KIND: &str = "review_rules";
/// There is one.
pub const NAME: &str = "review_rules";

/// Until when a review is owed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewRules {
    /// So many business days after it is drafted, by the hours of the customer's agreement on the service, else of the service.
    pub within_days: i64,
}

impl Default for ReviewRules {
    /// A working week.
    fn default() -> Self {
        Self { within_days: 5 }
    }
}

/// Puts the rules: reviews that are drafted from now on follow them.
///
/// # Errors
/// As any statement.
pub async fn put(tx: &mut Tx, _grant: &Grant, act: &Act, rules: ReviewRules) -> Result<Put, StoreError> {
    definition::put(tx, act, KIND, NAME, NAME, &rules).await
}

/// The rules in force.
pub(super) async fn current(sql: &mut dyn Sql, tenant: TenantId) -> Result<ReviewRules, StoreError> {
    Ok(definition::current(sql, tenant, KIND, NAME).await?.map_or_else(ReviewRules::default, |found| found.body))
}
