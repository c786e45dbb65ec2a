//! The maintenance that a change is, as the observe hall and the availability of services know it: nobody is paged in its
//! window, and only from when it is approved does it excuse anything.

use evenkeel_api::Grant;
use evenkeel_core::{Failure, event::manage::Window, id::PersonId};
use evenkeel_store::{StoreError, Tx};
use jiff::{SignedDuration, Timestamp};

use super::model::Change;
use crate::{
    Act,
    maintenance::{self, MaintenanceDefinition},
    refuse,
};

/// One window is a week at the longest, as that of any maintenance.
const LONGEST: SignedDuration = SignedDuration::from_hours(7 * 24);

/// A window that can be planned now.
///
/// # Errors
/// A refusal that says what is wrong with it.
pub(super) fn check(window: Window, now: Timestamp) -> Result<Window, Failure> {
    let window = Window { from: evenkeel_core::time::truncate(window.from), to: evenkeel_core::time::truncate(window.to) };
    if window.from >= window.to {
        return Err(refuse::invalid("/window/to", "a window ends after it begins"));
    }
    if window.to.duration_since(window.from) > LONGEST {
        return Err(refuse::invalid("/window/to", "a window is a week at the longest; plan several changes"));
    }
    if window.to <= now {
        return Err(refuse::invalid("/window/to", "this window is over; a change is planned before it takes place"));
    }
    Ok(window)
}

/// What the maintenance of a change is called.
fn name(change: &Change) -> String {
    format!("CHG-{}", change.number)
}

/// Plans the maintenance of a change, or plans it anew, from `from` or from now on; nothing is planned of a time that is over.
/// Customers see a change from when it is scheduled: that is when it is announced. Its title stays the change's own: words in two
/// places would have to be erased in both.
pub(super) async fn plan(
    tx: &mut Tx,
    grant: &Grant,
    act: &Act,
    change: &Change,
    from: Timestamp,
    approved_by: Option<PersonId>,
) -> Result<(), StoreError> {
    let window = Window { from: from.max(act.at), to: change.window.to };
    if window.from >= window.to {
        return Ok(());
    }
    let mut services = change.service_ids();
    services.sort_unstable();
    let declared = MaintenanceDefinition { services, windows: vec![window], approved_by, announced_at: Some(act.at), reason: None };
    maintenance::put(tx, grant, act, &name(change), declared).await.map(|_| ())
}

/// It does not take place, or not then, or is over before its window is: alerts are told again.
pub(super) async fn end(tx: &mut Tx, grant: &Grant, act: &Act, change: &Change) -> Result<(), StoreError> {
    if change.window.to > act.at {
        maintenance::retire(tx, grant, act, &name(change)).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_window_ends_after_it_begins_within_a_week_and_not_before_now() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let now = at("2026-03-02T00:00:00Z");
        let window = |from, to| check(Window { from: at(from), to: at(to) }, now);
        assert!(window("2026-03-02T02:00:00Z", "2026-03-02T04:00:00Z").is_ok());
        assert!(window("2026-03-01T23:00:00Z", "2026-03-02T01:00:00Z").is_ok(), "it may have begun");
        assert!(window("2026-03-02T02:00:00Z", "2026-03-02T02:00:00Z").is_err());
        assert!(window("2026-03-02T02:00:00Z", "2026-03-09T02:00:01Z").is_err());
        assert!(window("2026-03-01T02:00:00Z", "2026-03-02T00:00:00Z").is_err());
    }
}
