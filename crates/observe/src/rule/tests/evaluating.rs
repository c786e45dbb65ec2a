//! Groups over series in memory.

use evenkeel_core::time::ManualClock;
use evenkeel_tsdb::{
    promql::Engine,
    script::{MemorySource, notation},
};

use super::{
    super::{
        evaluate::{Around, Changed, Memory, evaluate},
        instance::Change,
        model::Group,
        shelf::{self, MemoryShelf, Shelf},
    },
    checking::read,
};

struct Bench {
    group: Group,
    memories: Vec<Memory>,
    shelf: MemoryShelf,
}

const MINUTE: i64 = 60_000;

impl Bench {
    fn new(rules: &str, series: &[&str]) -> Self {
        let checked = read(rules);
        assert!(checked.is_good(), "{:?}", checked.findings);
        let group = checked.groups[0].clone();
        let mut memory = MemorySource::default();
        for line in series {
            let (labels, items) = notation::series(line).unwrap();
            let samples = items.into_iter().enumerate().filter_map(|(at, item)| Some((i64::try_from(at).unwrap() * MINUTE, item.value?)));
            memory.load(labels, samples.collect());
        }
        let memories = vec![Memory::default(); group.rules.len()];
        Self { group, memories, shelf: MemoryShelf { memory, below: None, engine: Engine::default() } }
    }

    fn at(&mut self, minute: i64) -> Vec<Changed> {
        let clock = ManualClock::at(jiff::Timestamp::UNIX_EPOCH);
        evaluate(&self.group, &mut self.memories, &mut self.shelf, &Around::default(), &clock, minute * MINUTE)
    }

    fn run(&mut self, from: i64, to: i64) -> Vec<(i64, bool)> {
        let mut told = Vec::new();
        for minute in from..=to {
            for changed in self.at(minute) {
                told.push((minute, matches!(changed.change, Change::Fired(_))));
            }
        }
        told
    }

    fn ask(&self, query: &str, minute: i64) -> Vec<String> {
        let expr = evenkeel_tsdb::promql::parse(query).unwrap();
        let answer = self.shelf.ask(query, &expr, minute * MINUTE).unwrap();
        answer
            .iter()
            .map(|(labels, sample)| {
                let pairs: Vec<String> = labels.iter().map(|(name, value)| format!("{name}={value}")).collect();
                format!("{} {}", pairs.join(","), shelf::float(sample))
            })
            .collect()
    }
}

#[test]
fn a_rule_sees_what_those_before_it_wrote() {
    let mut bench = Bench::new(
        "groups:\n- name: g\n  rules:\n  - record: a:sum\n    expr: sum(x)\n  - record: b:double\n    expr: a:sum * 2\n    labels: { k: v }\n",
        &["x{i=\"1\"} 1x5", "x{i=\"2\"} 2x5"],
    );
    bench.at(1);
    assert_eq!(bench.ask("b:double", 1), ["__name__=b:double,k=v 6"]);
}

#[test]
fn what_a_rule_does_not_have_any_more_is_ended() {
    let mut bench =
        Bench::new("groups:\n- name: g\n  rules:\n  - record: y\n    expr: x > 0\n", &["x{i=\"1\"} 1 1 0 0", "x{i=\"2\"} 1 1 1 1"]);
    bench.run(0, 2);
    assert_eq!(bench.ask("y", 2), ["__name__=y,i=2 1"]);
    assert_eq!(bench.ask("y", 1).len(), 2);
}

#[test]
fn alerts_are_series_too() {
    let mut bench = Bench::new(
        "groups:\n- name: g\n  rules:\n  - alert: A\n    expr: x > 0\n    for: 1m\n    labels: { severity: page }\n",
        &["x{i=\"1\"} 1 1 1 0"],
    );
    bench.at(0);
    assert_eq!(bench.ask("ALERTS", 0), ["__name__=ALERTS,alertname=A,alertstate=pending,i=1,severity=page 1"]);
    bench.at(1);
    assert_eq!(bench.ask("ALERTS", 1), ["__name__=ALERTS,alertname=A,alertstate=firing,i=1,severity=page 1"]);
    assert_eq!(bench.ask("ALERTS_FOR_STATE", 1), ["__name__=ALERTS_FOR_STATE,alertname=A,i=1,severity=page 0"]);
    bench.run(2, 3);
    assert!(bench.ask("ALERTS", 3).is_empty());
}

