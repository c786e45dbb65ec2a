//! How long people were at tickets.
//!
//! Invariants: an entry is never changed nor taken away, a correction is one more entry that says which one it corrects; the
//! time of a person on a ticket is the sum of their minutes, and so is every sum of it; an entry with its corrections is never
//! below nothing; customers see none of it.

mod correct;
mod list;
mod record;
mod table;
mod view;

use evenkeel_api::{Routes, routes};

use crate::Manage;

pub(crate) use record::of_call;
pub use table::MIGRATIONS;

/// The routes.
pub(crate) fn router() -> Routes<Manage> {
    Routes::new()
        .routes(routes!(list::ticket_time, record::time_record))
        .routes(routes!(correct::time_correct))
        .routes(routes!(list::time_list))
}
