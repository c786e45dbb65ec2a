//! Cron expressions: five fields as POSIX has them (`crontab`), with Vixie cron's steps, names, `@daily` words, and its way
//! through a change of the clocks:
//!
//! - a job at a fixed time whose time is left out is due at the change; one whose time comes twice is due the first time;
//! - a job with `*` in its minutes or hours follows real time: it is due in both of two like hours, and in no time that is
//!   left out.

use jiff::{
    Timestamp, ToSpan as _,
    civil::{Date, DateTime},
    tz::{AmbiguousOffset, TimeZone},
};

/// Days that are searched for the next one: `0 0 29 2 *` waits eight years across a century.
const DAYS_MAX: usize = 366 * 9;
/// No clock is changed by more, but for islands that change their day.
const CHANGE_HOURS: i64 = 3;

const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const WEEKDAYS: [&str; 7] = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

/// When a job runs, by the clock on the wall. Each set has one bit a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cron {
    minutes: u64,
    hours: u64,
    days: u64,
    months: u64,
    /// 0 is Sunday.
    weekdays: u64,
    /// Both day fields say something: either is enough, as POSIX has it.
    either_day: bool,
    /// It follows real time through a change of the clocks.
    by_elapsed: bool,
}

impl Cron {
    /// Reads an expression.
    ///
    /// # Errors
    /// What is wrong, in words.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = match text.trim() {
            "@hourly" => "0 * * * *",
            "@daily" | "@midnight" => "0 0 * * *",
            "@weekly" => "0 0 * * 0",
            "@monthly" => "0 0 1 * *",
            "@yearly" | "@annually" => "0 0 1 1 *",
            other => other,
        };
        let fields: Vec<&str> = text.split_ascii_whitespace().collect();
        let [minute, hour, day, month, weekday] = fields[..] else {
            return Err(format!("{} fields: write minute, hour, day of month, month and day of week, such as 30 2 * * 1-5", fields.len()));
        };
        let weekdays = set("day of week", weekday, (0, 7), &WEEKDAYS, 0)?;
        let star = |field: &str| field.starts_with('*');
        Ok(Self {
            minutes: set("minute", minute, (0, 59), &[], 0)?,
            hours: set("hour", hour, (0, 23), &[], 0)?,
            days: set("day of month", day, (1, 31), &[], 0)?,
            months: set("month", month, (1, 12), &MONTHS, 1)?,
            // 7 is Sunday too.
            weekdays: (weekdays | weekdays >> 7) & 0x7f,
            either_day: !star(day) && !star(weekday),
            by_elapsed: star(minute) || star(hour),
        })
    }

    /// The first instant after `after`; `None` when the next years have none (31 February).
    pub fn next(&self, after: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        let from = after.to_zoned(zone.clone()).datetime().checked_sub(CHANGE_HOURS.hours()).ok()?;
        let mut day = from.date();
        for _ in 0..DAYS_MAX {
            if self.falls_on(day)
                && let Some(found) = self.first_of(day, from, after, zone)
            {
                return Some(found);
            }
            day = day.tomorrow().ok()?;
        }
        None
    }

    fn falls_on(&self, day: Date) -> bool {
        let on_day = has(self.days, i64::from(day.day()));
        let on_weekday = has(self.weekdays, i64::from(day.weekday().to_sunday_zero_offset()));
        let on = if self.either_day { on_day || on_weekday } else { on_day && on_weekday };
        on && has(self.months, i64::from(day.month()))
    }

    /// The first instant after `after` on a day that it falls on, of wall times from `from` on.
    fn first_of(&self, day: Date, from: DateTime, after: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        let mut best: Option<(Timestamp, DateTime)> = None;
        let hours = (0..24i8).filter(|hour| has(self.hours, i64::from(*hour)));
        let times =
            hours.flat_map(|hour| (0..60i8).filter(|minute| has(self.minutes, i64::from(*minute))).map(move |minute| (hour, minute)));
        for (hour, minute) in times {
            let wall = day.at(hour, minute, 0, 0);
            // A later time on the wall may come sooner, but only around a change.
            if best.is_some_and(|(_, at)| at.checked_add(CHANGE_HOURS.hours()).is_ok_and(|end| wall > end)) {
                break;
            }
            if wall < from {
                continue;
            }
            let sooner = self.instants(wall, zone).into_iter().flatten().filter(|at| *at > after).min();
            if let Some(at) = sooner
                && best.is_none_or(|(known, _)| at < known)
            {
                best = Some((at, wall));
            }
        }
        best.map(|(at, _)| at)
    }

    /// When the clock on the wall shows this, as far as the job is due then.
    fn instants(&self, wall: DateTime, zone: &TimeZone) -> [Option<Timestamp>; 2] {
        let found = zone.to_ambiguous_timestamp(wall);
        match found.offset() {
            AmbiguousOffset::Unambiguous { .. } => [found.compatible().ok(), None],
            AmbiguousOffset::Fold { .. } if self.by_elapsed => [found.earlier().ok(), found.later().ok()],
            AmbiguousOffset::Fold { .. } => [found.earlier().ok(), None],
            AmbiguousOffset::Gap { .. } if self.by_elapsed => [None, None],
            AmbiguousOffset::Gap { .. } => {
                let behind = found.later().ok();
                [behind.and_then(|behind| zone.preceding(behind).next()).map(|change| change.timestamp()), None]
            }
        }
    }
}

const fn has(set: u64, value: i64) -> bool {
    set >> value & 1 == 1
}

/// One field: a list of `*`, values and spans, each with a step.
fn set(field: &str, text: &str, (least, most): (u8, u8), names: &[&str], first_name: u8) -> Result<u64, String> {
    let value = |word: &str| {
        let named = names.iter().position(|name| name.eq_ignore_ascii_case(word)).and_then(|at| u8::try_from(at).ok());
        let read = named.map(|at| at + first_name).or_else(|| word.parse::<u8>().ok());
        read.filter(|value| (least..=most).contains(value)).ok_or_else(|| format!("{field}: {word:?} is not {least} to {most}"))
    };
    let mut all = 0;
    for part in text.split(',') {
        let (span, step) = match part.split_once('/') {
            Some((span, step)) => {
                let step = step.parse::<u8>().ok().filter(|step| *step > 0);
                (span, Some(step.ok_or_else(|| format!("{field}: {part:?} needs a step of 1 or more"))?))
            }
            None => (part, None),
        };
        let (from, to) = match span.split_once('-') {
            _ if span == "*" => (least, most),
            Some((from, to)) => (value(from)?, value(to)?),
            // `5/15` goes on to the end.
            None if step.is_some() => (value(span)?, most),
            None => (value(span)?, value(span)?),
        };
        if from > to {
            return Err(format!("{field}: {span:?} runs backwards"));
        }
        all |= (from..=to).step_by(usize::from(step.unwrap_or(1))).fold(0, |bits, value| bits | 1u64 << value);
    }
    Ok(all)
}

#[cfg(test)]
mod tests;
