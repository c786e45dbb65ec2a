//! Agreements: SLA with the customer, OLA between our teams, UC with the vendor.
//!
//! Invariants: versioned, never deleted; an agreement is put only when its calendar, services and customer exist; a ticket
//! carries the versions it was opened under and keeps them.

mod list;
mod store;
mod table;

use evenkeel_api::{Routes, routes};

use crate::Manage;

pub use store::{KIND, find, list_of, of_service, put_agreement, retire_agreement};
pub use table::MIGRATIONS;

/// The routes.
pub(crate) fn router() -> Routes<Manage> {
    Routes::new().routes(routes!(list::agreement_list)).routes(routes!(list::agreement_show))
}
