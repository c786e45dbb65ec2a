//! Calendars: the hours in which clocks run. Their rules live in the promise engine; here a calendar is a versioned body
//! that is stored and shown as it was declared.
//!
//! Invariants: a body is checked by whoever declares it (configuration is read with the engine's own types) and is never
//! looked into here.

pub(crate) mod hours;
mod list;
mod store;

use evenkeel_api::{Routes, routes};

use crate::Manage;

pub use store::{KIND, find, put, retire};

/// The routes.
pub(crate) fn router() -> Routes<Manage> {
    Routes::new().routes(routes!(list::calendar_list))
}
