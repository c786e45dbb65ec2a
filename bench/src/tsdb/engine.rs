//! The engines: ours, Prometheus, VictoriaMetrics, each a process of its own.

use std::{
    fs,
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use evenkeel_core::{Clock as _, time::ManualClock};
use evenkeel_stories::{
    client,
    process::{Process, Setup, binary},
};
use evenkeel_tsdb::store::{Config, Store};
use serde_json::{Value, json};

use super::{fleet::Fleet, hosts::Hosts};
use crate::account;

/// Requests of remote-write under way at once.
const SENDERS: usize = 4;

/// Which engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Ours,
    Prometheus,
    Victoria,
}

impl Kind {
    pub const ALL: [Self; 3] = [Self::Ours, Self::Prometheus, Self::Victoria];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Ours => "evenkeel",
            Self::Prometheus => "prometheus",
            Self::Victoria => "victoria-metrics",
        }
    }

    /// Name and version, as Debian has them.
    pub fn version(self) -> String {
        let package = Command::new("dpkg-query").args(["-W", "-f=${Version}", self.name()]).output();
        let version = package.map(|out| String::from_utf8_lossy(&out.stdout).into_owned()).unwrap_or_default();
        format!("{} {}", self.name(), version.split(['+', '-']).next().unwrap_or_default())
    }
}

enum Running {
    Ours(Process),
    Peer(Child),
}

/// A running engine.
pub struct Engine {
    kind: Kind,
    running: Running,
    setup: Setup,
    http: reqwest::Client,
    base: String,
    write: String,
    token: Option<String>,
}

