//! Day numbers: whole days since 1970-01-01 in some local calendar, without zone or clock.

use jiff::{Timestamp, civil::Date};

/// Seconds in a civil day.
pub(crate) const DAY_SECS: i64 = 86_400;
/// Microseconds in a second.
pub(crate) const MICROS: i64 = 1_000_000;

/// The day number of a civil date (proleptic Gregorian).
pub(crate) fn number(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

/// The day number of a [`Date`].
pub(crate) fn of(date: Date) -> i64 {
    number(i64::from(date.year()), i64::from(date.month()), i64::from(date.day()))
}

/// The civil date of a day number; none outside jiff's years.
pub(crate) fn date(number: i64) -> Option<Date> {
    let shifted = number.checked_add(719_468)?;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    Date::new(i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

/// Monday = 0 … Sunday = 6.
pub(crate) fn weekday(number: i64) -> usize {
    // 1970-01-01 was a Thursday.
    usize::try_from((number.rem_euclid(7) + 3) % 7).unwrap_or(0)
}

/// Splits an instant into whole seconds since 1970 (towards the past) and the microseconds after them.
pub(crate) fn split(at: Timestamp) -> (i64, i64) {
    let micros = at.as_microsecond();
    (micros.div_euclid(MICROS), micros.rem_euclid(MICROS))
}

/// The whole second an instant lies in, seconds since 1970.
pub(crate) fn second(at: Timestamp) -> i64 {
    split(at).0
}

/// The instant `secs` seconds after 1970, held at jiff's ends.
pub(crate) fn instant(secs: i64) -> Timestamp {
    Timestamp::from_second(secs).unwrap_or(if secs < 0 { Timestamp::MIN } else { Timestamp::MAX })
}
