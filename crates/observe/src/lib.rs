//! The observe hall (监): probes, service-level indicators, this host, on-call and pages.

pub mod oncall;
pub mod page;
pub mod probe;
