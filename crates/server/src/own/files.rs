//! The rules and objectives that come with the program: they judge the house by what it keeps of itself.

/// Rules, as a file of Prometheus.
pub(crate) const RULES: (&str, &str) = ("evenkeel:own-rules.yml", include_str!("rules.yml"));
/// Objectives, in the OpenSLO v1 format.
pub(crate) const SLOS: (&str, &str) = ("evenkeel:own-slos.yaml", include_str!("slos.yaml"));
