//! A period cut into days, weeks or months of the report's zone, for what is drawn over time.

use jiff::{Span, Timestamp, ToSpan, Unit, tz::TimeZone};

use crate::words::Words;

/// The most pieces a period is cut into.
const PIECES_MAX: usize = 120;

/// One piece.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Bucket {
    pub(super) from: Timestamp,
    pub(super) to: Timestamp,
    pub(super) label: Words,
}

/// Hours up to two days, days up to six weeks, weeks up to a year, else months. The first and last piece may be shorter.
pub(super) fn buckets(from: Timestamp, to: Timestamp, zone: &TimeZone) -> Vec<Bucket> {
    let hours = to.duration_since(from).as_hours();
    let (step, unit, format): (Span, Unit, &str) = match hours {
        ..=48 => (1.hour(), Unit::Hour, "%m-%d %H:00"),
        49..=1_008 => (1.day(), Unit::Day, "%m-%d"),
        1_009..=8_784 => (7.days(), Unit::Day, "%m-%d"),
        _ => (1.month(), Unit::Month, "%Y-%m"),
    };
    let mut pieces = Vec::new();
    let mut at = from;
    while at < to && pieces.len() < PIECES_MAX {
        let local = at.to_zoned(zone.clone());
        let begins = match unit {
            Unit::Hour => local.round(jiff::ZonedRound::new().smallest(Unit::Hour).mode(jiff::RoundMode::Trunc)),
            Unit::Month => local.first_of_month().and_then(|first| first.start_of_day()),
            _ => local.start_of_day(),
        };
        let next = begins.and_then(|begins| begins.checked_add(step)).map_or(to, |next| next.timestamp()).min(to);
        // A zone's gap could stand still; a piece always has a length.
        let next = if next > at { next } else { to };
        pieces.push(Bucket { from: at, to: next, label: Words::same(local.strftime(format).to_string()) });
        at = next;
    }
    pieces
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn days_begin_in_the_zone_of_the_report_and_leave_no_gap() {
        let zone = TimeZone::get("Asia/Shanghai").unwrap();
        let (from, to) = ("2026-03-01T10:00:00Z".parse().unwrap(), "2026-03-05T00:00:00Z".parse().unwrap());
        let days = buckets(from, to, &zone);
        let labels: Vec<&str> = days.iter().map(|day| day.label.en.as_str()).collect();
        assert_eq!(labels, ["03-01", "03-02", "03-03", "03-04", "03-05"]);
        assert_eq!(days[1].from.to_string(), "2026-03-01T16:00:00Z");
        assert!(days.windows(2).all(|pair| pair[0].to == pair[1].from));
        assert_eq!((days[0].from, days[4].to), (from, to));
    }

    #[test]
    fn a_day_of_25_hours_is_one_day() {
        let zone = TimeZone::get("Europe/Berlin").unwrap();
        let days = buckets("2025-10-24T22:00:00Z".parse().unwrap(), "2025-10-28T23:00:00Z".parse().unwrap(), &zone);
        let hours: Vec<i64> = days.iter().map(|day| day.to.duration_since(day.from).as_hours()).collect();
        assert_eq!(hours, [24, 25, 24, 24]);
    }
}
