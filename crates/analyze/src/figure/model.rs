//! A figure: what every number in a report, on a board or in a score carries with it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::words::Words;

/// What a value is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// 0 to 100.
    Percent,
    /// 0 to 1, or any plain quotient.
    Ratio,
    /// Seconds.
    Secs,
    /// A whole number of things.
    Count,
}

/// A part of a figure: one priority, one service, one statistic.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Slice {
    /// Stable key: `p1`, `median`, a service id …
    pub key: String,
    /// Shown name.
    pub label: Words,
    /// In the figure's unit; none = cannot be told.
    pub value: Option<f64>,
    /// How many things it was computed from.
    pub n: i64,
}

/// A number with everything needed to believe it or to refute it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Figure {
    /// Unique within a report or board, such as `availability.018f…`.
    pub id: String,
    /// Which definition it follows.
    pub definition: String,
    /// That definition's version.
    pub version: i64,
    /// Shown name.
    pub name: Words,
    /// The formula in words, for the footnote.
    pub formula: Words,
    /// Who or what is counted, for the footnote.
    pub population: Words,
    /// What it is about when it is not about everything in the report: a service, an agreement.
    pub about: Option<Words>,
    /// What the value is counted in.
    pub unit: Unit,
    /// The value; none = cannot be told (n = 0, or all unknown).
    pub value: Option<f64>,
    /// The value if everything unknown had been bad.
    pub low: Option<f64>,
    /// The value if everything unknown had been good.
    pub high: Option<f64>,
    /// What was promised.
    pub target: Option<f64>,
    /// Whether the promise was kept; none = no promise or cannot be told.
    pub met: Option<bool>,
    /// How many things (or seconds, for shares of time) it was computed from.
    pub n: i64,
    /// How many of them could not be told.
    pub unknown: i64,
    /// Its parts.
    pub by: Vec<Slice>,
    /// Period, inclusive.
    #[schema(value_type = String, format = DateTime)]
    pub from: Timestamp,
    /// Period, exclusive.
    #[schema(value_type = String, format = DateTime)]
    pub to: Timestamp,
    /// The ledger position it was computed up to.
    pub position: i64,
    /// SHA-256 over its canonical inputs, hex.
    pub input_hash: String,
}
