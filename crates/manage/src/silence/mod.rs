//! Silences: alerts that somebody does not want to hear of for a while, once or every week.
//!
//! Invariants: a silence always ends; one that recurs is a rule on a zone's wall clock and is laid out only around the
//! instant that is asked about, so a changed zone counts at once and no list of windows grows old; a silence keeps alerts
//! from opening incidents and does nothing else; ending one is a change like any other, in the ledger, with who did it.

mod list;
mod model;
mod preview;
mod store;
mod table;
mod write;

use evenkeel_api::{Routes, routes};

use crate::Manage;

pub use model::{Recurrence, Silence, SilenceState};
pub use store::{New, end, find, set, unexpired};
pub use table::{MIGRATIONS, page};

/// The routes.
pub(crate) fn router() -> Routes<Manage> {
    Routes::new()
        .routes(routes!(list::silence_list, write::silence_set))
        .routes(routes!(list::silence_show, write::silence_change, write::silence_end))
        .routes(routes!(preview::silence_preview))
}
