//! Numbers as `PromQL` writes them: integers of any base, floats, durations, and Go's `%g` for texts that others compare.

/// Milliseconds of each unit, in the order in which a duration must name them.
const UNITS: [(&str, u64); 7] =
    [("y", 31_536_000_000), ("w", 604_800_000), ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1)];

/// A number literal: hexadecimal, octal with a leading zero (as Go reads it), decimal, exponent, `Inf`, `NaN`, underscores
/// between digits. `None` when it is none of these.
pub fn number(text: &str) -> Option<f64> {
    let plain: String = text.chars().filter(|c| *c != '_').collect();
    let lower = plain.to_ascii_lowercase();
    if let Some(hex) = lower.strip_prefix("0x") {
        return u64::from_str_radix(hex, 16).ok().map(|value| value as f64);
    }
    let octal = lower.len() > 1 && lower.starts_with('0') && lower.bytes().all(|c| (b'0'..=b'7').contains(&c));
    if octal {
        return u64::from_str_radix(&lower, 8).ok().map(|value| value as f64);
    }
    match lower.as_str() {
        "inf" | "+inf" => Some(f64::INFINITY),
        "-inf" => Some(f64::NEG_INFINITY),
        "nan" => Some(f64::NAN),
        _ if lower.starts_with(|c: char| c.is_ascii_digit() || c == '.' || c == '-' || c == '+') => lower.parse().ok(),
        _ => None,
    }
}

/// A duration such as `1h30m`: each unit at most once, largest first. Milliseconds; `None` when it is no duration or does
/// not fit.
pub fn duration_ms(text: &str) -> Option<i64> {
    let mut rest = text;
    let mut units = UNITS.as_slice();
    let mut total = 0_u64;
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let count: u64 = rest[..digits].parse().ok()?;
        rest = &rest[digits..];
        let letters = rest.bytes().take_while(u8::is_ascii_alphabetic).count();
        let at = units.iter().position(|(unit, _)| *unit == &rest[..letters])?;
        total = total.checked_add(count.checked_mul(units[at].1)?)?;
        units = &units[at + 1..];
        rest = &rest[letters..];
    }
    i64::try_from(total).ok()
}

/// A value as Go's `%g` prints it: what Prometheus' annotations and histogram texts hold.
pub fn go_g(value: f64) -> String {
    if value.is_nan() {
        return "NaN".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { "+Inf" } else { "-Inf" }.to_owned();
    }
    if value == 0.0 {
        return if value.is_sign_negative() { "-0" } else { "0" }.to_owned();
    }
    let scientific = format!("{value:e}");
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if (-4..6).contains(&exponent) {
        return format!("{value}");
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{mantissa}e{sign}{:02}", exponent.abs())
}

/// A value without an exponent, as Prometheus writes it into labels.
pub fn plain(value: f64) -> String {
    if value.is_infinite() {
        return if value > 0.0 { "+Inf" } else { "-Inf" }.to_owned();
    }
    format!("{value}")
}

/// A text in Go's double quotes.
pub fn quote(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            '\r' => quoted.push_str("\\r"),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}
