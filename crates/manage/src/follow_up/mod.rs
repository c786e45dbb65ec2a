//! Follow-ups: what must be done so that a trouble does not come back, by whom, until when, and who says that it is done.
//!
//! Invariants: whoever verifies it neither owns it nor says that it is done; one that is overdue is told once, to whoever has
//! the next move; what it follows from (a problem, a review) may be read by staff alone, and so may it.

mod act;
mod add;
mod letter;
mod list;
mod model;
mod origin;
mod overdue;
mod store;
mod table;
mod view;
mod waiting;

use evenkeel_api::{Routes, routes};

use crate::Manage;

pub use letter::{SUBJECT, letter};
pub(crate) use overdue::Overdue;
pub(crate) use store::{erase_rows, open_count};
pub use table::MIGRATIONS;
pub(crate) use view::{FollowUpView, following};
pub(crate) use waiting::{to_verify, waiting};

/// The routes.
pub(crate) fn router() -> Routes<Manage> {
    Routes::new()
        .routes(routes!(list::follow_up_list, add::follow_up_add))
        .routes(routes!(act::follow_up_done))
        .routes(routes!(act::follow_up_verify))
}
