//! What this machine's kernel says, under `node_exporter`'s names, so that rules and dashboards written for it work unchanged.
//!
//! One file a subject, one function a collector of `node_exporter`. A collector that finds nothing to read fails alone and says
//! so in `node_scrape_collector_success`. Everything is read from files; their size is bounded. What `node_exporter` has and this
//! has not is in the documentation (docs: scrape).

mod disk;
mod kernel;
mod memory;
mod network;
mod socket;
mod timex;

pub use timex::clock_error_secs;

use std::{
    fs::File,
    io::{self, Read as _},
    path::{Path, PathBuf},
};

use evenkeel_tsdb::batch::{Batch, Kind};
use tokio::time::Instant;

/// Bytes of one file at most.
const FILE_BYTES_MAX: u64 = 4 << 20;

type Collector = fn(&Root, &mut Page<'_>) -> io::Result<()>;

/// Every collector by `node_exporter`'s name.
const COLLECTORS: &[(&str, Collector)] = &[
    ("arp", network::arp),
    ("conntrack", socket::conntrack),
    ("cpu", kernel::cpu),
    ("diskstats", disk::statistics),
    ("entropy", kernel::entropy),
    ("filefd", kernel::file_descriptors),
    ("filesystem", disk::file_systems),
    ("loadavg", kernel::load),
    ("meminfo", memory::memory),
    ("netclass", network::classes),
    ("netdev", network::devices),
    ("netstat", socket::protocols),
    ("os", kernel::release),
    ("pressure", kernel::pressure),
    ("schedstat", kernel::scheduler),
    ("selinux", kernel::selinux),
    ("sockstat", socket::sockets),
    ("softnet", socket::backlog),
    ("stat", kernel::statistics),
    ("time", kernel::time),
    ("timex", timex::discipline),
    ("udp_queues", socket::udp_queues),
    ("uname", kernel::uname),
    ("vmstat", memory::paging),
];

/// Where the kernel's files are: `/`, or a folder that looks like it.
#[derive(Debug, Clone)]
pub struct Root(PathBuf);

impl Default for Root {
    fn default() -> Self {
        Self(PathBuf::from("/"))
    }
}

impl Root {
    /// A path below it.
    fn path(&self, path: &str) -> PathBuf {
        self.0.join(path)
    }

    /// A file's text.
    fn read(&self, path: impl AsRef<Path>) -> io::Result<String> {
        let mut text = Vec::new();
        File::open(self.0.join(path))?.take(FILE_BYTES_MAX).read_to_end(&mut text)?;
        Ok(String::from_utf8_lossy(&text).into_owned())
    }

    /// The names in a folder, sorted.
    fn list(&self, path: &str) -> io::Result<Vec<String>> {
        let mut names: Vec<String> =
            std::fs::read_dir(self.path(path))?.filter_map(|entry| entry.ok()?.file_name().into_string().ok()).collect();
        names.sort();
        Ok(names)
    }
}

/// A page being filled.
pub struct Page<'a> {
    batch: &'a mut Batch,
    at_ms: i64,
}

impl Page<'_> {
    /// Adds a sample. A name that ends in `_total` is a counter; others are gauges.
    fn put(&mut self, metric: &str, labels: &[(&str, &str)], value: f64) {
        self.batch.family(metric, if metric.ends_with("_total") { Kind::Counter } else { Kind::Gauge }, "", "");
        self.batch.name(metric);
        for (name, value) in labels {
            self.batch.label(name, value);
        }
        // Each label is given once.
        let _ = self.batch.float(self.at_ms, value);
    }
}

/// Reads everything into `batch`; `at_ms` is now, milliseconds since 1970 UTC.
pub fn collect(root: &Root, at_ms: i64, batch: &mut Batch) {
    let mut page = Page { batch, at_ms };
    for (name, collector) in COLLECTORS {
        let begun = Instant::now();
        let done = collector(root, &mut page);
        if let Err(error) = &done {
            tracing::debug!(collector = name, %error, "a part of this host could not be read");
        }
        let labels = [("collector", *name)];
        page.put("node_scrape_collector_duration_seconds", &labels, begun.elapsed().as_secs_f64());
        page.put("node_scrape_collector_success", &labels, if done.is_ok() { 1.0 } else { 0.0 });
    }
}

/// What is not of the form a file has as a rule.
fn odd(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what.to_owned())
}

/// A number, also one in hexadecimal with `0x` before it.
fn number(text: &str) -> Option<f64> {
    let text = text.trim();
    match text.strip_prefix("0x") {
        Some(digits) => hexadecimal(digits),
        None => text.parse().ok(),
    }
}

#[allow(clippy::cast_precision_loss)] // counters of one machine
fn hexadecimal(digits: &str) -> Option<f64> {
    u64::from_str_radix(digits, 16).ok().map(|number| number as f64)
}

/// Letters, digits and `_`; everything else becomes `_`.
fn name_part(text: &str) -> String {
    text.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect()
}
