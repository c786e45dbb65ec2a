//! What can be done to an incident, for whoever does it by a macro or a rule: the functions of the handlers, no others.

use evenkeel_core::{
    id::{PersonId, TeamId},
    priority::Level,
    state::{HoldReason, Visibility},
};
use evenkeel_store::{StoreError, Tx};

use super::{
    ResolveReason, Speaker, assign as assigning, change::Change, hold as holding, machine::Step, note, prioritise as prioritising,
    resolve as resolving, start as starting,
};

/// As `incident_assign`.
pub(crate) async fn assign(tx: &mut Tx, change: &mut Change, team: Option<TeamId>, person: Option<PersonId>) -> Result<(), StoreError> {
    assigning::apply(tx, change, team, person).await
}

/// As `incident_prioritise`.
pub(crate) async fn prioritise(tx: &mut Tx, change: &mut Change, impact: Level, urgency: Level) -> Result<(), StoreError> {
    prioritising::apply(tx, change, impact, urgency).await
}

/// As `incident_start`.
pub(crate) fn start(change: &mut Change, person: Option<PersonId>) -> Result<(), StoreError> {
    starting::apply(change, person)
}

/// As `incident_hold`.
pub(crate) async fn hold(
    tx: &mut Tx,
    change: &mut Change,
    by: Speaker,
    reason: HoldReason,
    text: Option<String>,
) -> Result<(), StoreError> {
    holding::apply(tx, change, by, reason, text).await
}

/// As `incident_hold` with nothing said.
pub(crate) fn wait(change: &mut Change, reason: HoldReason) -> Result<(), StoreError> {
    change.step(Step::Hold(reason), None)
}

/// As `incident_resume`.
pub(crate) fn resume(change: &mut Change) -> Result<(), StoreError> {
    change.step(Step::Resume, None)
}

/// As `incident_resolve`.
pub(crate) async fn resolve(
    tx: &mut Tx,
    change: &mut Change,
    by: Speaker,
    reason: ResolveReason,
    text: Option<String>,
) -> Result<(), StoreError> {
    resolving::apply(tx, change, by, reason, text).await
}

/// As `incident_note`.
pub(crate) async fn say(
    tx: &mut Tx,
    change: &mut Change,
    by: Speaker,
    visibility: Visibility,
    text: Option<String>,
) -> Result<(), StoreError> {
    note::speakable(&change.incident)?;
    note::apply_optional(tx, change, by, visibility, text).await
}
