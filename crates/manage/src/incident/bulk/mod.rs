//! One act on many incidents at once, and its undoing.
//!
//! Invariants: each incident is a transaction of its own, with a result of its own, so that one that refuses keeps no other
//! from it; a dry run says the same and writes nothing; undoing takes nothing back that was said, it does the opposite in
//! further events (source `undo`), and only where nobody did anything since; it is whoever acted who undoes, within
//! [`UNDO_WITHIN`], once.

mod model;
mod run;
mod table;
mod undo;

use evenkeel_api::{Routes, routes};
use jiff::SignedDuration;

use crate::Manage;

pub use table::MIGRATIONS;

/// So long an act can be undone.
const UNDO_WITHIN: SignedDuration = SignedDuration::from_mins(10);

/// The routes.
pub(super) fn router() -> Routes<Manage> {
    Routes::new().routes(routes!(run::incident_bulk)).routes(routes!(undo::incident_bulk_undo))
}
