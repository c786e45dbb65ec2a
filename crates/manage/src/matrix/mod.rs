//! The priority matrix: impact × urgency → priority, one for a tenant, versioned.
//!
//! Invariants: there is always one in force — the default of the domain specification is put, and recorded, at first
//! use; every priority that was judged carries the version that judged it.

mod store;

pub use store::{in_force, put};
