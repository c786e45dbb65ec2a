//! Approving a request: one step after another, each asking people until as many as needed said yes or one said no.
//!
//! Invariants: whoever answers holds the request, so two who answer at once answer one after the other and both learn what came
//! of it; nobody answers twice, nor for a request of their own while somebody else can; a step that nobody answers in time
//! goes to those it escalates to, and ends with the last of them; a link in a mail answers once, for one person and one step.

mod answer;
mod ask;
mod delegate;
pub(super) mod link;
mod list;
mod people;
mod table;
mod time_out;
mod waiting;

use evenkeel_api::{Routes, routes};

use crate::Manage;

pub(super) use ask::{ask, void};
pub(super) use table::{approvals as of, put_approval as put};
pub use time_out::TimeOut;
pub(crate) use waiting::waiting as awaiting;

/// The routes.
pub(super) fn router() -> Routes<Manage> {
    Routes::new()
        .routes(routes!(list::approval_list))
        .routes(routes!(link::approval_peek, link::approval_answer_by_link))
        .routes(routes!(answer::approval_answer))
        .routes(routes!(delegate::approval_delegate))
}