#[test]
fn labels_of_a_rule_see_the_sample_and_an_empty_one_goes() {
    let mut bench = Bench::new(
        "groups:\n- name: g\n  rules:\n  - alert: A\n    expr: x\n    labels: { i: '', what: '{{ $labels.__name__ }}-{{ $value }}' }\n    annotations: { summary: '{{ with query \"x\" }}{{ . | first | value | humanize }}{{ end }}' }\n",
        &["x{i=\"1\"} 1500"],
    );
    bench.at(0);
    let (labels, instance) = bench.memories[0].instances.iter().next().unwrap();
    assert_eq!(labels.get("i"), None);
    assert_eq!(labels["what"], "x-1500");
    assert_eq!(instance.annotations["summary"], "1.5k");
}

#[test]
fn what_cannot_be_told_apart_is_a_failure_and_not_a_guess() {
    let mut bench = Bench::new(
        "groups:\n- name: g\n  rules:\n  - alert: A\n    expr: x\n    labels: { i: '' }\n  - record: b\n    expr: x\n",
        &["x{i=\"1\"} 1", "x{i=\"2\"} 1"],
    );
    bench.at(0);
    assert!(bench.memories[0].health.error.as_ref().unwrap().contains("same labelset after applying alert labels"));
    assert_eq!(bench.memories[1].health.error, None, "the next rule goes on");
    assert_eq!(bench.ask("b", 0).len(), 2);
}

#[test]
fn limits_hold_and_what_fires_is_not_forgotten_over_one() {
    let mut bench = Bench::new(
        "groups:\n- name: g\n  limit: 1\n  rules:\n  - alert: A\n    expr: x > 0\n  - record: b\n    expr: x\n",
        &["x{i=\"1\"} 1 1 1", "x{i=\"2\"} 0 1 0"],
    );
    assert_eq!(bench.at(0).len(), 1);
    assert_eq!(bench.at(1), []);
    assert_eq!(bench.memories[0].health.error.as_deref(), Some("exceeded limit of 1 with 2 alerts"));
    assert_eq!(bench.memories[1].health.error.as_deref(), Some("exceeded limit of 1 with 2 series"));
    assert_eq!(bench.memories[0].instances.len(), 1);
    assert_eq!(bench.at(2), []);
}

#[test]
fn hysteresis_by_number_holds_between_the_two() {
    let mut bench = Bench::new(
        "groups:\n- name: g\n  rules:\n  - alert: A\n    expr: x > 5\n    annotations: { evenkeel_clear_at: '3' }\n",
        &["x 1 4 6 4 6 4 2 4"],
    );
    assert_eq!(bench.run(0, 7), [(2, true), (6, false)]);
    let mut plain = Bench::new("groups:\n- name: g\n  rules:\n  - alert: A\n    expr: x > 5\n", &["x 1 4 6 4 6 4 2 4"]);
    assert_eq!(plain.run(0, 7), [(2, true), (3, false), (4, true), (5, false)]);
}

#[test]
fn a_quiet_service_does_not_fire() {
    let rules = "groups:\n- name: g\n  rules:\n  - alert: A\n    expr: errors / requests > 0.5\n    annotations: { evenkeel_events_expr: 'sum by (job) (requests)', evenkeel_min_events: '10' }\n";
    let mut bench = Bench::new(
        rules,
        &["errors{job=\"a\"} 1 6 1", "requests{job=\"a\"} 1 11 1", "errors{job=\"b\"} 1 1 1", "requests{job=\"b\"} 1 1 1"],
    );
    assert_eq!(bench.run(0, 2), [(1, true)], "one error of one request is no alert; and it clears by the query alone");
}

#[test]
fn an_offset_moves_the_question_and_what_is_written() {
    let mut bench = Bench::new("groups:\n- name: g\n  query_offset: 1m\n  rules:\n  - record: y\n    expr: x\n", &["x 1 2 3"]);
    bench.at(2);
    assert_eq!(bench.ask("y", 1), ["__name__=y 2"]);
}

#[test]
fn what_is_remembered_survives_being_written_down() {
    let mut bench = Bench::new("groups:\n- name: g\n  rules:\n  - alert: A\n    expr: x > 0\n    for: 2m\n", &["x{i=\"1\"} 1 1 1 +Inf"]);
    bench.run(0, 1);
    let text = serde_json::to_string(&bench.memories).unwrap();
    bench.memories = serde_json::from_str(&text).unwrap();
    assert_eq!(bench.run(2, 3), [(2, true)]);
    let text = serde_json::to_string(&bench.memories).unwrap();
    let again: Vec<Memory> = serde_json::from_str(&text).unwrap();
    assert!(again[0].instances.values().all(|instance| instance.value == f64::INFINITY));
}
