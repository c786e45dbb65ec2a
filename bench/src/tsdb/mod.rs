//! Group `tsdb`: the real server beside Debian's Prometheus and VictoriaMetrics, on the same samples over the same protocols.
//!
//! Pages of a real `node_exporter` on this machine are recorded, and some two hundred hosts replay them, about 100,000
//! series in all. Engines take turns, so that each has the machine to itself. First each takes some hours of history by remote-write
//! (samples a second, memory, bytes on disk, queries), then each scrapes the hosts for a while (CPU a sample).

mod engine;
mod fleet;
mod hosts;

use std::{path::PathBuf, time::Duration};

use engine::{Engine, Kind};
use fleet::{Fleet, STEP_MS};
use hosts::Hosts;

use crate::report::{Goal, Report};

const SERIES: usize = 100_000;
/// Three hours and twenty minutes: Prometheus cuts its first block after three.
const ROWS: usize = 800;
const SCRAPE_SECS: u64 = 60;
/// After the last sample and before memory is looked at.
const SETTLE_SECS: u64 = 120;
/// How often each query is asked of each engine.
const ASKED: usize = 15;

const DATA: &str = "tsdb/bytes-per-sample";
const WHOLE: &str = "tsdb/bytes-with-index";
const MEMORY: &str = "tsdb/memory-per-series";
const WRITE: &str = "tsdb/remote-write";
const CPU: &str = "tsdb/cpu-per-scraped-sample";
/// Name, expression, and over which minutes: none is an instant.
const QUERIES: [(&str, &str, Option<i64>); 3] = [
    ("tsdb/query-sum-rate", "sum by (instance) (rate(node_cpu_seconds_total[5m]))", None),
    ("tsdb/query-range-10m", "rate(node_network_receive_bytes_total[5m])", Some(10)),
    ("tsdb/query-count-by-name", "count by (__name__) ({__name__!=\"\"})", None),
];

/// What one engine came to.
#[derive(Debug, Default, Clone, Copy)]
struct Figures {
    samples_per_sec: f64,
    bytes_per_series: f64,
    data_bytes: f64,
    whole_bytes: f64,
    query_ms: [f64; QUERIES.len()],
    cpu_micros: f64,
}

/// Measures the group.
pub fn run(report: &mut Report) {
    let history =
        [DATA, WHOLE, MEMORY, WRITE].iter().any(|figure| report.wants(figure)) || QUERIES.iter().any(|query| report.wants(query.0));
    let scrape = report.wants(CPU);
    if !history && !scrape {
        return;
    }
    let fleet = Fleet::new(&pages(), SERIES);
    println!("# {} hosts, {} series, of which {} % vary; {} pages", fleet.hosts(), fleet.series(), fleet.varying_percent(), fleet.pages());
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime");
    let mut figures = [Figures::default(); Kind::ALL.len()];
    // Some of them, to look at one alone: `ENGINES=evenkeel`.
    let engines = std::env::var("ENGINES").unwrap_or_default();
    for (kind, figures) in Kind::ALL.into_iter().zip(&mut figures) {
        if !engines.is_empty() && !engines.split(',').any(|name| name == kind.name()) {
            continue;
        }
        if history {
            runtime.block_on(take_history(kind, &fleet, figures));
        }
        if scrape {
            figures.cpu_micros = runtime.block_on(scraped(kind, &fleet));
        }
        println!("# {}: {figures:?}", kind.name());
    }
    tell(report, &figures);
}

/// A folder of pages given by `PAGES`, or a recording made now: four minutes of this machine, replayed at 15 s a page.
fn pages() -> Vec<String> {
    match std::env::var("PAGES") {
        Ok(folder) => {
            let mut files: Vec<PathBuf> = std::fs::read_dir(folder).expect("PAGES").map(|file| file.expect("a file").path()).collect();
            files.sort();
            files.iter().map(|file| std::fs::read_to_string(file).expect("a page")).collect()
        }
        Err(_) => fleet::record(120, Duration::from_secs(2)),
    }
}

