//! Service-level objectives (SLO): what a service promises of its events or minutes, what is left of its error budget, and
//! the alerts when that burns too fast.
//!
//! A file in the OpenSLO v1 format becomes [`Slo`]s ([`check()`]). Each minute of an objective becomes a [`tally::Cell`] (good
//! and all events of that minute), and everything shown is a sum of cells between two edges: never an average of ratios.
//! [`window`], [`tally`], [`budget`], [`burn`], [`course`] and [`slice`] are pure; [`worker`] asks the metrics, writes rows and events.
//!
//! Invariants: an increase is counted in the minute in which it was seen, so nothing older than a window's edge is in it; a
//! minute that nobody observed is neither good nor bad but its own share; what is sealed is what was measured.
#![allow(clippy::cast_precision_loss, reason = "minutes and counts of series are far below 2^53")]

pub mod budget;
pub mod burn;
pub mod check;
pub mod course;
mod file;
mod left;
pub mod model;
mod query;
pub mod routes;
mod shape;
pub mod slice;
pub mod table;
pub mod tally;
#[cfg(test)]
mod tests;
mod view;
pub mod window;
pub mod worker;

pub use check::{Checked, check};
pub use model::Slo;
pub use worker::{SloHouse, SloIncident, Slos};
