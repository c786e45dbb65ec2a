//! A week in minutes: Alertmanager's time intervals as weekly windows, and all the other times. Pure.

use evenkeel_sla::{Weekday, WeeklyDefinition};

use super::file::Interval;

const DAY: usize = 24 * 60;
const DAYS: [(Weekday, &str); 7] = [
    (Weekday::Mon, "monday"),
    (Weekday::Tue, "tuesday"),
    (Weekday::Wed, "wednesday"),
    (Weekday::Thu, "thursday"),
    (Weekday::Fri, "friday"),
    (Weekday::Sat, "saturday"),
    (Weekday::Sun, "sunday"),
];

/// Which minutes of a week are meant, day by day from Monday, on the wall clock of one zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Week {
    zone: String,
    minutes: Vec<bool>,
}

impl Week {
    /// All times of these intervals.
    ///
    /// # Errors
    /// In words: what no week has (days of the month, months, years), several zones, and what cannot be read.
    pub(super) fn of(intervals: &[&Interval]) -> Result<Self, String> {
        let zone_of = |interval: &Interval| interval.location.clone().unwrap_or_else(|| "UTC".to_owned());
        let Some(zone) = intervals.first().map(|first| zone_of(first)) else { return Err("it has no times".to_owned()) };
        let mut week = Self { zone, minutes: vec![false; 7 * DAY] };
        for interval in intervals {
            if zone_of(interval) != week.zone {
                return Err("its times are of several zones".to_owned());
            }
            let calendar = [(&interval.days_of_month, "days of the month"), (&interval.months, "months"), (&interval.years, "years")];
            if let Some((_, what)) = calendar.into_iter().find(|(said, _)| !said.is_empty()) {
                return Err(format!("a week has no {what}"));
            }
            for day in days(&interval.weekdays)? {
                for (from, to) in times(interval)? {
                    week.minutes[day * DAY + from..day * DAY + to].fill(true);
                }
            }
        }
        Ok(week)
    }

    /// All other times.
    pub(super) fn others(mut self) -> Self {
        self.minutes.iter_mut().for_each(|minute| *minute = !*minute);
        self
    }

    /// The zone.
    pub(super) fn zone(&self) -> &str {
        &self.zone
    }

    /// As weekly windows: days with the same hours are one.
    pub(super) fn windows(&self) -> Vec<WeeklyDefinition> {
        let clock = |minute: usize| format!("{:02}:{:02}", minute / 60, minute % 60);
        let mut found: Vec<WeeklyDefinition> = Vec::new();
        for (number, (day, _)) in DAYS.iter().enumerate() {
            let minutes = &self.minutes[number * DAY..(number + 1) * DAY];
            let mut at = 0;
            while let Some(from) = (at..DAY).find(|minute| minutes[*minute]) {
                let to = (from..DAY).find(|minute| !minutes[*minute]).unwrap_or(DAY);
                let (opens, closes) = (clock(from), clock(to));
                match found.iter_mut().find(|window| window.from == opens && window.to == closes) {
                    Some(window) => window.days.push(*day),
                    None => found.push(WeeklyDefinition { days: vec![*day], from: opens, to: closes }),
                }
                at = to;
            }
        }
        found
    }
}

/// `monday:friday`, `sunday`; none = every day.
fn days(said: &[String]) -> Result<Vec<usize>, String> {
    let number = |name: &str| {
        let name = name.trim().to_lowercase();
        DAYS.iter().position(|(_, known)| *known == name).ok_or_else(|| format!("{name:?} is no day of the week"))
    };
    if said.is_empty() {
        return Ok((0..7).collect());
    }
    // Alertmanager's weeks begin on Sunday: sunday:tuesday is a range, and friday:monday is none.
    let from_sunday = |day: usize| (day + 1) % 7;
    let mut found = Vec::new();
    for text in said {
        let (first, last) = text.split_once(':').unwrap_or((text, text));
        let (first, last) = (from_sunday(number(first)?), from_sunday(number(last)?));
        if first > last {
            return Err(format!("{text:?} ends before it begins"));
        }
        found.extend((first..=last).map(|day| (day + 6) % 7));
    }
    Ok(found)
}

/// Minutes of a day, end exclusive; none said = all day.
fn times(interval: &Interval) -> Result<Vec<(usize, usize)>, String> {
    let minute = |text: &str| {
        let (hours, minutes) = text.split_once(':')?;
        let (hours, minutes) = (hours.parse::<usize>().ok()?, minutes.parse::<usize>().ok()?);
        (minutes < 60 && hours * 60 + minutes <= DAY).then_some(hours * 60 + minutes)
    };
    if interval.times.is_empty() {
        return Ok(vec![(0, DAY)]);
    }
    let read = |span: &super::file::Span| {
        let times = minute(&span.start_time).zip(minute(&span.end_time)).filter(|(from, to)| from < to);
        times.ok_or_else(|| format!("{}–{} is no time of a day", span.start_time, span.end_time))
    };
    interval.times.iter().map(read).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn windows(yaml: &str, others: bool) -> Result<Vec<String>, String> {
        let intervals: Vec<Interval> = serde_saphyr::from_str(yaml).unwrap();
        let week = Week::of(&intervals.iter().collect::<Vec<_>>())?;
        let week = if others { week.others() } else { week };
        let day = |day: &Weekday| DAYS.iter().find(|(known, _)| known == day).unwrap().1[..3].to_owned();
        let window = |window: &WeeklyDefinition| {
            format!("{} {}-{}", window.days.iter().map(day).collect::<Vec<_>>().join(","), window.from, window.to)
        };
        Ok(week.windows().iter().map(window).collect())
    }

    #[test]
    fn times_of_several_intervals_are_one_week() {
        let yaml = "[{ weekdays: ['monday:friday'], times: [{ start_time: '00:00', end_time: '08:00' }, { start_time: '20:00', end_time: '24:00' }] },
                     { weekdays: [saturday, sunday] }]";
        let expected = ["mon,tue,wed,thu,fri 00:00-08:00", "mon,tue,wed,thu,fri 20:00-24:00", "sat,sun 00:00-24:00"];
        assert_eq!(windows(yaml, false).unwrap(), expected);
        assert_eq!(windows(yaml, true).unwrap(), ["mon,tue,wed,thu,fri 08:00-20:00"]);
    }

    #[test]
    fn a_week_begins_on_sunday_there() {
        assert_eq!(windows("[{ weekdays: ['sunday:monday'] }]", false).unwrap(), ["mon,sun 00:00-24:00"]);
        assert!(windows("[{ weekdays: ['friday:monday'] }]", false).is_err());
    }

    #[test]
    fn what_a_week_cannot_say_is_refused() {
        for yaml in [
            "[{ months: [december] }]",
            "[{ days_of_month: ['1:7'] }]",
            "[{ years: ['2027'] }]",
            "[{ location: Europe/Berlin }, { location: Asia/Shanghai }]",
            "[{ times: [{ start_time: '22:00', end_time: '06:00' }] }]",
            "[{ times: [{ start_time: '22:00', end_time: '24:01' }] }]",
            "[{ weekdays: [someday] }]",
            "[]",
        ] {
            assert!(windows(yaml, false).is_err(), "{yaml}");
        }
    }
}
