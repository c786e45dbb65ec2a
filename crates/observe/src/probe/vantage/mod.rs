//! Vantage points: the places from which a probe looks.
//!
//! The server itself is the vantage point [`HERE`]. Others are `evenkeel probe` processes at other sites ([`agent`]): they
//! ask for their probes, look by the same schedule with the same probers, and send what they saw ([`wire`]), outbound only.
//! A look is kept at the site ([`spool`]) until the server has said that it is durable, so that a cut line loses nothing.
//! Verdicts are made by the server alone, a machine for each vantage point and the quorum over them
//! ([`super::quorum`]); the agent may be a release older or newer, for all it knows is how to look.

pub mod agent;
pub(crate) mod house;
pub(crate) mod routes;
pub mod spool;
pub mod wire;

/// The vantage point that is the server itself.
pub const HERE: &str = "here";
/// Vantage points of one probe, at most.
pub const VANTAGES_MAX: usize = 32;

/// Whether this may name a vantage point: 1 to 60 lower-case letters, digits, `-`, `_` and `.`.
pub fn is_name(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= 60
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_' | '.'))
}
