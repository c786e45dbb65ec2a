//! From a maintenance entry to its windows: one span, or a weekly one written out.

use evenkeel_core::event::manage::Window;
use evenkeel_sla::{Calendar, CalendarDefinition, HolidaySet, WeeklyDefinition};
use jiff::{SignedDuration, Timestamp, civil::Date, tz::TimeZone};

/// A weekly maintenance is approved for a year at the longest; then it is approved anew.
pub(super) const DAYS_MAX: i64 = 366;
/// One window is a week at the longest.
const WINDOW_MAX: SignedDuration = SignedDuration::from_hours(7 * 24);

/// An instant as it is written: with its offset from UTC.
pub(super) fn instant(text: &str) -> Result<Timestamp, String> {
    text.parse::<Timestamp>().map(evenkeel_core::time::truncate).map_err(|_| format!("{text:?} is no instant"))
}

/// One span.
pub(super) fn once(from: Timestamp, to: Timestamp) -> Result<Vec<Window>, String> {
    if from >= to {
        return Err(format!("it ends at {to}, which is not after its beginning at {from}"));
    }
    if to.duration_since(from) > WINDOW_MAX {
        return Err("it is longer than a week: write shorter windows".to_owned());
    }
    Ok(vec![Window { from, to }])
}

/// Every window of a weekly form from the first day to the last, both included.
pub(super) fn weekly(weekly: &[WeeklyDefinition], zone: &str, first: Date, last: Date) -> Result<Vec<Window>, String> {
    let days = first.until(last).map_or(0, |span| i64::from(span.get_days()));
    if first > last {
        return Err(format!("until ({last}) is before starts_on ({first})"));
    }
    if days > DAYS_MAX {
        return Err(format!("it runs for {days} days: an approval holds for {DAYS_MAX} at the longest"));
    }
    let definition = CalendarDefinition {
        zone: zone.to_owned(),
        always: false,
        weekly: weekly.to_vec(),
        holidays: HolidaySet::None,
        make_up_days_as: None,
        exceptions: Vec::new(),
    };
    let calendar = Calendar::compile(&definition).map_err(|error| {
        error.issues.iter().map(|issue| format!("{}: {}; {}", issue.field, issue.problem, issue.fix)).collect::<Vec<_>>().join("; ")
    })?;
    let zone: &TimeZone = calendar.zone();
    let start = |date: Date| date.to_zoned(zone.clone()).map(|at| at.timestamp()).map_err(|error| error.to_string());
    let end = last.tomorrow().map_err(|error| error.to_string())?;
    let open = calendar.open_between(start(first)?, start(end)?);
    let instant = |micros: i64| evenkeel_core::time::from_micros(micros);
    Ok(open.spans().iter().map(|span| Window { from: instant(span.from), to: instant(span.to) }).collect())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use evenkeel_sla::Weekday;
    use jiff::civil::date;

    use super::*;

    fn sunday_night() -> Vec<WeeklyDefinition> {
        vec![WeeklyDefinition { days: vec![Weekday::Sun], from: "02:00".to_owned(), to: "04:00".to_owned() }]
    }

    #[test]
    fn a_weekly_window_is_written_out_on_its_zone_s_wall_clock() {
        let windows = weekly(&sunday_night(), "Asia/Shanghai", date(2026, 12, 1), date(2026, 12, 13)).unwrap();
        let from: Vec<String> = windows.iter().map(|window| window.from.to_string()).collect();
        assert_eq!(from, ["2026-12-05T18:00:00Z", "2026-12-12T18:00:00Z"]);
        assert!(windows.iter().all(|window| window.to.duration_since(window.from) == SignedDuration::from_hours(2)));
    }

    #[test]
    fn an_approval_does_not_hold_for_ever() {
        assert!(weekly(&sunday_night(), "UTC", date(2026, 1, 1), date(2027, 12, 31)).unwrap_err().contains("366"));
        assert!(weekly(&sunday_night(), "UTC", date(2026, 2, 1), date(2026, 1, 1)).is_err());
        assert!(weekly(&sunday_night(), "Mars/Phobos", date(2026, 1, 1), date(2026, 2, 1)).is_err());
    }

    #[test]
    fn a_window_ends_after_it_begins_and_within_a_week() {
        let at = |text: &str| instant(text).unwrap();
        assert!(once(at("2026-12-01T02:00:00+08:00"), at("2026-12-01T04:00:00+08:00")).is_ok());
        assert!(once(at("2026-12-01T02:00:00+08:00"), at("2026-12-01T02:00:00+08:00")).is_err());
        assert!(once(at("2026-12-01T02:00:00Z"), at("2026-12-09T02:00:00Z")).is_err());
        assert!(instant("2026-12-01 02:00").is_err(), "an instant without an offset is none");
    }
}
