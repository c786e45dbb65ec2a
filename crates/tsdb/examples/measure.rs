//! Measures the store on recorded pages of `node_exporter`: bytes a sample, memory a series, samples a second, reads.
//!
//! ```sh
//! cargo run --release -p evenkeel-tsdb --example measure -- PAGES HOSTS HOURS FOLDER
//! ```
//! `PAGES` is a folder of pages scraped every 15 s, named in order (`curl …/metrics > 00001.prom`). Each fake host replays them
//! from another page on; counters go on rising when the recording begins again.

#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::cast_precision_loss,
    reason = "a measurement by hand"
)]

use std::{
    collections::HashMap,
    fs,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Instant,
};

use evenkeel_core::{id::TenantId, time::ManualClock};
use evenkeel_tsdb::{
    source::{MatchOp, Matcher, Samples, Source as _},
    store::{Config, Incoming, Store, StoreStats, Value},
};
use jiff::{SignedDuration, Timestamp};

const STEP_MS: i64 = 15_000;
/// 2026-11-22T08:00:00Z.
const START_MS: i64 = 1_795_334_400_000;

/// A series of the recording: label pairs without the instance, and its value on each page.
struct Recorded {
    labels: Vec<(String, String)>,
    counter: bool,
    values: Vec<f64>,
}

fn parse(line: &str) -> Option<(Vec<(String, String)>, f64)> {
    let (series, value) = line.rsplit_once(' ')?;
    let (name, rest) = series.split_once('{').unwrap_or((series, ""));
    let mut labels = vec![("__name__".to_owned(), name.to_owned()), ("job".to_owned(), "node".to_owned())];
    let mut rest = rest.trim_end_matches('}');
    while let Some((label, after)) = rest.split_once("=\"") {
        let end = after.char_indices().scan(false, |escaped, (at, c)| {
            let ends = c == '"' && !*escaped;
            *escaped = c == '\\' && !*escaped;
            Some((at, ends))
        });
        let end = end.filter(|(_, ends)| *ends).map(|(at, _)| at).next()?;
        labels.push((label.trim_start_matches(',').to_owned(), after[..end].to_owned()));
        rest = &after[end + 1..];
    }
    labels.sort();
    Some((labels, value.parse().ok()?))
}

fn record(folder: &str) -> (Vec<Recorded>, usize) {
    let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect();
    paths.sort();
    let mut series: Vec<Recorded> = Vec::new();
    let mut known: HashMap<Vec<(String, String)>, usize> = HashMap::new();
    let mut kinds: HashMap<String, bool> = HashMap::new();
    for (page, path) in paths.iter().enumerate() {
        for line in fs::read_to_string(path).unwrap().lines() {
            if let Some(kind) = line.strip_prefix("# TYPE ") {
                let (name, kind) = kind.split_once(' ').unwrap();
                kinds.insert(name.to_owned(), kind == "counter");
            }
            let Some((labels, value)) = (!line.starts_with('#')).then(|| parse(line)).flatten() else {
                continue;
            };
            let at = *known.entry(labels.clone()).or_insert_with(|| {
                let counter = labels.iter().any(|(label, name)| label == "__name__" && kinds.get(name).copied().unwrap_or(false));
                series.push(Recorded { labels, counter, values: Vec::new() });
                series.len() - 1
            });
            if series[at].values.len() == page {
                series[at].values.push(value);
            }
        }
    }
    // Series that are on every page: the others would need markers of their own.
    series.retain(|one| one.values.len() == paths.len());
    (series, paths.len())
}

fn at_row(one: &Recorded, row: usize, pages: usize) -> f64 {
    let value = one.values[row % pages];
    if one.counter { value + (row / pages) as f64 * (one.values[pages - 1] - one.values[0]).max(0.0) } else { value }
}

fn status(field: &str) -> f64 {
    let text = fs::read_to_string("/proc/self/status").unwrap();
    let line = text.lines().find(|line| line.starts_with(field)).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<f64>().unwrap() * 1024.0
}

