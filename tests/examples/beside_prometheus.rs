//! Debian's prometheus and Evenkeel over the same samples: 500 generated queries over what a real `node_exporter` says, each
//! at an instant and as a range, evaluated between samples (Prometheus 2 includes a range's left end, Prometheus 3 does
//! not). Says how many answers are equal within 1e-9, and each that is not.
//!
//! `cargo build --bin evenkeel && cargo run -p evenkeel-stories --example beside_prometheus -- [queries] [seconds of data]`
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    clippy::cast_precision_loss,
    clippy::float_cmp,
    clippy::format_collect,
    clippy::cast_possible_truncation
)]

use std::{collections::BTreeMap, net::SocketAddr, process::ExitCode, time::Duration};

use evenkeel_stories::{
    client::{Client, http},
    peer::{Peer, prometheus},
    process::{Setup, free_port},
    until,
};
use serde_json::{Value, json};

/// Equal within this, relative.
const CLOSE: f64 = 1e-9;
/// Milliseconds between two scrapes.
const INTERVAL_MS: i64 = 1_000;

/// A row of numbers that is the same each time.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % sides
    }
    fn of<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[self.roll(list.len())]
    }
}

/// Metrics by what they are.
struct Metrics {
    counters: Vec<String>,
    gauges: Vec<String>,
}

const RANGES: [&str; 5] = ["10s", "17s", "30s", "45s", "1m"];
const OVER_TIME: [&str; 13] = [
    "avg_over_time",
    "min_over_time",
    "max_over_time",
    "sum_over_time",
    "count_over_time",
    "last_over_time",
    "present_over_time",
    "stddev_over_time",
    "stdvar_over_time",
    "changes",
    "resets",
    "delta",
    "deriv",
];
const GROUPS: [&str; 6] = ["", "by (job) ", "by (cpu) ", "by (device, mode) ", "without (instance) ", "without (cpu, mode) "];
const AGGREGATIONS: [&str; 8] = ["sum", "avg", "min", "max", "count", "group", "stddev", "stdvar"];
const MATH: [&str; 11] = ["abs", "ceil", "floor", "exp", "ln", "log2", "sqrt", "sgn", "round", "-", "deg"];
const OPERATORS: [&str; 12] = ["+", "-", "*", "/", "%", "^", "==", "!=", ">", "<", ">=", "<="];

fn query(dice: &mut Dice, metrics: &Metrics) -> String {
    let (counter, gauge, range) = (dice.of(&metrics.counters).clone(), dice.of(&metrics.gauges).clone(), *dice.of(&RANGES));
    let (group, aggregation) = (*dice.of(&GROUPS), *dice.of(&AGGREGATIONS));
    match dice.roll(16) {
        0 => format!("{}({counter}[{range}])", dice.of(&["rate", "increase", "irate", "idelta"])),
        1 => format!("{aggregation} {group}(rate({counter}[{range}]))"),
        2 => format!("{}({gauge}[{range}])", dice.of(&OVER_TIME)),
        3 => format!("{aggregation} {group}({gauge})"),
        4 => format!("{}({gauge})", dice.of(&MATH)),
        5 => format!("{gauge} {} {}", dice.of(&OPERATORS), dice.roll(100)),
        6 => format!("{gauge} {} bool {}", dice.of(&OPERATORS[6..]), dice.roll(100)),
        7 => format!("rate({counter}[{range}]) / on (instance) group_left () sum by (instance) (rate({counter}[{range}]))"),
        8 => format!("quantile {group}(0.{}, {gauge})", dice.roll(99)),
        9 => format!("quantile_over_time(0.{}, {gauge}[{range}])", dice.roll(99)),
        10 => format!("predict_linear({gauge}[{range}], {})", dice.roll(600)),
        11 => format!("{}(rate({counter}[10s])[{range}:{}])", dice.of(&OVER_TIME[..8]), dice.of(&["1s", "3s", "7s"])),
        12 => format!("{gauge} offset {} {} {gauge}", dice.of(&RANGES), dice.of(&["-", "/", "and", "or", "unless"])),
        13 => format!("{}({}, {gauge})", dice.of(&["topk", "bottomk"]), 1 + dice.roll(5)),
        14 => format!("label_replace({gauge}, \"new\", \"$1\", \"instance\", \"(.*):.*\")"),
        _ => {
            format!("histogram_quantile(0.{}, sum by (le) (rate(prometheus_http_request_duration_seconds_bucket[{range}])))", dice.roll(99))
        }
    }
}

