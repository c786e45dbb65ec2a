#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use evenkeel_core::state::{
    HoldReason,
    IncidentState::{Cancelled, InProgress, New, OnHold, Resolved},
    SliState::{Bad, Good, Unknown},
    Visibility::Public,
};

use super::{
    catalogue::Catalogue,
    compute::Computed,
    evidence::Part,
    setting::{Ask, Setting},
};
use crate::history::{History, at, incident, service, service_body, with_definitions};

/// The second of March 2026 is a Monday.
fn week() -> Ask {
    Ask { services: [service()].into(), from: at("2026-03-02 00:00"), to: at("2026-03-09 00:00") }
}

fn figures_of(history: &History, ask: Ask) -> Vec<Computed> {
    let world = history.world();
    Catalogue::of(&Setting::new(world.latest(), ask)).figures
}

fn figure_of(history: &History, id: &str) -> Computed {
    let figures = figures_of(history, week());
    figures.into_iter().find(|computed| computed.definition.id == id).unwrap_or_else(|| panic!("no figure {id}"))
}

fn value(history: &History, id: &str) -> (Option<f64>, i64, i64) {
    let figure = figure_of(history, id).figure;
    (figure.value, figure.n, figure.unknown)
}

/// Five incidents on Monday to Wednesday, computed by hand:
/// 1: 10:00, answered 10:10, restored 12:00, resolved 13:00: all met.
/// 2: 10:00, answered 11:00 (late), restored 15:00 (5 h, late), resolved 16:00 (6 h, met).
/// 3: 16:00 Monday, held for the customer 16:30 to Tuesday 12:00, answered 16:10, restored Tuesday 13:30 (30 min + 1.5 h, met).
/// 4: cancelled. 5: merged into 1. The end of Friday is known from a seal.
fn worked_example() -> History {
    let mut history = with_definitions();
    history
        .open("2026-03-02 10:00", 1, History::seen_by_machine("2026-03-02 09:58", "2026-03-02 09:59"))
        .said("2026-03-02 10:10", 1, Public)
        .moved("2026-03-02 10:10", 1, New, InProgress)
        .restored("2026-03-02 10:40", 1)
        .moved("2026-03-02 13:00", 1, InProgress, Resolved)
        .open("2026-03-02 10:00", 2, History::told_by_person(Some("2026-03-02 09:00")))
        .moved("2026-03-02 10:30", 2, New, InProgress)
        .said("2026-03-02 11:00", 2, Public)
        .restored("2026-03-02 15:00", 2)
        .moved("2026-03-02 16:00", 2, InProgress, Resolved)
        .open("2026-03-02 16:00", 3, History::told_by_person(None))
        .said("2026-03-02 16:10", 3, Public)
        .moved("2026-03-02 16:10", 3, New, InProgress)
        .moved_on_hold("2026-03-02 16:30", 3, InProgress, OnHold, Some(HoldReason::Customer))
        .moved("2026-03-03 12:00", 3, OnHold, InProgress)
        .restored("2026-03-03 13:30", 3)
        .moved("2026-03-03 14:00", 3, InProgress, Resolved)
        .open("2026-03-04 09:00", 4, History::told_by_person(None))
        .moved("2026-03-04 09:30", 4, New, Cancelled)
        .open("2026-03-02 10:20", 5, History::told_by_person(None))
        .merged("2026-03-02 10:30", 5, 1)
        .sealed("2026-03-02 00:00", "2026-03-09 00:00", Good);
    history
}

