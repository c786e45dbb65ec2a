//! Prometheus' own `PromQL` tests (tests/data/promqltest, from its release 3.14.0), run against our engine over memory.
//!
//! Prints one line a file (`promqltest/<file> passed/total`) and each failure with its reason, and fails when fewer pass
//! than `ratchet.txt` says; `UPDATE_RATCHET=1` writes what is reached.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    fs,
    pin::pin,
    task::{Context, Poll, Waker},
};

use evenkeel_core::id::TenantId;
use evenkeel_tsdb::{
    promql::{Control, Engine, ParseError, QueryError, QueryResult, ast::Expr, parse},
    script::{self, Command, Depth, Item, MemorySource, Subject, compare::Histograms, source},
    source::Labels,
};

const DATA: &str = "tests/data/promqltest";
const RATCHET: &str = "tests/promqltest/ratchet.txt";
/// Files about experiments, not about the core of the language.
const BEYOND_CORE: [&str; 7] =
    ["native_histograms", "extended_vectors", "type_and_unit", "info", "fill-modifier", "limit", "start_timestamps"];

#[derive(Default)]
struct Memory {
    engine: Engine,
    source: MemorySource,
}

impl Memory {
    fn ask(
        &self,
        query: &str,
        by: impl FnOnce(&Engine, &MemorySource, &Expr) -> Result<QueryResult, QueryError>,
    ) -> Result<QueryResult, String> {
        let expr = parse(query).map_err(|ParseError { message, .. }| message)?;
        by(&self.engine, &self.source, &expr).map_err(|error| error.to_string())
    }
}

impl Subject for Memory {
    async fn clear(&mut self) {
        self.source.clear();
    }

    async fn load(&mut self, step_ms: i64, with_nhcb: bool, series: Vec<(Labels, Vec<Item>)>) {
        source::load(&mut self.source, step_ms, with_nhcb, series);
    }

    async fn query(&self, query: &str, at_ms: i64) -> Result<QueryResult, String> {
        let tenant = TenantId::named("promqltest");
        self.ask(query, |engine, source, expr| engine.instant_expr(source, tenant, query, expr, at_ms, &Control::default()))
    }

    async fn query_range(&self, query: &str, span: (i64, i64, i64)) -> Result<QueryResult, String> {
        let tenant = TenantId::named("promqltest");
        self.ask(query, |engine, source, expr| engine.range_expr(source, tenant, query, expr, span, &Control::default()))
    }
}

/// What waits for nothing is done when it is asked once.
fn at_once<T>(work: impl Future<Output = T>) -> T {
    match pin!(work).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(done) => done,
        Poll::Pending => panic!("memory does not wait"),
    }
}

#[test]
fn prometheus_own_tests_pass_as_often_as_before() {
    let only = std::env::var("PROMQLTEST").ok();
    let mut files: Vec<_> = fs::read_dir(DATA).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "test"));
    files.sort();
    let before = ratchet();
    let mut reached = BTreeMap::new();
    let (mut all, mut core) = ((0, 0), (0, 0));
    for path in files {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        if only.as_ref().is_some_and(|only| *only != name) {
            continue;
        }
        let tally = at_once(script::run(&fs::read_to_string(&path).unwrap(), &mut Memory::default(), Depth::Own(Histograms::Whole)));
        let (passed, total) = (tally.passed, tally.total);
        for failure in tally.failures {
            println!("    {name}: line {}: {}\n        {}", failure.line, failure.query, failure.reason);
        }
        println!("promqltest/{name} {passed}/{total}");
        all = (all.0 + passed, all.1 + total);
        if !BEYOND_CORE.contains(&name.as_str()) {
            core = (core.0 + passed, core.1 + total);
        }
        reached.insert(name, passed);
    }
    println!("promqltest core {}/{}", core.0, core.1);
    println!("promqltest {}/{}", all.0, all.1);
    if only.is_some() {
        return;
    }
    if std::env::var_os("UPDATE_RATCHET").is_some() {
        let mut text = String::new();
        for (name, passed) in &reached {
            writeln!(text, "{name} {passed}").unwrap();
        }
        fs::write(RATCHET, text).unwrap();
        return;
    }
    let worse: Vec<_> = before.iter().filter(|(name, passed)| reached.get(*name).is_none_or(|now| now < *passed)).collect();
    assert!(worse.is_empty(), "fewer pass than before: {worse:?}");
}

#[test]
fn every_query_is_the_same_after_printing_and_parsing_it_again() {
    for entry in fs::read_dir(DATA).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "test") {
            continue;
        }
        for command in script::parse(&fs::read_to_string(&path).unwrap()) {
            let Command::Eval(eval) = command else { continue };
            let Ok(expr) = parse(&eval.query) else { continue };
            let printed = expr.to_string();
            let again = parse(&printed).unwrap_or_else(|error| panic!("{}\n{printed}\n{error}", eval.query));
            assert_eq!(printed, again.to_string(), "{}", eval.query);
        }
    }
}

fn ratchet() -> BTreeMap<String, usize> {
    let text = fs::read_to_string(RATCHET).unwrap_or_default();
    text.lines().filter_map(|line| line.split_once(' ')).map(|(name, passed)| (name.to_owned(), passed.trim().parse().unwrap())).collect()
}
