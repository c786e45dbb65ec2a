//! Checks a definition and turns it into rules a day number can be looked up in.

use jiff::{civil::Date, tz::TimeZone};

use super::{
    CalendarDefinition, CalendarError, ExceptionDefinition, HolidaySet, Weekday,
    error::CalendarIssue,
    rules::{Exception, Rules, Window},
    zone,
};
use crate::day::{self, DAY_SECS};

/// First and last year in which hours are computed. Before and after, a calendar with hours counts as closed, which is
/// what bounds every loop; an always-open calendar has no such limit.
pub const YEARS: std::ops::RangeInclusive<i64> = 1900..=2199;

/// Most windows, exceptions: far beyond any real calendar, and a bound for hostile ones.
const WINDOWS_MAX: usize = 200;
const EXCEPTIONS_MAX: usize = 10_000;

struct Issues(Vec<CalendarIssue>);

impl Issues {
    fn add(&mut self, code: &'static str, field: impl Into<String>, problem: impl Into<String>, fix: impl Into<String>) {
        self.add_allowed(code, field, problem, fix, Vec::new());
    }
    fn add_allowed(
        &mut self,
        code: &'static str,
        field: impl Into<String>,
        problem: impl Into<String>,
        fix: impl Into<String>,
        allowed: Vec<String>,
    ) {
        self.0.push(CalendarIssue { code, field: field.into(), problem: problem.into(), fix: fix.into(), allowed });
    }
}

/// The checked rules of `definition`, or all that is wrong with it.
pub(super) fn rules(definition: &CalendarDefinition) -> Result<Rules, CalendarError> {
    let mut issues = Issues(Vec::new());
    let zone = find_zone(definition, &mut issues);
    let weekly = weekly(definition, &mut issues);
    let exceptions = exceptions(definition, &mut issues);
    check_always(definition, &mut issues);
    check_open(definition, &weekly, &exceptions, &mut issues);
    let make_up_day = make_up_day(definition, &weekly, &mut issues);
    if !issues.0.is_empty() {
        return Err(CalendarError { issues: issues.0 });
    }
    let whole_week = weekly.iter().all(|windows| windows.as_slice() == [Window::new(0, DAY_SECS)]);
    let always = definition.always || (whole_week && exceptions.is_empty() && definition.holidays == HolidaySet::None);
    Ok(Rules { zone, always, weekly, holidays: definition.holidays, make_up_day, exceptions })
}

fn find_zone(definition: &CalendarDefinition, issues: &mut Issues) -> TimeZone {
    let name = &definition.zone;
    if let Some(zone) = zone::find(name) {
        return zone;
    }
    let near = zone::suggestions(name);
    let fix = if near.is_empty() {
        "write an IANA zone such as Asia/Shanghai or Europe/Berlin".to_owned()
    } else {
        format!("did you mean {}?", near.join(", "))
    };
    issues.add_allowed("zone_unknown", "zone", format!("{name:?} is not an IANA time zone"), fix, near);
    TimeZone::UTC
}

fn weekly(definition: &CalendarDefinition, issues: &mut Issues) -> [Vec<Window>; 7] {
    let mut days: [Vec<Window>; 7] = Default::default();
    if definition.weekly.len() > WINDOWS_MAX {
        issues.add("too_many", "weekly", format!("{} entries", definition.weekly.len()), format!("give at most {WINDOWS_MAX}"));
        return days;
    }
    for (index, entry) in definition.weekly.iter().enumerate() {
        let field = format!("weekly[{index}]");
        if entry.days.is_empty() {
            issues.add("no_days", format!("{field}.days"), "names no day", "list at least one of mon, tue, wed, thu, fri, sat, sun");
        }
        let Some(window) = window(&entry.from, &entry.to, &field, issues) else {
            continue;
        };
        let mut seen = [false; 7];
        for weekday in &entry.days {
            let index = weekday.index();
            let repeated = seen.get(index).copied().unwrap_or(false);
            if repeated {
                issues.add("day_repeated", format!("{field}.days"), format!("names {} twice", weekday.as_str()), "name each day once");
            } else if let (Some(mark), Some(windows)) = (seen.get_mut(index), days.get_mut(index)) {
                *mark = true;
                insert(windows, window, &field, weekday.as_str(), issues);
            }
        }
    }
    days
}

/// Adds a window to a day, refusing one that overlaps: two entries that overlap are a slip of the pen more often than a wish.
fn insert(windows: &mut Vec<Window>, window: Window, field: &str, on: &str, issues: &mut Issues) {
    if let Some(other) = windows.iter().find(|other| window.from < other.to && other.from < window.to) {
        issues.add(
            "windows_overlap",
            field,
            format!("{window} overlaps {other} on {on}"),
            format!("write one window, {}", Window::new(window.from.min(other.from), window.to.max(other.to))),
        );
        return;
    }
    windows.push(window);
    windows.sort_unstable();
}

fn window(from: &str, to: &str, field: &str, issues: &mut Issues) -> Option<Window> {
    let mut read = |name: &str, text: &str, midnight_end: bool| {
        let secs = time_of_day(text, midnight_end);
        if secs.is_none() {
            let range = if midnight_end { "00:00 to 24:00" } else { "00:00 to 23:59" };
            issues.add(
                "time_unreadable",
                format!("{field}.{name}"),
                format!("{text:?} is not a time of day"),
                format!("write HH:MM in quotes, {range}"),
            );
        }
        secs
    };
    let (from_secs, to_secs) = (read("from", from, false), read("to", to, true));
    let (from_secs, to_secs) = (from_secs?, to_secs?);
    if from_secs == to_secs {
        issues.add("window_empty", field, format!("opens and closes at {from}"), "for a whole day write from \"00:00\" to \"24:00\"");
        return None;
    }
    let across = if to_secs < from_secs { DAY_SECS } else { 0 };
    Some(Window::new(from_secs, to_secs + across))
}

