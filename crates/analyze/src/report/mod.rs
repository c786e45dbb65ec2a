//! Service reports, a governed artefact: draft → in review ⇄ rework → approved → published → superseded.
//!
//! Invariants: a published document never changes; its figures can be computed again from the ledger up to its position;
//! what is learned later makes another version, with old value, new value and the events that made the difference.

pub mod document;
pub mod model;
pub mod pdf;
pub mod row;
pub mod section;
mod table;

pub use table::MIGRATIONS;