fn cpu_secs() -> f64 {
    let text = fs::read_to_string("/proc/self/stat").unwrap();
    let fields: Vec<&str> = text.rsplit_once(") ").unwrap().1.split(' ').collect();
    (fields[11].parse::<f64>().unwrap() + fields[12].parse::<f64>().unwrap()) / 100.0
}

fn equal(name: &str, value: &str) -> Matcher {
    Matcher { name: name.into(), op: MatchOp::Equal, value: value.into(), regex: None }
}

struct Fleet {
    recorded: Vec<Recorded>,
    pages: usize,
    instances: Vec<String>,
}

impl Fleet {
    fn batch<'a>(&'a self, host: usize, row: usize, labels: &'a [Vec<(&'a str, &'a str)>]) -> Vec<Incoming<'a>> {
        // Targets are scraped one after the other over the interval, a few milliseconds off each time.
        let jitter = i64::try_from((host * 7919 + row * 104_729) % 7).unwrap() / 3;
        let phase = i64::try_from(host * 15_000 / self.instances.len()).unwrap();
        let at_ms = START_MS + i64::try_from(row).unwrap() * STEP_MS + phase + jitter;
        let value = |one: &Recorded| at_row(one, row + host * 13, self.pages);
        self.recorded.iter().zip(labels).map(|(one, labels)| Incoming { labels, at_ms, value: Value::Float(value(one)) }).collect()
    }

    fn labels(&self, host: usize) -> Vec<Vec<(&str, &str)>> {
        let with = |one: &'_ Recorded| -> Vec<(&str, &str)> { Vec::with_capacity(one.labels.len() + 1) };
        self.recorded
            .iter()
            .map(|one| {
                let mut labels = with(one);
                labels.extend(one.labels.iter().map(|(name, value)| (name.as_str(), value.as_str())));
                labels.push(("instance", &self.instances[host]));
                labels.sort_unstable();
                labels
            })
            .collect()
    }
}

