//! What can be done to a request, for whoever does it by a status, a macro or a rule: the functions of the handlers, no others.

use evenkeel_core::state::{HoldReason, Medium};
use evenkeel_store::{StoreError, Tx};

use super::{change::Change, machine::Step, wait as waiting};

/// As `request_wait`.
pub(crate) async fn wait(tx: &mut Tx, change: &mut Change, reason: HoldReason, said: Option<(&str, Medium)>) -> Result<(), StoreError> {
    waiting::apply(tx, change, reason, said).await
}

/// As `request_resume`.
pub(crate) fn resume(change: &mut Change) -> Result<(), StoreError> {
    change.step(Step::Resume, None)
}
