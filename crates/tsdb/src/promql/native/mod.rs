//! Native histograms in queries: layout, arithmetic, resets, quantiles, trimming. As in Prometheus' model; exponential
//! bucket `i` of schema `s` holds observations in `(2^((i-1)·2^-s), 2^(i·2^-s)]`.

pub mod combine;
pub mod layout;
pub mod quantile;
pub mod reset;
pub mod scale;
pub mod summary;
pub mod text;
pub mod trim;

pub use combine::{Combined, Total, sum};

use crate::histogram::Histogram;

/// The schema of histograms with bounds of their own.
pub const CUSTOM_SCHEMA: i32 = -53;

impl Histogram {
    /// Whether its bounds are its own rather than powers.
    pub fn is_custom(&self) -> bool {
        self.schema == CUSTOM_SCHEMA
    }
}
