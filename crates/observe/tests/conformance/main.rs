//! Prometheus' own `PromQL` tests (crates/tsdb/tests/data/promqltest, from its release 3.14.0) through our HTTP API and our
//! store on disk: loaded sample by sample as a scrape would, asked by POST, compared with what the JSON says.
//!
//! Prints one line a suite and each failure with its reason, and fails when fewer pass than `ratchet.txt` says;
//! `UPDATE_RATCHET=1` writes what is reached.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    clippy::float_cmp,
    dead_code,
    missing_docs
)]

mod answer;
mod compare;
#[path = "../../../tsdb/tests/promqltest/script.rs"]
mod script;
mod server;
#[path = "../../../tsdb/tests/promqltest/variants.rs"]
mod variants;

use std::{collections::BTreeMap, fmt::Write as _, fs, path::Path};

use answer::{Answer, Data};
use evenkeel_tsdb::promql::parse;
use script::{Command, Eval, Expect, Times};
use server::Server;

const DATA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../tsdb/tests/data/promqltest");
const RATCHET: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/conformance/ratchet.txt");
/// Files about experiments, not about the core of the language.
const BEYOND_CORE: [&str; 7] =
    ["native_histograms", "extended_vectors", "type_and_unit", "info", "fill-modifier", "limit", "start_timestamps"];

/// The answer as expected, or why not.
fn check(eval: &Eval, answer: Result<Answer, String>) -> Result<(), String> {
    match (answer, eval.expects.get(&Expect::Fail)) {
        (Err(error), Some(patterns)) if patterns[0].matches(&error) => Ok(()),
        (Err(error), Some(patterns)) => Err(format!("expected failure {:?}, got {error:?}", patterns[0])),
        (Err(error), None) => Err(error),
        (Ok(answer), Some(_)) => Err(format!("expected failure, got {:?}", answer.data)),
        (Ok(answer), None) => {
            compare::annotations(eval, &answer)?;
            compare::value(eval, &answer.data)
        }
    }
}

async fn instant(server: &Server, eval: &Eval, query: &str, at: i64) -> Result<(), String> {
    let answer = server.query(query, at).await;
    let ended = answer.is_err();
    let scalar = matches!(answer, Ok(Answer { data: Data::Scalar(_), .. }));
    check(eval, answer)?;
    // The same as the middle step of a range, except where the order or the times of the query matter.
    let asks_times = ["start()", "end()", "range()", "step()"].iter().any(|word| eval.query.contains(word));
    if ended || eval.range_vector.is_some() || eval.text.is_some() || asks_times || eval.expects.contains_key(&Expect::Ordered) {
        return Ok(());
    }
    let range = server.query_range(query, (at - 60_000, at + 60_000, 60_000)).await.map_err(|error| format!("range mode: {error}"))?;
    let Data::Matrix(matrix) = range.data else { return Err("range mode: no matrix".to_owned()) };
    let middle: Vec<_> =
        matrix.into_iter().filter_map(|(labels, points)| Some((labels, points.into_iter().find(|(when, _)| *when == at)?.1))).collect();
    let compared = if scalar { compare::only(eval, &middle) } else { compare::vector(eval, &middle, false) };
    compared.map_err(|error| format!("range mode: {error}"))
}

async fn evaluate(server: &Server, eval: &Eval) -> Result<(), String> {
    match eval.times {
        Times::Range { start, end, step } => check(eval, server.query_range(&eval.query, (start, end, step)).await),
        Times::Instant(at) => {
            instant(server, eval, &eval.query, at).await?;
            let Ok(expr) = parse(&eval.query) else { return Ok(()) };
            let pinned = variants::pinned(&expr, at).to_string();
            for moved in variants::evaluation_times(&expr, at) {
                instant(server, eval, &pinned, moved).await.map_err(|error| format!("pinned, at {moved}: {error}"))?;
            }
            Ok(())
        }
    }
}

/// Passed, total, and what failed.
async fn run_file(path: &Path) -> (usize, usize, Vec<String>) {
    let mut server = Server::new();
    let (mut passed, mut total, mut failures) = (0, 0, Vec::new());
    for command in script::parse(&fs::read_to_string(path).unwrap()) {
        match command {
            Command::Clear => server.clear(),
            Command::Load { step_ms, with_nhcb, series } => server.load(step_ms, with_nhcb, series),
            Command::Unreadable { line, eval, reason } => {
                total += usize::from(eval);
                failures.push(format!("line {line}: cannot be read: {reason}"));
            }
            Command::Eval(eval) => {
                total += 1;
                match evaluate(&server, &eval).await {
                    Ok(()) => passed += 1,
                    Err(reason) => {
                        let reason: String = reason.chars().take(500).collect();
                        failures.push(format!("line {}: {}\n        {reason}", eval.line, eval.query));
                    }
                }
            }
        }
    }
    (passed, total, failures)
}

fn ratchet() -> BTreeMap<String, usize> {
    let text = fs::read_to_string(RATCHET).unwrap_or_default();
    text.lines().filter_map(|line| line.split_once(' ')).map(|(name, passed)| (name.to_owned(), passed.trim().parse().unwrap())).collect()
}

#[tokio::test]
async fn prometheus_own_tests_pass_over_http_as_often_as_before() {
    let only = std::env::var("PROMQLTEST").ok();
    let mut files: Vec<_> = fs::read_dir(DATA).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "test"));
    files.sort();
    let mut reached = BTreeMap::new();
    let (mut all, mut core) = ((0, 0), (0, 0));
    for path in files {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        if only.as_ref().is_some_and(|only| *only != name) {
            continue;
        }
        let (passed, total, failures) = run_file(&path).await;
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
    println!("promqltest-core {}/{}", core.0, core.1);
    println!("promqltest-all {}/{}", all.0, all.1);
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
    let worse: Vec<_> = ratchet().into_iter().filter(|(name, passed)| reached.get(name).is_none_or(|now| now < passed)).collect();
    assert!(worse.is_empty(), "fewer pass than before: {worse:?}");
}

/// OpenTelemetry's example says delta temporality, which Prometheus does not take either: it is told, and the gauge is taken.
/// With cumulative temporality all of it is.
#[tokio::test]
async fn opentelemetry_s_example_is_taken_under_prometheus_names() {
    let example = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../tsdb/tests/data/otlp/metrics.json")).unwrap();
    let cumulative = example.replace("\"aggregationTemporality\": 1", "\"aggregationTemporality\": 2");
    let all =
        ["my_counter_total", "my_exponential_histogram", "my_gauge_ratio", "my_histogram_bucket", "my_histogram_count", "my_histogram_sum"];
    let (mut passed, mut total) = (0, 0);
    for (text, names) in [(example, &all[2..3]), (cumulative, &all[..])] {
        total += 1;
        let server = Server::new();
        let (status, told) = server.post("/otlp/v1/metrics", "application/json", text).await;
        let at = 1_544_712_660_300;
        let found = server.query("count by (__name__) ({__name__=~\"my_.+\"})", at).await.map(|answer| answer.data);
        let Ok(Data::Vector(found)) = found else { panic!("{found:?}") };
        let mut got: Vec<String> = found.iter().map(|(labels, _)| labels.get("__name__").to_owned()).collect();
        got.sort();
        if status == 200 && got == names {
            passed += 1;
        } else {
            println!("    otlp-examples: {status} {told}: {got:?}");
        }
    }
    println!("otlp-examples {passed}/{total}");
    assert_eq!(passed, total);
}
