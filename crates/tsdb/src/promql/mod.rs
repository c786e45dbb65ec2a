//! `PromQL` with the semantics of Prometheus 3: parser, plan, evaluation.
//!
//! Text → [`parse`] → a plan with times resolved and step-invariant parts marked → rows streaming through the plan, each
//! series read once from a [`crate::source::Source`] → a [`QueryResult`] with annotations that say where in the text they
//! belong. Names are dropped at the end of a query (Prometheus' `promql-delayed-name-removal`), as its tests want it; an
//! instant vector is sorted by labels unless the query asks for an order. Start timestamps are not part of the data model,
//! so that resets which only they would show are not seen. Conformance is measured by Prometheus' own tests (`crates/tsdb/tests/promqltest.rs`).
#![allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    clippy::float_cmp,
    reason = "PromQL computes in IEEE 754 doubles and compares them exactly; indices are bounded by the limits of a query"
)]

pub mod ast;
mod classic;
mod engine;
mod error;
mod eval;
mod feature;
pub mod functions;
pub mod native;
mod note;
mod number;
mod parse;
mod plan;
mod print;
mod result;
#[cfg(test)]
mod tests;

pub use engine::{Engine, Limits};
pub use error::{LimitKind, ParseError, QueryError};
pub use eval::Control;
pub use feature::features;
pub use number::{duration_ms, go_g, quote};
pub use parse::{parse, selector};
pub use result::{QueryResult, Sample, SeriesResult, Value};
