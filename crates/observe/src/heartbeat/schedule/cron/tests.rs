#![allow(clippy::unwrap_used)]
use super::*;

fn coming(expression: &str, zone: &str, after: &str, count: usize) -> Vec<String> {
    let (cron, zone) = (Cron::parse(expression).unwrap(), TimeZone::get(zone).unwrap());
    let mut at: Timestamp = after.parse().unwrap();
    let mut all = Vec::new();
    for _ in 0..count {
        at = cron.next(at, &zone).unwrap();
        all.push(at.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M %z").to_string());
    }
    all
}

#[test]
fn fields_lists_spans_steps_and_names_are_read() {
    assert_eq!(coming("30 2 * * *", "Asia/Shanghai", "2026-03-01T00:00:00Z", 1), ["2026-03-02 02:30 +0800"]);
    assert_eq!(
        coming("*/20 9-10 * * *", "UTC", "2026-03-01T09:30:00Z", 3),
        ["2026-03-01 09:40 +0000", "2026-03-01 10:00 +0000", "2026-03-01 10:20 +0000"]
    );
    assert_eq!(coming("0 8 * jan,Jul mon-wed", "UTC", "2026-06-01T00:00:00Z", 2), ["2026-07-01 08:00 +0000", "2026-07-06 08:00 +0000"]);
    assert_eq!(coming("5/25 0 * * 7", "UTC", "2026-03-01T00:31:00Z", 2), ["2026-03-01 00:55 +0000", "2026-03-08 00:05 +0000"]);
    assert_eq!(coming("@weekly", "UTC", "2026-03-01T00:00:00Z", 1), ["2026-03-08 00:00 +0000"]);
    assert_eq!(coming("0 0 29 2 *", "UTC", "2096-03-01T00:00:00Z", 1), ["2104-02-29 00:00 +0000"]);
}

#[test]
fn either_of_two_day_fields_is_enough_when_both_say_something() {
    let both = coming("0 0 13 * fri", "UTC", "2026-03-01T00:00:00Z", 3);
    assert_eq!(both, ["2026-03-06 00:00 +0000", "2026-03-13 00:00 +0000", "2026-03-20 00:00 +0000"]);
}

#[test]
fn what_is_no_expression_is_refused_in_words() {
    for (text, word) in [
        ("", "0 fields"),
        ("* * * *", "4 fields"),
        ("60 * * * *", "minute"),
        ("* 24 * * *", "hour"),
        ("* * 0 * *", "day of month"),
        ("* * * 13 *", "month"),
        ("* * * * 8", "day of week"),
        ("*/0 * * * *", "step"),
        ("5-1 * * * *", "backwards"),
        ("a * * * *", "minute"),
        ("1,,2 * * * *", "minute"),
    ] {
        let said = Cron::parse(text).unwrap_err();
        assert!(said.contains(word), "{text}: {said}");
    }
}

// Europe/Berlin: 2026-03-29 02:00 becomes 03:00, 2026-10-25 03:00 becomes 02:00.

#[test]
fn a_fixed_time_that_is_left_out_is_due_at_the_change() {
    assert_eq!(coming("30 2 * * *", "Europe/Berlin", "2026-03-28T02:00:00Z", 2), ["2026-03-29 03:00 +0200", "2026-03-30 02:30 +0200"]);
}

#[test]
fn a_fixed_time_that_comes_twice_is_due_the_first_time() {
    assert_eq!(coming("30 2 * * *", "Europe/Berlin", "2026-10-24T02:00:00Z", 2), ["2026-10-25 02:30 +0200", "2026-10-26 02:30 +0100"]);
}

#[test]
fn a_job_of_every_half_hour_follows_real_time_through_both_changes() {
    assert_eq!(
        coming("*/30 * * * *", "Europe/Berlin", "2026-03-29T00:15:00Z", 3),
        ["2026-03-29 01:30 +0100", "2026-03-29 03:00 +0200", "2026-03-29 03:30 +0200"]
    );
    assert_eq!(
        coming("*/30 * * * *", "Europe/Berlin", "2026-10-25T00:15:00Z", 4),
        ["2026-10-25 02:30 +0200", "2026-10-25 02:00 +0100", "2026-10-25 02:30 +0100", "2026-10-25 03:00 +0100"]
    );
}

#[test]
fn a_change_of_half_an_hour_is_a_change_too() {
    // Lord Howe Island: 2026-04-05 02:00 becomes 01:30.
    assert_eq!(
        coming("*/15 1 * * *", "Australia/Lord_Howe", "2026-04-04T14:40:00Z", 4),
        ["2026-04-05 01:45 +1100", "2026-04-05 01:30 +1030", "2026-04-05 01:45 +1030", "2026-04-06 01:00 +1030"]
    );
}