#[test]
fn attainment_is_met_over_met_and_breached_cluster_once_cancelled_never() {
    let history = worked_example();
    // Response: 1 and 3 met, 2 late. Restore: 1 and 3 met, 2 late. Resolve: all three met.
    assert_eq!(value(&history, "attainment_response"), (Some(66.666_667), 3, 0));
    assert_eq!(value(&history, "attainment_restore"), (Some(66.666_667), 3, 0));
    assert_eq!(value(&history, "attainment_resolve"), (Some(100.0), 3, 0));
    assert_eq!(value(&history, "attainment_total"), (Some(77.777_778), 9, 0));
    assert_eq!(value(&history, "breaches").0, Some(2.0));
    let figure = figure_of(&history, "attainment_total").figure;
    assert_eq!((figure.target, figure.met), (Some(90.0), Some(false)));
    let by: Vec<_> = figure.by.iter().map(|slice| (slice.key.as_str(), slice.value, slice.n)).collect();
    assert_eq!(by, [("p1", None, 0), ("p2", Some(77.777_778), 9), ("p3", None, 0), ("p4", None, 0), ("p5", None, 0)]);
}

#[test]
fn what_is_overdue_counts_while_it_is_still_open() {
    let mut history = with_definitions();
    history.open("2026-03-02 10:00", 1, History::told_by_person(None)).sealed("2026-03-02 00:00", "2026-03-04 00:00", Good);
    // Known until Wednesday 00:00: eight business hours ended Tuesday 10:00.
    assert_eq!(value(&history, "attainment_total"), (Some(0.0), 3, 0));
    assert_eq!(value(&history, "incidents_open").0, Some(1.0));
}

#[test]
fn an_outcome_belongs_to_the_one_period_it_falls_in() {
    let history = worked_example();
    let all = |from: &str, to: &str| {
        let ask = Ask { services: [service()].into(), from: at(from), to: at(to) };
        let figures = figures_of(&history, ask);
        figures.iter().find(|computed| computed.definition.id == "attainment_total").unwrap().figure.n
    };
    let days = ["2026-03-02 00:00", "2026-03-03 00:00", "2026-03-04 00:00", "2026-03-05 00:00"];
    let sum: i64 = days.windows(2).map(|day| all(day[0], day[1])).sum();
    assert_eq!(sum, all("2026-03-02 00:00", "2026-03-05 00:00"));
}

#[test]
fn continuity_indicators_of_the_worked_example() {
    let history = worked_example();
    // Faults with T3 in the week: 1 (machine 09:59), 2 and 3 (persons).
    assert_eq!(value(&history, "continuity_1"), (Some(33.333_333), 3, 0));
    assert_eq!(value(&history, "continuity_2"), (Some(60.0), 1, 0));
    // T2 − T1: 1: 10:10 − 09:59 = 660; 2: 10:30 − 10:00 = 1800; 3: 600.
    assert_eq!(value(&history, "continuity_6"), (Some(1020.0), 3, 0));
    // RTO one hour: 1: 42 min from T0, kept; 2: 6 h, late; 3: T0 unknown, but 21.5 h after T1: late.
    assert_eq!(value(&history, "continuity_8_timeliness"), (Some(33.333_333), 3, 0));
    // T3 − responded: 1: 30 min; 2: 15:00 − 10:30 = 4.5 h; 3: 21 h 20 min.
    assert_eq!(value(&history, "continuity_8_duration"), (Some(31_600.0), 3, 0));
}

#[test]
fn three_durations_tell_n_unknown_mean_median_and_p90() {
    let history = worked_example();
    let detect = figure_of(&history, "fault_detect").figure;
    // 1: 60 s; 2: one hour; 3: T0 unknown.
    assert_eq!((detect.value, detect.n, detect.unknown), (Some(1830.0), 2, 1));
    let by: Vec<_> = detect.by.iter().map(|slice| (slice.key.as_str(), slice.value)).collect();
    assert_eq!(by, [("mean", Some(1830.0)), ("median", Some(1830.0)), ("p90", Some(3600.0))]);
}

#[test]
fn incidents_are_counted_once_a_cluster() {
    let history = worked_example();
    assert_eq!(value(&history, "incidents_opened").0, Some(4.0));
    assert_eq!(value(&history, "incidents_resolved").0, Some(3.0));
    assert_eq!(value(&history, "incidents_open").0, Some(0.0));
}

