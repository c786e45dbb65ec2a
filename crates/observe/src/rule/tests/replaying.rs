//! Rules over history.

use evenkeel_core::time::ManualClock;
use evenkeel_tsdb::{
    promql::Engine,
    script::{MemorySource, notation},
};

use super::{
    super::{
        backtest::{Span, Verdict, run},
        evaluate::Around,
        shelf::MemoryShelf,
    },
    checking::read,
};

const MINUTE: i64 = 60_000;

fn replay(rules: &str, series: &[&str], minutes: i64) -> Vec<Verdict> {
    let checked = read(rules);
    assert!(checked.is_good(), "{:?}", checked.findings);
    let mut memory = MemorySource::default();
    for line in series {
        let (labels, items) = notation::series(line).unwrap();
        let samples = items.into_iter().enumerate().filter_map(|(at, item)| Some((i64::try_from(at).unwrap() * MINUTE, item.value?)));
        memory.load(labels, samples.collect());
    }
    let mut shelf = MemoryShelf { memory, below: None, engine: Engine::default() };
    let clock = ManualClock::at(jiff::Timestamp::UNIX_EPOCH);
    let span = Span { from_ms: 0, to_ms: minutes * MINUTE, interval_ms: MINUTE, heal_ms: 5 * MINUTE };
    run(&checked.groups, &mut shelf, &Around::default(), &clock, &span, &mut |_| true).unwrap()
}

const DOWN: &str = "groups:\n- name: g\n  rules:\n  - alert: Down\n    expr: up == 0\n";

#[test]
fn what_would_have_fired_is_counted_with_how_long_it_lasted() {
    // Down 3 minutes, up 2, down 2 (the same incident), up 30, down to the end.
    let found = replay(DOWN, &["up 1 0x2 1x1 0x1 1x29 0x9"], 47);
    let verdict = &found[0];
    assert_eq!((verdict.fired, verdict.healed, verdict.open, verdict.pages), (3, 2, 1, 2), "{verdict:?}");
    assert_eq!(verdict.firing_ms, (3 + 2 + 9) * MINUTE);
    assert_eq!(verdict.longest_ms, 9 * MINUTE);
    assert_eq!((verdict.evaluations, verdict.failed), (48, 0));
}

#[test]
fn alerts_of_one_service_at_once_page_once() {
    let found =
        replay(DOWN, &["up{i=\"1\",service=\"a\"} 0x9 1", "up{i=\"2\",service=\"a\"} 1 0x8 1", "up{i=\"3\",service=\"b\"} 0x9 1"], 10);
    assert_eq!((found[0].fired, found[0].pages), (3, 2));
}

#[test]
fn a_recorded_series_is_there_for_alerts_over_it() {
    let rules = "groups:\n- name: g\n  rules:\n  - record: r\n    expr: sum(x)\n  - alert: High\n    expr: r > 3\n    for: 2m\n";
    let found = replay(rules, &["x{i=\"1\"} 2x20", "x{i=\"2\"} 1x4 2x14"], 19);
    assert_eq!((found.len(), found[0].fired, found[0].open), (1, 1, 1));
    assert_eq!(found[0].firing_ms, (19 - 7) * MINUTE);
}

#[test]
fn what_cannot_be_evaluated_is_said() {
    let rules = "groups:\n- name: g\n  rules:\n  - alert: Broken\n    expr: a * on (k) b\n";
    let found = replay(rules, &["a{i=\"1\",k=\"1\"} 1x3", "b{i=\"1\",k=\"1\"} 1x3", "b{i=\"2\",k=\"1\"} 1x3"], 3);
    assert_eq!((found[0].evaluations, found[0].failed), (4, 4));
    assert!(found[0].error.is_some());
}
