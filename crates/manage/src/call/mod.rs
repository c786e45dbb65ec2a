//! Telephone calls that the desk took, written down while or after one speaks.
//!
//! A call becomes a ticket of the channel *phone*, a grievance, or a word on a ticket that is open. It is written down as of the
//! moment at which it began: that is when the ticket opened, and, because somebody spoke with the customer, when they had our
//! first response. How long it took is time spent by who took it.
//!
//! Invariants: a call is one transaction with all that it becomes; it did not begin before a day ago and has ended by now; this
//! noun owns no row, the ledger has `call.logged`; nobody's name or number is in an event.

mod caller;
mod incident;
mod log;

use evenkeel_api::{Routes, routes};

use crate::Manage;

/// The routes.
pub(crate) fn router() -> Routes<Manage> {
    Routes::new().routes(routes!(log::call_log)).routes(routes!(caller::caller_find))
}
