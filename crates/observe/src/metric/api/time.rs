//! Instants and durations as Prometheus' API writes them: seconds with a fraction, RFC 3339, `1h30m`.

use evenkeel_tsdb::promql;
use jiff::Timestamp;

/// Prometheus' words for the first and the last instant there can be.
const FIRST: &str = "-292273086-05-16T16:47:06Z";
const LAST: &str = "292277025-08-18T07:12:54.999999999Z";

/// An instant, milliseconds since 1970 UTC.
pub fn instant_ms(text: &str) -> Option<i64> {
    if let Ok(secs) = text.parse::<f64>() {
        return rounded_ms(secs);
    }
    match text {
        FIRST => Some(i64::MIN),
        LAST => Some(i64::MAX),
        _ => text.parse::<Timestamp>().ok().map(Timestamp::as_millisecond),
    }
}

/// A duration, milliseconds; may be negative when given in seconds.
pub fn duration_ms(text: &str) -> Option<i64> {
    match text.parse::<f64>() {
        Ok(secs) => rounded_ms(secs),
        Err(_) => promql::duration_ms(text),
    }
}

#[allow(clippy::cast_possible_truncation, reason = "checked to fit")]
fn rounded_ms(secs: f64) -> Option<i64> {
    let ms = (secs * 1000.0).round();
    // NaN is not within either.
    (ms.abs() < 9.2e18).then_some(ms as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_are_seconds_or_rfc_3339() {
        for (text, wanted) in [
            ("0", Some(0)),
            ("1435781451.781", Some(1_435_781_451_781)),
            ("-1.5", Some(-1_500)),
            ("1e3", Some(1_000_000)),
            ("2015-07-01T20:10:51.781Z", Some(1_435_781_451_781)),
            ("2015-07-01T22:10:51.781+02:00", Some(1_435_781_451_781)),
            (FIRST, Some(i64::MIN)),
            (LAST, Some(i64::MAX)),
            ("NaN", None),
            ("inf", None),
            ("30s", None),
            ("2015-07-01", None),
        ] {
            assert_eq!(instant_ms(text), wanted, "{text}");
        }
    }

    #[test]
    fn durations_are_seconds_or_with_units() {
        for (text, wanted) in [
            ("15", Some(15_000)),
            ("0.5", Some(500)),
            ("1h30m", Some(5_400_000)),
            ("5ms", Some(5)),
            ("-1", Some(-1000)),
            ("30x", None),
            ("", None),
        ] {
            assert_eq!(duration_ms(text), wanted, "{text}");
        }
    }
}
