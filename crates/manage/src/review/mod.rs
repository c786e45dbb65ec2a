//! Post-incident reviews: what is learned from an incident, drafted from the ledger, corrected by people, and published in time.
//!
//! Invariants: one review an incident; the state moves along the edges of [`machine`] only; what it says is the fold of its
//! edits, and a line of the ledger is hidden or commented, never rewritten; a published edition stays as it is, and editing it
//! begins the next; at most one factor is primary. Words are in the ledger's text table, rows and events have digests. All of it
//! is for staff.

mod deadline;
mod draft;
mod edit;
mod edition;
mod letter;
mod list;
pub mod machine;
mod model;
pub mod rules;
mod step;
mod store;
mod story;
mod table;
mod view;
mod waiting;

use evenkeel_api::{Routes, routes};

use crate::Manage;

pub(crate) use deadline::Overdue;
pub(crate) use draft::Drafts;
pub use letter::{SUBJECT, letter};
pub use model::Review;
pub(crate) use store::find_held;
pub use table::MIGRATIONS;
pub(crate) use waiting::waiting;

/// The routes.
pub(crate) fn router() -> Routes<Manage> {
    Routes::new()
        .routes(routes!(list::review_list, draft::review_open))
        .routes(routes!(list::review_show))
        .routes(routes!(edit::review_edit))
        .routes(routes!(step::review_step))
        .routes(routes!(edition::review_edition))
}
