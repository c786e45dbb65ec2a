//! Duties: every service and every open incident has exactly one accountable owner. An owner who left, or never was, makes
//! an orphan; orphans are listed so that somebody takes them over.
//!
//! Invariant: this noun owns no table. A duty *is* the owner column of what it is a duty for.

mod list;

use evenkeel_api::{Routes, routes};

use crate::Manage;

pub use list::{Orphan, OrphanKind, Why};

/// The routes.
pub(crate) fn router() -> Routes<Manage> {
    Routes::new().routes(routes!(list::duty_list))
}
