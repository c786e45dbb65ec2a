//! The specification of the promise engine, as tests.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod attainment;
mod clock;
mod definitions;
mod golden;
mod kit;
mod pitfalls;
mod properties;
