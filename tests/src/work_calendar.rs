//! Chinese office hours minute by minute, counted from the published holiday lists alone: knows nothing of Evenkeel.
//!
//! One number a minute: how many office minutes lie before it. Slow to build, impossible to get subtly wrong.

use std::collections::HashMap;

use jiff::civil::{Date, Weekday, date};

/// Minutes that Shanghai is ahead of UTC (no summer time since 1991).
const AHEAD: i64 = 8 * 60;
const DAY: i64 = 24 * 60;
/// 09:00 to 12:00 and 13:30 to 18:00, minutes of the day.
const HOURS: [(i64, i64); 2] = [(9 * 60, 12 * 60), (13 * 60 + 30, 18 * 60)];

const LISTS: [&str; 4] = [
    include_str!("../../crates/sla/data/holidays-cn/2022.json"),
    include_str!("../../crates/sla/data/holidays-cn/2023.json"),
    include_str!("../../crates/sla/data/holidays-cn/2024.json"),
    include_str!("../../crates/sla/data/holidays-cn/2025.json"),
];

/// Office minutes from 2022 to 2025. Instants are minutes since 1970, UTC.
pub struct WorkCalendar {
    first: i64,
    before: Vec<i64>,
    decreed: HashMap<Date, bool>,
}

impl Default for WorkCalendar {
    fn default() -> Self {
        let mut decreed = HashMap::new();
        for list in LISTS {
            let list: serde_json::Value = serde_json::from_str(list).unwrap();
            for day in list["days"].as_array().unwrap() {
                decreed.insert(day["date"].as_str().unwrap().parse().unwrap(), day["isOffDay"].as_bool().unwrap());
            }
        }
        let (mut day, end) = (date(2022, 1, 1), date(2026, 1, 1));
        let first = day_number(day) * DAY - AHEAD;
        let (mut before, mut sum) = (Vec::with_capacity(4 * 366 * 24 * 60), 0);
        while day < end {
            let weekend = matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
            let works = decreed.get(&day).map_or(!weekend, |off| !off);
            for minute in 0..DAY {
                before.push(sum);
                sum += i64::from(works && HOURS.iter().any(|(from, to)| (*from..*to).contains(&minute)));
            }
            day = day.tomorrow().unwrap();
        }
        before.push(sum);
        Self { first, before, decreed }
    }
}

fn day_number(day: Date) -> i64 {
    i64::from(date(1970, 1, 1).until(day).unwrap().get_days())
}

impl WorkCalendar {
    fn before(&self, minute: i64) -> i64 {
        self.before[usize::try_from(minute - self.first).unwrap()]
    }

    /// Office minutes from one minute to another.
    pub fn between(&self, from: i64, to: i64) -> i64 {
        self.before(to) - self.before(from)
    }

    /// The first minute at which `wanted` office minutes have passed since `from`, if that is not after `to`.
    pub fn reached(&self, from: i64, to: i64, wanted: i64) -> Option<i64> {
        let aim = self.before(from) + wanted;
        let (from_at, to_at) = (usize::try_from(from - self.first).unwrap(), usize::try_from(to - self.first).unwrap());
        let found = from_at + self.before[from_at..=to_at].partition_point(|sum| *sum < aim);
        (found <= to_at).then(|| self.first + i64::try_from(found).unwrap())
    }

    /// Midnights in Shanghai of the days that the lists name: holidays and make-up workdays, in order.
    pub fn decreed_days(&self) -> Vec<i64> {
        let mut days: Vec<i64> = self.decreed.keys().map(|day| day_number(*day) * DAY - AHEAD).collect();
        days.sort_unstable();
        days
    }
}
