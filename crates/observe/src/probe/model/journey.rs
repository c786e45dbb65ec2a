//! HTTP requests one after the other, as somebody makes them who wants something done.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::HttpCheck;

/// Steps of one journey, at most.
pub const STEPS_MAX: usize = 20;
/// How often one step may be made, at most.
pub const TIMES_MAX: u32 = 50;
/// Variables and captures of one step, at most.
pub const CAPTURES_MAX: usize = 20;
/// Bytes of a variable's value, at most.
pub const VALUE_BYTES_MAX: usize = 8 << 10;

/// Steps that are made in order within the probe's timeout. Cookies last as long as one look.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JourneyCheck {
    /// Values known beforehand, for `{{name}}`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub variables: BTreeMap<String, String>,
    /// The steps.
    pub steps: Vec<JourneyStep>,
}

/// One request of a journey.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JourneyStep {
    /// What it is for.
    pub name: String,
    /// The request and what its answer must be; URL, headers and body may hold `{{variable}}` and `{{secret.name}}`.
    pub http: HttpCheck,
    /// What is taken from the answer, by the variable's name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub capture: BTreeMap<String, Capture>,
    /// Made again until the answer is as expected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Until>,
}

/// Where a value is taken from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Capture {
    /// A value of a JSON answer, by JSON Pointer (RFC 6901).
    Json(String),
    /// A header's value.
    Header(String),
    /// A cookie's value.
    Cookie(String),
    /// The first group of a regular expression over the body, or all that it finds.
    Regex(String),
}

/// How often a step is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Until {
    /// Times at most, 2 to 50.
    pub times: u32,
    /// Milliseconds between two of them.
    #[serde(default = "default_wait_ms")]
    pub wait_ms: u64,
}

const fn default_wait_ms() -> u64 {
    500
}
