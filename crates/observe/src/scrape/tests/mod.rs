#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::float_cmp)]
//! The whole of scraping against real servers on loopback.

mod discovering;
pub mod exporter;
pub mod house;
mod reloading;
mod scraping;
