//! The desk: one queue of everything that waits for me or my teams, whatever its kind, in the order in which it is due; and the
//! views of it that people keep.
//!
//! Invariants: this noun owns no ticket, it reads them where they are; a page costs each kind one bounded question (incidents
//! one for each team); only staff has a desk.

mod counts;
mod export;
mod filter;
mod list;
mod row;
mod source;
pub(crate) mod waiting;

use evenkeel_api::{Routes, routes};

use crate::Manage;

pub use filter::DeskFilter;
pub(crate) use list::count;
pub use row::DeskRow;

/// The routes.
pub(crate) fn router() -> Routes<Manage> {
    Routes::new()
        .routes(routes!(list::desk_list))
        .routes(routes!(waiting::desk_waiting))
        .routes(routes!(counts::desk_counts))
        .routes(routes!(export::desk_export))
}
