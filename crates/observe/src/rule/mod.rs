//! Rules of Prometheus, unchanged, and their way into incidents.
//!
//! A file becomes [`model::Group`]s ([`check`]); a group is evaluated at its interval ([`evaluate`]), reading and writing
//! series on a [`shelf::Shelf`]. What becomes of each alert is a pure machine ([`instance`]). The [`worker`] runs groups
//! and writes `alert.fired` and `alert.resolved`, the same events as a probe's.

pub mod backtest;
pub mod check;
pub mod duration;
pub mod evaluate;
mod file;
mod finding;
pub mod history;
pub mod instance;
pub mod model;
mod own;
pub mod routes;
pub mod routing;
pub mod schedule;
pub mod selectors;
pub mod shelf;
pub mod table;
pub mod template;
#[cfg(test)]
mod tests;
pub mod unit;
pub mod worker;

pub use check::{Checked, check};
pub use finding::{Finding, Level, SourceFile};
pub(crate) use finding::{place, unreadable};
pub use routing::{Grade, Route, Routing};
pub use worker::{RuleHouse, RuleOptions, RuleSet, Rules};
