//! Calendars: zone, weekly hours, holiday set, dated exceptions (domain specification, section 3).
//!
//! A compiled [`Calendar`] is cheap to clone and to share. It computes one UTC year at a time, when first asked, into open
//! intervals with running sums; `due` and `elapsed` are then two lookups. Windows belong to the date on which they start:
//! a night shift that begins before a holiday runs to its end.

use std::sync::{Arc, OnceLock};

use jiff::{Timestamp, tz::TimeZone};

mod compile;
mod definition;
mod due;
mod error;
mod explain;
mod holiday;
mod rules;
mod year;
mod zone;

pub use compile::YEARS;
pub use definition::{CalendarDefinition, ExceptionDefinition, HolidaySet, Weekday, WeeklyDefinition, WindowDefinition};
pub use due::{Due, NeverDue, due, elapsed};
pub use error::{CalendarError, CalendarIssue};
pub use explain::{CalendarCause, CalendarInterval, CauseDetail};
pub use holiday::{Holiday, cn_holiday, files_read, last_published_year};

use crate::{
    day::{self, DAY_SECS},
    intervals::{IntervalSet, Span},
};
use rules::Rules;
use year::Year;

/// Hours in which clocks run.
#[derive(Debug, Clone)]
pub struct Calendar(Arc<Compiled>);

#[derive(Debug)]
struct Compiled {
    zone_name: String,
    rules: Rules,
    /// First second in which hours are computed, and the first after.
    horizon: Span,
    /// First second whose holidays are not decreed yet; none without a holiday set.
    unpublished_from: Option<i64>,
    years: Vec<OnceLock<Year>>,
}

impl Calendar {
    /// Checks a definition and compiles it.
    ///
    /// # Errors
    /// Everything that is wrong with it, each with its field and the fix.
    pub fn compile(definition: &CalendarDefinition) -> Result<Self, CalendarError> {
        let rules = compile::rules(definition)?;
        let horizon = Span::new(day::number(*YEARS.start(), 1, 1) * DAY_SECS, day::number(*YEARS.end() + 1, 1, 1) * DAY_SECS);
        let count = if rules.always { 0 } else { YEARS.count() };
        let zone_name = rules.zone.iana_name().unwrap_or(&definition.zone).to_owned();
        Ok(Self(Arc::new(Compiled {
            zone_name,
            horizon,
            unpublished_from: unpublished_from(&rules),
            rules,
            years: std::iter::repeat_with(OnceLock::new).take(count).collect(),
        })))
    }

    /// Open every second (24×7): business time is time.
    pub fn always() -> Self {
        Self(Arc::new(Compiled {
            zone_name: "UTC".to_owned(),
            rules: Rules {
                zone: TimeZone::UTC,
                always: true,
                weekly: Default::default(),
                holidays: HolidaySet::None,
                make_up_day: None,
                exceptions: Vec::new(),
            },
            horizon: Span::new(i64::MIN, i64::MAX),
            unpublished_from: None,
            years: Vec::new(),
        }))
    }

    /// Whether it is open every second.
    pub fn is_always(&self) -> bool {
        self.0.rules.always
    }

    /// The IANA name of its zone.
    pub fn zone_name(&self) -> &str {
        &self.0.zone_name
    }

    /// Its zone.
    pub fn zone(&self) -> &TimeZone {
        &self.0.rules.zone
    }

    /// Its holiday set.
    pub fn holidays(&self) -> HolidaySet {
        self.0.rules.holidays
    }

    /// Whether business is open at `at`.
    pub fn is_open(&self, at: Timestamp) -> bool {
        let at = day::second(at);
        self.is_always() || self.year_at(at).is_some_and(|year| year.before(at).1)
    }

    /// When it next opens or closes after `at`; none when it never does again.
    pub fn next_change(&self, at: Timestamp) -> Option<Timestamp> {
        if self.is_always() {
            return None;
        }
        let at = day::second(at);
        let open = self.year_at(at).is_some_and(|year| year.before(at).1);
        let mut cursor = at.max(self.0.horizon.from);
        let last = self.last_open_second();
        while cursor < last {
            let year = self.year_at(cursor)?;
            if let Some(change) = year.next_change(cursor) {
                return Some(day::instant(change));
            }
            cursor = year.to;
            // What looks like no change may be one at the year's very first second.
            let (_, open_then) = self.year_at(cursor)?.before(cursor);
            if open_then != open {
                return Some(day::instant(cursor));
            }
        }
        None
    }

    /// The open time of `[from, to)` as intervals of UTC microseconds since 1970, the unit of [`crate::availability`].
    pub fn open_between(&self, from: Timestamp, to: Timestamp) -> IntervalSet {
        let whole = Span::new(from.as_microsecond(), to.as_microsecond());
        if self.is_always() {
            return IntervalSet::union_of([whole]);
        }
        let (first, last) = (day::second(from), day::second(to).saturating_add(1));
        let mut spans = Vec::new();
        let mut cursor = first.max(self.0.horizon.from);
        while cursor < last {
            let Some(year) = self.year_at(cursor) else {
                break;
            };
            spans.extend(
                year.open_between(cursor, last).map(|span| Span::new(span.from * day::MICROS, span.to * day::MICROS).intersect(whole)),
            );
            cursor = year.to;
        }
        IntervalSet::union_of(spans)
    }

    /// The year `at` lies in; none outside [`YEARS`].
    fn year_at(&self, at: i64) -> Option<&Year> {
        if at < self.0.horizon.from || at >= self.0.horizon.to {
            return None;
        }
        // 400 Gregorian years have 146097 days; the estimate is off by one year at most.
        let estimate = 1970 + at.div_euclid(DAY_SECS) * 400 / 146_097;
        let starts = |number: i64| day::number(number, 1, 1) * DAY_SECS;
        let number = if at < starts(estimate) {
            estimate - 1
        } else if at >= starts(estimate + 1) {
            estimate + 1
        } else {
            estimate
        };
        self.year(number)
    }

    fn year(&self, number: i64) -> Option<&Year> {
        let index = usize::try_from(number - YEARS.start()).ok()?;
        let slot = self.0.years.get(index)?;
        Some(slot.get_or_init(|| Year::build(&self.0.rules, number)))
    }

    /// No second after this one is open: the bound of every search into the future.
    fn last_open_second(&self) -> i64 {
        match self.0.rules.last_open_day() {
            // Two days on: the window may cross midnight, and local dates lag or lead UTC.
            Some(number) => ((number + 3) * DAY_SECS).min(self.0.horizon.to),
            None => self.0.horizon.to,
        }
    }
}

/// The local New Year after the last decreed holiday year, UTC seconds.
fn unpublished_from(rules: &Rules) -> Option<i64> {
    match rules.holidays {
        HolidaySet::None => None,
        HolidaySet::Cn => {
            let local = day::number(last_published_year() + 1, 1, 1) * DAY_SECS;
            let offset = rules.zone.to_offset(day::instant(local)).seconds();
            Some(local - i64::from(offset))
        }
    }
}
