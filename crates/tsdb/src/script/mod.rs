//! Prometheus' test scripts: their series and a source in memory to hold them, for unit tests of rules and for replaying
//! rules over stored history; their queries with what these should yield, for conformance tests of any engine and for the
//! profile of another engine.
#![allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::float_cmp,
    reason = "as in PromQL: values are doubles, and what a script may hold is bounded"
)]

mod command;
pub mod compare;
pub mod notation;
mod pinned;
pub mod source;
mod suite;

pub use command::{Command, Eval, Expect, Pattern, Times, parse};
pub use notation::Item;
pub use source::{Loaded, MemorySource};
pub use suite::{Depth, Failure, Subject, Tally, run};
