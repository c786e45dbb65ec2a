#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use evenkeel_core::{
    event::manage::{MaintenanceCancelled, MaintenancePlanned, Window},
    id::{Agreement, MaintenanceId},
    state::SliState::{Bad, Good},
};

use crate::{
    figure::{
        catalogue::Catalogue,
        compute::Computed,
        setting::{Ask, Setting},
    },
    history::{History, agreement_body, at, engineer, service, with_definitions},
};

const WEEK: i64 = 604_800;

/// A week, down for the second hour of Wednesday's 02:00–04:00; the agreement wants a day's notice and gives `quota` seconds
/// a month.
fn history(quota: Option<i64>) -> History {
    let mut history = with_definitions();
    let mut body = agreement_body(14_400);
    body["maintenance"] = serde_json::json!({ "notice_secs": 86_400, "monthly_quota_secs": quota });
    history.define::<Agreement>("2026-01-02 00:00", 2, "gold", body);
    history
}

fn seen(history: &mut History) -> &mut History {
    history.sealed("2026-03-02 00:00", "2026-03-04 03:00", Good).sealed("2026-03-04 03:00", "2026-03-04 04:00", Bad).sealed(
        "2026-03-04 04:00",
        "2026-03-09 00:00",
        Good,
    )
}

fn planned<'h>(
    history: &'h mut History,
    when: &str,
    name: &str,
    windows: &[(&str, &str)],
    approved: bool,
    told: Option<&str>,
) -> &'h mut History {
    let body = MaintenancePlanned {
        maintenance_id: MaintenanceId::named(name),
        name: name.to_owned(),
        service_id: service(),
        windows: windows.iter().map(|(from, to)| Window { from: at(from), to: at(to) }).collect(),
        approved_by: approved.then(engineer),
        announced_at: told.map(at),
        reason: None,
    };
    history.push(when, service(), &body)
}

fn wednesday(history: &mut History, approved: bool, told: Option<&str>) {
    planned(history, "2026-03-02 08:00", "database", &[("2026-03-04 02:00", "2026-03-04 04:00")], approved, told);
}

fn figure(history: &History, id: &str) -> Computed {
    let ask = Ask { services: [service()].into(), from: at("2026-03-02 00:00"), to: at("2026-03-09 00:00") };
    let world = history.world();
    let figures = Catalogue::of(&Setting::new(world.latest(), ask)).figures;
    figures.into_iter().find(|computed| computed.definition.id == id).unwrap()
}

/// Committed seconds, seconds down, and how the windows were judged.
fn told(history: &History) -> (i64, f64, Vec<(String, f64)>) {
    let availability = figure(history, "availability");
    let down = figure(history, "downtime").figure.value.unwrap();
    let rows = availability.clone().evidence().excluded;
    let judged = rows.iter().map(|row| (row.detail.rsplit(' ').next().unwrap().to_owned(), row.value.unwrap())).collect();
    (availability.figure.n + availability.figure.unknown, down, judged)
}

#[test]
fn approved_maintenance_announced_in_time_is_no_downtime_and_no_committed_time() {
    let mut history = history(None);
    wednesday(&mut history, true, Some("2026-03-02 08:00"));
    seen(&mut history);
    assert_eq!(told(&history), (WEEK - 7_200, 0.0, vec![("excused".to_owned(), 7_200.0)]));
    let computed = figure(&history, "availability");
    assert_eq!((computed.figure.value, computed.figure.version), (Some(100.0), 2));
    let row = computed.evidence().excluded.remove(0);
    assert_eq!((row.label.as_str(), row.event_seqs.len()), ("database", 2), "its own event and the agreement's");
}

#[test]
fn what_the_agreement_does_not_excuse_counts_and_says_why() {
    let counts = |history: &mut History, why: &str| {
        seen(history);
        assert_eq!(told(history), (WEEK, 3_600.0, vec![(why.to_owned(), 0.0)]));
    };
    let mut unapproved = history(None);
    wednesday(&mut unapproved, false, Some("2026-03-02 08:00"));
    counts(&mut unapproved, "not_approved");
    let mut late = history(None);
    wednesday(&mut late, true, Some("2026-03-03 02:00:01"));
    counts(&mut late, "announced_late");
    let mut untold = history(None);
    wednesday(&mut untold, true, None);
    counts(&mut untold, "announced_late");
    let mut silent = with_definitions();
    wednesday(&mut silent, true, Some("2026-03-02 08:00"));
    counts(&mut silent, "not_agreed");
}