fn sizes(what: &str, stats: StoreStats) {
    let samples = stats.block_samples as f64;
    println!(
        "{what}: {} blocks, {:.1} M samples, {:.3} bytes/sample data, {:.3} with index, roll-ups {:.1} MB",
        stats.blocks,
        samples / 1e6,
        stats.data_bytes as f64 / samples,
        stats.block_bytes as f64 / samples,
        stats.rollup_bytes as f64 / 1e6
    );
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [pages, hosts, hours, folder] = arguments.as_slice() else {
        println!("measure PAGES HOSTS HOURS FOLDER");
        return;
    };
    let (hosts, hours): (usize, usize) = (hosts.parse().unwrap(), hours.parse().unwrap());
    let (recorded, pages) = record(pages);
    let varying = recorded.iter().filter(|one| one.values.windows(2).any(|pair| pair[0].to_bits() != pair[1].to_bits())).count();
    let instances = (0..hosts).map(|host| format!("host-{host:03}.example.com:9100")).collect();
    let fleet = Arc::new(Fleet { recorded, pages, instances });
    let series = fleet.recorded.len() * hosts;
    println!("{pages} pages, {} series a host ({varying} vary), {hosts} hosts, {series} series", fleet.recorded.len());
    let tenant = TenantId::named("bench");
    let clock = Arc::new(ManualClock::at(Timestamp::from_millisecond(START_MS).unwrap()));
    let store = Arc::new(Store::open(Config::new(folder), clock.clone()).unwrap());
    let rss_before = status("VmRSS");
    let (began, cpu) = (Instant::now(), cpu_secs());
    let rows = hours * 240;
    let (mut samples, mut appending) = (0u64, 0.0f64);
    let taken_nanos = AtomicU64::new(0);
    let mut peak = 0.0f64;
    for row in 0..rows {
        for host in 0..hosts {
            let labels = fleet.labels(host);
            let batch = fleet.batch(host, row, &labels);
            let at = Instant::now();
            let taken = store.append(tenant, &batch).unwrap();
            taken_nanos.fetch_add(u64::try_from(at.elapsed().as_nanos()).unwrap(), Ordering::Relaxed);
            assert_eq!(taken.accepted, batch.len());
            samples += taken.accepted as u64;
        }
        clock.advance(SignedDuration::from_millis(STEP_MS));
        if row % 4 == 0 {
            let at = Instant::now();
            store.sync().unwrap();
            appending += at.elapsed().as_secs_f64();
        }
        if row == 20 {
            println!("after 5 min: {:.0} bytes/series resident", (status("VmRSS") - rss_before) / series as f64);
        }
        if row == 470 {
            let stats = store.stats();
            println!(
                "after 2 h, before the block is cut: {:.0} bytes/series resident, {:.0} by own count; log {:.2} bytes/sample",
                (status("VmRSS") - rss_before) / series as f64,
                stats.memory_bytes as f64 / series as f64,
                stats.log_bytes as f64 / samples as f64
            );
            reads(&store, tenant, row, "in memory");
        }
        if row % 20 == 0 {
            let at = Instant::now();
            let done = store.maintain().unwrap();
            if done.cut + done.merged > 0 {
                println!("row {row}: {done:?} in {:.2} s", at.elapsed().as_secs_f64());
            }
        }
        peak = peak.max(status("VmRSS"));
    }
    let append_secs = taken_nanos.load(Ordering::Relaxed) as f64 / 1e9;
    println!(
        "{:.1} M samples in {:.1} s wall, {:.1} s CPU with generating and maintenance; append alone {:.0} samples/s on one thread ({:.2} µs each); sync {:.2} s",
        samples as f64 / 1e6,
        began.elapsed().as_secs_f64(),
        cpu_secs() - cpu,
        samples as f64 / append_secs,
        append_secs * 1e6 / samples as f64,
        appending
    );
    println!(
        "resident: {:.0} bytes/series at the end, {:.0} at the most",
        (status("VmRSS") - rss_before) / series as f64,
        (peak - rss_before) / series as f64
    );
    sizes("as cut and merged", store.stats());
    store.flush().unwrap();
    sizes("all flushed", store.stats());
    reads(&store, tenant, rows, "in blocks");
    clock.advance(SignedDuration::from_hours(48));
    let at = Instant::now();
    println!("{:?} in {:.1} s", store.maintain().unwrap(), at.elapsed().as_secs_f64());
    sizes("merged", store.stats());
    reads(&store, tenant, rows, "in merged blocks");
    println!("resident at the end: {:.0} bytes/series", (status("VmRSS") - rss_before) / series as f64);
    drop(store);
    let at = Instant::now();
    let store = Store::open(Config::new(folder), clock).unwrap();
    println!("opened again in {:.2} s, {} damaged", at.elapsed().as_secs_f64(), store.damaged().len());
}

fn reads(store: &Store, tenant: TenantId, row: usize, what: &str) {
    let now = START_MS + i64::try_from(row).unwrap() * STEP_MS;
    let run = |name: &str, matchers: &[Matcher], from: i64| {
        let mut best = f64::MAX;
        let (mut series, mut count) = (0, 0);
        for _ in 0..5 {
            let at = Instant::now();
            let mut samples = Samples::default();
            let mut cursors = store.select(tenant, matchers, from, now, usize::MAX).unwrap();
            (series, count) = (cursors.len(), 0);
            for cursor in &mut cursors {
                cursor.read(&mut samples).unwrap();
                count += samples.at_ms.len();
            }
            best = best.min(at.elapsed().as_secs_f64());
        }
        println!("  {what}: {name}: {series} series, {count} samples in {:.2} ms", best * 1e3);
    };
    run("cpu seconds, 5 min", &[equal("__name__", "node_cpu_seconds_total")], now - 300_000);
    run("cpu seconds, 1 h", &[equal("__name__", "node_cpu_seconds_total")], now - 3_600_000);
    run("one host, 5 min", &[equal("instance", "host-001.example.com:9100")], now - 300_000);
    run("everything, 5 min", &[equal("job", "node")], now - 300_000);
}
