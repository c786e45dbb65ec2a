//! Hosts that replay a recording of `node_exporter`, each from another page on.

use std::{
    collections::HashMap,
    fmt::Write as _,
    process::{Command, Stdio},
    time::{Duration, SystemTime},
};

use evenkeel_stories::process::free_port;
use evenkeel_tsdb::{
    remote::{self, Version},
    store::{Incoming, Value},
};

/// Between two pages, milliseconds.
pub const STEP_MS: i64 = 15_000;
/// Series a request of remote-write carries, about.
const REQUEST_SERIES: usize = 5_000;

/// A series of the recording: its text without the host's labels, its label pairs, and its value on each page.
struct Recorded {
    name: String,
    labels: Pairs,
    counter: bool,
    values: Vec<f64>,
}

/// The hosts.
pub struct Fleet {
    recorded: Vec<Recorded>,
    pages: usize,
    instances: Vec<String>,
}

/// Now, milliseconds since 1970 UTC.
pub fn now_ms() -> i64 {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).expect("after 1970");
    i64::try_from(now.as_millis()).expect("before the year 292 million")
}

/// Records pages of this machine.
pub fn record(pages: usize, every: Duration) -> Vec<String> {
    println!("# recording {pages} pages of node_exporter, one each {} s", every.as_secs());
    let address = format!("127.0.0.1:{}", free_port());
    let mut exporter = Command::new("/usr/bin/prometheus-node-exporter")
        .arg(format!("--web.listen-address={address}"))
        .stderr(Stdio::null())
        .spawn()
        .expect("prometheus-node-exporter (Debian)");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let page = |runtime: &tokio::runtime::Runtime| {
        runtime.block_on(async { evenkeel_stories::client::http().get(format!("http://{address}/metrics")).send().await?.text().await })
    };
    while page(&runtime).is_err() {
        std::thread::sleep(Duration::from_millis(100));
    }
    let recorded = (0..pages)
        .map(|_| {
            std::thread::sleep(every);
            page(&runtime).expect("a page")
        })
        .collect();
    let _ = exporter.kill();
    let _ = exporter.wait();
    recorded
}

type Pairs = Vec<(String, String)>;

/// Name, label pairs and value of a line.
fn parse(line: &str) -> Option<(String, Pairs, f64)> {
    let (series, value) = line.rsplit_once(' ')?;
    let (name, rest) = series.split_once('{').unwrap_or((series, ""));
    let mut labels = Vec::new();
    let mut rest = rest.trim_end_matches('}');
    while let Some((label, after)) = rest.split_once("=\"") {
        let mut escaped = false;
        let end = after.find(|c| {
            let ends = c == '"' && !escaped;
            escaped = c == '\\' && !escaped;
            ends
        })?;
        labels.push((label.trim_start_matches(',').to_owned(), after[..end].to_owned()));
        rest = &after[end + 1..];
    }
    Some((name.to_owned(), labels, value.parse().ok()?))
}

impl Fleet {
    /// As many hosts as make about `series` series.
    pub fn new(pages: &[String], series: usize) -> Self {
        let mut recorded: Vec<Recorded> = Vec::new();
        let mut known: HashMap<(String, Pairs), usize> = HashMap::new();
        let mut counters: HashMap<String, bool> = HashMap::new();
        for (place, page) in pages.iter().enumerate() {
            for line in page.lines() {
                if let Some((name, kind)) = line.strip_prefix("# TYPE ").and_then(|rest| rest.split_once(' ')) {
                    counters.insert(name.to_owned(), kind == "counter");
                }
                let Some((name, labels, value)) = (!line.starts_with('#')).then(|| parse(line)).flatten() else { continue };
                let at = *known.entry((name.clone(), labels.clone())).or_insert_with(|| {
                    let counter = counters.get(&name).copied().unwrap_or(false);
                    recorded.push(Recorded { name, labels, counter, values: Vec::new() });
                    recorded.len() - 1
                });
                if recorded[at].values.len() == place {
                    recorded[at].values.push(value);
                }
            }
        }
        // Series that are on every page: the others would need markers of their own.
        recorded.retain(|one| one.values.len() == pages.len());
        let hosts = series.div_ceil(recorded.len().max(1));
        let instances = (0..hosts).map(|host| format!("host-{host:03}.example.com:9100")).collect();
        Self { recorded, pages: pages.len(), instances }
    }

