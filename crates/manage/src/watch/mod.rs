//! Who keeps an eye on a ticket without having it, and who was named in a note.
//!
//! Invariants: only staff watches, and only what one may see; whoever is named in a note with `@` watches from then on and is
//! told once by mail, after their quiet hours; nobody is named who may not read the note. That somebody watches is a matter of
//! attention and no figure's, so it is no event of the ledger; the note that names them is one.

mod letter;
mod list;
pub(crate) mod mention;
mod quiet;
mod table;

use evenkeel_api::{Routes, routes};

use crate::Manage;

pub use letter::{SUBJECT, letter};
pub use mention::Tell;
pub use quiet::{NoQuiet, Quiet};
pub use table::MIGRATIONS;

/// The routes.
pub(crate) fn router() -> Routes<Manage> {
    Routes::new().routes(routes!(list::watcher_list)).routes(routes!(list::watch_begin, list::watch_end))
}
