//! Maintenance: work on services that is planned, and approved or not.
//!
//! Invariants: what is declared speaks only of the time from then on, so nothing is approved afterwards; every window is in
//! the ledger under its service before it begins; an alert inside a window pages nobody and opens nothing, and one that still
//! fires when the window ends does both then. Looks and indicators go on throughout.

mod held;
mod list;
mod store;
mod table;

use utoipa_axum::{router::OpenApiRouter, routes};

use crate::Manage;

pub use held::{Held, KIND as HELD_KIND};
pub(crate) use held::{forget, hold, take};
pub use store::{KIND, MaintenanceDefinition, Plan, covering, put, retire};
pub use table::MIGRATIONS;

/// The routes.
pub(crate) fn router() -> OpenApiRouter<Manage> {
    OpenApiRouter::new().routes(routes!(list::maintenance_list))
}
