//! Pitfalls of calendars, zones and holidays.

use evenkeel_core::state::Goal;
use evenkeel_sla::{
    Calendar, CalendarDefinition,
    calendar::{CalendarCause, cn_holiday, last_published_year},
    clock::{self, Terms},
    due, elapsed,
};

use crate::kit::{BER, BER_NIGHT, CN, NYC, Story, agreement, at, calendar, wall};

const DAY: i64 = 86_400;

#[test]
fn pitfall_13_figures_use_the_calendar_of_the_agreement() {
    let story = Story::opened(&BER, &[(Goal::Resolve, 60)], "2025-06-13 16:30").resolved("2025-06-16 09:15");
    let reading = story.read(Goal::Resolve, "2025-06-20 09:00");
    let counted = elapsed(&BER, story.at("2025-06-13 16:30"), story.at("2025-06-16 09:15"));
    assert_eq!(reading.elapsed_secs, counted);
    assert_eq!(counted, 45 * 60);
}

#[test]
fn pitfall_14_closing_by_rule_after_so_much_business_time_heeds_the_calendar() {
    // Three working days of 7.5 h, begun on the eve of National Day.
    let start = wall(&CN, "2025-09-30 18:00");
    let closes = due(&CN, start, 3 * 27_000).at();
    // 9, 10 and (make-up Saturday) 11 October.
    assert_eq!(closes, Some(wall(&CN, "2025-10-11 18:00")));
}

#[test]
fn pitfall_17_a_day_of_23_or_25_hours_is_counted_as_long_as_it_is() {
    let whole_days = calendar(
        r#"{"zone":"America/New_York","exceptions":[{"date":"2025-01-01","closed":true}],
        "weekly":[{"days":["mon","tue","wed","thu","fri","sat","sun"],"from":"00:00","to":"24:00"}]}"#,
    );
    for (day, next, hours) in [("2025-03-09", "2025-03-10", 23), ("2025-11-02", "2025-11-03", 25)] {
        let from = wall(&NYC, &format!("{day} 00:00"));
        let to = wall(&NYC, &format!("{next} 00:00"));
        assert_eq!(elapsed(&whole_days, from, to), hours * 3_600, "{day}");
        assert_eq!(due(&whole_days, from, hours * 3_600).at(), Some(to));
    }
    // Neither skipped nor counted twice: the year has as many seconds as it has, less the closed day.
    let year = elapsed(&whole_days, wall(&NYC, "2025-01-01 00:00"), wall(&NYC, "2026-01-01 00:00"));
    assert_eq!(year, 364 * DAY);
}

#[test]
fn pitfall_18_clocks_set_forward_at_midnight_in_sao_paulo() {
    // On 2017-10-15 the day began at 01:00; on 2018-02-17 the hour before midnight came twice.
    let night = calendar(
        r#"{"zone":"America/Sao_Paulo",
        "weekly":[{"days":["mon","tue","wed","thu","fri","sat","sun"],"from":"22:00","to":"06:00"}]}"#,
    );
    let from = at("2017-10-14T22:00:00-03:00");
    assert_eq!(due(&night, from, 7 * 3_600).at(), Some(at("2017-10-15T06:00:00-02:00")));
    let from = at("2018-02-17T22:00:00-02:00");
    assert_eq!(due(&night, from, 9 * 3_600).at(), Some(at("2018-02-18T06:00:00-03:00")));
    let office = calendar(r#"{"zone":"America/Sao_Paulo","weekly":[{"days":["sun"],"from":"00:30","to":"02:00"}]}"#);
    // 00:30 did not exist: only 01:00 to 02:00 is left of the window.
    let opened = due(&office, at("2017-10-14T12:00:00-03:00"), 1).at();
    assert_eq!(opened, Some(at("2017-10-15T01:00:01-02:00")));
}

