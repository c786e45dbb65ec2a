//! `evenkeel sla due`: when a target is due on a calendar, and why. Needs no server and no database.

use std::{fmt::Write as _, path::PathBuf};

use clap::Subcommand;
use evenkeel_core::{ErrorCode, Failure};
use evenkeel_sla::{
    Calendar, Due, NeverDue,
    calendar::{CalendarCause, CalendarInterval},
};
use jiff::{Timestamp, civil::DateTime, tz::TimeZone};
use serde::Serialize;

use super::serve::read_files;
use crate::definition;

/// What `evenkeel sla` can do.
#[derive(Debug, Clone, Subcommand)]
pub enum SlaCommand {
    /// When a target is due on a calendar; --explain says why.
    Due(DueArgs),
}

/// What `evenkeel sla due` takes.
#[derive(Debug, Clone, clap::Args)]
pub struct DueArgs {
    /// A configuration file with a `calendars:` section; may be given several times.
    #[arg(long = "calendars", required = true, value_name = "FILE")]
    calendars: Vec<PathBuf>,
    /// Which of its calendars.
    #[arg(long, value_name = "NAME")]
    calendar: String,
    /// Since when: `2025-09-30T17:00` on the calendar's own wall clock, or with an offset (`…+08:00`, `…Z`).
    #[arg(long, value_name = "INSTANT")]
    from: String,
    /// How much business time: `8h`, `90m`, `1h30m`, `45s`, or whole seconds.
    #[arg(long, value_name = "SPAN")]
    target: String,
    /// List every interval that counts and every one that does not, with its cause.
    #[arg(long)]
    explain: bool,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// Runs the command.
///
/// # Errors
/// What is wrong, where (file, line) and what to write instead.
pub fn run(command: &SlaCommand) -> Result<(), Failure> {
    let SlaCommand::Due(args) = command;
    say!("{}", answer(args)?.trim_end_matches('\n'));
    Ok(())
}

/// What the command prints.
fn answer(args: &DueArgs) -> Result<String, Failure> {
    let calendar = find(args)?;
    let start = instant(&args.from, calendar.zone())?;
    let target_secs = span_secs(&args.target)?;
    let due = calendar.due(start, target_secs);
    let Due::At { at, holidays_not_yet_published } = due else {
        return Err(never(&args.calendar, due));
    };
    let intervals = calendar.explain(start, at);
    if args.json {
        return json(args, &calendar, start, target_secs, at, holidays_not_yet_published, &intervals);
    }
    let mut out = format!("{}\n", shown(at, calendar.zone()));
    if holidays_not_yet_published {
        out.push_str("note: the holidays of that year are not yet published; they may move this\n");
    }
    if args.explain {
        out.push_str(&explained(&intervals, calendar.zone(), target_secs));
    }
    Ok(out)
}

fn find(args: &DueArgs) -> Result<Calendar, Failure> {
    let sources = read_files(&args.calendars)?;
    // Nothing would have been applied anyway: the words of `apply` are taken off.
    let declared = definition::calendars(&sources).map_err(|findings| {
        let failure = Failure::new(ErrorCode::Invalid, findings.to_string());
        match findings.0.first() {
            Some(first) => failure.at(first.at()),
            None => failure,
        }
    })?;
    let names: Vec<String> = declared.iter().map(|(name, _)| name.clone()).collect();
    let Some((_, definition)) = declared.into_iter().find(|(name, _)| *name == args.calendar) else {
        let has = if names.is_empty() { "the files declare none".to_owned() } else { format!("the files declare {}", names.join(", ")) };
        return Err(Failure::new(ErrorCode::NotFound, format!("there is no calendar {:?}; {has}", args.calendar))
            .at("--calendar")
            .allowed(names));
    };
    Ok(Calendar::compile(&definition)?)
}

/// An instant with an offset, or a wall-clock time in `zone`.
fn instant(text: &str, zone: &TimeZone) -> Result<Timestamp, Failure> {
    if let Ok(at) = text.parse::<Timestamp>() {
        return Ok(at);
    }
    let refuse = |detail: String| Failure::new(ErrorCode::Invalid, detail).at("--from");
    let wall: DateTime = text.parse().map_err(|_| {
        refuse(format!("{text:?} is no instant; give 2025-09-30T17:00 (the calendar's own wall clock) or 2025-09-30T17:00+08:00"))
    })?;
    // A wall-clock time that a zone skips or repeats could mean two instants: the person must say which.
    let ambiguous = zone.to_ambiguous_timestamp(wall);
    if ambiguous.is_ambiguous() {
        return Err(refuse(format!(
            "{text} happens twice or not at all when the clocks change; add the offset that is meant, such as {text}+01:00"
        )));
    }
    ambiguous.compatible().map_err(|error| refuse(error.to_string()))
}

/// `8h`, `90m`, `1h30m`, `45s`, `28800` in seconds. A day is not taken: it could be 24 hours or a working day.
fn span_secs(text: &str) -> Result<i64, Failure> {
    let refuse =
        |why: &str| Failure::new(ErrorCode::Invalid, format!("{text:?} {why}; give 8h, 90m, 1h30m, 45s or whole seconds")).at("--target");
    if let Ok(secs) = text.parse::<i64>() {
        return if secs >= 0 { Ok(secs) } else { Err(refuse("is less than nothing")) };
    }
    let mut secs = 0i64;
    let mut number = String::new();
    let mut largest = i64::MAX;
    for letter in text.chars().filter(|letter| !letter.is_whitespace()) {
        if letter.is_ascii_digit() {
            number.push(letter);
            continue;
        }
        let unit = match letter {
            'h' => 3_600,
            'm' => 60,
            's' => 1,
            'd' | 'w' => return Err(refuse("could mean 24 hours or a working day: write it in hours")),
            _ => return Err(refuse("is no span of time")),
        };
        if unit >= largest {
            return Err(refuse("names its units out of order"));
        }
        largest = unit;
        let count: i64 = number.parse().map_err(|_| refuse("is no span of time"))?;
        number.clear();
        secs = count.checked_mul(unit).and_then(|part| secs.checked_add(part)).ok_or_else(|| refuse("is too long"))?;
    }
    if number.is_empty() && largest < i64::MAX { Ok(secs) } else { Err(refuse("is no span of time")) }
}

fn never(calendar: &str, due: Due) -> Failure {
    let detail = match due {
        Due::Never(NeverDue::BeyondHorizon) => {
            format!("on the calendar {calendar:?} this lies beyond the years that are computed; give a smaller target")
        }
        _ => format!("on the calendar {calendar:?} this is never due: it does not open long enough any more; give it weekly hours"),
    };
    Failure::new(ErrorCode::Invalid, detail).at("--calendar")
}

fn shown(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned(zone.clone()).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

fn hms(secs: i64) -> String {
    format!("{}:{:02}:{:02}", secs / 3_600, secs / 60 % 60, secs % 60)
}

fn explained(intervals: &[CalendarInterval], zone: &TimeZone, target_secs: i64) -> String {
    let mut out = String::from("\n");
    let mut counted = 0;
    let local = |at: Timestamp| at.to_zoned(zone.clone()).strftime("%a %Y-%m-%d %H:%M:%S %:z").to_string();
    for interval in intervals {
        let secs = interval.to.duration_since(interval.from).as_secs();
        if interval.open {
            counted += secs;
        }
        let sign = if interval.open { '+' } else { ' ' };
        let name = interval.detail.name.as_deref().map_or_else(String::new, |name| format!(" ({name})"));
        let _ = writeln!(
            out,
            "{} – {}  {sign}{:>9}  {:>9}  {}{name}",
            local(interval.from),
            local(interval.to),
            hms(secs),
            hms(counted),
            cause(interval.cause)
        );
    }
    let _ = writeln!(out, "\ncounted {} of {}", hms(counted), hms(target_secs));
    out
}

const fn cause(cause: CalendarCause) -> &'static str {
    match cause {
        CalendarCause::Always => "open: around the clock",
        CalendarCause::Hours => "open: weekly hours",
        CalendarCause::MakeUpDay => "open: make-up workday 调休",
        CalendarCause::ExceptionOpen => "open: exception",
        CalendarCause::OutsideHours => "closed: outside hours",
        CalendarCause::Break => "closed: break",
        CalendarCause::Weekend => "closed: weekend",
        CalendarCause::DayOff => "closed: day without hours",
        CalendarCause::Holiday => "closed: public holiday",
        CalendarCause::ExceptionClosed => "closed: exception",
        CalendarCause::OutsideHorizon => "closed: outside the years that are computed",
    }
}

/// The answer for machines.
#[derive(Serialize)]
struct Answer<'a> {
    calendar: &'a str,
    zone: &'a str,
    from: String,
    target_secs: i64,
    due: String,
    due_utc: Timestamp,
    holidays_not_yet_published: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    intervals: Option<&'a [CalendarInterval]>,
}

