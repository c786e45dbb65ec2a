//! Group `probe`: looks per CPU-second against `blackbox_exporter`, and how exactly two thousand probes keep their second.
//!
//! Ours is the whole worker on a real database: schedule, look, verdict, samples. The target is a thread of this process whose
//! CPU time is left out; both sides look at the same one.

use std::{
    fs,
    io::{Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    path::Path,
    process::{Child, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
        mpsc::sync_channel,
    },
    thread,
    time::{Duration, Instant, SystemTime},
};

use evenkeel_api::{Grant, Kit, Permission};
use evenkeel_core::{Actor, Clock, Id, Rng, id::ServiceId, random::SeededRng};
use evenkeel_observe::probe::{Hub, ProbeDefinition, ProbeOptions, put_probe};
use evenkeel_store::{Db, DbUrl, migration};
use evenkeel_tsdb::store::{Config, Keeper, Store};
use jiff::Timestamp;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio_util::sync::CancellationToken;

use crate::report::{Goal, Report};

const PROBES: usize = 2_000;
const SECONDS: u64 = 15;
const PEER: &str = "/usr/bin/prometheus-blackbox-exporter";
const PEER_CLIENTS: usize = 16;
const ANSWER: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 3\r\nConnection: close\r\n\r\nok\n";

/// Measures the group.
pub fn run(report: &mut Report) {
    let (per_cpu_second, schedule) = ("probe/http-per-cpu-second", "probe/schedule-error-p99");
    if !report.wants(per_cpu_second) && !report.wants(schedule) {
        return;
    }
    let target = Target::start();
    let ours = ours(&target);
    report.line(schedule, ours.late_ms_p99, None, "ms", Goal::AtMost(20.0));
    if report.wants(per_cpu_second) {
        let peer = peer(target.address).map(|looks| ("blackbox_exporter", looks));
        report.line(per_cpu_second, ours.looks_per_cpu_second, peer, "looks", Goal::AtLeastRatio(5.0));
    }
}

struct Ours {
    looks_per_cpu_second: f64,
    late_ms_p99: f64,
}

struct RealClock;

impl Clock for RealClock {
    fn now(&self) -> Timestamp {
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        Timestamp::from_microsecond(i64::try_from(now.as_micros()).unwrap_or(0)).unwrap_or_default()
    }
}

fn ours(target: &Target) -> Ours {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime");
    let folder = tempfile::tempdir().expect("a folder");
    runtime.block_on(async {
        let clock: Arc<dyn Clock> = Arc::new(RealClock);
        let rng: Arc<dyn Rng> = Arc::new(SeededRng::new(1));
        let db = Db::open(&DbUrl::Sqlite(folder.path().join("evenkeel.db")), clock, rng).await.expect("a database");
        let mut migrations = evenkeel_store::migrations();
        migrations.extend(evenkeel_observe::migrations());
        migration::migrate(&db, migrations).await.expect("tables");
        let tenant = Id::named("bench");
        let mut tx = db.write().await.expect("a transaction");
        let grant = Grant::system(Permission::DefinitionWrite);
        for number in 0..PROBES {
            let definition = serde_json::json!({
                "name": format!("probe-{number}"), "service": ServiceId::named(&format!("service-{}", number % 200)),
                "interval_secs": 1, "http": { "url": format!("http://{}/", target.address) }
            });
            let definition: ProbeDefinition = serde_json::from_value(definition).expect("a definition");
            put_probe(&mut tx, &grant, tenant, &Actor::system("bench"), &definition).await.expect("a probe");
        }
        tx.commit().await.expect("probes");

        let metrics = tempfile::tempdir().expect("a folder");
        let samples = Arc::new(Store::open(Config::new(metrics.path()), Arc::clone(db.clock())).expect("a metric store"));
        let _keeper = Keeper::start(Arc::clone(&samples), |_| {}).expect("a thread");
        let hub = Hub::new(Kit::new(db), samples, ProbeOptions::default());
        let cancel = CancellationToken::new();
        let running = tokio::spawn(Arc::clone(&hub).run(cancel.clone()));
        // Two seconds to start: first looks, first verdicts, all of them written.
        tokio::time::sleep(Duration::from_secs(2)).await;
        let (looks, cpu, waited) = (hub.health().looks, own_cpu(target), probes_thread_waited());
        tokio::time::sleep(Duration::from_secs(SECONDS)).await;
        let (looks, cpu) = (hub.health().looks - looks, own_cpu(target).saturating_sub(cpu));
        let (health, waited) = (hub.health(), probes_thread_waited().saturating_sub(waited));
        println!(
            "# ours: {looks} looks in {SECONDS} s, {:.2} CPU-seconds, {} slots skipped, {} looks failed at the target",
            cpu.as_secs_f64(),
            health.skipped,
            looks.saturating_sub(target.served.load(Ordering::Relaxed))
        );
        // On a machine that does nothing else this is far below a second; more of it is other people's lateness.
        println!("# ours: the probes' thread was ready but waited {:.2} s for a CPU", waited.as_secs_f64());
        cancel.cancel();
        running.await.expect("the worker ends");
        #[allow(clippy::cast_precision_loss)]
        let looks = looks as f64;
        Ours { looks_per_cpu_second: looks / cpu.as_secs_f64(), late_ms_p99: health.late_ms_p99 }
    })
}

/// CPU time of every thread of this process but the target's.
fn own_cpu(target: &Target) -> Duration {
    fs::read_dir("/proc/self/task")
        .expect("threads")
        .filter_map(Result::ok)
        .filter(|entry| entry.file_name().to_string_lossy() != target.thread)
        .map(|entry| on_cpu(&entry.path()))
        .sum()
}

/// Time on a CPU, from the scheduler's own account.
fn on_cpu(task: &Path) -> Duration {
    schedstat(task, 0)
}

/// Time that the thread of the probes was ready to run and did not, because the CPUs were busy with something else.
fn probes_thread_waited() -> Duration {
    fs::read_dir("/proc/self/task")
        .expect("threads")
        .filter_map(Result::ok)
        .map(|entry| entry.path())
        .find(|task| fs::read_to_string(task.join("comm")).is_ok_and(|name| name.trim() == "probes"))
        .map_or(Duration::ZERO, |task| schedstat(&task, 1))
}

/// A field of a thread's scheduler account, nanoseconds: 0 = on a CPU, 1 = waiting for one.
fn schedstat(task: &Path, field: usize) -> Duration {
    let text = fs::read_to_string(task.join("schedstat")).unwrap_or_default();
    Duration::from_nanos(text.split_whitespace().nth(field).and_then(|nanos| nanos.parse().ok()).unwrap_or(0))
}

/// A web server in one thread.
struct Target {
    address: SocketAddr,
    thread: String,
    served: Arc<AtomicU64>,
}

impl Target {
    fn start() -> Self {
        let served = Arc::new(AtomicU64::new(0));
        let (tell, told) = sync_channel(1);
        let counted = Arc::clone(&served);
        thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
            runtime.block_on(async move {
                let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
                listener.set_nonblocking(true).expect("non-blocking");
                let link = fs::read_link("/proc/thread-self").expect("this thread");
                let name = link.file_name().expect("a number").to_string_lossy().into_owned();
                tell.send((listener.local_addr().expect("an address"), name)).expect("somebody waits");
                let listener = tokio::net::TcpListener::from_std(listener).expect("a listener");
                while let Ok((mut stream, _)) = listener.accept().await {
                    let counted = Arc::clone(&counted);
                    tokio::spawn(async move {
                        let mut request = [0_u8; 2048];
                        if stream.read(&mut request).await.is_ok_and(|read| read > 0) && stream.write_all(ANSWER).await.is_ok() {
                            counted.fetch_add(1, Ordering::Relaxed);
                        }
                    });
                }
            });
        });
        let (address, thread) = told.recv().expect("the target starts");
        Self { address, thread, served }
    }
}

