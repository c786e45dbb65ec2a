//! Thirty days of history, then a label that takes ten million values, sent to the real server over remote-write, then
//! queries for everything over thirty days. Says what was refused with which words, and how much memory the process took.
//!
//! `cargo build --release --bin evenkeel && EVENKEEL_BIN=target/release/evenkeel cargo run --release -p evenkeel-bench --example explosion -- [series] [memory limit MiB]`
#![allow(clippy::unwrap_used, clippy::panic, clippy::disallowed_methods, clippy::print_stdout)]

use std::{
    collections::BTreeMap,
    process::ExitCode,
    sync::Arc,
    time::{Duration, Instant},
};

use evenkeel_core::{id::TenantId, time::ManualClock};
use evenkeel_stories::{
    client::http,
    process::{Process, Setup},
};
use evenkeel_tsdb::{
    remote::{self, Version},
    store::{Config, Incoming, Store, Value},
};
use serde_json::json;

/// Series of a request.
const REQUEST_SERIES: usize = 5_000;
/// Series of the history: at a sample each 15 s more samples than one query may read.
const HISTORY_SERIES: usize = 400;
const STEP_MS: i64 = 15_000;
const DAY_MS: i64 = 86_400_000;
/// What is asked over thirty days, and how.
const QUESTIONS: [&str; 7] = [
    "query?query=count_over_time({__name__=\"orders_total\"}[30d])",
    "query_range?query=sum(rate({__name__=\"orders_total\"}[1d]))&step=86400",
    "query_range?query={__name__=~\".%2B\"}&step=3600",
    "query_range?query=sum(count_over_time({__name__=~\".%2B\"}[1d]))&step=86400",
    "query?query={__name__=~\".%2B\"}[30d]",
    "query?query=count_over_time({__name__=~\".%2B\"}[30d])",
    "series?match[]={__name__=~\".%2B\"}",
];

/// The most that a process has had resident, MiB.
fn peak_mib(process: &Process) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", process.id())).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() / 1024
}

fn now_ms() -> i64 {
    i64::try_from(std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_millis()).unwrap()
}

/// Fills the data folder with 29 days of history; how many samples.
fn history(setup: &Setup) -> usize {
    let clock = Arc::new(ManualClock::at(jiff::Timestamp::now()));
    let store = Store::open(Config::new(setup.data().join("metrics")), clock).unwrap();
    let mut history = store.history(TenantId::named("evenkeel"));
    let numbers: Vec<String> = (0..HISTORY_SERIES).map(|number| number.to_string()).collect();
    let labels: Vec<[(&str, &str); 3]> =
        numbers.iter().map(|number| [("__name__", "orders_total"), ("instance", "shop-1"), ("shop", number)]).collect();
    let (start, end) = (now_ms() / DAY_MS * DAY_MS - 28 * DAY_MS, now_ms() - 3_600_000);
    for at_ms in (start..end).step_by(usize::try_from(STEP_MS).unwrap()) {
        #[allow(clippy::cast_precision_loss)]
        let value = Value::Float((at_ms / 1000) as f64);
        let batch: Vec<Incoming<'_>> = labels.iter().map(|labels| Incoming { labels, at_ms, value }).collect();
        history.add(&batch).unwrap();
    }
    history.finish().unwrap().accepted
}

/// Series `from..to` of the explosion as a body of remote-write.
fn body(from: usize, to: usize, at_ms: i64) -> Vec<u8> {
    let ids: Vec<String> = (from..to).map(|number| format!("{number:016x}")).collect();
    let labels: Vec<[(&str, &str); 4]> = ids
        .iter()
        .map(|id| [("__name__", "http_requests_total"), ("instance", "shop-1.example.com:9100"), ("job", "shop"), ("request_id", id)])
        .collect();
    let samples: Vec<Incoming<'_>> = labels.iter().map(|labels| Incoming { labels, at_ms, value: Value::Float(1.0) }).collect();
    let mut body = Vec::new();
    remote::encode(Version::V1, &samples, std::iter::empty(), &mut body);
    body
}

#[tokio::main]
async fn main() -> ExitCode {
    let mut numbers = std::env::args().skip(1).map(|text| text.parse::<usize>().unwrap());
    let series = numbers.next().unwrap_or(10_000_000);
    let limit_mib = numbers.next().unwrap_or(2_048);
    let setup = Setup::new(None);
    println!("{} samples of history in 29 days", history(&setup));
    let mut server = setup.serve().await;
    let admin = setup.sign_in(&server).await;
    let made = admin.post("/api/v1/tokens", &json!({ "name": "explosion", "permissions": ["metric.read", "metric.write"] })).await;
    let token = made["secret"].as_str().unwrap();
    let (http, base) = (http(), format!("{}/prometheus/api/v1", setup.url()));
    println!("idle: {} MiB at the most", peak_mib(&server));

    let (began, mut told) = (Instant::now(), BTreeMap::new());
    for from in (0..series).step_by(REQUEST_SERIES) {
        let request = http.post(format!("{base}/write")).bearer_auth(token).body(body(from, (from + REQUEST_SERIES).min(series), now_ms()));
        let request = request.header("Content-Type", "application/x-protobuf").header("Content-Encoding", "snappy");
        let answer = request.send().await.unwrap();
        let status = answer.status().as_u16();
        let (count, words) = told.entry(status).or_insert((0, String::new()));
        *count += 1;
        if words.is_empty() {
            *words = answer.text().await.unwrap();
        }
    }
    println!("{series} series in {:.0} s; {} MiB at the most", began.elapsed().as_secs_f64(), peak_mib(&server));
    for (status, (count, words)) in &told {
        println!("  {count} requests answered {status}: {}", words.chars().take(400).collect::<String>());
    }
    for question in QUESTIONS {
        let now = now_ms() / 1000;
        let span = if question.starts_with("query?") { format!("&time={now}") } else { format!("&start={}&end={now}", now - 30 * 86_400) };
        let began = Instant::now();
        let answer = http.get(format!("{base}/{question}{span}")).bearer_auth(token).timeout(Duration::from_mins(2)).send().await.unwrap();
        let (status, text) = (answer.status().as_u16(), answer.text().await.unwrap());
        println!("{question}: {status} in {:.1} s; {} MiB at the most", began.elapsed().as_secs_f64(), peak_mib(&server));
        println!("  {}", text.chars().take(300).collect::<String>());
    }
    let peak = peak_mib(&server);
    let within = server.runs() && peak <= limit_mib as u64;
    println!("{} MiB at the most, limit {limit_mib} MiB: {}", peak, if within { "within" } else { "OVER" });
    if within { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
