//! Windows and durations of OpenSLO.

use jiff::{civil::DateTime, tz::TimeZone};
use serde_saphyr::Spanned;

use super::Work;
use crate::slo::{
    file::TimeWindow,
    window::{Stretch, Window},
};

const DAY_MINS: i64 = 24 * 60;
/// The longest window, minutes.
const WINDOW_MINS_MAX: i64 = 400 * DAY_MINS;

/// `5m`, `1h`, `30d`, `4w`, `1M`, `1Q`, `1Y`.
pub(super) fn shorthand(text: &str) -> Option<(i64, char)> {
    let unit = text.chars().last()?;
    let number: i64 = text.strip_suffix(unit)?.parse().ok()?;
    (number > 0 && number < 1_000_000 && "mhdwMQY".contains(unit)).then_some((number, unit))
}

/// Minutes of a duration, months and longer as one usually says it: 30, 90 and 365 days.
pub(super) fn minutes(text: &str) -> Option<i64> {
    let (number, unit) = shorthand(text)?;
    Some(
        number
            * match unit {
                'm' => 1,
                'h' => 60,
                'd' => DAY_MINS,
                'w' => 7 * DAY_MINS,
                'M' => 30 * DAY_MINS,
                'Q' => 90 * DAY_MINS,
                _ => 365 * DAY_MINS,
            },
    )
}

impl Work<'_> {
    pub(super) fn window(&mut self, line: usize, windows: &[Spanned<TimeWindow>]) -> Option<Window> {
        let [entry] = windows else {
            self.error(
                (line, 0),
                format!("timeWindow has {} entries", windows.len()),
                "write exactly one, such as - duration: 30d, isRolling: true",
            );
            return None;
        };
        let at = Self::at(entry.referenced);
        let text = entry.value.duration.as_ref().map(|word| word.value.as_str()).unwrap_or_default();
        let Some((number, unit)) = shorthand(text) else {
            self.error(at, format!("duration is {text:?}"), "write a number with m, h, d, w, M, Q or Y, such as 30d");
            return None;
        };
        let usual = minutes(text).unwrap_or(0);
        if usual > WINDOW_MINS_MAX {
            self.error(at, format!("a window of {text} is longer than 400 days"), "choose a shorter one");
            return None;
        }
        let calendar = entry.value.calendar.as_ref();
        let rolling = entry.value.is_rolling.unwrap_or(calendar.is_none());
        match (rolling, calendar) {
            (true, Some(_)) => {
                self.error(at, "a rolling window has no calendar", "remove calendar, or write isRolling: false");
                None
            }
            (true, None) => {
                if usual < 60 {
                    self.error(at, format!("a window of {text} is too short to hold a budget"), "choose an hour or more");
                    return None;
                }
                if matches!(unit, 'M' | 'Q' | 'Y') {
                    self.warn(at, format!("a rolling {text} is taken as {} days", usual / DAY_MINS), "write days, or give a calendar");
                }
                Some(Window::Rolling { mins: usual })
            }
            (false, None) => {
                self.error(at, "a window that is not rolling needs a calendar", "add calendar: startTime and timeZone");
                None
            }
            (false, Some(calendar)) => {
                let at = Self::at(calendar.referenced);
                let stretch = match unit {
                    'd' => Stretch::Days(number),
                    'w' => Stretch::Days(number * 7),
                    'M' => Stretch::Months(number),
                    'Q' => Stretch::Months(number * 3),
                    'Y' => Stretch::Months(number * 12),
                    _ => {
                        self.error(at, format!("a calendar has no stretches of {text}"), "choose days or longer, or a rolling window");
                        return None;
                    }
                };
                let name = calendar.value.time_zone.as_ref().map_or("UTC", |word| word.value.as_str());
                let Ok(zone) = TimeZone::get(name) else {
                    self.error(at, format!("timeZone {name:?} is not known"), "write an IANA zone, such as Asia/Shanghai");
                    return None;
                };
                let anchor = calendar.value.start_time.as_ref().map_or("", |word| word.value.trim());
                let Some(anchor) = begins(anchor) else {
                    self.error(
                        at,
                        format!("startTime is {anchor:?}"),
                        "write a date and time of the wall clock, such as 2026-01-01 00:00:00",
                    );
                    return None;
                };
                Some(Window::Calendar { stretch, anchor, zone })
            }
        }
    }
}

/// `2020-01-21 12:30:00`, seconds cut off: minutes are counted.
fn begins(text: &str) -> Option<DateTime> {
    let read: DateTime = text.trim_end_matches('Z').parse().ok()?;
    read.with().second(0).subsec_nanosecond(0).build().ok()
}
