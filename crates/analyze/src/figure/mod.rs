//! Figures: pure functions of (ledger up to a position, definitions as versioned, period).

pub mod model;
