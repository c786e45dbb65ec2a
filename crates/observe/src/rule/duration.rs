//! Durations as Prometheus' configuration writes them: `1h30m`.

use evenkeel_tsdb::promql::duration_ms;

/// Milliseconds of `1h30m`, `5s`, `0`.
///
/// # Errors
/// What is wrong with it, in words.
pub fn parse_ms(text: &str) -> Result<i64, String> {
    match text {
        "0" => Ok(0),
        "" => Err("empty duration: write one such as 5m".to_owned()),
        _ => duration_ms(text).ok_or_else(|| format!("not a valid duration: {text:?}; write one such as 30s, 5m or 1h30m")),
    }
}

/// As Prometheus writes it: `1h30m`, `0s`.
pub fn text(ms: i64) -> String {
    if ms == 0 {
        return "0s".to_owned();
    }
    let mut rest = ms;
    let mut out = String::new();
    // Years, weeks and days only when nothing is left of them: 400 days are 400d.
    for (unit, length, exact) in [
        ("y", 31_536_000_000_i64, true),
        ("w", 604_800_000, true),
        ("d", 86_400_000, false),
        ("h", 3_600_000, false),
        ("m", 60_000, false),
        ("s", 1_000, false),
        ("ms", 1, false),
    ] {
        if exact && rest % length != 0 {
            continue;
        }
        if rest / length > 0 {
            out.push_str(&(rest / length).to_string());
            out.push_str(unit);
            rest %= length;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        for (text_in, ms) in [("0", 0), ("5m", 300_000), ("1h30m", 5_400_000), ("1d", 86_400_000), ("250ms", 250), ("2w", 1_209_600_000)] {
            assert_eq!(parse_ms(text_in), Ok(ms));
        }
        for bad in ["", "5", "5 m", "m", "1m1h", "-5m"] {
            assert!(parse_ms(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn what_is_read_is_written_as_prometheus_writes_it() {
        for ms in [0, 300_000, 5_400_000, 86_400_000, 250, 1_209_600_000, 34_560_000_000] {
            assert_eq!(parse_ms(&text(ms)).unwrap(), ms);
        }
        assert_eq!(text(34_560_000_000), "400d");
        assert_eq!(text(90_061_000), "1d1h1m1s");
    }
}
