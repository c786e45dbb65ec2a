//! Prometheus' own `PromQL` tests (crates/tsdb/tests/data/promqltest, from its release 3.14.0), run against any engine over HTTP:
//! our own API over our store on disk, and Debian's prometheus and victoria-metrics.
//!
//! Prints one line a suite: of our own each failure with its reason, failing when fewer pass than `ratchet.txt` says
//! (`UPDATE_RATCHET=1` writes what is reached); of others, with `CONFORMANCE_OTHERS=1`, what failed by function.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod loaded;
mod other;
mod server;

use std::{collections::BTreeMap, fmt::Write as _, fs};

use evenkeel_observe::metric::remote::EngineKind;
use evenkeel_tsdb::{
    promql::{Value, features, parse},
    script::{self, Depth, Tally, compare::Histograms},
};
use other::Other;
use server::Server;

const DATA: &str = "../tsdb/tests/data/promqltest";
const RATCHET: &str = "tests/conformance/ratchet.txt";
/// Files about experiments, not about the core of the language.
const BEYOND_CORE: [&str; 7] =
    ["native_histograms", "extended_vectors", "type_and_unit", "info", "fill-modifier", "limit", "start_timestamps"];
/// The other engines, as `scripts/ensure.sh` installs them.
const OTHERS: [(EngineKind, &str); 2] = [(EngineKind::Prometheus, "prometheus"), (EngineKind::VictoriaMetrics, "victoria-metrics")];
/// Functions that are named where another engine fails most.
const NAMED_MAX: usize = 12;

/// Every script with its name.
fn scripts() -> Vec<(String, String)> {
    let only = std::env::var("PROMQLTEST").ok();
    let mut files: Vec<_> = fs::read_dir(DATA).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "test"));
    files.sort();
    let named = files.into_iter().map(|path| (path.file_stem().unwrap().to_string_lossy().into_owned(), fs::read_to_string(path).unwrap()));
    named.filter(|(name, _)| only.as_ref().is_none_or(|only| only == name)).collect()
}

/// What was reached by file, in sums.
#[derive(Default)]
struct Sums {
    all: Tally,
    core: Tally,
}

impl Sums {
    fn add(&mut self, name: &str, tally: &Tally) {
        self.all.add(tally);
        if !BEYOND_CORE.contains(&name) {
            self.core.add(tally);
        }
    }

    fn print(&self, engine: &str) {
        for (suite, tally) in [("core", &self.core), ("all", &self.all)] {
            println!("promqltest/{suite} {engine} {}", figures(tally));
        }
    }
}

fn figures(tally: &Tally) -> String {
    let left_out = if tally.left_out > 0 { format!(" ({} left out)", tally.left_out) } else { String::new() };
    format!("{}/{}{left_out}", tally.passed, tally.total)
}

fn ratchet() -> BTreeMap<String, usize> {
    let text = fs::read_to_string(RATCHET).unwrap_or_default();
    text.lines().filter_map(|line| line.split_once(' ')).map(|(name, passed)| (name.to_owned(), passed.trim().parse().unwrap())).collect()
}