impl Engine {
    /// Starts it over an empty folder, scraping `hosts` when there are any.
    pub async fn start(kind: Kind, hosts: Option<&Hosts>) -> Self {
        let mut setup = Setup::new(None);
        // On the disk of the checkout; /tmp may be memory.
        setup.folder = tempfile::tempdir_in(".").expect("a folder");
        let config = setup.folder.path().join("prometheus.yml");
        fs::write(&config, hosts.map_or("global: {}\n", Hosts::config)).expect("a configuration");
        let folder = setup.folder.path().join("data").display().to_string();
        let address = format!("127.0.0.1:{}", setup.port);
        let root = format!("http://{address}");
        let http = client::http();
        let config = config.display().to_string();
        let (running, base, write, token) = match kind {
            Kind::Ours => {
                assert!(
                    binary().ends_with("release/evenkeel"),
                    "a debug build measures nothing: make bench builds and names the release build"
                );
                let process = setup.serve_with(&["--prometheus-config", &config]).await;
                let admin = setup.sign_in(&process).await;
                let permissions = ["metric.read", "metric.write"];
                let made = admin.post("/api/v1/tokens", &json!({ "name": "bench", "permissions": permissions, "expires_at": null })).await;
                let token = made["secret"].as_str().expect("a token").to_owned();
                (Running::Ours(process), format!("{root}/prometheus"), format!("{root}/prometheus/api/v1/write"), Some(token))
            }
            Kind::Prometheus => {
                let arguments = [
                    format!("--config.file={config}"),
                    format!("--storage.tsdb.path={folder}"),
                    format!("--web.listen-address={address}"),
                    "--web.enable-remote-write-receiver".to_owned(),
                    "--web.enable-admin-api".to_owned(),
                ];
                (peer("/usr/bin/prometheus", &arguments), root.clone(), format!("{root}/api/v1/write"), None)
            }
            Kind::Victoria => {
                let mut arguments = vec![
                    format!("-storageDataPath={folder}"),
                    format!("-httpListenAddr={address}"),
                    "-retentionPeriod=12".to_owned(),
                    "-search.latencyOffset=0s".to_owned(),
                    "-search.disableCache".to_owned(),
                ];
                if hosts.is_some() {
                    arguments.push(format!("-promscrape.config={config}"));
                }
                (peer("/usr/bin/victoria-metrics", &arguments), root.clone(), format!("{root}/api/v1/write"), None)
            }
        };
        let engine = Self { kind, running, setup, http, base, write, token };
        while engine.get("/api/v1/query?query=1").await.is_none() {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        engine
    }

    fn id(&self) -> u32 {
        match &self.running {
            Running::Ours(process) => process.id(),
            Running::Peer(child) => child.id(),
        }
    }

    fn request(&self, request: reqwest::RequestBuilder) -> reqwest::RequestBuilder {
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    async fn get(&self, path: &str) -> Option<Value> {
        let answer = self.request(self.http.get(format!("{}{path}", self.base))).send().await.ok()?;
        if !answer.status().is_success() {
            return None;
        }
        serde_json::from_str(&answer.text().await.ok()?).ok()
    }

    /// Resident memory, bytes.
    pub fn resident_bytes(&self) -> f64 {
        account::memory(self.id(), "VmRSS")
    }

    /// CPU time of the process so far, seconds.
    pub fn cpu_secs(&self) -> f64 {
        account::cpu_secs(self.id())
    }

    /// Sends rows of the whole fleet; how many samples were taken and how long that took.
    pub async fn take(&self, fleet: &Fleet, start_ms: i64, rows: usize) -> (usize, Duration) {
        let (mut samples, mut took) = (0, Duration::ZERO);
        for row in 0..rows {
            // Made before the clock runs: what is measured is the receiver, on a machine that it shares with the sender.
            let mut requests = fleet.requests(start_ms, row);
            samples += requests.iter().map(|(_, samples)| samples).sum::<usize>();
            let began = Instant::now();
            while !requests.is_empty() {
                let some: Vec<_> = requests.drain(..requests.len().min(SENDERS)).map(|(body, _)| self.send(body)).collect();
                futures::future::join_all(some).await;
            }
            took += began.elapsed();
        }
        (samples, took)
    }

    async fn send(&self, body: Vec<u8>) {
        let request = self
            .http
            .post(&self.write)
            .header("Content-Type", "application/x-protobuf")
            .header("Content-Encoding", "snappy")
            .header("X-Prometheus-Remote-Write-Version", "0.1.0")
            .body(body);
        let answer = self.request(request).send().await.expect("an answer");
        let status = answer.status();
        assert!(status.is_success(), "{}: {status}: {}", self.kind.name(), answer.text().await.unwrap_or_default());
    }

    /// Asks a query; milliseconds, and how many series answered.
    pub async fn ask(&self, query: &str, at_ms: i64, minutes: Option<i64>) -> (f64, usize) {
        let instant = |ms: i64| format!("{}.{:03}", ms / 1000, ms % 1000);
        let (path, times) = match minutes {
            None => ("query", vec![("time", instant(at_ms))]),
            Some(minutes) => {
                ("query_range", vec![("start", instant(at_ms - minutes * 60_000)), ("end", instant(at_ms)), ("step", "15".to_owned())])
            }
        };
        let mut form = vec![("query", query.to_owned()), ("nocache", "1".to_owned())];
        form.extend(times);
        let address = reqwest::Url::parse_with_params(&format!("{}/api/v1/{path}", self.base), form).expect("an address");
        let began = Instant::now();
        let answer = self.request(self.http.get(address)).send().await.expect("an answer");
        let text = answer.text().await.expect("a body");
        let took = began.elapsed().as_secs_f64() * 1000.0;
        let value: Value = serde_json::from_str(&text).expect("JSON");
        let series = value["data"]["result"].as_array().map_or(0, Vec::len);
        assert!(series > 0, "{}: {query}: {}", self.kind.name(), text.chars().take(300).collect::<String>());
        (took, series)
    }

    /// Bytes on disk of a sample: values and instants alone, and with what finds them. The engine has stopped afterwards.
    pub async fn bytes_per_sample(&mut self) -> (f64, f64) {
        let data = self.setup.folder.path().join("data");
        match self.kind {
            Kind::Ours => {
                if let Running::Ours(process) = &mut self.running {
                    assert!(process.stop());
                }
                let clock = std::sync::Arc::new(ManualClock::at(jiff::Timestamp::now()));
                let _ = clock.now();
                let store = Store::open(Config::new(data.join("metrics")), clock).expect("the store");
                store.flush().expect("blocks");
                let stats = store.stats();
                #[allow(clippy::cast_precision_loss, reason = "counts below 2^53")]
                let (samples, data, whole) = (stats.block_samples as f64, stats.data_bytes as f64, stats.block_bytes as f64);
                (data / samples, whole / samples)
            }
            Kind::Prometheus => {
                let answer = self.http.post(format!("{}/api/v1/admin/tsdb/snapshot", self.base)).send().await.expect("a snapshot");
                let text = answer.text().await.expect("a body");
                let named: Value = serde_json::from_str(&text).expect("JSON");
                let snapshot = data.join("snapshots").join(named["data"]["name"].as_str().expect("a name"));
                let (mut samples, mut chunks, mut index) = (0.0, 0.0, 0.0);
                for block in fs::read_dir(&snapshot).expect("blocks").filter_map(Result::ok).map(|entry| entry.path()) {
                    let Ok(meta) = fs::read_to_string(block.join("meta.json")) else { continue };
                    let meta: Value = serde_json::from_str(&meta).expect("JSON");
                    samples += meta["stats"]["numSamples"].as_f64().unwrap_or(0.0);
                    chunks += folder_bytes(&block.join("chunks"));
                    index += folder_bytes(&block.join("index"));
                }
                (chunks / samples, (chunks + index) / samples)
            }
            Kind::Victoria => {
                for path in ["/internal/force_flush", "/internal/force_merge"] {
                    let _ = self.http.get(format!("{}{path}", self.base)).send().await;
                }
                tokio::time::sleep(Duration::from_secs(20)).await;
                let page = self.http.get(format!("{}/metrics", self.base)).send().await.expect("metrics").text().await.expect("a body");
                let sum = |name: &str, kind: &str| -> f64 {
                    page.lines()
                        .filter(|line| line.starts_with(name) && line.contains(kind))
                        .filter_map(|line| line.rsplit_once(' ')?.1.parse::<f64>().ok())
                        .sum()
                };
                let samples = sum("vm_rows{", "type=\"storage/");
                let (stored, index) = (sum("vm_data_size_bytes{", "type=\"storage/"), sum("vm_data_size_bytes{", "type=\"indexdb"));
                (stored / samples, (stored + index) / samples)
            }
        }
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        if let Running::Peer(child) = &mut self.running {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

fn peer(program: &str, arguments: &[String]) -> Running {
    let child = Command::new(program).args(arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
    Running::Peer(child.unwrap_or_else(|error| panic!("{program}: {error}")))
}

fn folder_bytes(path: &Path) -> f64 {
    let meta = fs::metadata(path).expect("a file");
    if meta.is_file() {
        #[allow(clippy::cast_precision_loss, reason = "sizes below 2^53")]
        return meta.len() as f64;
    }
    fs::read_dir(path).expect("a folder").filter_map(Result::ok).map(|entry| folder_bytes(&entry.path())).sum()
}