fn json(
    args: &DueArgs,
    calendar: &Calendar,
    start: Timestamp,
    target_secs: i64,
    at: Timestamp,
    holidays_not_yet_published: bool,
    intervals: &[CalendarInterval],
) -> Result<String, Failure> {
    let answer = Answer {
        calendar: &args.calendar,
        zone: calendar.zone_name(),
        from: shown(start, calendar.zone()),
        target_secs,
        due: shown(at, calendar.zone()),
        due_utc: at,
        holidays_not_yet_published,
        intervals: args.explain.then_some(intervals),
    };
    serde_json::to_string_pretty(&answer).map(|text| text + "\n").map_err(|error| Failure::new(ErrorCode::Internal, error.to_string()))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    const FILE: &str = "calendars:
  - name: CN
    zone: Asia/Shanghai
    weekly:
      - {days: [mon, tue, wed, thu, fri], from: \"09:00\", to: \"12:00\"}
      - {days: [mon, tue, wed, thu, fri], from: \"13:30\", to: \"18:00\"}
    holidays: cn
  - name: BER
    zone: Europe/Berlin
    always: true
";

    fn due(file: &str, calendar: &str, from: &str, target: &str, explain: bool) -> Result<String, Failure> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("calendars.yaml");
        std::fs::write(&path, file).unwrap();
        answer(&DueArgs {
            calendars: vec![path],
            calendar: calendar.to_owned(),
            from: from.to_owned(),
            target: target.to_owned(),
            explain,
            json: false,
        })
    }

    #[test]
    fn prints_the_due_instant_with_its_offset() {
        assert_eq!(due(FILE, "CN", "2025-09-30T17:00", "8h", false).unwrap(), "2025-10-09T17:30:00+08:00\n");
        assert_eq!(due(FILE, "CN", "2025-09-30T09:00:00Z", "480m", false).unwrap(), "2025-10-09T17:30:00+08:00\n");
        assert_eq!(due(FILE, "BER", "2025-10-25T20:00", "12h", false).unwrap(), "2025-10-26T07:00:00+01:00\n");
    }

    #[test]
    fn explains_each_interval_with_its_cause_and_the_running_sum() {
        let text = due(FILE, "CN", "2025-09-30T17:00", "8h", true).unwrap();
        assert!(text.contains("closed: public holiday (国庆节"), "{text}");
        assert!(text.contains("closed: break"), "{text}");
        assert!(text.ends_with("counted 8:00:00 of 8:00:00\n"), "{text}");
    }

    #[test]
    fn what_is_wrong_is_told_with_its_place_and_the_fix() {
        for (file, calendar, from, target, words) in [
            (FILE, "DE", "2025-09-30T17:00", "8h", "the files declare CN, BER"),
            (FILE, "CN", "tomorrow", "8h", "2025-09-30T17:00"),
            (FILE, "CN", "2025-09-30T17:00", "2d", "write it in hours"),
            (FILE, "CN", "2025-09-30T17:00", "8", "2025"),
            (FILE, "CN", "2025-09-30T17:00", "-8h", "whole seconds"),
            (FILE, "CN", "2025-09-30T17:00", "30m1h", "out of order"),
            (FILE, "BER", "2025-10-26T02:30", "8h", "happens twice or not at all"),
            (FILE, "BER", "2025-03-30T02:30", "8h", "happens twice or not at all"),
            ("calendars:\n  - name: X\n    zone: Asia/Peking\n    always: true\n", "X", "2025-09-30T17:00", "8h", "calendars.yaml:3"),
            ("calendars:\n  - name: X\n    weekly: []\n", "X", "2025-09-30T17:00", "8h", "calendars.yaml:2"),
            ("calendars:\n  - name: X\n    weekley: []\n", "X", "2025-09-30T17:00", "8h", "did you mean \"weekly\"?"),
        ] {
            match due(file, calendar, from, target, false) {
                Err(failure) => assert!(failure.to_string().contains(words), "{failure}"),
                Ok(text) => assert!(target == "8" && text.contains(words), "{text}"),
            }
        }
    }

    #[test]
    fn a_year_without_published_holidays_is_marked() {
        assert!(due(FILE, "CN", "2031-09-30T17:00", "8h", false).unwrap().contains("not yet published"));
    }
}