#[tokio::test]
async fn prometheus_own_tests_pass_over_http_as_often_as_before() {
    let mut reached = BTreeMap::new();
    let mut sums = Sums::default();
    for (name, text) in scripts() {
        let tally = script::run(&text, &mut Server::start().await, Depth::Own(Histograms::Shown)).await;
        for failure in &tally.failures {
            println!("    {name}: line {}: {}\n        {}", failure.line, failure.query, failure.reason);
        }
        println!("promqltest/{name} embedded {}", figures(&tally));
        sums.add(&name, &tally);
        reached.insert(name, tally.passed);
    }
    sums.print("embedded");
    if std::env::var_os("PROMQLTEST").is_some() {
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

/// The engine's name with the version of its package: Debian's victoria-metrics keeps its own to itself.
fn named(program: &str) -> String {
    let told = std::process::Command::new("dpkg-query").args(["-W", "-f=${Version}", program]).output();
    let version = told.ok().and_then(|told| String::from_utf8(told.stdout).ok()).unwrap_or_default();
    let version: Vec<&str> = version.split(['.', '+', '-']).take(2).collect();
    if version.len() == 2 { format!("{program}-{}", version.join(".")) } else { program.to_owned() }
}

/// How often each function, operator or construct is in a query that failed.
fn by_feature(tally: &Tally) -> String {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for failure in &tally.failures {
        let Ok(expr) = parse(&failure.query) else {
            *counts.entry("no PromQL, yet answered").or_default() += 1;
            continue;
        };
        for feature in features(&expr) {
            *counts.entry(feature).or_default() += 1;
        }
    }
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    counts.iter().take(NAMED_MAX).map(|(feature, count)| format!("{feature} {count}")).collect::<Vec<_>>().join(", ")
}

#[tokio::test(flavor = "multi_thread")]
async fn other_engines_are_held_to_the_same() {
    if std::env::var_os("CONFORMANCE_OTHERS").is_none() {
        return;
    }
    for (kind, program) in OTHERS {
        let engine = named(program);
        let mut sums = Sums::default();
        for (name, text) in scripts() {
            let Some(mut other) = Other::start(kind).await else { break };
            let tally = script::run(&text, &mut other, Depth::Values).await;
            if std::env::var_os("CONFORMANCE_REASONS").is_some() {
                for failure in &tally.failures {
                    println!("    {engine} {name}: line {}: {}\n        {}", failure.line, failure.query, failure.reason);
                }
            }
            println!("    promqltest/{name} {engine} {}", figures(&tally));
            sums.add(&name, &tally);
        }
        if sums.all.total > 0 {
            println!("    {engine} fails at: {}", by_feature(&sums.core));
            sums.print(&engine);
        }
    }
}

/// The least that passes of two short scripts, so that moving the instants and reading the answers stay right.
#[tokio::test(flavor = "multi_thread")]
async fn other_engines_know_selectors_and_angles() {
    for ((kind, program), least) in OTHERS.into_iter().zip([90, 50]) {
        let mut sum = Tally::default();
        for file in ["selectors", "trig_functions"] {
            let Some(mut other) = Other::start(kind).await else { break };
            let text = fs::read_to_string(format!("{DATA}/{file}.test")).unwrap();
            sum.add(&script::run(&text, &mut other, Depth::Values).await);
        }
        if sum.total == 0 {
            continue;
        }
        println!("    {} {}", named(program), figures(&sum));
        let told: Vec<_> = sum.failures.iter().map(|failure| format!("{}: {}", failure.query, failure.reason)).collect();
        assert!(sum.total >= 50 && sum.passed * 100 >= sum.total * least, "{program} {}\n{}", figures(&sum), told.join("\n"));
    }
}

/// OpenTelemetry's example says delta temporality, which Prometheus does not take either: it is told, and the gauge is taken.
/// With cumulative temporality all of it is.
#[tokio::test]
async fn opentelemetry_s_example_is_taken_under_prometheus_names() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let example = fs::read_to_string("../tsdb/tests/data/otlp/metrics.json").unwrap();
    let cumulative = example.replace("\"aggregationTemporality\": 1", "\"aggregationTemporality\": 2");
    let all =
        ["my_counter_total", "my_exponential_histogram", "my_gauge_ratio", "my_histogram_bucket", "my_histogram_count", "my_histogram_sum"];
    let (mut passed, mut total) = (0, 0);
    for (text, names) in [(example, &all[2..3]), (cumulative, &all[..])] {
        total += 1;
        let server = Server::start().await;
        let request = reqwest::Client::new().post(server.url.join("/otlp/v1/metrics").unwrap()).header("content-type", "application/json");
        let answer = request.body(text).send().await.unwrap();
        let (status, told) = (answer.status().as_u16(), answer.text().await.unwrap());
        let found = server.ask("count by (__name__) ({__name__=~\"my_.+\"})", 1_544_712_660_300).await.unwrap().value;
        let Value::Vector(found) = found else { panic!("{found:?}") };
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