#[test]
fn pitfall_19_hong_kong_had_summer_time_until_1979_and_none_since() {
    let hong_kong =
        calendar(r#"{"zone":"Asia/Hong_Kong","weekly":[{"days":["mon","tue","wed","thu","fri"],"from":"09:00","to":"18:00"}]}"#);
    let opening = |eve: &str| due(&hong_kong, eve.parse().unwrap(), 1).at();
    assert_eq!(opening("1979-07-01T12:00:00Z"), Some(at("1979-07-02T09:00:01+09:00")));
    assert_eq!(opening("1980-07-01T12:00:00Z"), Some(at("1980-07-02T09:00:01+08:00")));
}

#[test]
fn pitfall_19_a_holiday_ends_at_midnight_sharp_and_may_cross_a_week() {
    let round_the_clock = calendar(
        r#"{"zone":"Asia/Shanghai","holidays":"cn",
        "weekly":[{"days":["mon","tue","wed","thu","fri","sat","sun"],"from":"00:00","to":"24:00"}]}"#,
    );
    // 1 to 8 October 2025 reaches from a Wednesday over the week's border to the next Wednesday.
    let (from, to) = (wall(&CN, "2025-10-01 00:00"), wall(&CN, "2025-10-09 00:00"));
    assert_eq!(elapsed(&round_the_clock, from, to), 0);
    assert_eq!(due(&round_the_clock, from, 1).at(), Some(wall(&CN, "2025-10-09 00:00:01")));
    assert_eq!(due(&round_the_clock, wall(&CN, "2025-09-30 23:59:59"), 2).at(), Some(wall(&CN, "2025-10-09 00:00:01")));
}

#[test]
fn pitfall_19_a_week_of_whole_days_has_no_gaps() {
    let whole = calendar(
        r#"{"zone":"Europe/Berlin",
        "weekly":[{"days":["mon","tue","wed","thu","fri","sat","sun"],"from":"00:00","to":"24:00"}]}"#,
    );
    assert!(whole.is_always());
    let start = at("2025-03-29T12:34:56.789Z");
    assert_eq!(due(&whole, start, 400 * DAY).at(), Some(start + jiff::SignedDuration::from_secs(400 * DAY)));
}

#[test]
fn pitfall_19_seconds_are_not_rounded_to_minutes() {
    let start = wall(&CN, "2025-06-10 11:59:31");
    assert_eq!(due(&CN, start, 61).at(), Some(wall(&CN, "2025-06-10 13:30:32")));
    assert_eq!(elapsed(&CN, start, wall(&CN, "2025-06-10 13:30:32")), 61);
}

#[test]
fn pitfall_19_several_edits_of_a_definition_in_one_day_each_govern_their_stretch() {
    let version = |minutes| Terms::new(&agreement(&[(Goal::Resolve, minutes)]), CN.clone());
    let versions = vec![version(60), version(240), version(120)];
    let change = |index| evenkeel_sla::clock::FactKind::Retargeted { terms: Some(index) };
    let story = Story::under(versions, "2025-06-10 09:00", 3)
        .then("2025-06-10 09:30", change(1))
        .then("2025-06-10 09:30", change(2))
        .then("2025-06-10 10:30", change(1));
    let reading = |when| {
        let reading = story.read(Goal::Resolve, when);
        (reading.terms, reading.target_secs, reading.breached_at)
    };
    assert_eq!(reading("2025-06-10 09:10"), (0, 3_600, None));
    assert_eq!(reading("2025-06-10 10:10"), (2, 7_200, None));
    assert_eq!(reading("2025-06-10 11:30"), (1, 14_400, None));
}

#[test]
fn pitfall_20_hours_stay_on_the_wall_clock_when_it_changes() {
    for (eve, opens) in [("2025-03-28T20:00:00Z", "2025-03-31T09:00:01+02:00"), ("2025-10-24T20:00:00Z", "2025-10-27T09:00:01+01:00")] {
        assert_eq!(due(&BER, at(eve), 1).at(), Some(at(opens)));
    }
}

