//! The functions: one table says their arguments and what computes them, one file holds each family.

pub mod block;
pub mod date;
pub mod extended;
pub mod math;
pub mod over_time;
pub mod quantile;
pub mod rate;
pub mod regression;
pub mod table;
pub mod window;
