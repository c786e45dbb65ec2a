//! Rules of Prometheus, unchanged, and their way into incidents.

pub mod duration;
pub mod template;