#[test]
fn what_exceeds_the_months_quota_counts_also_when_it_was_used_before_the_period() {
    let mut history = history(Some(9_000));
    // An hour and a half of the month is gone on the first of March, before the period.
    planned(&mut history, "2026-02-20 00:00", "network", &[("2026-03-01 01:00", "2026-03-01 02:30")], true, Some("2026-02-20 00:00"));
    wednesday(&mut history, true, Some("2026-03-02 08:00"));
    seen(&mut history);
    assert_eq!(told(&history), (WEEK - 3_600, 3_600.0, vec![("over_quota".to_owned(), 3_600.0)]));
}

#[test]
fn nothing_is_approved_afterwards_and_what_is_cancelled_counts_up_to_then() {
    let mut history = history(None);
    wednesday(&mut history, true, Some("2026-03-02 08:00"));
    let cancelled =
        MaintenanceCancelled { maintenance_id: MaintenanceId::named("database"), name: "database".to_owned(), service_id: service() };
    history.push("2026-03-04 03:15", service(), &cancelled);
    planned(&mut history, "2026-03-04 03:30", "database", &[("2026-03-04 02:00", "2026-03-04 04:00")], true, Some("2026-03-02 08:00"));
    seen(&mut history);
    // 02:00–03:15 as planned, 03:15–03:30 cancelled, 03:30–04:00 planned anew.
    let (committed, down, judged) = told(&history);
    assert_eq!((committed, down), (WEEK - 4_500 - 1_800, 900.0));
    assert_eq!(judged, [("excused".to_owned(), 4_500.0), ("excused".to_owned(), 1_800.0)]);
}

#[test]
fn a_report_published_under_the_first_version_is_computed_under_it() {
    let mut history = history(None);
    wednesday(&mut history, true, Some("2026-03-02 08:00"));
    seen(&mut history);
    let world = history.world();
    let ask = Ask { services: [service()].into(), from: at("2026-03-02 00:00"), to: at("2026-03-09 00:00") };
    let catalogue = Catalogue::of(&Setting::new(world.latest(), ask).under(1));
    let figure = &catalogue.figures.iter().find(|computed| computed.definition.id == "availability").unwrap().figure;
    assert_eq!((figure.version, figure.n), (1, WEEK - 3_600 + 3_600));
    assert_eq!(figure.population.en, "The period within service hours; what no seal covers is unknown");
}

#[test]
fn days_are_counted_by_the_method_of_one_agreement() {
    use crate::figure::day::{DaysAsk, days};
    let mut history = history(None);
    planned(seen(&mut history), "2026-03-02 00:00", "night", &[("2026-03-04 02:00", "2026-03-04 04:00")], true, Some("2026-03-02 00:00"));
    let world = history.world();
    let ask = |agreement: &str, until: &str, open| DaysAsk {
        service: service(),
        agreement: evenkeel_core::id::AgreementId::named(agreement),
        zone: jiff::tz::TimeZone::UTC,
        days: ("2026-03-02".parse().unwrap(), "2026-03-10".parse().unwrap()),
        until: at(until),
        open,
    };
    let by = |agreement: &str| days(world.latest(), &ask(agreement, "2026-03-09 00:00", None));
    // The agreement takes the announced window out: Wednesday has two promised hours fewer and no downtime.
    let gold = by("gold");
    assert_eq!(gold.whole.downtime_micros, 0);
    assert_eq!((gold.days[2].0.to_string().as_str(), gold.days[2].1.committed_secs()), ("2026-03-04", 22.0 * 3600.0));
    // An agreement that is not there takes nothing out.
    let none = by("silver");
    assert!((none.whole.downtime_secs() - 3600.0).abs() < 1e-9 && (none.days[2].1.downtime_secs() - 3600.0).abs() < 1e-9);
    // What nobody sealed is unknown; what holds and is not sealed yet is given, and beyond `until` nothing is promised.
    let open = days(world.latest(), &ask("silver", "2026-03-09 06:00", Some((at("2026-03-09 00:00"), Bad))));
    assert!((open.days[7].1.downtime_secs() - 6.0 * 3600.0).abs() < 1e-9);
    assert_eq!(days(world.latest(), &ask("silver", "2026-03-09 06:00", None)).days[7].1.unknown_micros, 6 * 3600 * 1_000_000);
    assert_eq!(open.days[8].1.committed_micros, 0, "the day has not begun");
}