/// Seconds after midnight of `HH:MM` or `HH:MM:SS`; `24:00` only where a window ends.
fn time_of_day(text: &str, midnight_end: bool) -> Option<i64> {
    let mut parts = text.split(':');
    let mut part = |max: i64| -> Option<i64> {
        let digits = parts.next()?;
        let plain = (1..=2).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
        let value = if plain {
            digits.parse::<i64>().ok()?
        } else {
            return None;
        };
        (value <= max).then_some(value)
    };
    let hours = part(24)?;
    let minutes = part(59)?;
    let seconds = if text.matches(':').count() == 2 { part(59)? } else { 0 };
    if parts.next().is_some() {
        return None;
    }
    let total = hours * 3_600 + minutes * 60 + seconds;
    let last = if midnight_end { DAY_SECS } else { DAY_SECS - 1 };
    (total <= last).then_some(total)
}

fn exceptions(definition: &CalendarDefinition, issues: &mut Issues) -> Vec<(i64, Exception)> {
    let mut found: Vec<(i64, Exception)> = Vec::new();
    if definition.exceptions.len() > EXCEPTIONS_MAX {
        issues.add("too_many", "exceptions", format!("{} entries", definition.exceptions.len()), format!("give at most {EXCEPTIONS_MAX}"));
        return found;
    }
    for (index, entry) in definition.exceptions.iter().enumerate() {
        let field = format!("exceptions[{index}]");
        let Ok(date) = entry.date.parse::<Date>() else {
            issues.add(
                "date_unreadable",
                format!("{field}.date"),
                format!("{:?} is not a date", entry.date),
                "write YYYY-MM-DD, such as 2026-10-01",
            );
            continue;
        };
        if !YEARS.contains(&i64::from(date.year())) {
            issues.add(
                "date_out_of_range",
                format!("{field}.date"),
                format!("{date} is too far away"),
                format!("give a year from {} to {}", YEARS.start(), YEARS.end()),
            );
        }
        if let Some(exception) = exception(entry, &field, issues) {
            found.push((day::of(date), exception));
        }
    }
    found.sort_by_key(|(number, _)| *number);
    for pair in found.windows(2) {
        if let [(a, _), (b, _)] = pair
            && a == b
        {
            let date = day::date(*a).map(|date| date.to_string()).unwrap_or_default();
            issues.add(
                "date_repeated",
                "exceptions",
                format!("{date} is named twice"),
                "write one exception a date; several windows go into its open list",
            );
        }
    }
    found
}

fn exception(entry: &ExceptionDefinition, field: &str, issues: &mut Issues) -> Option<Exception> {
    if entry.closed != entry.open.is_empty() {
        issues.add(
            "exception_unclear",
            field,
            if entry.closed { "is both closed and open" } else { "is neither closed nor open" },
            "write closed: true, or open: [{from, to}]",
        );
        return None;
    }
    if entry.open.len() > WINDOWS_MAX {
        issues.add("too_many", format!("{field}.open"), format!("{} windows", entry.open.len()), format!("give at most {WINDOWS_MAX}"));
        return None;
    }
    let mut windows = Vec::new();
    for (index, open) in entry.open.iter().enumerate() {
        let place = format!("{field}.open[{index}]");
        if let Some(window) = window(&open.from, &open.to, &place, issues) {
            insert(&mut windows, window, &place, &entry.date, issues);
        }
    }
    Some(Exception { name: entry.name.clone(), windows })
}

fn check_always(definition: &CalendarDefinition, issues: &mut Issues) {
    let others = !definition.weekly.is_empty() || !definition.exceptions.is_empty() || definition.holidays != HolidaySet::None;
    if definition.always && others {
        issues.add(
            "always_and_hours",
            "always",
            "every second is open already, so weekly, holidays and exceptions can mean nothing",
            "remove them; or drop always and write from \"00:00\" to \"24:00\" on all seven days",
        );
    }
}

fn check_open(definition: &CalendarDefinition, weekly: &[Vec<Window>; 7], exceptions: &[(i64, Exception)], issues: &mut Issues) {
    let open =
        definition.always || weekly.iter().any(|windows| !windows.is_empty()) || exceptions.iter().any(|(_, e)| !e.windows.is_empty());
    // When a window could not be read, that is the error to mend first.
    if !open && issues.0.iter().all(|issue| issue.code == "zone_unknown") {
        issues.add(
            "no_open_hours",
            "weekly",
            "the calendar is never open, so nothing would ever be due",
            "give at least one window, or always: true for 24x7",
        );
    }
}

fn make_up_day(definition: &CalendarDefinition, weekly: &[Vec<Window>; 7], issues: &mut Issues) -> Option<usize> {
    let has_hours = |index: usize| weekly.get(index).is_some_and(|windows| !windows.is_empty());
    match definition.make_up_days_as {
        None => (0..5).find(|index| has_hours(*index)),
        Some(weekday) => {
            if definition.holidays == HolidaySet::None {
                issues.add(
                    "make_up_without_holidays",
                    "make_up_days_as",
                    "there are no make-up days without a holiday set",
                    "add holidays: cn, or remove it",
                );
            } else if !has_hours(weekday.index()) {
                let allowed: Vec<String> =
                    Weekday::ALL.iter().filter(|weekday| has_hours(weekday.index())).map(|weekday| weekday.as_str().to_owned()).collect();
                issues.add_allowed(
                    "make_up_day_closed",
                    "make_up_days_as",
                    format!("{} has no hours", weekday.as_str()),
                    format!("name a day that has: {}", allowed.join(", ")),
                    allowed,
                );
            }
            Some(weekday.index())
        }
    }
}
