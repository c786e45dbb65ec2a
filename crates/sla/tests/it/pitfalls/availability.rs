//! Pitfalls of availability.

use evenkeel_core::state::SliState;
use evenkeel_sla::{
    availability::{SliInterval, availability},
    intervals::IntervalSet,
    maintenance::{Maintenance, MaintenancePolicy, excused},
};
use jiff::tz::TimeZone;

use crate::kit::{CN, at, wall};

fn sli(from: &str, to: &str, state: SliState) -> SliInterval {
    SliInterval { from: at(from), to: at(to), state }
}

fn approved(from: &str, to: &str) -> IntervalSet {
    let window = Maintenance { from: at(from), to: at(to), approved: true, announced_at: None };
    let policy = MaintenancePolicy { notice_secs: 0, monthly_quota_secs: None, zone: TimeZone::UTC };
    excused(&[window], &policy)
}

#[test]
fn pitfall_49_approved_maintenance_is_left_out_even_across_the_week_border() {
    // Sunday 22:00 to Monday 02:00, down for all of it and an hour more.
    let maintenance = approved("2025-06-15T22:00:00Z", "2025-06-16T02:00:00Z");
    let observed = [
        sli("2025-06-15T00:00:00Z", "2025-06-15T22:00:00Z", SliState::Good),
        sli("2025-06-15T22:00:00Z", "2025-06-16T03:00:00Z", SliState::Bad),
        sli("2025-06-16T03:00:00Z", "2025-06-17T00:00:00Z", SliState::Good),
    ];
    let figure = availability(at("2025-06-15T00:00:00Z"), at("2025-06-17T00:00:00Z"), None, &maintenance, &observed);
    assert_eq!(figure.committed_micros / 1_000_000, 44 * 3_600);
    assert_eq!(figure.downtime_micros / 1_000_000, 3_600);
    assert_eq!(figure.unknown_micros / 1_000_000, 0);
    assert_eq!(figure.value, Some(43.0 / 44.0));
    assert_eq!(figure.outages, 1);
    assert_eq!((figure.mtbf_secs, figure.mtrs_secs), (Some(43.0 * 3_600.0), Some(3_600.0)));
}

#[test]
fn pitfall_49_only_what_the_indicator_calls_bad_is_down() {
    let observed = [
        sli("2025-06-15T00:00:00Z", "2025-06-15T12:00:00Z", SliState::Good),
        sli("2025-06-15T12:00:00Z", "2025-06-16T00:00:00Z", SliState::Unknown),
    ];
    let figure = availability(at("2025-06-15T00:00:00Z"), at("2025-06-16T00:00:00Z"), None, &IntervalSet::empty(), &observed);
    assert_eq!((figure.downtime_micros / 1_000_000, figure.outages), (0, 0));
    assert_eq!(figure.mtbf_secs, None);
}

#[test]
fn pitfall_50_out_of_hours_counts_for_nothing() {
    let from = wall(&CN, "2025-06-13 00:00");
    let to = wall(&CN, "2025-06-17 00:00");
    let bad = SliInterval { from: wall(&CN, "2025-06-13 17:00"), to: wall(&CN, "2025-06-16 10:00"), state: SliState::Bad };
    let good = SliInterval { from, to, state: SliState::Good };
    let figure = availability(from, to, Some(&CN), &IntervalSet::empty(), &[good, bad]);
    assert_eq!(figure.committed_micros / 1_000_000, 2 * 27_000);
    assert_eq!(figure.downtime_micros / 1_000_000, 7_200, "an hour on Friday, an hour on Monday");
    assert_eq!(figure.outages, 1, "one stretch of trouble across the weekend");
}

#[test]
fn pitfall_50_a_paused_monitor_is_neither_up_nor_down() {
    let observed = [sli("2025-06-15T00:00:00Z", "2025-06-15T18:00:00Z", SliState::Good)];
    let figure = availability(at("2025-06-15T00:00:00Z"), at("2025-06-16T00:00:00Z"), None, &IntervalSet::empty(), &observed);
    assert_eq!(figure.unknown_micros / 1_000_000, 6 * 3_600);
    assert_eq!((figure.value, figure.low, figure.high), (Some(1.0), Some(0.75), Some(1.0)));
}

#[test]
fn pitfall_50_a_period_of_planned_downtime_alone_is_no_figure_not_zero() {
    let (from, to) = ("2025-06-15T00:00:00Z", "2025-06-16T00:00:00Z");
    let figure = availability(at(from), at(to), None, &approved(from, to), &[sli(from, to, SliState::Bad)]);
    assert_eq!((figure.committed_micros, figure.downtime_micros), (0, 0));
    assert_eq!((figure.value, figure.low, figure.high), (None, None, None));
}

#[test]
fn maintenance_that_was_not_approved_or_announced_or_is_over_its_quota_is_not_excused() {
    let window = |from: &str, to: &str, approved: bool, announced: Option<&str>| Maintenance {
        from: at(from),
        to: at(to),
        approved,
        announced_at: announced.map(at),
    };
    let policy = MaintenancePolicy { notice_secs: 86_400, monthly_quota_secs: Some(3 * 3_600), zone: TimeZone::UTC };
    let windows = [
        window("2025-06-02T00:00:00Z", "2025-06-02T02:00:00Z", true, Some("2025-05-30T00:00:00Z")),
        window("2025-06-03T00:00:00Z", "2025-06-03T02:00:00Z", false, Some("2025-05-30T00:00:00Z")),
        window("2025-06-04T00:00:00Z", "2025-06-04T02:00:00Z", true, Some("2025-06-03T12:00:00Z")),
        window("2025-06-05T00:00:00Z", "2025-06-05T02:00:00Z", true, Some("2025-06-01T00:00:00Z")),
        window("2025-06-30T23:00:00Z", "2025-07-01T01:00:00Z", true, Some("2025-06-01T00:00:00Z")),
    ];
    let micros = excused(&windows, &policy).measure();
    // June: 2 h, then 1 of the second 2 h; July: 1 h after midnight.
    assert_eq!(micros, 4 * 3_600 * 1_000_000);
}
