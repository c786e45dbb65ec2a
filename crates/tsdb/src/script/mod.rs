//! Series as Prometheus' test scripts write them, and a source in memory to hold them: for unit tests of rules, for
//! replaying rules over stored history, and for our own conformance tests.
#![allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    reason = "as in PromQL: values are doubles, and what a script may hold is bounded"
)]

pub mod notation;
pub mod source;

pub use notation::Item;
pub use source::{Loaded, MemorySource};
