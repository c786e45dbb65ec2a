//! Live clocks: every promise on every open incident, folded by the promise engine from the incident's events.
//!
//! Invariants: a reading is a pure function of the incident's events and the definitions in force at them; the table of
//! readings is a projection that can be thrown away; a breach is told once and never taken back.

pub mod fold;
pub mod reading;
