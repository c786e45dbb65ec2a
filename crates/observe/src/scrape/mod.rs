//! Scraping, as Prometheus does it and by its own configuration file.

pub mod ask;
pub mod config;
pub mod labels;
pub mod relabel;
pub mod secret;
pub mod target;
