//! Prometheus' own `PromQL` tests (tests/data/promqltest, from its release 3.14.0), run against our engine.
//!
//! Prints one line a file (`promqltest/<file> passed/total`) and each failure with its reason, and fails when fewer pass
//! than `ratchet.txt` says; `UPDATE_RATCHET=1` writes what is reached.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::float_cmp,
    missing_docs
)]

mod compare;
mod script;
mod variants;

use std::{collections::BTreeMap, fmt::Write as _, fs, path::Path};

use evenkeel_core::id::TenantId;
use evenkeel_tsdb::promql::{Control, Engine, QueryError, QueryResult, Sample, Value, ast::Expr, parse};
use evenkeel_tsdb::script::{MemorySource, source};
use script::{Command, Eval, Expect, Times};

const DATA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/promqltest");
const RATCHET: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/promqltest/ratchet.txt");
/// Files about experiments, not about the core of the language.
const BEYOND_CORE: [&str; 7] =
    ["native_histograms", "extended_vectors", "type_and_unit", "info", "fill-modifier", "limit", "start_timestamps"];

struct Runner {
    engine: Engine,
    tenant: TenantId,
    source: MemorySource,
}

impl Runner {
    fn instant(&self, query: &str, expr: &Expr, at: i64) -> Result<QueryResult, QueryError> {
        self.engine.instant_expr(&self.source, self.tenant, query, expr, at, &Control::default())
    }

    fn range(&self, query: &str, expr: &Expr, times: (i64, i64, i64)) -> Result<QueryResult, QueryError> {
        self.engine.range_expr(&self.source, self.tenant, query, expr, times, &Control::default())
    }

    fn eval(&self, eval: &Eval) -> Result<(), String> {
        let failure = |error: String| match eval.expects.get(&Expect::Fail) {
            Some(patterns) if patterns[0].matches(&error) => Ok(()),
            Some(patterns) => Err(format!("expected failure {:?}, got {error:?}", patterns[0])),
            None => Err(error),
        };
        let expr = match parse(&eval.query) {
            Ok(expr) => expr,
            Err(error) => return failure(error.message),
        };
        match eval.times {
            Times::Range { start, end, step } => {
                let result = match self.range(&eval.query, &expr, (start, end, step)) {
                    Ok(result) => result,
                    Err(error) => return failure(error.to_string()),
                };
                Self::compare(eval, &result)
            }
            Times::Instant(at) => {
                self.instant_eval(eval, &expr, at, &failure)?;
                for moved in variants::evaluation_times(&expr, at) {
                    // Through its text, as Prometheus' runner does: so printing is tested by every evaluation.
                    let pinned = variants::pinned(&expr, at);
                    let pinned = parse(&pinned.to_string()).map_err(|error| format!("{pinned}: {error}"))?;
                    self.instant_eval(eval, &pinned, moved, &failure).map_err(|error| format!("pinned, at {moved}: {error}"))?;
                }
                Ok(())
            }
        }
    }

    fn compare(eval: &Eval, result: &QueryResult) -> Result<(), String> {
        if eval.expects.contains_key(&Expect::Fail) {
            return Err(format!("expected failure, got {:?}", result.value));
        }
        compare::annotations(eval, result)?;
        compare::value(eval, result)
    }

    fn instant_eval(&self, eval: &Eval, expr: &Expr, at: i64, failure: &impl Fn(String) -> Result<(), String>) -> Result<(), String> {
        let result = match self.instant(&eval.query, expr, at) {
            Ok(result) => result,
            Err(error) => return failure(error.to_string()),
        };
        Self::compare(eval, &result)?;
        // The same as the middle step of a range, except where the order or the times of the query matter.
        let asks_times = ["start()", "end()", "range()", "step()"].iter().any(|word| eval.query.contains(word));
        if eval.range_vector.is_some() || eval.text.is_some() || asks_times {
            return Ok(());
        }
        let range = self.range(&eval.query, expr, (at - 60_000, at + 60_000, 60_000)).map_err(|error| format!("range mode: {error}"))?;
        if eval.expects.contains_key(&Expect::Ordered) {
            return Ok(());
        }
        let Value::Matrix(matrix) = &range.value else { return Err("range mode: no matrix".to_owned()) };
        let mut middle = Vec::new();
        for series in matrix {
            let floats = series.floats.iter().filter(|(when, _)| *when == at).map(|(_, value)| Sample::Float(*value));
            let histograms = series.histograms.iter().filter(|(when, _)| *when == at).map(|(_, value)| Sample::Histogram(value.clone()));
            middle.extend(floats.chain(histograms).map(|sample| (series.labels.clone(), sample)));
        }
        if let Value::Scalar(_) = result.value {
            return match middle.as_slice() {
                [(_, Sample::Float(value))] if eval.scalar.is_some_and(|expected| compare::nearly(expected, *value)) => Ok(()),
                other => Err(format!("range mode: expected {:?}, got {other:?}", eval.scalar)),
            };
        }
        compare::vector(eval, &middle, false).map_err(|error| format!("range mode: {error}"))
    }
}

/// Passed, total, and what failed.
fn run_file(path: &Path) -> (usize, usize, Vec<String>) {
    let mut runner = Runner { engine: Engine::default(), tenant: TenantId::named("promqltest"), source: MemorySource::default() };
    let (mut passed, mut total, mut failures) = (0, 0, Vec::new());
    for command in script::parse(&fs::read_to_string(path).unwrap()) {
        match command {
            Command::Clear => runner.source.clear(),
            Command::Load { step_ms, with_nhcb, series } => source::load(&mut runner.source, step_ms, with_nhcb, series),
            Command::Unreadable { line, eval, reason } => {
                total += usize::from(eval);
                failures.push(format!("line {line}: cannot be read: {reason}"));
            }
            Command::Eval(eval) => {
                total += 1;
                match runner.eval(&eval) {
                    Ok(()) => passed += 1,
                    Err(reason) => failures.push(format!("line {}: {}\n        {}", eval.line, eval.query, shortened(&reason))),
                }
            }
        }
    }
    (passed, total, failures)
}

fn shortened(text: &str) -> String {
    text.chars().take(600).collect()
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
        let (passed, total, failures) = run_file(&path);
        for failure in failures {
            println!("    {name}: {failure}");
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
