//! Views: questions to the desk that people keep under a name, for themselves or for a team.
//!
//! Invariants: a view is seen by whoever made it and by the team that it is shared with, and by nobody else; they alone change
//! it; a person has at most one pinned view. A view decides nothing and no figure reads one, so it is no event of the ledger:
//! it is kept where it is asked for.

mod list;
mod model;
mod save;
mod table;

use evenkeel_api::{Routes, routes};

use crate::Manage;

pub use table::MIGRATIONS;

/// The routes.
pub(crate) fn router() -> Routes<Manage> {
    Routes::new()
        .routes(routes!(list::view_list, save::view_make))
        .routes(routes!(save::view_change, save::view_remove))
        .routes(routes!(save::view_pin))
}
