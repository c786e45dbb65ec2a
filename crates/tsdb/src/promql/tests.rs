#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use evenkeel_core::{
    id::TenantId,
    time::{ManualClock, from_micros},
};

use proptest::prelude::*;

use super::{Control, Engine, LimitKind, Limits, QueryError, Value, parse};
use crate::source::{Cursor, Labels, Matcher, ReadError, Samples, Source};

/// Counters of many instances: sample every 15 s for an hour, each with its own slope.
struct Fleet {
    labels: Vec<Labels>,
}

struct Instance<'a> {
    labels: &'a Labels,
    slope: f64,
    from_ms: i64,
    to_ms: i64,
}

impl Fleet {
    fn of(instances: usize) -> Self {
        let labels = (0..instances).map(|i| {
            let pairs = [("__name__", "requests_total".to_owned()), ("instance", format!("i{i}")), ("group", format!("g{}", i % 7))];
            Labels::new(pairs.into_iter().map(|(name, value)| (Arc::from(name), Arc::from(value))))
        });
        Self { labels: labels.collect() }
    }
}

impl Cursor for Instance<'_> {
    fn labels(&self) -> &Labels {
        self.labels
    }

    fn read(&mut self, into: &mut Samples) -> Result<(), ReadError> {
        into.clear();
        for at in (0..=3_600_000_i64).step_by(15_000).filter(|at| (self.from_ms..=self.to_ms).contains(at)) {
            into.at_ms.push(at);
            into.values.push(self.slope * at as f64 / 1000.0);
        }
        Ok(())
    }
}

