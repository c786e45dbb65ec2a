//! Never acted upon and not critical: it can go. Critical: that nobody acted proves nothing.

use evenkeel_core::priority::Severity;

use super::kit::{DISK, Kind, Past, at};
use crate::noise::suggest::Change;

/// They last an hour each, so no wait spares them, and are closed unseen.
fn past(kind: Kind) -> Past {
    let mut past = Past::default();
    for day in 2..8 {
        let id = past.fires(kind, at(day, 9, 0), None, 2);
        past.closes(id, at(day, 12, 0));
    }
    past
}

#[test]
fn nobody_loses_a_critical_rule() {
    past(DISK).suggested(|found| {
        assert_eq!((found.len(), &found[0].change, found[0].backtest.pages_avoided), (1, &Change::Deactivate, 12));
    });
    past(Kind { severity: Severity::Critical, ..DISK }).suggested(|found| assert!(found.is_empty()));
}
