//! Versions of everything that is declared rather than done: organisations, teams, services, agreements, calendars,
//! matrices.
//!
//! Invariants: a version never changes once written; versions of one thing count 1, 2, 3 …; putting what is in force
//! already makes no version; every version is in the ledger by the transaction that made it. There is no route here:
//! each noun shows its own definitions.

mod store;
mod table;

pub use store::{Put, Version, current, find, find_by_name, in_force, list, put, put_first, retire, version};
pub use table::MIGRATIONS;
