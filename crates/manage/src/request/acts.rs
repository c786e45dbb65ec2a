//! What can be done to a request, for whoever does it by a status, a macro or a rule: the functions of the handlers, no others.

use evenkeel_core::state::{HoldReason, Medium, Visibility};
use evenkeel_store::{StoreError, Tx};

use super::{change::Change, machine::Step, note, wait as waiting};

/// As `request_wait`.
pub(crate) async fn wait(tx: &mut Tx, change: &mut Change, reason: HoldReason, said: Option<(&str, Medium)>) -> Result<(), StoreError> {
    waiting::apply(tx, change, reason, said).await
}

/// As `request_resume`.
pub(crate) fn resume(change: &mut Change) -> Result<(), StoreError> {
    change.step(Step::Resume, None)
}

/// As `request_note`.
pub(crate) async fn say(tx: &mut Tx, change: &mut Change, how: (Visibility, Medium, bool), text: &str) -> Result<(), StoreError> {
    note::apply(tx, change, how, text).await.map(|_| ())
}
