//! What is to be done on an incident, and what of it is done: by whom, when.
//!
//! Invariants: each word and each tick is an event of the incident; a tick takes nothing away, it is taken back by another; it
//! makes no new version of the incident, because it clashes with nobody's change; customers see none of it.

mod change;
mod table;
mod view;

use evenkeel_api::{Routes, routes};

use crate::Manage;

pub use table::MIGRATIONS;

/// The routes.
pub(super) fn router() -> Routes<Manage> {
    Routes::new().routes(routes!(view::checklist_show, change::checklist_add)).routes(routes!(change::checklist_check))
}
