//! The noise review: which rules and probes page whom, how often for nothing, and what would have happened otherwise.
//!
//! Invariants: every figure is a pure function of the ledger's events and opens to them; what is not decided yet is counted as
//! undecided, never as noise and never as work; every suggestion says what it would have cost as well as what it would
//! have spared, on the same past.

mod book;
mod case;
mod dismiss;
mod figures;
mod route;
mod suggest;
#[cfg(test)]
mod tests;
mod view;

use evenkeel_api::{Routes, routes};

use crate::Analyze;

pub use book::Book;

/// The routes.
pub(crate) fn router() -> Routes<Analyze> {
    Routes::new().routes(routes!(route::noise_show)).routes(routes!(route::noise_rows)).routes(routes!(dismiss::noise_dismiss))
}
