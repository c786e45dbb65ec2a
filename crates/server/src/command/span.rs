//! Spans of time on the command line.

use evenkeel_core::{ErrorCode, Failure};
use evenkeel_observe::rule::duration;
use jiff::Timestamp;

/// An instant such as 2026-11-01T00:00:00Z, or so long before `end_ms`, such as 7d; milliseconds since 1970 UTC.
///
/// # Errors
/// When it is neither.
pub(crate) fn when(text: &str, end_ms: i64, flag: &'static str) -> Result<i64, Failure> {
    if let Ok(at) = text.parse::<Timestamp>() {
        return Ok(at.as_millisecond());
    }
    duration::parse_ms(text).map(|ms| end_ms - ms).map_err(|_| {
        Failure::new(ErrorCode::Invalid, format!("{text:?} is no instant; write 2026-11-01T00:00:00Z, or 7d for so long before")).at(flag)
    })
}
