//! Parts of a UTC date; instants are whole seconds since 1970. Any instant is allowed, so the calendar is computed rather
//! than asked of a library with a range: days to civil dates by Howard Hinnant's algorithm (public domain).

const DAY_SECS: i64 = 86_400;

/// Year, month (1–12) and day (1–31).
fn civil(seconds: i64) -> (i64, i64, i64) {
    let days = seconds.div_euclid(DAY_SECS) + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn month_length(year: i64, month: i64) -> i64 {
    match month {
        2 => 28 + i64::from(is_leap(year)),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// The year.
pub fn year(seconds: i64) -> f64 {
    civil(seconds).0 as f64
}

/// 1–12.
pub fn month(seconds: i64) -> f64 {
    civil(seconds).1 as f64
}

/// 1–31.
pub fn day_of_month(seconds: i64) -> f64 {
    civil(seconds).2 as f64
}

/// 0 is Sunday.
pub fn day_of_week(seconds: i64) -> f64 {
    (seconds.div_euclid(DAY_SECS) + 4).rem_euclid(7) as f64
}

/// 1–366.
pub fn day_of_year(seconds: i64) -> f64 {
    let (year, month, day) = civil(seconds);
    ((1..month).map(|month| month_length(year, month)).sum::<i64>() + day) as f64
}

/// 28–31.
pub fn days_in_month(seconds: i64) -> f64 {
    let (year, month, _) = civil(seconds);
    month_length(year, month) as f64
}

/// 0–23.
pub fn hour(seconds: i64) -> f64 {
    (seconds.rem_euclid(DAY_SECS) / 3_600) as f64
}

/// 0–59.
pub fn minute(seconds: i64) -> f64 {
    (seconds.rem_euclid(3_600) / 60) as f64
}
