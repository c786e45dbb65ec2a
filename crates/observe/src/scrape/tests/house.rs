//! Real servers, a store, and a scraper on the real clock.

use std::{
    collections::BTreeMap,
    future::Future,
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
    time::Duration,
};

use evenkeel_core::{Clock, id::TenantId};
use evenkeel_tsdb::{
    source::{Samples, Source as _, is_stale},
    store::{Config, Store},
};
use jiff::Timestamp;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    time::Instant,
};
use tokio_util::sync::CancellationToken;

use crate::{
    metric::{MetricOptions, Metrics},
    scrape::{Scraper, config},
};

/// A clock that goes with tokio's.
struct Ticking(Instant);

impl Clock for Ticking {
    fn now(&self) -> Timestamp {
        let start = Timestamp::from_second(1_800_000_000).unwrap();
        evenkeel_core::time::truncate(start + self.0.elapsed())
    }
}

pub fn clock() -> Arc<dyn Clock> {
    Arc::new(Ticking(Instant::now()))
}

/// Serves each connection with `serve` until the test ends.
pub async fn each<F, Fut>(serve: F) -> SocketAddr
where
    F: Fn(TcpStream) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = ()> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve(stream));
        }
    });
    address
}

/// Reads a request's head; empty when the other side hung up.
pub async fn head(stream: &mut (impl AsyncReadExt + Unpin)) -> String {
    let mut text = Vec::new();
    let mut bytes = [0_u8; 1024];
    while !text.windows(4).any(|window| window == b"\r\n\r\n") {
        match stream.read(&mut bytes).await {
            Ok(0) | Err(_) => return String::new(),
            Ok(read) => text.extend_from_slice(&bytes[..read]),
        }
    }
    String::from_utf8_lossy(&text).into_owned()
}

/// An answer with these headers and this body.
pub fn response(status: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let mut all = format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\n{headers}\r\n", body.len()).into_bytes();
    all.extend_from_slice(body);
    all
}

/// A page of metrics.
pub fn page(body: &str) -> Vec<u8> {
    response("200 OK", "Content-Type: text/plain; version=0.0.4\r\n", body.as_bytes())
}

/// Answers each request, on connections that are kept, with what `answer` makes of its head.
pub async fn http<F>(answer: F) -> SocketAddr
where
    F: Fn(&str) -> Vec<u8> + Send + Sync + 'static,
{
    let answer = Arc::new(answer);
    each(move |mut stream| {
        let answer = Arc::clone(&answer);
        async move {
            loop {
                let head = head(&mut stream).await;
                if head.is_empty() || stream.write_all(&answer(&head)).await.is_err() {
                    return;
                }
            }
        }
    })
    .await
}

/// A page that can be changed while it is served; `None` hangs up.
#[derive(Clone, Default)]
pub struct Shown(Arc<Mutex<Option<String>>>);

impl Shown {
    pub fn set(&self, text: &str) {
        *self.0.lock().unwrap() = Some(text.to_owned());
    }
    pub fn hang_up(&self) {
        *self.0.lock().unwrap() = None;
    }
    pub async fn serve(&self) -> SocketAddr {
        let shown = self.clone();
        http(move |_| shown.0.lock().unwrap().as_deref().map_or_else(|| b"nothing\r\n\r\n".to_vec(), page)).await
    }
}

/// A store and a scraper that reads a file.
pub struct House {
    pub scraper: Scraper,
    pub store: Arc<Store>,
    pub folder: tempfile::TempDir,
    cancel: CancellationToken,
    running: Option<tokio::task::JoinHandle<()>>,
}

pub fn tenant() -> TenantId {
    TenantId::named("t")
}

impl House {
    /// Runs with this file.
    pub fn new(text: &str) -> Self {
        let house = Self::idle(text);
        house.scraper.load().unwrap_or_else(|findings| panic!("{findings}"));
        house.running()
    }

    /// Nothing runs yet.
    pub fn idle(text: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = clock();
        let store = Arc::new(Store::open(Config::new(folder.path().join("metrics")), Arc::clone(&clock)).unwrap());
        let file = folder.path().join("prometheus.yml");
        std::fs::write(&file, text).unwrap();
        let metrics = Metrics::new(Arc::clone(&store), Arc::clone(&clock), MetricOptions::default());
        let scraper = Scraper::new(&metrics, tenant(), clock, "host", Some(file));
        Self { scraper, store, folder, cancel: CancellationToken::new(), running: None }
    }

    /// Runs.
    pub fn running(mut self) -> Self {
        let (scraper, cancel) = (self.scraper.clone(), self.cancel.clone());
        self.running = Some(tokio::spawn(async move { scraper.run(cancel).await }));
        self
    }

    /// Stops and waits until everything is finished.
    pub async fn stop(&mut self) {
        self.cancel.cancel();
        self.running.take().unwrap().await.unwrap();
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).unwrap();
    }

    /// The values of each series of a metric by its other labels, a marker as `x`.
    pub fn values(&self, metric: &str) -> BTreeMap<String, Vec<String>> {
        let mut samples = Samples::default();
        let mut found = BTreeMap::new();
        for mut cursor in self.store.select(tenant(), &[], i64::MIN, i64::MAX, usize::MAX).unwrap() {
            if cursor.labels().get("__name__") != metric {
                continue;
            }
            cursor.read(&mut samples).unwrap();
            let labels: Vec<String> =
                cursor.labels().iter().filter(|(name, _)| &***name != "__name__").map(|(name, value)| format!("{name}={value}")).collect();
            let values = samples.values.iter().map(|value| if is_stale(*value) { "x".to_owned() } else { value.to_string() }).collect();
            found.insert(labels.join(","), values);
        }
        found
    }

    /// Waits until something holds.
    pub async fn until(&self, what: &str, holds: impl Fn(&Self) -> bool) {
        for _ in 0..600 {
            if holds(self) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("{what} does not come true; targets: {:?}", self.health());
    }

    /// Health and error of each target by its labels.
    pub fn health(&self) -> BTreeMap<String, (&'static str, String)> {
        let pools = self.scraper.pools();
        let targets = pools.iter().flat_map(|pool| pool.targets());
        targets.map(|target| (target.spec.labels.to_string(), (target.seen().health.as_str(), target.seen().error))).collect()
    }
}

/// The jobs of a text.
pub fn jobs(text: &str) -> Vec<config::Job> {
    config::read_text(Path::new("p.yml"), text).unwrap_or_else(|findings| panic!("{findings}")).jobs
}
