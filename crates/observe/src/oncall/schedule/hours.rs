//! In which hours of which days a layer counts.

use jiff::{
    Timestamp, ToSpan,
    civil::{Date, Time, Weekday},
    tz::TimeZone,
};
use serde::{Deserialize, Serialize};

use super::rotation::{WEEKDAYS, clock, time, weekday_name};

/// Hours on some days of the week: from a time of the wall clock to another, which is the next day's when it is not later.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "WindowText", into = "WindowText")]
pub struct Window {
    /// On which days it begins; never empty.
    pub days: Vec<Weekday>,
    /// From, inclusive.
    pub from: Time,
    /// To, exclusive.
    pub to: Time,
}

/// A window as it is written.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WindowText {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    days: Vec<String>,
    from: String,
    to: String,
}

impl Window {
    /// From what is written: days by their name or its first three letters, none = every day; times as `HH:MM`, `24:00` = the day's end.
    ///
    /// # Errors
    /// A sentence that says what to give.
    pub fn parse(days: &[String], from: &str, to: &str) -> Result<Self, String> {
        let at = |text: &str| match text {
            "24:00" => Ok(Time::midnight()),
            text => time(text).ok_or_else(|| format!("{text:?} is no time of day: give one such as \"09:00\"")),
        };
        let day = |text: &String| {
            let word = text.to_ascii_lowercase();
            let found = WEEKDAYS.into_iter().find(|(name, _)| *name == word || name[..3] == word);
            found.map(|(_, day)| day).ok_or_else(|| format!("{text:?} is no day: give mon, tue, wed, thu, fri, sat or sun"))
        };
        let given = days.iter().map(day).collect::<Result<Vec<_>, _>>()?;
        let days = WEEKDAYS.into_iter().map(|(_, day)| day).filter(|day| given.is_empty() || given.contains(day)).collect();
        Ok(Self { days, from: at(from)?, to: at(to)? })
    }
}

impl TryFrom<WindowText> for Window {
    type Error = String;
    fn try_from(text: WindowText) -> Result<Self, String> {
        Self::parse(&text.days, &text.from, &text.to)
    }
}
impl From<Window> for WindowText {
    fn from(window: Window) -> Self {
        let days =
            if window.days.len() == 7 { Vec::new() } else { window.days.iter().map(|day| weekday_name(*day)[..3].to_owned()).collect() };
        Self { days, from: clock(window.from), to: if window.to == Time::midnight() { "24:00".to_owned() } else { clock(window.to) } }
    }
}

/// What a holiday of the rota means for a layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HolidayRule {
    /// Nothing: a day like others.
    #[default]
    Count,
    /// The layer rests on holidays.
    Skip,
    /// The layer counts on holidays only.
    Only,
}

/// The stretches in which a layer counts that touch `[from, to)`, in order, joined where they meet; none = always.
pub(super) fn open(
    windows: &[Window],
    rule: HolidayRule,
    holidays: &[Date],
    zone: &TimeZone,
    from: Timestamp,
    to: Timestamp,
) -> Option<Vec<(Timestamp, Timestamp)>> {
    if windows.is_empty() && rule == HolidayRule::Count {
        return None;
    }
    let instant = |day: Date, time: Time| zone.to_ambiguous_timestamp(day.to_datetime(time)).compatible().ok();
    let last = to.to_zoned(zone.clone()).date();
    let mut day = from.to_zoned(zone.clone()).date().saturating_sub(1.day());
    let mut found: Vec<(Timestamp, Timestamp)> = Vec::new();
    while day <= last {
        let next = day.saturating_add(1.day());
        let counts = match rule {
            HolidayRule::Count => true,
            HolidayRule::Skip => !holidays.contains(&day),
            HolidayRule::Only => holidays.contains(&day),
        };
        if counts && windows.is_empty() {
            found.extend(instant(day, Time::midnight()).zip(instant(next, Time::midnight())));
        }
        for window in windows.iter().filter(|window| counts && window.days.contains(&day.weekday())) {
            let end = if window.to <= window.from { next } else { day };
            found.extend(instant(day, window.from).zip(instant(end, window.to)));
        }
        if next == day {
            break; // the end of the range of dates
        }
        day = next;
    }
    found.retain(|(since, until)| since < until && *since < to && from < *until);
    found.sort_unstable();
    let mut joined: Vec<(Timestamp, Timestamp)> = Vec::with_capacity(found.len());
    for (since, until) in found {
        match joined.last_mut() {
            Some(last) if since <= last.1 => last.1 = last.1.max(until),
            _ => joined.push((since, until)),
        }
    }
    Some(joined)
}

/// When the window that holds `at` ends, joined with those that follow without a break; none = no window holds it.
pub(crate) fn open_at(windows: &[Window], zone: &TimeZone, at: Timestamp) -> Option<Timestamp> {
    if windows.is_empty() {
        return None;
    }
    let ahead = at.checked_add(jiff::SignedDuration::from_hours(8 * 24)).unwrap_or(Timestamp::MAX);
    let open = open(windows, HolidayRule::Count, &[], zone, at, ahead)?;
    open.into_iter().find(|(since, until)| *since <= at && at < *until).map(|(_, until)| until)
}