fn escaped(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

/// An engine and what it is asked with.
struct Engine {
    base: String,
    token: String,
}

impl Engine {
    async fn ask(&self, path: &str, form: String) -> Option<Value> {
        let asked = http().post(format!("{}/api/v1/{path}", self.base)).basic_auth("story", Some(&self.token)).body(form);
        asked.header("content-type", "application/x-www-form-urlencoded").send().await.ok()?.json().await.ok()
    }
    async fn instant(&self, query: &str, at_ms: i64) -> Option<Value> {
        self.ask("query", format!("query={}&time={}", escaped(query), at_ms as f64 / 1000.0)).await
    }
    async fn range(&self, query: &str, from_ms: i64, to_ms: i64) -> Option<Value> {
        let (from, to) = (from_ms as f64 / 1000.0, to_ms as f64 / 1000.0);
        self.ask("query_range", format!("query={}&start={from}&end={to}&step=2", escaped(query))).await
    }
}

fn number(value: &Value) -> f64 {
    match value.as_str().unwrap_or_default() {
        "+Inf" => f64::INFINITY,
        "-Inf" => f64::NEG_INFINITY,
        text => text.parse().unwrap_or(f64::NAN),
    }
}

/// Numbers by series and instant. Of `topk` and `bottomk` the series say nothing where several are equal: ranks stand for them.
fn numbers(answer: &Value, ranked: bool) -> Result<BTreeMap<(String, String), f64>, String> {
    if answer["status"] != "success" {
        return Err(answer["error"].to_string());
    }
    let mut found = BTreeMap::new();
    for series in answer["data"]["result"].as_array().into_iter().flatten() {
        let points = series["values"].as_array().cloned().unwrap_or_else(|| vec![series["value"].clone()]);
        for point in points {
            found.insert((series["metric"].to_string(), point[0].to_string()), number(&point[1]));
        }
    }
    if !ranked {
        return Ok(found);
    }
    let mut by_instant: BTreeMap<String, Vec<f64>> = BTreeMap::new();
    for ((_, at), value) in found {
        by_instant.entry(at).or_default().push(value);
    }
    let ranks = by_instant.into_iter().flat_map(|(at, mut values)| {
        values.sort_by(f64::total_cmp);
        values.into_iter().enumerate().map(move |(rank, value)| ((rank.to_string(), at.clone()), value))
    });
    Ok(ranks.collect())
}

fn close(a: f64, b: f64) -> bool {
    a == b || (a.is_nan() && b.is_nan()) || (a - b).abs() <= CLOSE * a.abs().max(b.abs())
}

/// Why two answers are not equal.
fn difference(theirs: &Value, ours: &Value, ranked: bool) -> Option<String> {
    match (numbers(theirs, ranked), numbers(ours, ranked)) {
        (Ok(theirs), Ok(ours)) => {
            if let Some(lost) = theirs.keys().find(|key| !ours.contains_key(*key)) {
                return Some(format!("only theirs: {lost:?}"));
            }
            if let Some(more) = ours.keys().find(|key| !theirs.contains_key(*key)) {
                return Some(format!("only ours: {more:?}"));
            }
            let odd = theirs.iter().find(|(key, value)| !close(**value, ours[*key]))?;
            Some(format!("{:?}: theirs {}, ours {}", odd.0, odd.1, ours[odd.0]))
        }
        (Err(_), Err(_)) => None,
        (theirs, ours) => Some(format!("theirs {:?}, ours {:?}", theirs.map(|all| all.len()), ours.map(|all| all.len()))),
    }
}

/// Differences between Prometheus 2.42 and 3 that are meant.
fn explained(query: &str) -> Option<&'static str> {
    let sums = ["stddev", "stdvar", "deriv", "predict_linear"];
    sums.iter()
        .any(|name| query.contains(name))
        .then_some("2.42 sums without compensation: what is left after subtracting nearly equal numbers is noise there")
}

async fn metrics(engine: &Engine) -> Metrics {
    let asked = http().get(format!("{}/api/v1/metadata", engine.base)).send().await.unwrap();
    let known: Value = asked.json().await.unwrap();
    let of = |kind: &str| {
        let all = known["data"].as_object().unwrap().iter().filter(|(name, known)| name.starts_with("node_") && known[0]["type"] == kind);
        // Evenkeel measures this host itself, under the same names.
        all.map(|(name, _)| format!("{name}{{job=\"counting\"}}")).collect::<Vec<_>>()
    };
    Metrics { counters: of("counter"), gauges: of("gauge") }
}

