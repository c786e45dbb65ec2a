//! The fault switches: what each request meets. Pure.

use serde::{Deserialize, Serialize};

/// The longest added latency, milliseconds.
pub const LATENCY_MS_MAX: u64 = 60_000;

/// Which faults are on.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
pub struct Faults {
    /// Share of requests answered with 500, 0 to 1.
    pub errors: f64,
    /// Added to every answer, milliseconds.
    pub latency_ms: u64,
    /// Requests are taken and never answered while this is on.
    pub hang: bool,
}

/// A change of the switches: what is absent stays.
#[derive(Debug, Clone, Copy, PartialEq, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FaultChange {
    /// Share of requests answered with 500, 0 to 1.
    pub errors: Option<f64>,
    /// Added latency, milliseconds.
    pub latency_ms: Option<u64>,
    /// Take requests and never answer.
    pub hang: Option<bool>,
    /// End the process at once, as a crash does.
    #[serde(default)]
    pub crash: bool,
}

impl Faults {
    /// Applies a change; what is out of range is refused with the range.
    pub fn apply(self, change: FaultChange) -> Result<Self, String> {
        let errors = change.errors.unwrap_or(self.errors);
        if !(0.0..=1.0).contains(&errors) {
            return Err("errors is a share: give 0 to 1, such as 0.25".to_owned());
        }
        let latency_ms = change.latency_ms.unwrap_or(self.latency_ms);
        if latency_ms > LATENCY_MS_MAX {
            return Err(format!("latency_ms is at most {LATENCY_MS_MAX}"));
        }
        Ok(Self { errors, latency_ms, hang: change.hang.unwrap_or(self.hang) })
    }

    /// Whether anything is switched on.
    pub fn any(self) -> bool {
        self.hang || self.latency_ms > 0 || self.errors > 0.0
    }

    /// Whether the `number`-th request (from 1) fails: spread evenly rather than drawn, so that a share of 0.25 is every
    /// fourth request and a drill repeats exactly.
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a request count stays far below 2^52 and the share is between 0 and 1"
    )]
    pub fn fails(self, number: u64) -> bool {
        let failed_by = |count: u64| (count as f64 * self.errors + 1e-9).floor() as u64;
        number > 0 && failed_by(number) > failed_by(number - 1)
    }
}
