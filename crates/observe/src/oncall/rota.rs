//! Who is on call when. Pure: no clock, no database.
//!
//! A rota hands over once a week at a wall-clock time in its own zone, so that Monday 09:00 stays Monday 09:00 when the
//! clocks change: a week is then 167 or 169 hours long. A handover that falls into a spring gap happens when the gap ends;
//! one that happens twice in autumn happens the first time. Overrides cut a span out of the rotation; of two that overlap,
//! the one made later counts.

use std::str::FromStr;

use evenkeel_core::id::{PersonId, RotaOverrideId, TeamId};
use jiff::{
    Timestamp, ToSpan, Unit,
    civil::{Date, Time, Weekday},
    tz::TimeZone,
};
use serde::{Deserialize, Serialize};

/// The longest range that [`Rota::shifts`] answers for, days.
pub const RANGE_DAYS_MAX: i64 = 400;

/// The day of the week and the wall-clock time of the handover: `monday 09:00`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Handover {
    /// The day.
    pub weekday: Weekday,
    /// The time on the wall, whole minutes.
    pub time: Time,
}

const WEEKDAYS: [(&str, Weekday); 7] = [
    ("monday", Weekday::Monday),
    ("tuesday", Weekday::Tuesday),
    ("wednesday", Weekday::Wednesday),
    ("thursday", Weekday::Thursday),
    ("friday", Weekday::Friday),
    ("saturday", Weekday::Saturday),
    ("sunday", Weekday::Sunday),
];

impl FromStr for Handover {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let advice = || format!("{text:?} is not a handover: give a weekday and a time, such as \"monday 09:00\"");
        let (day, time) = text.trim().split_once(' ').ok_or_else(advice)?;
        let day = day.to_ascii_lowercase();
        let (_, weekday) = WEEKDAYS.into_iter().find(|(name, _)| *name == day).ok_or_else(advice)?;
        let (hour, minute) = time.trim().split_once(':').ok_or_else(advice)?;
        let number = |part: &str| match part.len() {
            1..=2 => part.parse::<i8>().map_err(|_| advice()),
            _ => Err(advice()),
        };
        let time = Time::new(number(hour)?, number(minute)?, 0, 0).map_err(|_| advice())?;
        Ok(Self { weekday, time })
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
        let (name, _) = WEEKDAYS[usize::from(self.weekday.to_monday_zero_offset().unsigned_abs()) % 7];
        write!(f, "{name} {:02}:{:02}", self.time.hour(), self.time.minute())
    }
}
impl From<Handover> for String {
    fn from(handover: Handover) -> Self {
        handover.to_string()
    }
}

/// A rota as it is declared: the body of `definition.put` of kind `rota`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RotaDefinition {
    /// Whose.
    pub team: TeamId,
    /// IANA zone of the handover.
    pub zone: String,
    /// When the week changes hands.
    pub handover: Handover,
    /// In the order of their weeks.
    pub members: Vec<PersonId>,
    /// The first member's week is the one of the first handover on or after this day; none = counted from 1970-01-05.
    #[serde(default)]
    pub starts_on: Option<Date>,
    /// How long a page may stay unanswered before the next person is told, seconds.
    pub ack_limit_secs: i64,
    /// How often the whole order is gone through before we stop.
    #[serde(default = "rounds_default")]
    pub rounds: u32,
}

const fn rounds_default() -> u32 {
    3
}

/// One person standing in for a span of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Override {
    /// Its id.
    pub id: RotaOverrideId,
    /// Who stands in.
    pub person: PersonId,
    /// From, inclusive.
    pub from: Timestamp,
    /// To, exclusive.
    pub to: Timestamp,
}

/// One stretch of one person's duty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shift {
    /// Who; none = nobody, a gap.
    pub person: Option<PersonId>,
    /// From, inclusive.
    pub since: Timestamp,
    /// To, exclusive.
    pub until: Timestamp,
    /// The override that made it so.
    pub by_override: Option<RotaOverrideId>,
}

/// What must hold of a definition before it is used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RotaError {
    /// The zone is not in the time zone database.
    #[error("there is no time zone {0:?}; give an IANA name such as Asia/Shanghai")]
    Zone(String),
    /// Twice in the order.
    #[error("member {0} is in the order twice; an order names each person once")]
    Twice(PersonId),
    /// Out of range.
    #[error("ack_limit_secs is {0}; give 30 to 86400")]
    AckLimit(i64),
    /// Out of range.
    #[error("rounds is {0}; give 1 to 10")]
    Rounds(u32),
}

/// A checked rota, ready to answer.
#[derive(Debug, Clone)]
pub struct Rota {
    zone: TimeZone,
    handover: Handover,
    members: Vec<PersonId>,
    /// The day of the handover that begins week 0.
    first: Date,
}

impl RotaDefinition {
    /// Checks the definition and makes it answer.
    pub fn rota(&self) -> Result<Rota, RotaError> {
        let zone = TimeZone::get(&self.zone).map_err(|_| RotaError::Zone(self.zone.clone()))?;
        if !(30..=86_400).contains(&self.ack_limit_secs) {
            return Err(RotaError::AckLimit(self.ack_limit_secs));
        }
        if !(1..=10).contains(&self.rounds) {
            return Err(RotaError::Rounds(self.rounds));
        }
        for (place, member) in self.members.iter().enumerate() {
            if self.members[..place].contains(member) {
                return Err(RotaError::Twice(*member));
            }
        }
        let anchor = self.starts_on.unwrap_or(jiff::civil::date(1970, 1, 5));
        let days = i64::from(anchor.weekday().until(self.handover.weekday));
        Ok(Rota { zone, handover: self.handover, members: self.members.clone(), first: anchor.saturating_add(days.days()) })
    }
}

