//! Problems: the causes behind incidents, until they are gone for good.
//!
//! Invariants: the state moves along the edges of [`machine`] only; an error is known only together with a workaround; what
//! comes back after its repair opens the problem again, whoever or whatever notices; it is verified by time without a
//! recurrence, not by a word; nothing is closed over a follow-up ([`crate::follow_up`]) that is not verified. Words are in the ledger's text table.

mod list;
pub mod machine;
mod model;
mod open;
mod propose;
mod recur;
mod request;
mod step;
mod store;
mod table;
mod verify;
mod view;

use evenkeel_api::{Routes, routes};

use crate::Manage;

pub use model::Problem;
pub(crate) use recur::Recurrence;
pub use store::find;
pub(crate) use store::{erase_rows, find_held};
pub use table::MIGRATIONS;
pub(crate) use verify::Verify;

/// The routes.
pub(crate) fn router() -> Routes<Manage> {
    Routes::new()
        .routes(routes!(list::problem_list, open::problem_open))
        .routes(routes!(propose::problem_proposals))
        .routes(routes!(list::problem_of_incident))
        .routes(routes!(list::problem_show))
        .routes(routes!(step::problem_assess))
        .routes(routes!(step::problem_analyse))
        .routes(routes!(step::problem_know))
        .routes(routes!(step::problem_plan))
        .routes(routes!(step::problem_fix))
        .routes(routes!(step::problem_close))
        .routes(routes!(recur::problem_link))
}