/// The peer, ended when dropped.
struct Peer {
    child: Child,
    address: SocketAddr,
}

impl Drop for Peer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Looks per CPU-second of `blackbox_exporter`; `None` when it is not installed.
fn peer(target: SocketAddr) -> Option<f64> {
    if !Path::new(PEER).exists() {
        println!("# no peer: install prometheus-blackbox-exporter");
        return None;
    }
    let folder = tempfile::tempdir().ok()?;
    let config = folder.path().join("blackbox.yml");
    fs::write(&config, "modules:\n  http_2xx:\n    prober: http\n    http:\n      preferred_ip_protocol: ip4\n").ok()?;
    let address = TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).ok()?;
    let child = Command::new(PEER)
        .arg(format!("--config.file={}", config.display()))
        .arg(format!("--web.listen-address={address}"))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    let peer = Peer { child, address };
    let begun = Instant::now();
    while cpu_of(&peer).is_none() {
        assert!(begun.elapsed() < Duration::from_secs(20), "blackbox_exporter does not answer");
        thread::sleep(Duration::from_millis(50));
    }
    drive(&peer, target, Duration::from_secs(1));
    let before = cpu_of(&peer)?;
    let looks = drive(&peer, target, Duration::from_secs(8));
    let cpu = cpu_of(&peer)? - before;
    println!("# blackbox_exporter: {looks} looks in 8 s, {cpu:.2} CPU-seconds");
    #[allow(clippy::cast_precision_loss)]
    Some(looks as f64 / cpu)
}