    pub fn hosts(&self) -> usize {
        self.instances.len()
    }

    pub fn pages(&self) -> usize {
        self.pages
    }

    pub fn series(&self) -> usize {
        self.recorded.len() * self.instances.len()
    }

    pub fn varying_percent(&self) -> usize {
        let varies = |one: &&Recorded| one.values.windows(2).any(|pair| pair[0].to_bits() != pair[1].to_bits());
        self.recorded.iter().filter(varies).count() * 100 / self.recorded.len().max(1)
    }

    pub fn series_a_host(&self) -> usize {
        self.recorded.len()
    }

    pub fn instance(&self, host: usize) -> &str {
        &self.instances[host]
    }

    #[allow(clippy::cast_precision_loss, reason = "a recording is played a few times over")]
    fn value(&self, one: &Recorded, host: usize, row: usize) -> f64 {
        let page = row + host * 13;
        let value = one.values[page % self.pages];
        // Counters go on rising when the recording begins again.
        if one.counter { value + (page / self.pages) as f64 * (one.values[self.pages - 1] - one.values[0]).max(0.0) } else { value }
    }

    /// The page of a host as it would answer a scrape.
    pub fn page(&self, host: usize, row: usize) -> String {
        let mut text = String::new();
        let mut last = "";
        for one in &self.recorded {
            if one.name != last && one.counter {
                let _ = writeln!(text, "# TYPE {} counter", one.name);
            }
            last = &one.name;
            text.push_str(&one.name);
            for (place, (name, value)) in one.labels.iter().enumerate() {
                let _ = write!(text, "{}{name}=\"{value}\"", if place == 0 { '{' } else { ',' });
            }
            text.push_str(if one.labels.is_empty() { " " } else { "} " });
            let _ = writeln!(text, "{}", self.value(one, host, row));
        }
        text
    }

    /// The bodies of remote-write that bring one row of all hosts, and how many samples each has.
    pub fn requests(&self, start_ms: i64, row: usize) -> Vec<(Vec<u8>, usize)> {
        let hosts: Vec<usize> = (0..self.hosts()).collect();
        hosts.chunks((REQUEST_SERIES / self.recorded.len().max(1)).max(1)).map(|hosts| self.request(start_ms, row, hosts)).collect()
    }

    fn request(&self, start_ms: i64, row: usize, hosts: &[usize]) -> (Vec<u8>, usize) {
        let labelled: Vec<(usize, Vec<(&str, &str)>)> = hosts
            .iter()
            .flat_map(|host| {
                self.recorded.iter().map(|one| {
                    let mut labels = vec![("__name__", one.name.as_str()), ("instance", self.instances[*host].as_str()), ("job", "node")];
                    labels.extend(one.labels.iter().map(|(name, value)| (name.as_str(), value.as_str())));
                    labels.sort_unstable();
                    (*host, labels)
                })
            })
            .collect();
        let samples: Vec<Incoming<'_>> = labelled
            .iter()
            .zip(self.recorded.iter().cycle())
            .map(|((host, labels), one)| {
                // Targets are scraped one after the other over the interval.
                let phase = i64::try_from(*host).expect("few") * STEP_MS / i64::try_from(self.hosts()).expect("few");
                let at_ms = start_ms + i64::try_from(row).expect("few") * STEP_MS + phase;
                Incoming { labels, at_ms, value: Value::Float(self.value(one, *host, row)) }
            })
            .collect();
        let mut body = Vec::new();
        remote::encode(Version::V1, &samples, std::iter::empty(), &mut body);
        (body, samples.len())
    }
}
