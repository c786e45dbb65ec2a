//! Requests: what people ask for from the catalogue, from the form to the rating.
//!
//! Invariants: the state moves along the edges of [`machine`] only, and each edge is one event in the transaction of the row;
//! answers are judged by the item's version at sending and kept with it; words that people wrote, answers among them, are in
//! the ledger's text table and nowhere in an event; what was sent is shown to who asked, who approves, whose work it is, and
//! staff; an ended request has nothing open; nothing is rated but by the requester, and nothing by default.
//!
//! How it goes: [`submit`](self) plans who approves, [`flow`](self) goes on whenever something happened, until somebody or
//! something has to act.

mod accept;
pub(crate) mod acts;
mod approval;
mod change;
mod detail;
mod draft;
mod flow;
mod letter;
mod list;
pub mod machine;
mod model;
mod note;
mod people;
mod rate;
mod store;
mod submit;
mod table;
mod task;
mod timeline;
mod view;
mod wait;
mod withdraw;
mod words;

use evenkeel_api::{Routes, routes};

use crate::Manage;

pub use accept::Accept;
pub use approval::TimeOut;
pub(crate) use approval::awaiting as waiting;
pub(crate) use change::Change;
pub(crate) use draft::by_call as open_by_call;
pub use letter::{SUBJECT, letter};
pub use model::Request;
pub(crate) use note::by_call as note_by_call;
pub use store::{find, ratings, set_due, shows};
pub(crate) use store::{find_held, hold, look, marks, submitted_within};
pub use table::MIGRATIONS;
pub use task::{Settled, automated::SUBJECT as TASK_SUBJECT};
pub(crate) use timeline::entries;
pub(crate) use view::{RequestView, finish, view};

/// The routes.
pub(crate) fn router() -> Routes<Manage> {
    Routes::new()
        .routes(routes!(list::request_list, draft::request_create))
        .routes(routes!(people::request_colleagues))
        .routes(routes!(list::request_show))
        .routes(routes!(draft::request_fill))
        .routes(routes!(timeline::request_timeline))
        .routes(routes!(submit::request_submit))
        .routes(routes!(withdraw::request_withdraw))
        .routes(routes!(wait::request_wait))
        .routes(routes!(wait::request_resume))
        .routes(routes!(accept::request_accept))
        .routes(routes!(note::request_note))
        .routes(routes!(rate::request_rate))
        .routes(routes!(rate::request_answer_rating))
        .merge(approval::router())
        .merge(task::router())
}