#[tokio::main]
async fn main() -> ExitCode {
    let mut args = std::env::args().skip(1).map(|arg| arg.parse::<u64>().expect("a number"));
    let (count, secs) = (args.next().unwrap_or(500), args.next().unwrap_or(120));
    let setup = Setup::new(None);
    let server = setup.serve().await;
    let client: Client = setup.sign_in(&server).await;
    let made = client.post("/api/v1/tokens", &json!({ "name": "beside", "permissions": ["metric.read", "metric.write"] })).await;
    let token = made["secret"].as_str().unwrap().to_owned();
    let ours = Engine { base: format!("{}/prometheus", setup.url()), token: token.clone() };
    let exporter: SocketAddr = format!("127.0.0.1:{}", free_port()).parse().unwrap();
    let log = setup.folder.path().join("exporter.log");
    let Some(_exporter) = Peer::start("prometheus-node-exporter", &[format!("--web.listen-address={exporter}")], &log) else {
        return ExitCode::FAILURE;
    };
    let port = free_port();
    let theirs = Engine { base: format!("http://127.0.0.1:{port}"), token: String::new() };
    let write = format!("{}/api/v1/write", ours.base);
    let Some(_prometheus) = prometheus(&setup.folder.path().join("peer"), port, exporter, "1s", &write, &token) else {
        return ExitCode::FAILURE;
    };
    tokio::time::sleep(Duration::from_secs(secs)).await;
    // Between two samples of either target.
    let last = theirs.instant("max by (job) (timestamp(up)) * 1000", i64::try_from(now_ms()).unwrap()).await.unwrap();
    let mut offsets: Vec<i64> =
        last["data"]["result"].as_array().unwrap().iter().map(|one| number(&one["value"][1]).round() as i64 % INTERVAL_MS).collect();
    offsets.sort_unstable();
    offsets.push(offsets[0] + INTERVAL_MS);
    let gap = offsets.windows(2).max_by_key(|pair| pair[1] - pair[0]).unwrap();
    let at_ms = (i64::try_from(now_ms()).unwrap() / INTERVAL_MS - 5) * INTERVAL_MS + i64::midpoint(gap[0], gap[1]);
    let counted = "count_over_time({job=~\"counting|prometheus\"}[1h])";
    until("all samples to be with us", Duration::from_mins(1), || async {
        let (a, b) = (theirs.instant(counted, at_ms).await?, ours.instant(counted, at_ms).await?);
        difference(&a, &b, false).is_none().then_some(())
    })
    .await;
    let metrics = metrics(&theirs).await;
    println!("{} counters and {} gauges of node_exporter, {secs} s at 1 s", metrics.counters.len(), metrics.gauges.len());
    let mut dice = Dice(3_140);
    let (mut equal, mut meant, mut odd, mut empty) = (0, 0, 0, 0);
    for _ in 0..count {
        let query = query(&mut dice, &metrics);
        let ranked = query.starts_with("topk") || query.starts_with("bottomk");
        let from_ms = at_ms - 20_000 - i64::try_from(dice.roll(20)).unwrap() * 1_000;
        let (a, b) = (theirs.instant(&query, at_ms).await.unwrap(), ours.instant(&query, at_ms).await.unwrap());
        let (c, d) = (theirs.range(&query, from_ms, at_ms).await.unwrap(), ours.range(&query, from_ms, at_ms).await.unwrap());
        empty += u64::from(a["data"]["result"].as_array().is_some_and(Vec::is_empty));
        match difference(&a, &b, ranked).or_else(|| difference(&c, &d, ranked)) {
            None => equal += 1,
            Some(why) => match explained(&query) {
                Some(_) => {
                    meant += 1;
                    println!("explained: {query}\n    {why}");
                }
                None => {
                    odd += 1;
                    println!("NOT EQUAL: {query}\n    {why}");
                }
            },
        }
    }
    println!("beside-prometheus {equal}/{count} equal within 1e-9, {meant} explained, {odd} not; {empty} had no series at the instant");
    if odd == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn now_ms() -> u128 {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_millis()
}
