//! Figures: pure functions of (ledger up to a position, definitions as versioned, period).
//!
//! Invariants: whole numbers until the last division; no ambient clock; the same events in any order give the same figure
//! and the same hash of its inputs; what cannot be told is counted as unknown, never guessed.

pub mod attainment;
pub mod availability;
pub mod catalogue;
pub mod compute;
pub mod continuity;
pub mod day;
pub mod definition;
pub mod evidence;
pub mod hash;
pub mod maintenance;
pub mod model;
pub mod population;
pub mod setting;
pub mod statistic;
pub mod workload;

#[cfg(test)]
mod tests;