impl Rota {
    /// When week `week` begins. Beyond the range of dates it is held at the end of it.
    fn handover(&self, week: i64) -> Timestamp {
        let Some(day) =
            week.checked_mul(7).and_then(|days| jiff::Span::new().try_days(days).ok()).and_then(|days| self.first.checked_add(days).ok())
        else {
            return if week < 0 { Timestamp::MIN } else { Timestamp::MAX };
        };
        self.zone.to_ambiguous_timestamp(day.to_datetime(self.handover.time)).compatible().unwrap_or(if week < 0 {
            Timestamp::MIN
        } else {
            Timestamp::MAX
        })
    }

    /// The week that holds `at`.
    fn week(&self, at: Timestamp) -> i64 {
        let day = at.to_zoned(self.zone.clone()).date();
        let days = self.first.until((Unit::Day, day)).map_or(0, |span| i64::from(span.get_days()));
        let guess = days.div_euclid(7);
        // The wall clock may disagree with the date by a day at most: around the handover itself, or where a zone skipped one.
        if at < self.handover(guess) {
            guess - 1
        } else if at >= self.handover(guess + 1) {
            guess + 1
        } else {
            guess
        }
    }

    fn place(&self, week: i64) -> Option<usize> {
        let members = i64::try_from(self.members.len()).ok()?;
        (members > 0).then(|| usize::try_from(week.rem_euclid(members)).ok()).flatten()
    }

    fn member(&self, week: i64) -> Option<PersonId> {
        self.place(week).map(|place| self.members[place])
    }

    /// Who is on call at `at`, since when and until when. `overrides` in the order in which they were made.
    pub fn on_call(&self, overrides: &[Override], at: Timestamp) -> Shift {
        let week = self.week(at);
        let (mut since, mut until) = (self.handover(week), self.handover(week + 1));
        let covering = overrides.iter().rposition(|span| span.from <= at && at < span.to);
        if let Some(place) = covering {
            (since, until) = (overrides[place].from, overrides[place].to);
        }
        // Whatever was made later than the answer cuts it; what was made earlier lies beneath.
        for later in &overrides[covering.map_or(0, |place| place + 1)..] {
            if later.from >= later.to {
                continue;
            }
            if later.to <= at {
                since = since.max(later.to);
            } else if later.from > at {
                until = until.min(later.from);
            }
        }
        let by = covering.map(|place| overrides[place]);
        Shift { person: by.map_or_else(|| self.member(week), |span| Some(span.person)), since, until, by_override: by.map(|span| span.id) }
    }

    /// Who comes after the shift that holds `at`.
    pub fn next(&self, overrides: &[Override], at: Timestamp) -> Option<Shift> {
        let now = self.on_call(overrides, at);
        (now.until < Timestamp::MAX).then(|| self.on_call(overrides, now.until))
    }

    /// The shifts that touch `[from, to)`, in order and without holes, cut to it; at most [`RANGE_DAYS_MAX`] days.
    pub fn shifts(&self, overrides: &[Override], from: Timestamp, to: Timestamp) -> Vec<Shift> {
        let last = from.checked_add((RANGE_DAYS_MAX * 24).hours()).unwrap_or(Timestamp::MAX);
        let to = to.min(last);
        let mut shifts = Vec::new();
        let mut at = from;
        while at < to {
            let mut shift = self.on_call(overrides, at);
            let until = shift.until;
            shift.since = at;
            shift.until = until.min(to);
            shifts.push(shift);
            if until <= at {
                break; // cannot happen: a shift holds its instant; a bound on the loop all the same
            }
            at = until;
        }
        shifts
    }

    /// The stretches of `[from, to)` in which nobody is on call, neighbours joined.
    pub fn gaps(&self, overrides: &[Override], from: Timestamp, to: Timestamp) -> Vec<(Timestamp, Timestamp)> {
        let mut gaps: Vec<(Timestamp, Timestamp)> = Vec::new();
        for shift in self.shifts(overrides, from, to) {
            if shift.person.is_some() {
                continue;
            }
            match gaps.last_mut() {
                Some(last) if last.1 == shift.since => last.1 = shift.until,
                _ => gaps.push((shift.since, shift.until)),
            }
        }
        gaps
    }

    /// Whom to tell, first to last: who is on call, then the members in the order of their coming weeks, then `owner`.
    /// Nobody is named twice.
    pub fn escalation(&self, overrides: &[Override], at: Timestamp, owner: Option<PersonId>) -> Vec<PersonId> {
        let week = self.week(at);
        let coming = (1..=self.members.len()).filter_map(|ahead| {
            let ahead = i64::try_from(ahead).ok()?;
            self.member(week.checked_add(ahead)?)
        });
        let mut order = Vec::with_capacity(self.members.len() + 2);
        for person in self.on_call(overrides, at).person.into_iter().chain(coming).chain(owner) {
            if !order.contains(&person) {
                order.push(person);
            }
        }
        order
    }
}
