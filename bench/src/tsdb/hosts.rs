//! The hosts as web servers: one port, a path a host, the page that is due.

use std::{
    fmt::Write as _,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader},
    net::{TcpListener, TcpStream},
};

use super::fleet::Fleet;

/// Between two scrapes of a host.
pub const INTERVAL_SECS: u64 = 5;
/// Pages of each host that are made beforehand.
const PAGES: usize = 4;

/// Running hosts.
pub struct Hosts {
    config: String,
    served: Arc<AtomicU64>,
    a_host: u64,
}

impl Hosts {
    /// Starts them on a free port.
    pub async fn start(fleet: &Fleet) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let pages: Arc<Vec<Vec<String>>> =
            Arc::new((0..fleet.hosts()).map(|host| (0..PAGES).map(|row| fleet.page(host, row)).collect()).collect());
        let served = Arc::new(AtomicU64::new(0));
        let counted = Arc::clone(&served);
        tokio::spawn(async move {
            let began = Instant::now();
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(answer(stream, Arc::clone(&pages), Arc::clone(&counted), began));
            }
        });
        let mut config =
            format!("global: {{ scrape_interval: {INTERVAL_SECS}s }}\nscrape_configs:\n  - job_name: node\n    static_configs:\n");
        for host in 0..fleet.hosts() {
            let _ = writeln!(
                config,
                "      - {{ targets: [\"{address}\"], labels: {{ __metrics_path__: /{host}, instance: \"{}\" }} }}",
                fleet.instance(host)
            );
        }
        Self { config, served, a_host: u64::try_from(fleet.series_a_host()).expect("few") }
    }

    /// A configuration of Prometheus that scrapes them all.
    pub fn config(&self) -> &str {
        &self.config
    }

    /// Samples served so far.
    pub fn samples(&self) -> u64 {
        self.served.load(Ordering::Relaxed) * self.a_host
    }
}

async fn answer(stream: TcpStream, pages: Arc<Vec<Vec<String>>>, served: Arc<AtomicU64>, began: Instant) {
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    let mut host = 0;
    while let Ok(Some(line)) = lines.next_line().await {
        if let Some(path) = line.strip_prefix("GET /") {
            host = path.split(' ').next().and_then(|number| number.parse().ok()).unwrap_or(0);
        }
        if line.is_empty() {
            let turn = began.elapsed().as_secs() / Duration::from_secs(INTERVAL_SECS).as_secs();
            let page = &pages[host][usize::try_from(turn).unwrap_or(0) % PAGES];
            let head = format!("HTTP/1.1 200 OK\r\nContent-Type: text/plain; version=0.0.4\r\nContent-Length: {}\r\n\r\n", page.len());
            if write.write_all(head.as_bytes()).await.is_err() || write.write_all(page.as_bytes()).await.is_err() {
                return;
            }
            served.fetch_add(1, Ordering::Relaxed);
        }
    }
}