/// Keeps `PEER_CLIENTS` connections busy for so long; gives the good looks.
fn drive(peer: &Peer, target: SocketAddr, span: Duration) -> u64 {
    let stop = Arc::new(AtomicBool::new(false));
    let clients: Vec<_> = (0..PEER_CLIENTS)
        .map(|_| {
            let (stop, address) = (Arc::clone(&stop), peer.address);
            thread::spawn(move || {
                let mut stream = TcpStream::connect(address).expect("the peer accepts");
                let mut looks = 0_u64;
                while !stop.load(Ordering::Relaxed) {
                    let body = ask(&mut stream, address, &format!("/probe?module=http_2xx&target=http://{target}/"));
                    looks += u64::from(body.contains("probe_success 1"));
                }
                looks
            })
        })
        .collect();
    thread::sleep(span);
    stop.store(true, Ordering::Relaxed);
    clients.into_iter().map(|client| client.join().expect("a client ends")).sum()
}

fn cpu_of(peer: &Peer) -> Option<f64> {
    let mut stream = TcpStream::connect(peer.address).ok()?;
    let body = ask(&mut stream, peer.address, "/metrics");
    body.lines().find_map(|line| line.strip_prefix("process_cpu_seconds_total "))?.trim().parse().ok()
}

/// One request over a kept connection; gives the body as text.
fn ask(stream: &mut TcpStream, host: SocketAddr, path: &str) -> String {
    stream.write_all(format!("GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n").as_bytes()).expect("the peer takes a request");
    let mut bytes = Vec::new();
    let mut part = [0_u8; 16 << 10];
    loop {
        let read = stream.read(&mut part).expect("the peer answers");
        bytes.extend_from_slice(&part[..read]);
        let text = String::from_utf8_lossy(&bytes);
        let Some((head, body)) = text.split_once("\r\n\r\n") else {
            assert!(read > 0, "the peer hung up");
            continue;
        };
        let length = head.lines().find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length: ")?.trim().parse::<usize>().ok());
        let whole = match length {
            Some(length) => body.len() >= length,
            None => body.ends_with("\r\n0\r\n\r\n") || read == 0,
        };
        if whole {
            return body.to_owned();
        }
    }
}