/// A day: good but for 01:00–01:30 and 03:00–03:06 bad, 05:00–06:00 unknown.
fn outages() -> History {
    let mut history = with_definitions();
    history
        .sealed("2026-03-02 00:00", "2026-03-02 01:00", Good)
        .sealed("2026-03-02 01:00", "2026-03-02 01:30", Bad)
        .sealed("2026-03-02 01:30", "2026-03-02 03:00", Good)
        .sealed("2026-03-02 03:00", "2026-03-02 03:06", Bad)
        .sealed("2026-03-02 03:06", "2026-03-02 05:00", Good)
        .sealed("2026-03-02 05:00", "2026-03-02 06:00", Unknown)
        .sealed("2026-03-02 06:00", "2026-03-03 00:00", Good);
    history
}

fn day() -> Ask {
    Ask { services: [service()].into(), from: at("2026-03-02 00:00"), to: at("2026-03-03 00:00") }
}

#[test]
fn availability_shows_what_is_unknown_as_bounds() {
    let figures = figures_of(&outages(), day());
    let find = |id: &str| figures.iter().find(|computed| computed.definition.id == id).unwrap().figure.clone();
    let availability = find("availability");
    // Of 86,400 s: 2,160 bad, 3,600 unknown, 80,640 good.
    assert_eq!(availability.value, Some(97.391_304));
    assert_eq!((availability.low, availability.high), (Some(93.333_333), Some(97.5)));
    assert_eq!((availability.n, availability.unknown), (82_800, 3_600));
    assert_eq!((availability.target, availability.met), (Some(99.0), Some(false)));
    assert_eq!(find("downtime").value, Some(2_160.0));
    assert_eq!(find("outages").value, Some(2.0));
    // 80,640 s known good; 84,240 s when the unknown hour was good too.
    assert_eq!((find("mtbf").value, find("mtbf").high), (Some(40_320.0), Some(42_120.0)));
    assert_eq!((find("outages").n, find("outages").unknown), (2, 1));
    assert_eq!(find("mtrs").value, Some(1_080.0));
}

#[test]
fn a_service_nobody_watched_is_unknown_and_not_up() {
    let figures = figures_of(&with_definitions(), day());
    let figure = &figures[0].figure;
    assert_eq!((figure.value, figure.low, figure.high), (None, Some(0.0), Some(100.0)));
    assert_eq!(figure.unknown, 86_400);
    assert_eq!(figure.met, None);
}

#[test]
fn nothing_is_promised_before_a_service_is_defined_nor_after_it_is_retired() {
    let mut history = History::new();
    history.define::<evenkeel_core::id::Service>("2026-03-02 20:00", 1, "shop", service_body(None));
    history.sealed("2026-03-02 20:00", "2026-03-02 22:00", Good);
    let retired = evenkeel_core::event::definition::DefinitionRetired { kind: "service".to_owned(), name: "shop".to_owned(), version: 1 };
    history.push("2026-03-02 22:00", service(), &retired);
    let figure = figures_of(&history, day())[0].figure.clone();
    assert_eq!((figure.value, figure.n, figure.unknown), (Some(100.0), 7_200, 0));
}

#[test]
fn hours_that_change_within_the_period_count_piece_by_piece() {
    let mut history = outages();
    let mut with_hours = service_body(None);
    with_hours["hours"] = serde_json::json!(evenkeel_core::Id::<evenkeel_core::id::Calendar>::named("office"));
    // From noon on office hours only: 12 h before, 12:00 to 17:00 after.
    history.define::<evenkeel_core::id::Service>("2026-03-02 12:00", 2, "shop", with_hours);
    let figures = figures_of(&history, day());
    let figure = &figures[0].figure;
    assert_eq!(figure.n + figure.unknown, 17 * 3600);
}

