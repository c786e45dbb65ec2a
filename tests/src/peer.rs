//! Real peers of the Prometheus world, as Debian packages them, and something for them to scrape.

use std::{
    io::{BufRead, BufReader, Write},
    net::{SocketAddr, TcpListener},
    path::Path,
    process::{Child, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

/// A page whose counter rises by one with each scrape: a sample that is lost leaves a hole.
#[derive(Clone)]
pub struct Counting {
    pub address: SocketAddr,
    scrapes: Arc<AtomicU64>,
}

impl Counting {
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let scrapes = Arc::new(AtomicU64::new(0));
        let counter = Arc::clone(&scrapes);
        std::thread::spawn(move || {
            for mut stream in listener.incoming().map_while(Result::ok) {
                // The whole head: what is not read would be reset.
                let head = BufReader::new(&stream).lines().map_while(Result::ok).take_while(|line| !line.is_empty()).count();
                let count = if head > 0 { counter.fetch_add(1, Ordering::Relaxed) + 1 } else { continue };
                let page = format!("# HELP scrapes_total Looks at this page.\n# TYPE scrapes_total counter\nscrapes_total {count}\n");
                let _ = write!(
                    stream,
                    "HTTP/1.1 200 OK\r\nContent-Type: text/plain; version=0.0.4\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{page}",
                    page.len()
                );
            }
        });
        Self { address, scrapes }
    }

    pub fn scrapes(&self) -> u64 {
        self.scrapes.load(Ordering::Relaxed)
    }
}

/// A peer's process; killed when dropped.
pub struct Peer(Child);

impl Peer {
    /// Starts it with its output in a file; `None` when it is not installed.
    pub fn start(program: &str, args: &[String], log: &Path) -> Option<Self> {
        let out = std::fs::File::create(log).unwrap();
        let command = Command::new(program).args(args).stdin(Stdio::null()).stdout(out.try_clone().unwrap()).stderr(out).spawn();
        match command {
            Ok(child) => Some(Self(child)),
            Err(error) => {
                eprintln!("not told: {program} cannot be started ({error}); scripts/ensure.sh installs it");
                None
            }
        }
    }
}

impl Peer {
    /// SIGTERM, and waits for an orderly end.
    pub fn stop(mut self) {
        let _ = Command::new("kill").arg(self.0.id().to_string()).status();
        let _ = self.0.wait();
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Prometheus over its own page and `target`, a look every `interval`, everything sent on to `write_url`.
pub fn prometheus(folder: &Path, port: u16, target: SocketAddr, interval: &str, write_url: &str, token: &str) -> Option<Peer> {
    std::fs::create_dir_all(folder).unwrap();
    let config = folder.join("prometheus.yml");
    std::fs::write(
        &config,
        format!(
            "global: {{scrape_interval: {interval}, scrape_timeout: {interval}}}\nscrape_configs:\n- job_name: prometheus\n  static_configs: [{{targets: ['127.0.0.1:{port}']}}]\n- job_name: counting\n  static_configs: [{{targets: ['{target}']}}]\nremote_write:\n- url: {write_url}\n  basic_auth: {{username: story, password: {token}}}\n  queue_config: {{batch_send_deadline: 200ms, min_backoff: 30ms, max_backoff: 200ms}}\n"
        ),
    )
    .unwrap();
    let args = [
        format!("--config.file={}", config.display()),
        format!("--storage.tsdb.path={}", folder.join("data").display()),
        format!("--web.listen-address=127.0.0.1:{port}"),
    ];
    Peer::start("prometheus", &args, &folder.join("prometheus.log"))
}

/// vmagent over `target`, a look every `interval`, everything sent on to `write_url`.
pub fn vmagent(folder: &Path, port: u16, target: SocketAddr, interval: &str, write_url: &str, token: &str) -> Option<Peer> {
    std::fs::create_dir_all(folder).unwrap();
    let config = folder.join("vmagent.yml");
    std::fs::write(
        &config,
        format!(
            "global: {{scrape_interval: {interval}}}\nscrape_configs:\n- job_name: vmagent\n  static_configs: [{{targets: ['{target}']}}]\n"
        ),
    )
    .unwrap();
    let args = [
        format!("-promscrape.config={}", config.display()),
        format!("-remoteWrite.url={write_url}"),
        "-remoteWrite.basicAuth.username=story".to_owned(),
        format!("-remoteWrite.basicAuth.password={token}"),
        format!("-remoteWrite.tmpDataPath={}", folder.join("queue").display()),
        "-remoteWrite.flushInterval=200ms".to_owned(),
        format!("-httpListenAddr=127.0.0.1:{port}"),
    ];
    Peer::start("vmagent", &args, &folder.join("vmagent.log"))
}
