//! On-call: whose phone rings. One weekly rota for each team, declared as code, with overrides made by hand.
//!
//! Invariants: who is on call is a pure function of the rota, the overrides and the instant ([`rota`]); every version of a
//! rota and every override is in the ledger by the transaction that made it; an override is never changed, only made and
//! taken away.

pub mod rota;
mod routes;
mod store;
mod table;

pub use rota::{Handover, Override, Rota, RotaDefinition, RotaError, Shift};
pub use routes::router;
pub use store::{Declared, NewOverride, Put, add_override, current, overrides, put_rota, remove_override, retire_rota, rotas};
pub use table::MIGRATIONS;

#[cfg(test)]
mod tests;
