//! How often a layer changes hands, and when.

use std::str::FromStr;

use jiff::{
    Timestamp, ToSpan, Unit,
    civil::{Date, DateTime, Time, Weekday, date},
    tz::TimeZone,
};
use serde::{Deserialize, Serialize};

pub(super) const WEEKDAYS: [(&str, Weekday); 7] = [
    ("monday", Weekday::Monday),
    ("tuesday", Weekday::Tuesday),
    ("wednesday", Weekday::Wednesday),
    ("thursday", Weekday::Thursday),
    ("friday", Weekday::Friday),
    ("saturday", Weekday::Saturday),
    ("sunday", Weekday::Sunday),
];

pub(super) fn weekday_name(day: Weekday) -> &'static str {
    WEEKDAYS[usize::from(day.to_monday_zero_offset().unsigned_abs()) % 7].0
}

/// The day of the week and the wall-clock time of the handover: `monday 09:00`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Handover {
    /// The day.
    pub weekday: Weekday,
    /// The time on the wall, whole minutes.
    pub time: Time,
}

/// Reads `HH:MM`.
pub(super) fn time(text: &str) -> Option<Time> {
    let (hour, minute) = text.trim().split_once(':')?;
    let number = |part: &str| matches!(part.len(), 1..=2).then(|| part.parse::<i8>().ok()).flatten();
    Time::new(number(hour)?, number(minute)?, 0, 0).ok()
}

impl FromStr for Handover {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let advice = || format!("{text:?} is not a handover: give a weekday and a time, such as \"monday 09:00\"");
        let (day, at) = text.trim().split_once(' ').ok_or_else(advice)?;
        let day = day.to_ascii_lowercase();
        let (_, weekday) = WEEKDAYS.into_iter().find(|(name, _)| *name == day).ok_or_else(advice)?;
        Ok(Self { weekday, time: time(at).ok_or_else(advice)? })
    }
}
impl TryFrom<String> for Handover {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}
impl std::fmt::Display for Handover {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", weekday_name(self.weekday), clock(self.time))
    }
}
impl From<Handover> for String {
    fn from(handover: Handover) -> Self {
        handover.to_string()
    }
}

/// `HH:MM`.
pub(super) fn clock(time: Time) -> String {
    format!("{:02}:{:02}", time.hour(), time.minute())
}

/// How often the duty changes hands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rotation {
    /// Every so many weeks (1 to 52), on a day at a time.
    Weeks(i32, Handover),
    /// Every so many days (1 to 366), at a time.
    Days(i32, Time),
    /// Every so many hours of the wall clock (1 to 168), counted from a time.
    Hours(i32, Time),
}

impl Rotation {
    /// From `every` (`week`, `2 weeks`, `day`, `3 days`, `12 hours`) and `handover` (`monday 09:00` of weeks, else `09:00`).
    ///
    /// # Errors
    /// A sentence that says what to give.
    pub fn parse(every: &str, handover: &str) -> Result<Self, String> {
        let advice =
            || format!("{every:?} is no turn: give day, week, or a number of hours (1 to 168), days (1 to 366) or weeks (1 to 52)");
        let mut words = every.split_whitespace();
        let (first, second, None) = (words.next().ok_or_else(advice)?, words.next(), words.next()) else { return Err(advice()) };
        let (count, unit) = match second {
            None => (1, first),
            Some(unit) => (first.parse::<i32>().map_err(|_| advice())?, unit),
        };
        let at = || time(handover).ok_or_else(|| format!("{handover:?} is no time of day: give one such as \"09:00\""));
        match unit.trim_end_matches('s') {
            "week" if (1..=52).contains(&count) => Ok(Self::Weeks(count, handover.parse()?)),
            "day" if (1..=366).contains(&count) => Ok(Self::Days(count, at()?)),
            "hour" if (1..=168).contains(&count) => Ok(Self::Hours(count, at()?)),
            _ => Err(advice()),
        }
    }

    /// As [`Self::parse`] reads it.
    pub fn every(&self) -> String {
        let (count, unit) = match self {
            Self::Weeks(count, _) => (*count, "week"),
            Self::Days(count, _) => (*count, "day"),
            Self::Hours(count, _) => (*count, "hour"),
        };
        if count == 1 && unit != "hour" { unit.to_owned() } else { format!("{count} {unit}s") }
    }

    /// As [`Self::parse`] reads it.
    pub fn handover(&self) -> String {
        match self {
            Self::Weeks(_, handover) => handover.to_string(),
            Self::Days(_, time) | Self::Hours(_, time) => clock(*time),
        }
    }

    /// When turn 0 begins by the wall clock: the first handover on or after `starts_on`.
    pub(super) fn first(&self, starts_on: Option<Date>) -> DateTime {
        let anchor = starts_on.unwrap_or(date(1970, 1, 5));
        match self {
            Self::Weeks(_, Handover { weekday, time }) => {
                anchor.saturating_add(i64::from(anchor.weekday().until(*weekday)).days()).to_datetime(*time)
            }
            Self::Days(_, time) | Self::Hours(_, time) => anchor.to_datetime(*time),
        }
    }

    /// When turn `turn` begins by the wall clock; none beyond the range of dates.
    fn wall(&self, first: DateTime, turn: i64) -> Option<DateTime> {
        let span = jiff::Span::new();
        match self {
            Self::Weeks(weeks, _) => first.checked_add(span.try_days(turn.checked_mul(i64::from(*weeks) * 7)?).ok()?),
            Self::Days(days, _) => first.checked_add(span.try_days(turn.checked_mul(i64::from(*days))?).ok()?),
            Self::Hours(hours, _) => first.checked_add(span.try_hours(turn.checked_mul(i64::from(*hours))?).ok()?),
        }
        .ok()
    }

    /// When turn `turn` begins. A handover that falls into a spring gap happens as much later; one that happens twice in
    /// autumn happens the first time. Beyond the range of dates it is held at the end of it.
    pub(super) fn begins(&self, first: DateTime, turn: i64, zone: &TimeZone) -> Timestamp {
        let end = if turn < 0 { Timestamp::MIN } else { Timestamp::MAX };
        self.wall(first, turn).and_then(|wall| zone.to_ambiguous_timestamp(wall).compatible().ok()).unwrap_or(end)
    }

    /// The turn that holds `at`.
    pub(super) fn turn(&self, first: DateTime, at: Timestamp, zone: &TimeZone) -> i64 {
        let wall = at.to_zoned(zone.clone()).datetime();
        let apart = |unit| first.until((unit, wall)).ok();
        let mut turn = match self {
            Self::Weeks(weeks, _) => apart(Unit::Day).map_or(0, |span| i64::from(span.get_days()).div_euclid(i64::from(*weeks) * 7)),
            Self::Days(days, _) => apart(Unit::Day).map_or(0, |span| i64::from(span.get_days()).div_euclid(i64::from(*days))),
            Self::Hours(hours, _) => apart(Unit::Hour).map_or(0, |span| i64::from(span.get_hours()).div_euclid(i64::from(*hours))),
        };
        // The wall clock disagrees with the count by the changes of the clock, and by a day where a zone skipped one.
        while turn > i64::MIN / 2 && at < self.begins(first, turn, zone) {
            turn -= 1;
        }
        while turn < i64::MAX / 2 && at >= self.begins(first, turn + 1, zone) && at < Timestamp::MAX {
            turn += 1;
        }
        turn
    }
}
