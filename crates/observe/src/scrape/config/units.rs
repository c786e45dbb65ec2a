//! Durations and sizes as Prometheus writes them.

use std::time::Duration;

const UNITS: [(&str, u64); 7] =
    [("y", 365 * 86_400_000), ("w", 7 * 86_400_000), ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1)];

/// A duration such as `1m30s`: units from the longest to the shortest, each once; `0` needs none.
pub fn duration(text: &str) -> Option<Duration> {
    if text == "0" {
        return Some(Duration::ZERO);
    }
    let (mut rest, mut place, mut total) = (text, 0, 0_u64);
    while !rest.is_empty() {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let number: u64 = rest[..digits].parse().ok()?;
        rest = &rest[digits..];
        let letters = rest.bytes().take_while(u8::is_ascii_alphabetic).count();
        let unit = UNITS.iter().skip(place).position(|(unit, _)| *unit == &rest[..letters])? + place;
        total = total.checked_add(number.checked_mul(UNITS[unit].1)?)?;
        place = unit + 1;
        rest = &rest[letters..];
    }
    (!text.is_empty()).then_some(Duration::from_millis(total))
}

/// The same the other way.
pub fn duration_text(duration: Duration) -> String {
    let mut rest = u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
    if rest == 0 {
        return "0s".to_owned();
    }
    let mut text = String::new();
    for (unit, length) in UNITS {
        // Years and weeks only when nothing is left over, as Prometheus writes them.
        if matches!(unit, "y" | "w") && rest % length != 0 {
            continue;
        }
        if rest >= length {
            text.push_str(&(rest / length).to_string());
            text.push_str(unit);
            rest %= length;
        }
    }
    text
}

/// A size such as `512KB` or `10MiB`, in bytes; a unit is 1024 of the one before, whichever way it is written.
pub fn size(text: &str) -> Option<u64> {
    if text == "0" {
        return Some(0);
    }
    let number = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let power = match text[number.len()..].to_ascii_uppercase().as_str() {
        "B" => 0,
        "KB" | "KIB" => 1,
        "MB" | "MIB" => 2,
        "GB" | "GIB" => 3,
        "TB" | "TIB" => 4,
        _ => return None,
    };
    number.parse::<u64>().ok()?.checked_mul(1024_u64.checked_pow(power)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_and_written_as_prometheus_does() {
        for (text, millis) in
            [("15s", 15_000), ("1m30s", 90_000), ("1h", 3_600_000), ("250ms", 250), ("1w", 604_800_000), ("0", 0), ("1d", 86_400_000)]
        {
            assert_eq!(duration(text), Some(Duration::from_millis(millis)), "{text}");
        }
        for wrong in ["", "15", "s", "1s1m", "1s1s", "-1s", "1.5s", "1 s", "1x"] {
            assert_eq!(duration(wrong), None, "{wrong}");
        }
        for text in ["15s", "1m30s", "1h", "250ms", "1d12h", "2w", "15d"] {
            assert_eq!(duration(text).map(duration_text).as_deref(), Some(text));
        }
    }

    #[test]
    fn sizes_have_units_of_1024() {
        assert_eq!(size("10MB"), Some(10 << 20));
        assert_eq!(size("1KiB"), Some(1024));
        assert_eq!(size("0"), Some(0));
        for wrong in ["", "10", "MB", "-1B", "1.5MB", "99999999999TB"] {
            assert_eq!(size(wrong), None, "{wrong}");
        }
    }
}
