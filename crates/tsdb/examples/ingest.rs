//! Measures what reading a page or a request costs, with and without the store behind it.
//!
//! ```sh
//! prometheus-node-exporter --web.listen-address=127.0.0.1:19100 & curl -s 127.0.0.1:19100/metrics > page.prom
//! cargo run --release -p evenkeel-tsdb --example ingest -- page.prom 100 30 FOLDER
//! ```
//! 100 hosts show the page, 30 times. Prints CPU time of this process, so that a busy machine matters less.

#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::cast_precision_loss,
    clippy::cast_possible_wrap,
    reason = "a measurement by hand"
)]

use std::{fmt::Write as _, fs, sync::Arc, time::Duration};

use evenkeel_core::{id::TenantId, time::ManualClock};
use evenkeel_tsdb::{
    batch::{Batch, Clash},
    exposition::{Options, parse},
    remote::{Bounds, Version, decode, encode},
    store::{Config, Store},
};
use jiff::{SignedDuration, Timestamp};

const START_MS: i64 = 1_795_334_400_000;
const STEP_MS: i64 = 15_000;

/// CPU seconds of this thread.
fn cpu_secs() -> f64 {
    let text = fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    text.split(' ').next().unwrap().parse::<f64>().unwrap() / 1e9
}

fn open(folder: &str) -> (Store, Arc<ManualClock>) {
    let _ = fs::remove_dir_all(folder);
    let clock = Arc::new(ManualClock::at(Timestamp::from_millisecond(START_MS).unwrap()));
    (Store::open(Config { sync_every: Duration::from_secs(1), ..Config::new(folder) }, clock.clone()).unwrap(), clock)
}

/// The page of a later scrape: most values move.
fn moved(page: &str, round: usize) -> String {
    let mut out = String::with_capacity(page.len() + page.len() / 8);
    for (at, line) in page.lines().enumerate() {
        match line.rsplit_once(' ') {
            Some((series, value)) if !line.starts_with('#') && at % 3 == 0 => {
                let value: f64 = value.parse().unwrap_or(0.0);
                let _ = writeln!(out, "{series} {}", value + (round * (at % 17)) as f64);
            }
            _ => {
                out.push_str(line);
                out.push('\n');
            }
        }
    }
    out
}

struct Spent {
    what: &'static str,
    secs: f64,
}

fn show(samples: usize, spent: &[Spent]) {
    let total: f64 = spent.iter().map(|one| one.secs).sum();
    for one in spent {
        println!("  {}: {:.3} µs a sample", one.what, one.secs * 1e6 / samples as f64);
    }
    println!(
        "  together {:.3} µs a sample, {:.0} samples/s on one thread ({samples} samples)",
        total * 1e6 / samples as f64,
        samples as f64 / total
    );
}

fn scrape(page: &str, content_type: &str, hosts: usize, rounds: usize, folder: &str) {
    let (store, clock) = open(folder);
    let tenant = TenantId::named("bench");
    let mut batch = Batch::new();
    let (mut parsing, mut adding, mut appending, mut samples) = (0.0, 0.0, 0.0, 0);
    for round in 0..rounds {
        let page = moved(page, round);
        for host in 0..hosts {
            let instance = format!("host-{host:03}.example.com:9100");
            let at = cpu_secs();
            batch.clear();
            parse(content_type, page.as_bytes(), START_MS + round as i64 * STEP_MS + host as i64, &Options::default(), &mut batch).unwrap();
            let parsed = cpu_secs();
            batch.add_labels(&[("job", "node"), ("instance", &instance)], Clash::Rename);
            let added = cpu_secs();
            let taken = batch.with_incoming(|incoming| store.append(tenant, incoming)).unwrap();
            let done = cpu_secs();
            assert_eq!(taken.accepted, batch.len());
            // The first round makes the series.
            if round > 0 {
                parsing += parsed - at;
                adding += added - parsed;
                appending += done - added;
                samples += batch.len();
            }
        }
        clock.advance(SignedDuration::from_millis(STEP_MS));
        store.sync().unwrap();
    }
    println!("scrape, {content_type}, {} bytes a page, {} samples:", page.len(), batch.len());
    let spent = [
        Spent { what: "parse", secs: parsing },
        Spent { what: "target's labels", secs: adding },
        Spent { what: "append", secs: appending },
    ];
    show(samples, &spent);
}

fn remote(page: &str, version: Version, hosts: usize, rounds: usize, folder: &str) {
    let (store, clock) = open(folder);
    let tenant = TenantId::named("bench");
    let mut sent = Batch::new();
    let mut batch = Batch::new();
    let (mut reading, mut appending, mut samples, mut bytes) = (0.0, 0.0, 0, 0);
    let mut body = Vec::new();
    for round in 0..rounds {
        let page = moved(page, round);
        for host in 0..hosts {
            let instance = format!("host-{host:03}.example.com:9100");
            sent.clear();
            parse("text/plain", page.as_bytes(), START_MS + round as i64 * STEP_MS + host as i64, &Options::default(), &mut sent).unwrap();
            sent.add_labels(&[("job", "node"), ("instance", &instance)], Clash::Rename);
            sent.with_incoming(|incoming| encode(version, incoming, std::iter::empty(), &mut body));
            let at = cpu_secs();
            batch.clear();
            decode(version, &body, &Bounds::default(), &mut batch).unwrap();
            let read = cpu_secs();
            batch.with_incoming(|incoming| store.append(tenant, incoming)).unwrap();
            let done = cpu_secs();
            if round > 0 {
                reading += read - at;
                appending += done - read;
                samples += batch.len();
                bytes += body.len();
            }
        }
        clock.advance(SignedDuration::from_millis(STEP_MS));
        store.sync().unwrap();
    }
    println!("remote-write {version:?}, {:.1} bytes a sample on the wire:", bytes as f64 / samples as f64);
    show(samples, &[Spent { what: "unpack and decode", secs: reading }, Spent { what: "append", secs: appending }]);
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [page, hosts, rounds, folder] = arguments.as_slice() else {
        println!("ingest PAGE HOSTS ROUNDS FOLDER");
        return;
    };
    let page = fs::read_to_string(page).unwrap();
    let (hosts, rounds): (usize, usize) = (hosts.parse().unwrap(), rounds.parse().unwrap());
    scrape(&page, "text/plain", hosts, rounds, folder);
    for version in [Version::V1, Version::V2] {
        remote(&page, version, hosts, rounds, folder);
    }
    let _ = fs::remove_dir_all(folder);
}
