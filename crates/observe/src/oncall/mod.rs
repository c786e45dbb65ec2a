//! On-call: whose phone rings. One rota for each team: layers of people who take turns, with overrides and swaps on top.
//!
//! Invariants: who is on call is a pure function of the rota, the overrides and the instant ([`rota`], docs/adr/0017); a swap
//! that was taken is an override; every version of a rota and every override is in the ledger by the transaction that made
//! it; an override is never changed, only made and taken away.

mod board;
mod fairness;
mod feed;
mod note;
pub mod rota;
mod routes;
pub mod schedule;
mod store;
mod swap;
mod table;

pub use rota::{Override, Rota, RotaDefinition, RotaError, Shift};
pub use routes::router;
pub use schedule::{Handover, HolidayRule, Layer, Rotation, Window};
pub use store::{Declared, NewOverride, Put, add_override, current, overrides, put_rota, remove_override, retire_rota, rotas};
pub use swap::{NewSwap, Swap, offer_swap, swaps, take_swap, withdraw_swap};
pub use table::MIGRATIONS;

#[cfg(test)]
mod tests;