#[test]
fn pitfall_21_a_definition_survives_a_round_trip_and_an_empty_one_is_an_error() {
    let text = r#"{"zone":"Asia/Shanghai","weekly":[{"days":["mon"],"from":"09:00","to":"24:00"}],"holidays":"cn"}"#;
    let definition: CalendarDefinition = serde_json::from_str(text).unwrap();
    let again: CalendarDefinition = serde_json::from_str(&serde_json::to_string(&definition).unwrap()).unwrap();
    assert_eq!(definition, again);
    let empty: CalendarDefinition = serde_json::from_str(r#"{"zone":"Asia/Shanghai"}"#).unwrap();
    let error = Calendar::compile(&empty).unwrap_err();
    assert_eq!(error.issues[0].code, "no_open_hours");
}

#[test]
fn pitfall_22_an_instant_is_an_instant_whatever_zone_it_is_written_in() {
    let (here, there) = (at("2025-06-10T17:00:00+08:00"), at("2025-06-10T05:00:00-04:00"));
    assert_eq!(due(&CN, here, 7_200), due(&CN, there, 7_200));
}

#[test]
fn pitfall_27_a_lunch_break_makes_two_windows_a_day() {
    let morning = wall(&CN, "2025-06-10 11:00");
    assert_eq!(due(&CN, morning, 7_200).at(), Some(wall(&CN, "2025-06-10 14:30")));
    assert_eq!(elapsed(&CN, wall(&CN, "2025-06-10 12:10"), wall(&CN, "2025-06-10 13:20")), 0);
    let causes: Vec<_> =
        CN.explain(wall(&CN, "2025-06-10 00:00"), wall(&CN, "2025-06-11 00:00")).into_iter().map(|interval| interval.cause).collect();
    let hours =
        [CalendarCause::OutsideHours, CalendarCause::Hours, CalendarCause::Break, CalendarCause::Hours, CalendarCause::OutsideHours];
    assert_eq!(causes, hours);
}

#[test]
fn pitfall_30_an_edited_calendar_moves_the_due_time_at_the_next_fold() {
    let mut story = Story::opened(&CN, &[(Goal::Resolve, 480)], "2025-06-10 10:00");
    let before = story.read(Goal::Resolve, "2025-06-10 11:00").due_at;
    let edited = calendar(r#"{"zone":"Asia/Shanghai","weekly":[{"days":["mon","tue","wed","thu","fri"],"from":"09:00","to":"18:00"}]}"#);
    story.terms = vec![Terms::new(&agreement(&[(Goal::Resolve, 480)]), edited)];
    let after = story.read(Goal::Resolve, "2025-06-10 11:00").due_at;
    assert_eq!(before, Some(wall(&CN, "2025-06-11 10:30")));
    assert_eq!(after, Some(wall(&CN, "2025-06-10 18:00")));
}

#[test]
fn pitfall_40_empty_hours_are_an_error_and_never_a_loop() {
    for text in [
        r#"{"zone":"UTC"}"#,
        r#"{"zone":"UTC","weekly":[]}"#,
        r#"{"zone":"UTC","weekly":[{"days":[],"from":"09:00","to":"17:00"}]}"#,
        r#"{"zone":"UTC","exceptions":[{"date":"2026-01-01","closed":true}]}"#,
    ] {
        let definition: CalendarDefinition = serde_json::from_str(text).unwrap();
        assert!(Calendar::compile(&definition).is_err(), "{text}");
    }
    // Open on one day only: what does not fit in is never due, and says so.
    let once = calendar(r#"{"zone":"UTC","exceptions":[{"date":"2026-01-02","open":[{"from":"09:00","to":"10:00"}]}]}"#);
    assert_eq!(due(&once, at("2026-01-01T00:00:00Z"), 3_600).at(), Some(at("2026-01-02T10:00:00Z")));
    assert_eq!(due(&once, at("2026-01-01T00:00:00Z"), 3_601), evenkeel_sla::Due::Never(evenkeel_sla::NeverDue::NoOpenHours));
    assert_eq!(once.next_change(at("2026-01-02T10:00:00Z")), None);
    let story = Story::opened(&once, &[(Goal::Resolve, 120)], "2026-01-01 00:00");
    assert_eq!(story.read(Goal::Resolve, "2030-01-01 00:00").due_at, None);
}

#[test]
fn pitfall_45_every_calendar_is_possible_not_24x7_alone() {
    let saturday = wall(&BER_NIGHT, "2025-06-14 12:00");
    assert_eq!(due(&BER_NIGHT, saturday, 3_600).at(), Some(wall(&BER_NIGHT, "2025-06-14 23:00")));
    assert_eq!(due(&BER, saturday, 3_600).at(), Some(wall(&BER, "2025-06-16 10:00")));
    assert_eq!(due(&Calendar::always(), saturday, 3_600).at(), Some(wall(&BER, "2025-06-14 13:00")));
}

#[test]
fn pitfall_45_an_overdue_clock_keeps_its_target_and_due_time() {
    let story = Story::opened(&CN, &[(Goal::Resolve, 60)], "2025-06-10 09:00");
    let reading = story.read(Goal::Resolve, "2025-06-30 09:00");
    assert_eq!(reading.target_secs, 3_600);
    assert_eq!(reading.due_at, Some(wall(&CN, "2025-06-10 10:00")));
    assert!(reading.is_open());
}

#[test]
fn pitfall_51_the_epidemics_monday_is_a_make_up_day_with_its_own_hours() {
    let monday = "2020-02-03".parse().unwrap();
    assert!(!cn_holiday(monday).unwrap().off);
    let explained = CN.explain(wall(&CN, "2020-02-03 09:00"), wall(&CN, "2020-02-03 12:00"));
    assert_eq!(explained.len(), 1);
    assert!(explained[0].open);
    assert_eq!(explained[0].cause, CalendarCause::MakeUpDay);
    assert!(explained[0].detail.sources.iter().any(|paper| paper.contains("2020-01/27")));
}

#[test]
fn pitfall_51_a_years_file_may_hold_days_of_the_year_before() {
    let day_before = |date: &str| cn_holiday(date.parse().unwrap()).map(|holiday| holiday.off);
    assert_eq!(day_before("2006-12-30"), Some(false));
    assert_eq!(day_before("2018-12-29"), Some(false));
    assert_eq!(day_before("2018-12-31"), Some(true));
    // Saturday 2018-12-29 is worked; Monday the 31st is off.
    assert_eq!(due(&CN, wall(&CN, "2018-12-28 17:30"), 3_600).at(), Some(wall(&CN, "2018-12-29 09:30")));
    assert_eq!(due(&CN, wall(&CN, "2018-12-29 17:30"), 3_600).at(), Some(wall(&CN, "2019-01-02 09:30")));
}

#[test]
fn pitfall_51_a_weekend_inside_a_long_holiday_is_closed_though_no_decree_names_it() {
    // 2009-10-04 is a Sunday inside the National Day week.
    let (from, to) = (wall(&CN, "2009-10-01 00:00"), wall(&CN, "2009-10-09 00:00"));
    assert_eq!(elapsed(&CN, from, to), 0);
}

#[test]
fn pitfall_51_beyond_the_last_published_year_a_due_time_says_so() {
    assert_eq!(last_published_year(), 2026);
    let near = due(&CN, wall(&CN, "2026-12-30 09:00"), 3_600);
    assert!(!near.holidays_not_yet_published());
    let beyond = due(&CN, wall(&CN, "2026-12-31 17:30"), 3_600);
    assert_eq!(beyond.at(), Some(wall(&CN, "2027-01-01 09:30")));
    assert!(beyond.holidays_not_yet_published());
    assert!(!due(&BER, wall(&BER, "2027-06-01 09:00"), 3_600).holidays_not_yet_published());
    let story = Story::opened(&CN, &[(Goal::Resolve, 60)], "2026-12-31 17:30");
    assert!(story.read(Goal::Resolve, "2026-12-31 17:40").holidays_not_yet_published);
    let as_of = story.at("2026-12-31 17:40");
    assert!(clock::read(&story.terms, Goal::Resolve, &story.facts, as_of).is_some());
}
