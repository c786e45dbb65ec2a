//! Measures what a scraped sample costs from the bytes of a page to the store: parsing, finding its series, and the log, with
//! and without unpacking. The network is not in it.
//!
//! ```sh
//! curl -s localhost:9100/metrics > page.prom
//! cargo run --release -p evenkeel-observe --example scrape_cost -- page.prom HOSTS ROUNDS
//! ```

#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::cast_precision_loss,
    clippy::cast_possible_wrap,
    reason = "a measurement by hand"
)]

use std::{io::Read as _, path::Path, sync::Arc};

use evenkeel_core::{id::TenantId, time::ManualClock};
use evenkeel_observe::scrape::{
    config::read_text,
    labels::LabelSet,
    page::{Into, Memory, Report},
};
use evenkeel_tsdb::{
    batch::Batch,
    exposition::{Options, parse},
    store::{Config, Store},
};
use flate2::{Compression, read::GzEncoder, read::MultiGzDecoder};
use jiff::{SignedDuration, Timestamp};

fn cpu_secs() -> f64 {
    let text = std::fs::read_to_string("/proc/self/stat").unwrap();
    let fields: Vec<&str> = text.rsplit_once(") ").unwrap().1.split(' ').collect();
    (fields[11].parse::<f64>().unwrap() + fields[12].parse::<f64>().unwrap()) / 100.0
}

fn resident_bytes() -> f64 {
    let text = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = text.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<f64>().unwrap() * 1024.0
}

fn main() {
    let args: Vec<String> = std::env::args().collect();
    let text = std::fs::read_to_string(&args[1]).unwrap();
    let (hosts, rounds) = (args[2].parse::<usize>().unwrap(), args[3].parse::<usize>().unwrap());
    let rules =
        "scrape_configs:\n- job_name: node\n  metric_relabel_configs:\n  - {source_labels: [__name__], regex: go_.*, action: drop}\n";
    let take = read_text(Path::new("p.yml"), rules).unwrap().jobs.remove(0).take;

    // Pages of which some values change, as a real one's do.
    let pages: Vec<String> = (0..8)
        .map(|page| {
            let change = |(at, line): (usize, &str)| match line.rsplit_once(' ') {
                Some((series, value)) if !line.starts_with('#') && at % 3 == 0 && value.parse::<f64>().is_ok() => {
                    format!("{series} {}\n", value.parse::<f64>().unwrap() + f64::from(page) * 1.25)
                }
                _ => format!("{line}\n"),
            };
            text.lines().enumerate().map(change).collect()
        })
        .collect();
    let folder = tempfile::tempdir().unwrap();
    let clock = Arc::new(ManualClock::at(Timestamp::from_second(1_800_000_000).unwrap()));
    let store = Store::open(Config::new(folder.path()), clock.clone()).unwrap();
    let targets: Vec<LabelSet> =
        (0..hosts).map(|host| LabelSet::new([("job", "node".to_owned()), ("instance", format!("host-{host}:9100"))])).collect();
    let before = resident_bytes();
    let mut memories: Vec<Memory> = targets.iter().map(|_| Memory::default()).collect();
    let mut batch = Batch::new();
    let (mut samples, mut first, mut parsing) = (0_usize, 0.0, 0.0);
    let start = cpu_secs();
    for round in 0..rounds {
        clock.advance(SignedDuration::from_secs(15));
        let at_ms = 1_800_000_000_000 + (round as i64 + 1) * 15_000;
        for (host, memory) in memories.iter_mut().enumerate() {
            batch.clear();
            parse("text/plain", pages[(round + host) % pages.len()].as_bytes(), at_ms, &Options::default(), &mut batch).unwrap();
            let into = Into { store: &store, tenant: TenantId::named("t"), target: &targets[host], take: &take };
            let report = |counted, _: Option<&_>| Report { up: true, duration_secs: 0.01, counted, extra: None };
            memory.take(into, &batch, at_ms, report).unwrap();
            if round > 0 {
                samples += batch.len();
            }
        }
        store.sync().unwrap();
        if round == 0 {
            first = cpu_secs() - start;
        }
    }
    let all = cpu_secs() - start - first;
    let count = |memory: &Memory| memory.len();
    let series: usize = memories.iter().map(count).sum();
    let cache: usize = memories.iter().map(Memory::bytes).sum();
    println!("{hosts} hosts, {series} series, {samples} samples after the first scrape of each");
    println!("page to store, CPU a sample      {:.3} µs", all / samples as f64 * 1e6);
    println!("first scrape, CPU a series       {:.3} µs", first / series as f64 * 1e6);
    println!("memory of scraping a series      {:.1} B", cache as f64 / series as f64);
    println!("resident a series, all told      {:.0} B", (resident_bytes() - before) / series as f64);

    // Parts.
    let begun = cpu_secs();
    let mut parsed = 0;
    while parsing < 2.0 {
        batch.clear();
        parse("text/plain", pages[parsed % pages.len()].as_bytes(), 0, &Options::default(), &mut batch).unwrap();
        parsed += 1;
        parsing = cpu_secs() - begun;
    }
    println!("of it parsing                    {:.3} µs", parsing / (parsed * batch.len()) as f64 * 1e6);
    let mut packed = Vec::new();
    GzEncoder::new(text.as_bytes(), Compression::default()).read_to_end(&mut packed).unwrap();
    let (begun, mut unpacked) = (cpu_secs(), 0);
    let mut plain = Vec::new();
    while cpu_secs() - begun < 2.0 {
        plain.clear();
        MultiGzDecoder::new(packed.as_slice()).read_to_end(&mut plain).unwrap();
        unpacked += 1;
    }
    println!("unpacking besides                {:.3} µs", (cpu_secs() - begun) / (unpacked * batch.len()) as f64 * 1e6);
}
