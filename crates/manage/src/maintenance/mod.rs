//! Maintenance: work on services that is planned, and approved or not.
//!
//! Invariants: what is declared speaks only of the time from then on, so nothing is approved afterwards; every window is in
//! the ledger under its service before it begins; an alert inside a window is suppressed (`crate::suppression`) and pages
//! nobody. Looks and indicators go on throughout.

mod list;
mod store;
mod table;

use evenkeel_api::{Routes, routes};

use crate::Manage;

pub(crate) use store::name_of;
pub use store::{KIND, MaintenanceDefinition, Plan, covering, put, retire};
pub use table::MIGRATIONS;

/// The routes.
pub(crate) fn router() -> Routes<Manage> {
    Routes::new().routes(routes!(list::maintenance_list))
}