impl Source for Fleet {
    fn select(
        &self,
        _tenant: TenantId,
        matchers: &[Matcher],
        from_ms: i64,
        to_ms: i64,
        _series_max: usize,
    ) -> Result<Vec<Box<dyn Cursor + '_>>, ReadError> {
        let found = self.labels.iter().enumerate().filter(|(_, labels)| matchers.iter().all(|m| m.matches(labels.get(&m.name))));
        Ok(found.map(|(i, labels)| Box::new(Instance { labels, slope: 0.1 + i as f64, from_ms, to_ms }) as Box<dyn Cursor + '_>).collect())
    }
}

fn tenant() -> TenantId {
    TenantId::named("tests")
}

fn engine(change: impl FnOnce(&mut Limits)) -> Engine {
    let mut limits = Limits::default();
    change(&mut limits);
    Engine::new(limits)
}

#[test]
fn two_threads_yield_what_one_yields() {
    let fleet = Fleet::of(1_000);
    for query in [
        "sum by (group) (rate(requests_total[5m]))",
        "requests_total / on (instance) group_left () requests_total",
        "topk(3, rate(requests_total[1m]))",
        "avg_over_time(requests_total[10m:1m])",
        "quantile(0.9, requests_total)",
    ] {
        let with =
            |threads| engine(|limits| limits.threads = threads).range(&fleet, tenant(), query, 1_800_000, 3_000_000, 60_000).unwrap();
        let (one, two) = (with(1), with(2));
        assert!(matches!(&one.value, Value::Matrix(series) if !series.is_empty()), "{query}");
        assert_eq!(one, two, "{query}");
    }
}

#[test]
fn every_limit_is_named_when_it_stops_a_query() {
    let fleet = Fleet::of(300);
    let kind = |engine: Engine, query: &str| match engine.range(&fleet, tenant(), query, 0, 3_600_000, 15_000) {
        Err(QueryError::Limit(kind, text)) => (kind, text),
        other => panic!("{query}: {other:?}"),
    };
    let cases = [
        (engine(|limits| limits.samples_max = 1_000), LimitKind::Samples, "samples_max"),
        (engine(|limits| limits.series_max = 100), LimitKind::Series, "series_max"),
        (engine(|limits| limits.steps_max = 100), LimitKind::Steps, "steps_max"),
        (engine(|limits| limits.points_max = 10_000), LimitKind::Points, "points_max"),
    ];
    for (engine, expected, name) in cases {
        let (found, text) = kind(engine, "requests_total + 1");
        assert_eq!(found, expected);
        assert!(text.contains(name), "{text}");
    }
}

#[test]
fn a_query_stops_when_it_is_cancelled_or_late() {
    let fleet = Fleet::of(300);
    let expr = parse("sum(requests_total)").unwrap();
    let run = |control: &Control| Engine::default().instant_expr(&fleet, tenant(), "", &expr, 60_000, control);
    let flag = Arc::new(AtomicBool::new(false));
    let cancellable = Control { cancelled: Some(Arc::clone(&flag)), deadline: None };
    assert!(run(&cancellable).is_ok());
    flag.store(true, Ordering::Relaxed);
    assert_eq!(run(&cancellable), Err(QueryError::Cancelled));
    let clock = Arc::new(ManualClock::at(from_micros(2_000_000)));
    assert!(run(&Control { cancelled: None, deadline: Some((clock.clone(), from_micros(3_000_000))) }).is_ok());
    assert_eq!(run(&Control { cancelled: None, deadline: Some((clock, from_micros(1_000_000))) }), Err(QueryError::TimedOut));
}

#[test]
fn long_windows_sum_as_single_samples_do() {
    let fleet = Fleet::of(1);
    // 3,600 samples at a step of a second: taken run by run.
    let query = "sum_over_time(time()[1h:1s]) - 0 or sum_over_time(vector(time())[1h:1s])";
    assert!(parse(query).is_err());
    let result = Engine::default().instant(&fleet, tenant(), "sum_over_time(vector(time())[1h:1s])", 3_600_000).unwrap();
    let Value::Vector(vector) = result.value else { panic!() };
    assert_eq!(vector[0].1, super::Sample::Float((1..=3_600).map(f64::from).sum()));
}

#[test]
fn a_range_must_go_forward() {
    let fleet = Fleet::of(1);
    for (start, end, step) in [(10, 0, 1), (0, 10, 0), (0, 10, -1)] {
        assert!(matches!(Engine::default().range(&fleet, tenant(), "1", start, end, step), Err(QueryError::Range(_))));
    }
    assert!(matches!(Engine::default().range(&fleet, tenant(), "x[5m]", 0, 10, 1), Err(QueryError::Range(_))));
}

#[test]
fn the_deepest_query_that_parses_can_be_evaluated() {
    let fleet = Fleet::of(2);
    let wrapped = |open: &str, close: &str, count: usize| format!("{}requests_total{}", open.repeat(count), close.repeat(count));
    let deepest =
        |open: &str, close: &str| (1..400).rev().map(|count| wrapped(open, close, count)).find(|text| parse(text).is_ok()).unwrap();
    for (open, close) in [("abs(", ")"), ("(1 + ", ")"), ("sum by (instance) (", ")"), ("-", ""), ("max_over_time(", "[1m:1m])")] {
        let text = deepest(open, close);
        let result = Engine::default().range(&fleet, tenant(), &text, 1_800_000, 1_860_000, 60_000);
        assert!(result.is_ok(), "{open}: {result:?}");
    }
    let chain = (1..400).rev().map(|count| vec!["requests_total"; count].join(" or ")).find(|text| parse(text).is_ok()).unwrap();
    assert!(Engine::default().instant(&fleet, tenant(), &chain, 1_800_000).is_ok());
}

#[test]
fn times_and_durations_at_the_edge_are_refused_or_answered() {
    let fleet = Fleet::of(1);
    for text in [
        "requests_total @ 8e12",
        "requests_total @ -8e12",
        "rate(requests_total[200000y])",
        "requests_total offset -200000y",
        "sum_over_time(requests_total[5m:step()])",
    ] {
        let result = Engine::default().instant(&fleet, tenant(), text, 1_800_000);
        assert!(matches!(result, Ok(_) | Err(QueryError::Limit(..))), "{text}: {result:?}");
    }
    for text in ["requests_total @ 1e18", "requests_total[0s]", "requests_total[5m - 1h]", "requests_total offset 1e300"] {
        let result = Engine::default().instant(&fleet, tenant(), text, 1_800_000);
        assert!(matches!(result, Err(QueryError::Evaluation(_) | QueryError::Parse(_))), "{text}: {result:?}");
    }
    assert!(matches!(Engine::default().instant(&fleet, tenant(), "1", i64::MAX), Err(QueryError::Range(_))));
    assert!(matches!(Engine::default().instant(&fleet, tenant(), "1", i64::MIN), Err(QueryError::Range(_))));
}

/// Queries that parse, of every kind that meets in practice.
fn queries() -> impl Strategy<Value = String> {
    let leaf = prop::sample::select(vec![
        "requests_total",
        "requests_total{group=\"g1\"}",
        "requests_total offset 90s",
        "requests_total @ 1500",
        "rate(requests_total[5m])",
        "increase(requests_total[90s] offset 1m)",
        "vector(time())",
        "absent(nothing)",
    ])
    .prop_map(str::to_owned);
    leaf.prop_recursive(4, 24, 3, |inner| {
        let one = prop::sample::select(vec![
            "-(X)",
            "abs(X)",
            "sum by (group) (X)",
            "avg without (instance) (X)",
            "count(X)",
            "stddev(X)",
            "quantile(0.3, X)",
            "(X) > 100",
            "(X) <= bool 100",
            "2 ^ (X)",
            "max_over_time((X)[4m:1m])",
            "rate((X)[5m:30s])",
            "scalar(X) + (X)",
            "clamp(X, 1, 50)",
            "timestamp(X)",
            "label_replace(X, \"g\", \"$1\", \"group\", \"g(.)\")",
            "topk(2, X)",
            "limitk(2, X)",
            "round(X, 0.5)",
            "count_values(\"v\", X)",
            "histogram_quantile(0.9, X)",
            "absent_over_time((X)[2m:1m])",
            "sort(X)",
        ]);
        let two = prop::sample::select(vec![
            "(X) + (Y)",
            "(X) / ignoring (instance) group_left () (Y)",
            "(X) and on (group) (Y)",
            "(X) or (Y)",
            "(X) unless (Y)",
            "(X) * on (instance) (Y)",
            "(X) == (Y)",
            "(X) - fill(0) (Y)",
        ]);
        prop_oneof![
            (one, inner.clone()).prop_map(|(shape, x)| shape.replace('X', &x)),
            (two, inner.clone(), inner).prop_map(|(shape, x, y)| shape.replace('X', "\u{1}").replace('Y', &y).replace('\u{1}', &x)),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn an_instant_is_a_step_of_a_range_and_printing_changes_nothing(query in queries()) {
        let fleet = Fleet::of(9);
        let at = 1_800_000;
        let expr = parse(&query).unwrap();
        let printed = expr.to_string();
        let instant = Engine::default().instant(&fleet, tenant(), &query, at);
        let again = Engine::default().instant(&fleet, tenant(), &printed, at);
        prop_assert_eq!(format!("{:?}", instant.as_ref().map(|result| &result.value)), format!("{:?}", again.as_ref().map(|result| &result.value)));
        let range = Engine::default().range(&fleet, tenant(), &query, at - 60_000, at + 60_000, 60_000);
        if let (Ok(instant), Ok(range)) = (instant, range) {
            let Value::Vector(mut vector) = instant.value else { panic!() };
            vector.sort_by(|a, b| a.0.cmp(&b.0));
            let Value::Matrix(matrix) = range.value else { panic!() };
            let mut step = Vec::new();
            for series in matrix {
                step.extend(series.floats.iter().filter(|(when, _)| *when == at).map(|(_, value)| (series.labels.clone(), super::Sample::Float(*value))));
            }
            prop_assert_eq!(format!("{:?}", vector), format!("{:?}", step));
        }
    }
}