#[test]
fn every_figure_opens_to_rows_and_events() {
    let history = worked_example();
    for computed in figures_of(&history, week()) {
        let figure = computed.figure.clone();
        let evidence = computed.evidence();
        let rows = evidence.numerator.iter().chain(&evidence.denominator).chain(&evidence.unknown);
        for row in rows {
            assert!(!row.event_seqs.is_empty(), "{} has a row without events: {row:?}", figure.id);
        }
        if figure.definition.starts_with("attainment") || figure.definition == "continuity_1" {
            assert_eq!(i64::try_from(evidence.denominator.len()).unwrap(), figure.n, "{}", figure.id);
        }
        assert!(!evidence.worked.en.is_empty());
    }
}

#[test]
fn the_same_events_in_any_order_give_the_same_figures_and_hashes() {
    let history = worked_example();
    let told: Vec<_> = strip(figures_of(&history, week()));
    for seed in 0..25 {
        assert_eq!(strip(figures_of(&history.shuffled(seed), week())), told, "seed {seed}");
    }
}

type Stripped = (String, [Option<f64>; 3], i64, i64, String);

/// Without positions, which another order gives anew.
fn strip(figures: Vec<Computed>) -> Vec<Stripped> {
    figures
        .into_iter()
        .map(|computed| {
            let f = computed.figure;
            (f.id, [f.value, f.low, f.high], f.n, f.unknown, f.input_hash)
        })
        .collect()
}

#[test]
fn a_late_fact_changes_the_figure_but_not_the_one_of_the_earlier_position() {
    let mut history = worked_example();
    let position = i64::try_from(history.events.len()).unwrap();
    let before = figure_of(&history, "continuity_6").figure;
    history.located("2026-03-02 10:05", 1);
    let world = history.world();
    let at_position = |position: i64| {
        let setting = Setting::new(world.view(position), week());
        Catalogue::of(&setting).find("continuity_6").unwrap().figure.clone()
    };
    assert_eq!(at_position(position), before);
    // The cause is known at 10:05 now, five minutes earlier than work began.
    assert_eq!(at_position(position + 1).value, Some(920.0));
    assert_ne!(at_position(position + 1).input_hash, before.input_hash);
}

#[test]
fn a_missing_row_or_another_value_changes_the_hash() {
    let whole = figure_of(&worked_example(), "incidents_opened");
    assert!(whole.items.iter().all(|item| item.part == Part::Numerator));
    assert!(whole.items.iter().any(|item| item.row.incident_id == Some(incident(4))));
    let mut fewer = worked_example();
    fewer.events.retain(|event| event.subject.id != incident(4).to_string());
    assert_ne!(figure_of(&fewer, "incidents_opened").figure.input_hash, whole.figure.input_hash);
}

