//! Rules of the house: how long a grievance may go unheard, and when a reply is owed; in which hours.

use evenkeel_api::Grant;
use evenkeel_core::id::TenantId;
use evenkeel_store::{Sql, StoreError, Tx};
use serde::{Deserialize, Serialize};

use crate::{
    Act,
    definition::{self, Put},
};

/// The word in `definition.put`.
pub const KIND: &str = "complaint_rules";
/// There is one.
pub const NAME: &str = "complaint_rules";

/// How long things may take, seconds of business time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ComplaintRules {
    /// A grievance that nobody explained for so long becomes a complaint.
    pub grievance_secs: i64,
    /// A complaint is replied to within so long.
    pub reply_secs: i64,
}

impl Default for ComplaintRules {
    /// A working day, and a working week.
    fn default() -> Self {
        Self { grievance_secs: 8 * 3_600, reply_secs: 40 * 3_600 }
    }
}

/// Puts the rules: what is registered from now on follows them.
///
/// # Errors
/// As any statement.
pub async fn put(tx: &mut Tx, _grant: &Grant, act: &Act, rules: ComplaintRules) -> Result<Put, StoreError> {
    definition::put(tx, act, KIND, NAME, NAME, &rules).await
}

/// The rules in force.
pub(super) async fn current(sql: &mut dyn Sql, tenant: TenantId) -> Result<ComplaintRules, StoreError> {
    Ok(definition::current(sql, tenant, KIND, NAME).await?.map_or_else(ComplaintRules::default, |found| found.body))
}
