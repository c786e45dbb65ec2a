#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::BTreeSet;

use evenkeel_core::id::TenantId;
use evenkeel_tsdb::{
    promql::{Engine, features, parse},
    script::{Command, Expect, MemorySource, Times, compare, source},
};

use super::*;

/// What is about every query, and therefore told of none.
const GENERAL: [&str; 5] = ["lookback", "staleness", "names", "NaN and Inf", "native histograms"];

#[test]
fn what_the_profile_expects_is_what_our_own_engine_answers() {
    let mut memory = MemorySource::default();
    for command in script::loads() {
        match command {
            Command::Load { step_ms, with_nhcb, series } => source::load(&mut memory, step_ms, with_nhcb, series),
            other => panic!("{other:?}"),
        }
    }
    let (engine, tenant) = (Engine::default(), TenantId::named("profile"));
    let mut wrong = Vec::new();
    for script::Question { query, eval, .. } in script::plan().questions {
        let answer = match eval.times {
            Times::Instant(at) => engine.instant(&memory, tenant, &eval.query, at),
            Times::Range { start, end, step } => engine.range(&memory, tenant, &eval.query, start, end, step),
        };
        let told = match answer {
            Err(_) if eval.expects.contains_key(&Expect::Fail) => continue,
            Err(error) => Err(error.to_string()),
            Ok(result) => compare::value(&eval, &result, compare::Histograms::Shown)
                .map_err(|error| format!("{error}\n{}", show::got(&result, script::grid(&eval)))),
        };
        wrong.extend(told.err().map(|error| format!("{query}\n{error}")));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_question_is_read_and_is_about_what_it_says() {
    let plan = script::plan();
    let text = include_str!("profile.test");
    assert_eq!(plan.questions.len(), text.lines().filter(|line| line.starts_with("eval")).count());
    assert!(plan.end_ms <= 10 * 60_000, "{}", plan.end_ms);
    for script::Question { feature, query, eval } in &plan.questions {
        assert_eq!(*query, eval.query);
        let expr = parse(&eval.query).unwrap_or_else(|error| panic!("{query}: {error}"));
        let fails = eval.expects.contains_key(&Expect::Fail);
        assert!(GENERAL.contains(feature) || fails || features(&expr).contains(feature), "{feature}: {query}");
    }
    assert!(plan.samples.keys().all(|name| name.starts_with("evenkeel_profile")), "reserved names only");
}

#[test]
fn a_query_is_warned_of_what_it_uses_and_of_nothing_else() {
    let differs = Outcome::Differs { expected: "0.2".to_owned(), got: "0.21".to_owned() };
    let check = |feature, query, outcome| Check { feature, query, outcome };
    let checks = vec![
        check("rate", "rate(x[1m])", Outcome::Exact),
        check("rate", "rate(y[1m])", differs),
        check("sum", "sum(x)", Outcome::Exact),
        check("@ end()", "x @ end()", Outcome::Refused("no @".to_owned())),
    ];
    let profile = Profile { version: "1.79".to_owned(), at_ms: 0, checks };
    assert_eq!(profile.exact(), 2);
    let state = State { profile: Some(Arc::new(profile)), trouble: None };
    let warned = |query: &str| state.warnings(EngineKind::VictoriaMetrics, query);
    assert_eq!(
        warned("sum(rate(http_requests_total[5m]))"),
        ["rate: VictoriaMetrics 1.79 is not Prometheus-exact (of rate(y[1m]) over samples of known values expected 0.2, got 0.21)"]
    );
    assert_eq!(warned("up @ end()").len(), 1);
    assert!(warned("sum(up)").is_empty());
    assert!(warned("rollup_rate(up[5m])").is_empty(), "nobody says what MetricsQL should yield");
    assert!(State::default().warnings(EngineKind::Mimir, "rate(a[1m])").is_empty(), "nothing is known yet");
    assert!(BTreeSet::from(GENERAL).is_disjoint(&features(&parse("sum(rate(a[1m]))").unwrap())));
}