/// A long history whose attainment is computed again with plain arithmetic: around the clock, one pause at most.
/// `EVENKEEL_SCALE` = how many incidents (six events each); 2,000 unless said otherwise.
#[test]
fn attainment_of_a_long_history_equals_an_independent_computation() {
    let incidents: i64 = std::env::var("EVENKEEL_SCALE").ok().and_then(|text| text.parse().ok()).unwrap_or(2_000);
    let mut history = History::new();
    history
        .define::<evenkeel_core::id::Calendar>("2025-01-01 00:00", 1, "office", serde_json::json!({"always": true}))
        .define::<evenkeel_core::id::Service>("2025-01-01 00:00", 1, "shop", service_body(Some(3600)))
        .define::<evenkeel_core::id::Agreement>("2025-01-01 00:00", 1, "gold", crate::history::agreement_body(14_400));
    let start = at("2026-01-01 00:00");
    let text = |secs: i64| {
        let at = start.checked_add(jiff::SignedDuration::from_secs(secs)).unwrap();
        at.strftime("%Y-%m-%d %H:%M:%S").to_string()
    };
    let (mut met, mut all) = ([0i64; 3], [0i64; 3]);
    for number in 1..=incidents {
        // A small generator with a long period is enough to spread the cases.
        let draw = |salt: i64, below: i64| (number * 7_919 + salt * 104_729 + number * number * 31).rem_euclid(below);
        let opened = draw(1, 86_400 * 80);
        let answered = opened + draw(2, 3_600);
        let held = answered + draw(3, 3_600);
        let resumed = held + draw(4, 7_200);
        let restored = resumed + draw(5, 14_400);
        let resolved = restored + draw(6, 14_400);
        history
            .open(&text(opened), number, History::imported(&number.to_string()))
            .said(&text(answered), number, Public)
            .moved_on_hold(&text(held), number, InProgress, OnHold, Some(HoldReason::Customer))
            .moved(&text(resumed), number, OnHold, InProgress)
            .restored(&text(restored), number)
            .moved(&text(resolved), number, InProgress, Resolved);
        let pause = resumed - held;
        let used = [answered - opened, restored - opened - pause, resolved - opened - pause];
        for (goal, target) in [1_800, 14_400, 28_800].into_iter().enumerate() {
            all[goal] += 1;
            met[goal] += i64::from(used[goal] <= target);
        }
    }
    let world = history.world();
    let ask = Ask { services: [service()].into(), from: start, to: at("2026-04-01 00:00") };
    // Imported all at once and long after: everything is known.
    let mut view = world.latest();
    view.recorded_until = at("2026-12-01 00:00");
    let catalogue = Catalogue::of(&Setting::new(view, ask));
    for (goal, id) in ["attainment_response", "attainment_restore", "attainment_resolve"].into_iter().enumerate() {
        let figure = &catalogue.find(id).unwrap().figure;
        assert_eq!(figure.n, all[goal], "{id}");
        assert_eq!(figure.value, super::statistic::percent(met[goal], all[goal]).map(super::compute::round), "{id}");
    }
}

#[test]
fn what_became_of_each_first_response_adds_up_to_all_incidents() {
    let mut history = worked_example();
    history
        .open("2026-03-05 10:00", 6, History::seen_by_machine("2026-03-05 09:58", "2026-03-05 09:59"))
        .moved("2026-03-05 10:05", 6, New, Resolved)
        .open_as("2026-03-05 11:00", 7, 1, History::told_by_person(None));
    // What is known up to the end of the week.
    history.sealed("2026-03-09 00:00", "2026-03-09 00:01", Good);
    let computed = figure_of(&history, "response_outcomes");
    let told: Vec<(&str, i64)> = computed.figure.by.iter().map(|slice| (slice.key.as_str(), slice.n)).collect();
    // 1 and 3 met, 2 late, 6 recovered by itself, 4 cancelled, 5 merged, 7 has a priority without a response goal.
    let expected = [("met", 2), ("breached", 1), ("unanswered", 1), ("open", 0), ("cancelled", 1), ("merged", 1), ("no_goal", 1)];
    assert_eq!(told, expected);
    assert_eq!((computed.figure.value, computed.figure.n), (Some(7.0), 7));
    assert!(computed.items.iter().all(|item| !item.row.event_seqs.is_empty()));
    assert_eq!(value(&history, "attainment_response").1, 3, "not in the attainment");
}

#[test]
fn a_part_of_the_period_reads_as_if_it_had_been_measured_alone() {
    use super::availability::measure;
    let mut history = with_definitions();
    history.sealed("2026-03-02 00:00", "2026-03-03 12:00", Good).sealed("2026-03-03 12:00", "2026-03-04 06:00", Bad).sealed(
        "2026-03-05 00:00",
        "2026-03-09 00:00",
        Good,
    );
    let world = history.world();
    let whole = measure(world.latest(), &week(), service());
    for day in 2..9 {
        let (from, to) = (at(&format!("2026-03-0{day} 00:00")), at(&format!("2026-03-0{} 00:00", day + 1)).min(week().to));
        let alone = measure(world.latest(), &Ask { services: [service()].into(), from, to }, service());
        assert_eq!(whole.value_within(from, to), alone.availability.value, "{from}");
    }
}
