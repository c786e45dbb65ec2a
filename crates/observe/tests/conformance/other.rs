//! Other engines, as Debian has them, started for the test. Scripts lie near 1970, which no engine keeps: all instants are moved. Each
//! `clear` moves them on by six weeks, so that nothing of before is in reach: a fresh engine each time would take a second each.

use std::{
    fs::File,
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

use evenkeel_observe::metric::{
    Ask, Span,
    remote::{Api, EngineKind, RemoteOptions},
};
use evenkeel_tsdb::{
    promql::{QueryResult, Value, features, parse},
    script::{Eval, Expect, Item, MemorySource, Subject, source},
    source::Labels,
    store::Logged,
};
use tempfile::TempDir;

use crate::loaded;

const WEEK_MS: i64 = 7 * 86_400_000;
/// From one `clear` to the next.
const APART_MS: i64 = 6 * WEEK_MS;
/// The first begins here; a multiple of every step that scripts have, so that subqueries fall on the same steps.
const FIRST_MS: i64 = 1_200_000_000_000 / WEEK_MS * WEEK_MS;
/// How long an engine may take to start or to show what it took.
const PATIENCE: Duration = Duration::from_secs(30);

/// Parts of the language whose answer names an instant or the calendar.
const ABSOLUTE: [&str; 17] = [
    "@",
    "time",
    "timestamp",
    "start",
    "end",
    "minute",
    "hour",
    "month",
    "year",
    "day_of_month",
    "day_of_week",
    "day_of_year",
    "days_in_month",
    "ts_of_first_over_time",
    "ts_of_last_over_time",
    "ts_of_min_over_time",
    "ts_of_max_over_time",
];

pub struct Other {
    process: Child,
    api: Api,
    base_ms: i64,
    loaded: MemorySource,
    sent: usize,
    /// Where victoria-metrics is told to show what it has; else it takes a few seconds.
    flush: Option<url::Url>,
    folder: TempDir,
}

impl Drop for Other {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

fn arguments(kind: EngineKind, folder: &Path, port: u16) -> (&'static str, &'static str, Vec<String>) {
    let data = folder.join("data").display().to_string();
    if kind == EngineKind::VictoriaMetrics {
        let args = vec![
            format!("-storageDataPath={data}"),
            format!("-httpListenAddr=127.0.0.1:{port}"),
            "-retentionPeriod=100y".to_owned(),
            "-memory.allowedBytes=128MB".to_owned(),
            "-search.maxStalenessInterval=5m".to_owned(),
        ];
        return ("victoria-metrics", "api/v1/write", args);
    }
    let config = folder.join("prometheus.yml");
    std::fs::write(&config, "storage: { tsdb: { out_of_order_time_window: 100y } }\n").unwrap();
    let args = vec![
        format!("--config.file={}", config.display()),
        format!("--storage.tsdb.path={data}"),
        format!("--web.listen-address=127.0.0.1:{port}"),
        "--web.enable-remote-write-receiver".to_owned(),
        "--enable-feature=native-histograms".to_owned(),
        "--storage.tsdb.retention.time=100y".to_owned(),
        // Else it makes a block of every two hours meanwhile.
        "--storage.tsdb.min-block-duration=40y".to_owned(),
        "--storage.tsdb.max-block-duration=40y".to_owned(),
    ];
    ("prometheus", "api/v1/write", args)
}

impl Other {
    /// None when it is not installed.
    pub async fn start(kind: EngineKind) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let port = port();
        let (program, write, args) = arguments(kind, folder.path(), port);
        let log = File::create(folder.path().join("log")).unwrap();
        let started = Command::new(program).args(&args).stdin(Stdio::null()).stdout(log.try_clone().unwrap()).stderr(log).spawn();
        let process = match started {
            Ok(process) => process,
            Err(error) => {
                println!("    {program} cannot be started ({error}); scripts/ensure.sh installs it");
                return None;
            }
        };
        let url: url::Url = format!("http://127.0.0.1:{port}/").parse().unwrap();
        let _ = rustls::crypto::ring::default_provider().install_default();
        let flush = (kind == EngineKind::VictoriaMetrics).then(|| url.join("internal/force_flush").unwrap());
        let api = Api::new(RemoteOptions::new(kind, url.clone(), url.join(write).unwrap()));
        let other = Self { process, api, base_ms: FIRST_MS, loaded: MemorySource::default(), sent: 0, flush, folder };
        other.until("it to answer", async || other.api.query("1", FIRST_MS, Ask::default()).await.is_ok()).await;
        Some(other)
    }

    async fn until(&self, what: &str, done: impl AsyncFn() -> bool) {
        for _ in 0..PATIENCE.as_millis() / 50 {
            if done().await {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("waited for {what}: {}", std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default());
    }

    /// The engine shows everything it took before a series that is sent last.
    async fn settled(&mut self, newest_ms: i64) {
        self.sent += 1;
        let at_ms = newest_ms + 2 * 3_600_000;
        let labels = [("__name__", "evenkeel_settled".to_owned()), ("load", self.sent.to_string())];
        let labels = Labels::new(labels.map(|(name, value)| (name.into(), value.into())));
        self.api.send(&[(labels, at_ms, Logged::Float(1.0))]).await.unwrap();
        if let Some(flush) = &self.flush {
            let _ = reqwest::get(flush.clone()).await;
        }
        let query = format!("evenkeel_settled{{load=\"{}\"}}", self.sent);
        let seen = async || matches!(self.api.query(&query, at_ms, Ask::default()).await, Ok(QueryResult { value: Value::Vector(found), .. }) if found.len() == 1);
        self.until("what was sent to be shown", seen).await;
    }
}

impl Subject for Other {
    async fn clear(&mut self) {
        self.loaded.clear();
        self.base_ms += APART_MS;
    }

    async fn load(&mut self, step_ms: i64, with_nhcb: bool, series: Vec<(Labels, Vec<Item>)>) {
        // What was loaded before is sent again only under a time of its own: of a sample sent twice some engines keep both.
        let before: usize = loaded::samples(&self.loaded).len();
        if before > 0 {
            self.base_ms += APART_MS;
        }
        source::load(&mut self.loaded, step_ms, with_nhcb, series);
        let mut samples = loaded::samples(&self.loaded);
        for (_, at_ms, _) in &mut samples {
            *at_ms += self.base_ms;
        }
        let newest = samples.last().map_or(self.base_ms, |(_, at_ms, _)| *at_ms);
        // Histograms by themselves: who cannot take them takes the rest.
        let (floats, histograms): (Vec<_>, Vec<_>) = samples.into_iter().partition(|(.., value)| matches!(value, Logged::Float(_)));
        for part in [floats, histograms] {
            // What is refused is missing in the answers, and counted there.
            let _ = self.api.send(&part).await;
        }
        self.settled(newest).await;
    }

    async fn query(&self, query: &str, at_ms: i64) -> Result<QueryResult, String> {
        let mut result = self.api.query(query, self.base_ms + at_ms, Ask::default()).await.map_err(|error| error.to_string())?;
        back(&mut result, self.base_ms);
        Ok(result)
    }

    async fn query_range(&self, query: &str, (start, end, step_ms): (i64, i64, i64)) -> Result<QueryResult, String> {
        let span = Span { start_ms: self.base_ms + start, end_ms: self.base_ms + end, step_ms };
        let mut result = self.api.query_range(query, span, Ask::default()).await.map_err(|error| error.to_string())?;
        back(&mut result, self.base_ms);
        Ok(result)
    }

    /// What names an instant holds near 1970 only.
    fn leaves_out(&self, eval: &Eval) -> bool {
        match parse(&eval.query) {
            Ok(expr) => features(&expr).iter().any(|feature| ABSOLUTE.contains(feature)),
            Err(_) => !eval.expects.contains_key(&Expect::Fail),
        }
    }
}

fn back(result: &mut QueryResult, base_ms: i64) {
    if let Value::Matrix(matrix) = &mut result.value {
        for series in matrix {
            series.floats.iter_mut().for_each(|(at, _)| *at -= base_ms);
            series.histograms.iter_mut().for_each(|(at, _)| *at -= base_ms);
        }
    }
}
