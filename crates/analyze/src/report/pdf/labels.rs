//! The words around a report's own words, and how its values are written.

use evenkeel_core::Language;
use jiff::{Timestamp, tz::TimeZone};

use crate::figure::model::Unit;

/// One of two.
pub const fn pick<'a>(language: Language, zh: &'a str, en: &'a str) -> &'a str {
    match language {
        Language::Zh => zh,
        Language::En => en,
    }
}

/// A dash for what cannot be told.
pub const DASH: &str = "–";

/// A value with its unit. A percentage is cut, never rounded up: 99.9996 % must not read 100 %.
pub fn value(language: Language, unit: Unit, value: Option<f64>) -> String {
    let Some(value) = value.filter(|value| value.is_finite()) else {
        return DASH.to_owned();
    };
    match unit {
        Unit::Percent => {
            let digits = if value.abs() >= 90.0 { 3 } else { 1 };
            let scale = 10f64.powi(digits);
            // The small sum undoes the binary representation of 99.9, never a real difference.
            let cut = (value * scale + 1e-6).floor() / scale;
            format!("{} %", trimmed(cut, digits))
        }
        Unit::Ratio => trimmed(value, 3),
        Unit::Count => grouped(value),
        Unit::Secs => duration(language, value),
    }
}

fn trimmed(value: f64, digits: i32) -> String {
    let text = format!("{value:.*}", usize::try_from(digits).unwrap_or(0));
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

/// A whole number in groups of three; a part of one is kept.
fn grouped(value: f64) -> String {
    let text = trimmed(value, 2);
    let (sign, rest) = text.strip_prefix('-').map_or(("", text.as_str()), |rest| ("−", rest));
    let (whole, part) = rest.split_once('.').map_or((rest, None), |(whole, part)| (whole, Some(part)));
    let mut out = String::from(sign);
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place).is_multiple_of(3) {
            out.push('\u{202f}');
        }
        out.push(digit);
    }
    if let Some(part) = part {
        out.push('.');
        out.push_str(part);
    }
    out
}

/// Seconds as people say them: `1h 2m 3s`, beyond two days `3d 4h 5m`. Parts that are nothing are left out: `4h`.
#[expect(clippy::cast_possible_truncation, reason = "a span of time within a report fits")]
pub fn duration(language: Language, secs: f64) -> String {
    let sign = if secs < -0.5 { "−" } else { "" };
    let total = secs.abs().round() as i64;
    let (day, hour, minute, second) = match language {
        Language::Zh => ("天", "小时", "分", "秒"),
        Language::En => ("d", "h", "m", "s"),
    };
    if total == 0 {
        return if secs == 0.0 { format!("0{second}") } else { format!("{sign}{:.1}{second}", secs.abs()) };
    }
    let parts = if total >= 2 * 86_400 {
        // To the minute: nobody asks for the seconds of days.
        let minutes = (total + 30) / 60;
        vec![(minutes / 1_440, day), (minutes / 60 % 24, hour), (minutes % 60, minute)]
    } else {
        vec![(total / 3_600, hour), (total / 60 % 60, minute), (total % 60, second)]
    };
    let text: Vec<String> = parts.into_iter().filter(|(n, _)| *n > 0).map(|(n, unit)| format!("{n}{unit}")).collect();
    format!("{sign}{}", text.join(pick(language, "", " ")))
}

/// An instant in the report's zone.
pub fn instant(at: Option<Timestamp>, zone: &TimeZone) -> String {
    at.map_or_else(|| DASH.to_owned(), |at| at.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M:%S").to_string())
}

/// An instant to the minute.
pub fn minute(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M").to_string()
}
