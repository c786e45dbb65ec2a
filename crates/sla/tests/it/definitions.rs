//! Calendar definitions: what is accepted, what is refused and with which words, and how the rules take precedence.

use evenkeel_sla::{
    Calendar, CalendarDefinition, CalendarError,
    calendar::{CalendarCause, files_read},
    due, elapsed,
};

use crate::kit::{CN, at, calendar, wall};

fn refused(json: &str) -> CalendarError {
    let definition: CalendarDefinition = serde_json::from_str(json).expect("a shape");
    Calendar::compile(&definition).expect_err("refused")
}

/// Codes and fields of everything wrong.
fn issues(json: &str) -> Vec<(&'static str, String)> {
    let error = refused(json);
    error.issues.into_iter().map(|issue| (issue.code, issue.field)).collect()
}

const HOURS: &str = r#""weekly":[{"days":["mon","tue","wed","thu","fri"],"from":"09:00","to":"17:00"}]"#;

#[test]
fn every_embedded_holiday_file_can_be_read() {
    assert_eq!(files_read(), (21, 21));
}

#[test]
fn an_unknown_zone_is_answered_with_zones_that_look_like_it() {
    let error = refused(&format!(r#"{{"zone":"Asia/Shanghay",{HOURS}}}"#));
    assert_eq!(error.issues[0].code, "zone_unknown");
    assert!(error.to_string().contains("did you mean Asia/Shanghai"), "{error}");
    let error = refused(&format!(r#"{{"zone":"shanghai",{HOURS}}}"#));
    assert_eq!(error.issues[0].allowed[0], "Asia/Shanghai");
    let error = refused(&format!(r#"{{"zone":"{}",{HOURS}}}"#, "x".repeat(100_000)));
    assert!(error.issues[0].allowed.is_empty());
}

#[test]
fn times_that_are_none_are_refused_with_their_field() {
    for (from, to, field) in [
        ("9", "17:00", "weekly[0].from"),
        ("24:00", "17:00", "weekly[0].from"),
        ("09:00", "24:01", "weekly[0].to"),
        ("09:60", "17:00", "weekly[0].from"),
        ("09:00", "5pm", "weekly[0].to"),
        ("09:00", "-1:00", "weekly[0].to"),
        ("+9:00", "17:00", "weekly[0].from"),
        ("09:00:00:00", "17:00", "weekly[0].from"),
        ("", "17:00", "weekly[0].from"),
        ("九点", "17:00", "weekly[0].from"),
    ] {
        let json = format!(r#"{{"zone":"UTC","weekly":[{{"days":["mon"],"from":"{from}","to":"{to}"}}]}}"#);
        assert_eq!(issues(&json), [("time_unreadable", field.to_owned())], "{from} {to}");
    }
}

#[test]
fn a_window_without_length_is_refused_with_the_way_to_write_a_whole_day() {
    let error = refused(r#"{"zone":"UTC","weekly":[{"days":["mon"],"from":"09:00","to":"09:00"}]}"#);
    assert!(error.to_string().contains(r#"write from "00:00" to "24:00""#), "{error}");
}

#[test]
fn windows_that_overlap_are_refused_and_touching_ones_are_one() {
    let error =
        refused(r#"{"zone":"UTC","weekly":[{"days":["mon"],"from":"09:00","to":"12:00"},{"days":["mon"],"from":"11:00","to":"17:00"}]}"#);
    assert_eq!(error.issues[0].field, "weekly[1]");
    assert!(error.to_string().contains("write one window, 09:00-17:00"), "{error}");
    let touching =
        calendar(r#"{"zone":"UTC","weekly":[{"days":["mon"],"from":"09:00","to":"12:00"},{"days":["mon"],"from":"12:00","to":"17:00"}]}"#);
    let monday = touching.explain(at("2025-06-16T09:00:00Z"), at("2025-06-16T17:00:00Z"));
    assert_eq!(monday.len(), 1);
}

#[test]
fn a_night_window_that_reaches_into_the_next_days_window_counts_once() {
    let both =
        calendar(r#"{"zone":"UTC","weekly":[{"days":["mon"],"from":"22:00","to":"06:00"},{"days":["tue"],"from":"05:00","to":"09:00"}]}"#);
    assert_eq!(elapsed(&both, at("2025-06-16T00:00:00Z"), at("2025-06-18T00:00:00Z")), 11 * 3_600);
}

#[test]
fn exceptions_must_say_closed_or_open_once_a_date() {
    for (exceptions, code) in [
        (r#"[{"date":"2026-02-30","closed":true}]"#, "date_unreadable"),
        (r#"[{"date":"1800-01-01","closed":true}]"#, "date_out_of_range"),
        (r#"[{"date":"2026-03-01"}]"#, "exception_unclear"),
        (r#"[{"date":"2026-03-01","closed":true,"open":[{"from":"09:00","to":"10:00"}]}]"#, "exception_unclear"),
        (r#"[{"date":"2026-03-01","closed":true},{"date":"2026-03-01","closed":true}]"#, "date_repeated"),
        (r#"[{"date":"2026-03-01","open":[{"from":"09:00","to":"11:00"},{"from":"10:00","to":"12:00"}]}]"#, "windows_overlap"),
    ] {
        let found = issues(&format!(r#"{{"zone":"UTC",{HOURS},"exceptions":{exceptions}}}"#));
        assert_eq!(found.iter().map(|(code, _)| *code).collect::<Vec<_>>(), [code], "{exceptions}");
    }
}

#[test]
fn always_leaves_no_room_for_hours() {
    assert_eq!(issues(&format!(r#"{{"always":true,{HOURS}}}"#))[0].0, "always_and_hours");
    assert_eq!(issues(r#"{"always":true,"holidays":"cn"}"#)[0].0, "always_and_hours");
}

#[test]
fn everything_wrong_is_told_at_once() {
    let found = issues(
        r#"{"zone":"Mars/Base","weekly":[{"days":["mon","mon"],"from":"09:00","to":"17:00"},{"days":["tue"],"from":"x","to":"y"}]}"#,
    );
    let codes: Vec<_> = found.iter().map(|(code, _)| *code).collect();
    assert_eq!(codes, ["zone_unknown", "day_repeated", "time_unreadable", "time_unreadable"]);
}

#[test]
fn an_unknown_key_or_day_is_refused_by_name() {
    let key = serde_json::from_str::<CalendarDefinition>(r#"{"zoen":"UTC"}"#).unwrap_err();
    assert!(key.to_string().contains("zoen"), "{key}");
    let day = serde_json::from_str::<CalendarDefinition>(r#"{"weekly":[{"days":["someday"],"from":"09:00","to":"17:00"}]}"#);
    assert!(day.unwrap_err().to_string().contains("someday"));
}

#[test]
fn a_calendar_error_is_a_failure_with_field_and_choices() {
    let failure: evenkeel_core::Failure = refused(&format!(r#"{{"zone":"Asia/Shanghay",{HOURS}}}"#)).into();
    assert_eq!(failure.at.as_deref(), Some("zone"));
    assert!(failure.allowed.contains(&"Asia/Shanghai".to_owned()));
}

#[test]
fn exceptions_win_over_holidays_and_holidays_over_the_week() {
    let shop = calendar(
        r#"{"zone":"Asia/Shanghai","holidays":"cn",
        "weekly":[{"days":["mon","tue","wed","thu","fri"],"from":"09:00","to":"17:00"}],
        "exceptions":[
            {"date":"2025-10-02","open":[{"from":"10:00","to":"12:00"}],"name":"stocktaking"},
            {"date":"2025-10-11","closed":true,"name":"outing"}]}"#,
    );
    let on = |date: &str| elapsed(&shop, wall(&CN, &format!("{date} 00:00")), wall(&CN, &format!("{date} 23:59:59")));
    assert_eq!(on("2025-10-01"), 0, "a holiday on a Wednesday");
    assert_eq!(on("2025-10-02"), 7_200, "a holiday that an exception opens");
    assert_eq!(on("2025-09-28"), 8 * 3_600, "a make-up Sunday");
    assert_eq!(on("2025-10-11"), 0, "a make-up Saturday that an exception closes");
    assert_eq!(on("2025-10-12"), 0, "a Sunday");
    let told = shop.explain(wall(&CN, "2025-10-11 00:00"), wall(&CN, "2025-10-13 00:00"));
    assert_eq!(told[0].cause, CalendarCause::ExceptionClosed);
    assert_eq!(told[0].detail.name.as_deref(), Some("outing"));
    assert_eq!(told[1].cause, CalendarCause::Weekend);
}

#[test]
fn make_up_days_borrow_the_hours_of_the_day_that_is_named() {
    let hours = r#"{"zone":"Asia/Shanghai","holidays":"cn",EXTRA
        "weekly":[{"days":["mon","tue","wed","thu"],"from":"09:00","to":"18:00"},
                  {"days":["fri"],"from":"09:00","to":"16:00"},
                  {"days":["sat"],"from":"10:00","to":"12:00"}]}"#;
    let saturday = |calendar: &Calendar| elapsed(calendar, wall(&CN, "2025-10-11 00:00"), wall(&CN, "2025-10-12 00:00"));
    assert_eq!(saturday(&calendar(&hours.replace("EXTRA", ""))), 9 * 3_600);
    assert_eq!(saturday(&calendar(&hours.replace("EXTRA", r#""make_up_days_as":"fri","#))), 7 * 3_600);
    let found = issues(&hours.replace("EXTRA", r#""make_up_days_as":"sun","#));
    assert_eq!(found, [("make_up_day_closed", "make_up_days_as".to_owned())]);
}

#[test]
fn a_night_shift_that_begins_before_a_holiday_runs_to_its_end() {
    let night = calendar(
        r#"{"zone":"Asia/Shanghai","holidays":"cn",
        "weekly":[{"days":["mon","tue","wed","thu","fri"],"from":"22:00","to":"06:00"}]}"#,
    );
    let eve = wall(&CN, "2025-09-30 22:00");
    assert_eq!(elapsed(&night, eve, wall(&CN, "2025-10-02 00:00")), 8 * 3_600);
    let told = night.explain(wall(&CN, "2025-10-01 00:00"), wall(&CN, "2025-10-01 08:00"));
    assert_eq!((told[0].cause, told[0].open), (CalendarCause::Hours, true));
    assert_eq!((told[1].cause, told[1].open), (CalendarCause::Holiday, false));
}

#[test]
fn openings_and_closings_follow_each_other() {
    let mut cursor = wall(&CN, "2025-09-30 17:00");
    let mut seen = Vec::new();
    for _ in 0..4 {
        cursor = CN.next_change(cursor).expect("a change");
        seen.push((cursor, CN.is_open(cursor)));
    }
    let expected = [("2025-09-30 18:00", false), ("2025-10-09 09:00", true), ("2025-10-09 12:00", false), ("2025-10-09 13:30", true)];
    assert_eq!(seen, expected.map(|(when, open)| (wall(&CN, when), open)));
    // New Year's Eve: the window of 31 December ends on the year's last UTC hours.
    let whole = calendar(
        r#"{"zone":"UTC","exceptions":[{"date":"2026-01-01","closed":true}],
        "weekly":[{"days":["mon","tue","wed","thu","fri","sat","sun"],"from":"00:00","to":"24:00"}]}"#,
    );
    assert_eq!(whole.next_change(at("2025-06-01T00:00:00Z")), Some(at("2026-01-01T00:00:00Z")));
    assert_eq!(whole.next_change(at("2026-01-01T00:00:00Z")), Some(at("2026-01-02T00:00:00Z")));
    assert_eq!(whole.next_change(at("2026-01-02T00:00:00Z")), None);
}

#[test]
fn outside_the_computed_years_nothing_is_open_and_nothing_due() {
    assert_eq!(elapsed(&CN, jiff::Timestamp::MIN, at("1900-01-01T00:00:00Z")), 0);
    assert_eq!(elapsed(&CN, at("2200-01-01T00:00:00Z"), jiff::Timestamp::MAX), 0);
    assert_eq!(due(&CN, at("2200-01-01T00:00:00Z"), 1).at(), None);
    let told = CN.explain(at("1899-12-30T00:00:00Z"), at("1900-01-02T00:00:00Z"));
    assert_eq!(told[0].cause, CalendarCause::OutsideHorizon);
}
