//! Dashboards: boards of panels over the metric store, kept as definitions.
//!
//! Invariants: a board is checked before it is kept ([`model`]); every version is in the ledger by the transaction that made
//! it; nobody overwrites a version they have not seen. What a panel shows is asked of the metric API by whoever looks:
//! nothing here runs a query.

mod model;
mod routes;
mod store;
mod table;

pub use model::{Board, BoardError};
pub(crate) use routes::router;
pub use store::{Kept, Put, all, find, put, retire};
pub use table::MIGRATIONS;

#[cfg(test)]
mod tests;
