//! Numbers as the text formats write them.

/// A value: decimal, exponent, `Inf`, `NaN`. Neither hexadecimal nor underscores, and nothing that does not fit.
pub(super) fn float(text: &str) -> Option<f64> {
    let bytes = text.as_bytes();
    if let Some(whole) = digits(bytes) {
        return Some(whole);
    }
    let value: f64 = text.parse().ok()?;
    // A number that does not fit is infinite here; the word begins with another byte.
    let sign = usize::from(matches!(bytes.first(), Some(b'+' | b'-')));
    let spelled = bytes.get(sign).is_some_and(u8::is_ascii_alphabetic);
    let fine = if spelled { !(value.is_nan() && sign == 1) } else { value.is_finite() };
    fine.then_some(value)
}

/// Digits alone, when they are exact as they are.
#[expect(clippy::cast_precision_loss, reason = "at most 15 digits are exact")]
fn digits(bytes: &[u8]) -> Option<f64> {
    if bytes.is_empty() || bytes.len() > 15 {
        return None;
    }
    let mut whole = 0u64;
    for byte in bytes {
        if !byte.is_ascii_digit() {
            return None;
        }
        whole = whole * 10 + u64::from(byte - b'0');
    }
    Some(whole as f64)
}

/// A value as `OpenMetrics` writes bounds and quantiles: always with a point or an exponent.
pub(crate) fn canonical(value: f64) -> String {
    if value.is_nan() {
        return "NaN".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { "+Inf" } else { "-Inf" }.to_owned();
    }
    if value == 0.0 {
        return "0.0".to_owned();
    }
    let scientific = format!("{value:e}");
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if !(-4..21).contains(&exponent) {
        let sign = if exponent < 0 { '-' } else { '+' };
        return format!("{mantissa}e{sign}{:02}", exponent.abs());
    }
    let mut text = format!("{value}");
    if !text.contains('.') {
        text.push_str(".0");
    }
    text
}

/// How a bound or quantile must be changed to stand as [`canonical`] writes it; `None` when it is no number, or stands so.
pub(super) fn respelled(text: &str) -> Option<String> {
    if plain(text.as_bytes()) {
        return None;
    }
    let value = float(text)?;
    let canonical = canonical(value);
    (canonical != text).then_some(canonical)
}

/// Whether digits around one point are canonical without doubt: what almost all bounds look like.
fn plain(bytes: &[u8]) -> bool {
    if bytes == b"+Inf" {
        return true;
    }
    let Some(point) = bytes.iter().position(|byte| *byte == b'.') else { return false };
    let (whole, fraction) = (&bytes[..point], &bytes[point + 1..]);
    let digits = |bytes: &[u8]| !bytes.is_empty() && bytes.iter().all(u8::is_ascii_digit);
    bytes.len() <= 15
        && digits(whole)
        && digits(fraction)
        && (whole.len() == 1 || whole[0] != b'0')
        && (fraction.len() == 1 || fraction.last() != Some(&b'0'))
        // Small ones have an exponent.
        && (whole != b"0" || fraction.iter().take(4).any(|byte| *byte != b'0') || fraction == b"0")
}