async fn take_history(kind: Kind, fleet: &Fleet, figures: &mut Figures) {
    let mut engine = Engine::start(kind, None).await;
    let before = engine.resident_bytes();
    let start_ms = fleet::now_ms() / STEP_MS * STEP_MS - i64::try_from(ROWS).expect("few") * STEP_MS;
    let (samples, took) = engine.take(fleet, start_ms, ROWS).await;
    #[allow(clippy::cast_precision_loss, reason = "counts below 2^53")]
    let (count, series) = (samples as f64, fleet.series() as f64);
    figures.samples_per_sec = count / took.as_secs_f64();
    // Each puts what is over onto the disk in its own time.
    tokio::time::sleep(Duration::from_secs(SETTLE_SECS)).await;
    figures.bytes_per_series = (engine.resident_bytes() - before) / series;
    // Between two samples, a while before the newest: no engine hides anything there.
    let at_ms = start_ms + i64::try_from(ROWS).expect("few") * STEP_MS - 120_000 - 4_321;
    for (place, (_, query, minutes)) in QUERIES.into_iter().enumerate() {
        let mut times = Vec::new();
        for _ in 0..ASKED {
            times.push(engine.ask(query, at_ms, minutes).await);
        }
        times.sort_by(|a, b| a.0.total_cmp(&b.0));
        figures.query_ms[place] = times[ASKED / 2].0;
        println!(
            "# {}: {query}: {} series, median {:.1} ms, worst {:.1} ms",
            kind.name(),
            times[0].1,
            times[ASKED / 2].0,
            times[ASKED - 1].0
        );
    }
    (figures.data_bytes, figures.whole_bytes) = engine.bytes_per_sample().await;
}

/// Microseconds of CPU that a scraped sample costs.
async fn scraped(kind: Kind, fleet: &Fleet) -> f64 {
    let hosts = Hosts::start(fleet).await;
    let engine = Engine::start(kind, Some(&hosts)).await;
    // The first scrapes make the series: once, and not what a scrape costs.
    tokio::time::sleep(Duration::from_secs(2 * hosts::INTERVAL_SECS)).await;
    let (served, cpu) = (hosts.samples(), engine.cpu_secs());
    tokio::time::sleep(Duration::from_secs(SCRAPE_SECS)).await;
    #[allow(clippy::cast_precision_loss, reason = "counts below 2^53")]
    let samples = (hosts.samples() - served) as f64;
    (engine.cpu_secs() - cpu) * 1e6 / samples
}

fn tell(report: &mut Report, figures: &[Figures; Kind::ALL.len()]) {
    let [ours, peers @ ..] = figures;
    let named: Vec<(String, Figures)> = Kind::ALL[1..].iter().zip(peers).map(|(kind, figures)| (kind.version(), *figures)).collect();
    let best = |figure: fn(&Figures) -> f64, lowest: bool| -> Option<(&str, f64)> {
        let found = named.iter().map(|(name, figures)| (name.as_str(), figure(figures))).filter(|(_, value)| *value > 0.0);
        if lowest { found.min_by(|a, b| a.1.total_cmp(&b.1)) } else { found.max_by(|a, b| a.1.total_cmp(&b.1)) }
    };
    report.line(DATA, ours.data_bytes, best(|f| f.data_bytes, true), "bytes", Goal::AtMost(0.14));
    report.line(WHOLE, ours.whole_bytes, best(|f| f.whole_bytes, true), "bytes", Goal::AtMost(0.25));
    report.line(MEMORY, ours.bytes_per_series, best(|f| f.bytes_per_series, true), "bytes", Goal::AtMost(800.0));
    report.line(WRITE, ours.samples_per_sec, best(|f| f.samples_per_sec, false), "samples/s", Goal::AtLeast(250_000.0));
    for (place, (name, ..)) in QUERIES.into_iter().enumerate() {
        let asked = named.iter().map(|(name, f)| (name.as_str(), f.query_ms[place])).filter(|peer| peer.1 > 0.0);
        let peer = asked.min_by(|a, b| a.1.total_cmp(&b.1));
        report.line(name, ours.query_ms[place], peer, "ms", Goal::AtMostRatio(0.7));
    }
    let prometheus = named.first().map(|(name, figures)| (name.as_str(), figures.cpu_micros));
    report.line(CPU, ours.cpu_micros, prometheus, "µs", Goal::AtMostRatio(1.0));
}
