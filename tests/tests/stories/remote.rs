//! Another engine behind ours, victoria-metrics and prometheus as Debian has them. The engine is away while samples come in,
//! Evenkeel is killed, and when the engine is back every sample is in it, to the last digit.

use std::{
    collections::BTreeMap,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::SocketAddr,
    path::{Path, PathBuf},
    time::Duration,
};

use evenkeel_stories::{
    client::{Client, escaped, http},
    peer::{Counting, Peer},
    process::{Setup, free_port},
    until,
};
use serde_json::{Value, json};

/// The engine, in a folder of its own, so that it can go and come back.
fn engine(folder: &Path, port: u16, more: &[&str]) -> Option<Peer> {
    std::fs::create_dir_all(folder).unwrap();
    let mut args = vec![
        format!("-storageDataPath={}", folder.join("data").display()),
        format!("-httpListenAddr=127.0.0.1:{port}"),
        "-retentionPeriod=10y".to_owned(),
        "-memory.allowedBytes=128MB".to_owned(),
    ];
    args.extend(more.iter().map(|arg| (*arg).to_owned()));
    Peer::start("victoria-metrics", &args, &folder.join("engine.log"))
}

/// A server that scrapes `target` and has the engine behind it.
struct House {
    setup: Setup,
    remote: PathBuf,
    scrape: PathBuf,
}

impl House {
    fn new(port: u16, target: SocketAddr, more: &str) -> Self {
        let setup = Setup::new(None);
        let (remote, scrape) = (setup.folder.path().join("remote.yml"), setup.folder.path().join("prometheus.yml"));
        let text =
            format!("engine: victoriametrics\nquery_url: http://127.0.0.1:{port}\nwrite_url: http://127.0.0.1:{port}/api/v1/write\n{more}");
        std::fs::write(&remote, text).unwrap();
        let text = format!(
            "scrape_configs:\n- job_name: counting\n  scrape_interval: 250ms\n  scrape_timeout: 250ms\n  static_configs: [{{targets: ['{target}']}}]\n"
        );
        std::fs::write(&scrape, text).unwrap();
        Self { setup, remote, scrape }
    }

    async fn serve(&self) -> evenkeel_stories::process::Process {
        let (remote, scrape) = (self.remote.display().to_string(), self.scrape.display().to_string());
        self.setup.serve_with(&["--metric-remote", &remote, "--prometheus-config", &scrape]).await
    }
}

fn seconds() -> f64 {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs_f64()
}

/// Points of every series that a selector finds at the engine itself, by its export.
async fn exported(port: u16, selector: &str) -> Option<BTreeMap<String, Vec<(i64, String)>>> {
    let http = http();
    http.get(format!("http://127.0.0.1:{port}/internal/force_flush")).send().await.ok()?;
    let url = format!("http://127.0.0.1:{port}/api/v1/export?match[]={}", escaped(selector));
    let text = http.get(url).send().await.ok()?.text().await.ok()?;
    let mut all: BTreeMap<String, Vec<(i64, String)>> = BTreeMap::new();
    for line in text.lines() {
        let series: Value = serde_json::from_str(line).ok()?;
        let points = series["timestamps"].as_array()?.iter().zip(series["values"].as_array()?);
        let points = points.map(|(at, value)| (at.as_i64().unwrap(), value.to_string()));
        all.entry(series["metric"].to_string()).or_default().extend(points);
    }
    for points in all.values_mut() {
        points.sort();
        points.dedup();
    }
    Some(all)
}

/// Seconds with three places, as milliseconds.
fn at_ms(secs: &Value) -> i64 {
    let text = format!("{:.3}", secs.as_f64().unwrap());
    text.replace('.', "").parse().unwrap()
}

/// The values of the counting page at the engine, in order.
async fn counted(port: u16) -> Vec<u64> {
    let found = exported(port, "scrapes_total").await.unwrap_or_default();
    found.into_values().flatten().map(|(_, value)| value.parse().unwrap()).collect()
}

async fn remote_health(client: &Client) -> Value {
    client.get("/api/v1/health").await["metrics"]["remote"].clone()
}

/// What was found out about the engine's exactness.
async fn profile(client: &Client) -> Value {
    until("the engine to be asked how exact it is", Duration::from_mins(1), || async {
        let found = client.get("/api/v1/metrics/engine").await;
        (!found["asked_at"].is_null()).then_some(found)
    })
    .await
}

/// Whether the answer to a query warns that the engine has this part of it in its own way.
async fn warns(client: &Client, query: &str, feature: &str) -> bool {
    let answer = asked(client, query).await;
    let warnings = answer["warnings"].as_array().cloned().unwrap_or_default();
    warnings.iter().any(|text| text.as_str().unwrap().starts_with(&format!("{feature}: ")))
}

/// One value by our own API.
async fn asked(client: &Client, query: &str) -> Value {
    let (_, body) = client.send("GET", &format!("/prometheus/api/v1/query?query={}&time={}", escaped(query), seconds()), None).await;
    body
}

#[tokio::test(flavor = "multi_thread")]
async fn an_engine_that_was_away_has_every_sample_once_it_is_back() {
    let (port, page) = (free_port(), Counting::start());
    let house = House::new(port, page.address, "");
    let folder = house.setup.folder.path().join("engine");
    let Some(victoria) = engine(&folder, port, &[]) else { return };
    let mut server = house.serve().await;
    let client = house.setup.sign_in(&server).await;
    // What is asked by our API comes from the engine, a few seconds after it was measured.
    let answer = until("the engine to answer through our API", Duration::from_mins(1), || async {
        let answer = asked(&client, "count(scrapes_total) + 0").await;
        (answer["data"]["result"][0]["value"][1] == "1").then_some(answer)
    })
    .await;
    assert_eq!(answer["data"]["resultType"], "vector", "{answer}");
    assert_eq!(asked(&client, "sum(").await["errorType"], "execution");
    let values = client.get("/prometheus/api/v1/label/job/values").await;
    assert!(values["data"].as_array().unwrap().contains(&json!("counting")), "{values}");
    let known = client.get("/prometheus/api/v1/metadata?metric=scrapes_total").await;
    assert_eq!(known["data"]["scrapes_total"][0]["type"], "counter", "{known}");

    // It was asked how exact it is; nobody takes its rate for Prometheus'.
    let found = profile(&client).await;
    let outcome = |feature: &str| {
        let of: Vec<_> = found["checks"].as_array().unwrap().iter().filter(|check| check["feature"] == feature).collect();
        of.iter().find(|check| check["outcome"] != "exact").map_or("exact", |check| check["outcome"].as_str().unwrap()).to_owned()
    };
    assert_eq!([outcome("rate"), outcome("sum"), outcome("UTF-8 names")], ["differs", "exact", "refused"], "{found}");
    assert!(warns(&client, "sum(rate(scrapes_total[1m]))", "rate").await);
    assert_eq!(asked(&client, "sum(scrapes_total)").await["warnings"], Value::Null);

    // The engine goes in an orderly way (killed, it would forget what it has acknowledged); what is measured goes on, and is told.
    victoria.stop();
    let before = page.scrapes();
    let told = until("the trouble to be told", Duration::from_secs(30), || async {
        let health = remote_health(&client).await;
        health["error"].as_str().filter(|_| health["waiting_bytes"].as_i64() > Some(0)).map(ToOwned::to_owned)
    })
    .await;
    assert!(told.contains("VictoriaMetrics at http://127.0.0.1") && told.contains("refused"), "{told}");
    let away = asked(&client, "scrapes_total").await;
    assert_eq!(away["errorType"], "unavailable", "{away}");
    until("some looks without the engine", Duration::from_secs(30), || async { (page.scrapes() > before + 20).then_some(()) }).await;
    // We are killed meanwhile, and come back before it does.
    server.kill();
    server = house.serve().await;
    let again = page.scrapes();
    until("some looks after the kill", Duration::from_secs(30), || async { (page.scrapes() > again + 8).then_some(()) }).await;

    let _back = engine(&folder, port, &[]).unwrap();
    let client = house.setup.sign_in_as("admin").await;
    let newest = page.scrapes();
    until("the engine to have caught up", Duration::from_mins(2), || async { (counted(port).await.last() >= Some(&newest)).then_some(()) })
        .await;
    until("nothing to wait", Duration::from_secs(30), || async {
        let health = remote_health(&client).await;
        (health["error"].is_null() && health["lag_secs"].as_i64() < Some(5)).then_some(())
    })
    .await;
    // Nothing is scraped any more; what was measured last still goes on.
    assert!(server.stop());
    std::fs::write(&house.scrape, "scrape_configs: []\n").unwrap();
    let mut server = house.serve().await;
    let client = house.setup.sign_in_as("admin").await;
    until("the rest to be passed on", Duration::from_secs(30), || async {
        let health = remote_health(&client).await;
        (health["sent"].as_i64() > Some(0) && health["waiting_bytes"] == 0).then_some(())
    })
    .await;
    assert!(server.stop());
    // What our own store has of the page is what the engine has, instant by instant.
    let mut server = house.setup.serve().await;
    let client = house.setup.sign_in_as("admin").await;
    let mine = asked(&client, "scrapes_total[10m]").await;
    let mine: Vec<(i64, String)> = mine["data"]["result"][0]["values"]
        .as_array()
        .unwrap()
        .iter()
        .map(|point| (at_ms(&point[0]), point[1].as_str().unwrap().to_owned()))
        .collect();
    assert!(mine.len() > 40, "{}", mine.len());
    // The engine shows what it took after a moment.
    until("every sample at the engine", Duration::from_secs(30), || async {
        let theirs: Vec<(i64, String)> = exported(port, "scrapes_total").await?.into_values().flatten().collect();
        (theirs == mine).then_some(())
    })
    .await;
    assert!(server.stop());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_is_told_and_costs_nothing_once_it_is_right() {
    let (port, page) = (free_port(), Counting::start());
    let more = "basic_auth: { username: evenkeel, password_file: password }\ntenant: { header: X-Scope-OrgID, value: acme }\n";
    let house = House::new(port, page.address, more);
    let password = house.setup.folder.path().join("password");
    std::fs::write(&password, "stale-secret\n").unwrap();
    let proofs = ["-httpAuth.username=evenkeel", "-httpAuth.password=right-secret"];
    let Some(_engine) = engine(&house.setup.folder.path().join("engine"), port, &proofs) else { return };
    let mut server = house.serve().await;
    let client = house.setup.sign_in(&server).await;
    until("the refusal to be told", Duration::from_secs(30), || async {
        let health = remote_health(&client).await;
        health["error"].as_str().filter(|text| text.contains("HTTP 401") && text.contains("basic_auth")).map(drop)
    })
    .await;
    let refused = asked(&client, "up").await;
    assert!(refused["error"].as_str().unwrap().contains("does not let us ask"), "{refused}");
    // The file is read each time: nothing is started anew, and nothing was dropped meanwhile.
    std::fs::write(&password, "right-secret\n").unwrap();
    until("the first sample to arrive", Duration::from_mins(1), || async {
        let answer = asked(&client, "min_over_time(scrapes_total[10m])").await;
        (answer["data"]["result"][0]["value"][1] == "1").then_some(())
    })
    .await;
    let health = remote_health(&client).await;
    assert_eq!((health["refused"].clone(), health["overflowed"].clone()), (json!(0), json!(0)), "{health}");
    assert!(server.stop());
    assert!(!server.output().contains("-secret"), "a password is in the log");
}

#[tokio::test(flavor = "multi_thread")]
async fn prometheus_itself_can_be_the_engine() {
    let (port, page) = (free_port(), Counting::start());
    let house = House::new(port, page.address, "");
    let text = std::fs::read_to_string(&house.remote).unwrap().replace("victoriametrics", "prometheus");
    std::fs::write(&house.remote, text).unwrap();
    let folder = house.setup.folder.path().join("engine");
    std::fs::create_dir_all(&folder).unwrap();
    let config = folder.join("prometheus.yml");
    std::fs::write(&config, "storage: { tsdb: { out_of_order_time_window: 1h } }\n").unwrap();
    let args = [
        format!("--config.file={}", config.display()),
        format!("--storage.tsdb.path={}", folder.join("data").display()),
        format!("--web.listen-address=127.0.0.1:{port}"),
        "--web.enable-remote-write-receiver".to_owned(),
    ];
    let Some(_engine) = Peer::start("prometheus", &args, &folder.join("engine.log")) else { return };
    let mut server = house.serve().await;
    let client = house.setup.sign_in(&server).await;
    until("the first sample to arrive", Duration::from_mins(1), || async {
        let answer = asked(&client, "min_over_time(scrapes_total[10m])").await;
        (answer["data"]["result"][0]["value"][1] == "1").then_some(())
    })
    .await;
    assert_eq!(asked(&client, "sum(").await["errorType"], "bad_data");
    let many_to_many = asked(&client, "{__name__=~\"scrape_.+\"} * on () {__name__=~\"scrape_.+\"}").await;
    assert_eq!(many_to_many["errorType"], "execution", "{many_to_many}");
    let range = format!("/prometheus/api/v1/query_range?query=scrapes_total&start={}&end={}&step=1", seconds() - 5.0, seconds());
    let range = client.get(&range).await;
    assert_eq!(range["data"]["result"][0]["metric"]["job"], "counting", "{range}");
    let series = client.get(&format!("/prometheus/api/v1/series?match[]={}", escaped("scrapes_total"))).await;
    assert_eq!(series["data"].as_array().map(Vec::len), Some(1), "{series}");
    let health = remote_health(&client).await;
    assert_eq!((health["engine"].clone(), health["refused"].clone()), (json!("Prometheus"), json!(0)), "{health}");
    // Prometheus 2 counts both edges of a range; what it extrapolates is the same.
    let found = profile(&client).await;
    assert!(found["version"].as_str().is_some() && found["exact"].as_i64() > Some(90), "{found}");
    assert!(!warns(&client, "rate(scrapes_total[1m])", "rate").await);
    assert!(!warns(&client, "sum(scrapes_total)", "sum").await);
    let out = house.setup.run(&["metrics", "profile", "--remote", house.remote.to_str().unwrap()]);
    let said = evenkeel_stories::process::said(&out);
    assert!(out.status.success() && said.contains("questions as Prometheus 3 does"), "{said}");
    assert!(server.stop());
}

/// An engine of the test's own hand: it answers one thing to everything.
fn dummy(status: &'static str, body: String) -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().map_while(Result::ok) {
            let body = body.clone();
            std::thread::spawn(move || {
                let mut reader = BufReader::new(stream.try_clone().unwrap());
                let mut length = 0;
                loop {
                    let mut line = String::new();
                    if reader.read_line(&mut line).unwrap_or(0) == 0 || line == "\r\n" {
                        break;
                    }
                    if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                        length = value.trim().parse().unwrap();
                    }
                }
                let mut request = vec![0; length];
                let _ = reader.read_exact(&mut request);
                let head = format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len());
                let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body.as_bytes()));
            });
        }
    });
    port
}

#[tokio::test(flavor = "multi_thread")]
async fn limits_and_refusals_of_an_engine_are_told_and_counted() {
    let page = Counting::start();
    // An answer that is too long, and samples that it calls wrong.
    let port = dummy("400 Bad Request", "x".repeat(4096));
    let house = House::new(port, page.address, "answer_size_limit: 2KB\n");
    let mut server = house.serve().await;
    let client = house.setup.sign_in(&server).await;
    let answer = asked(&client, "up").await;
    let error = answer["error"].as_str().unwrap();
    assert!(error.contains("VictoriaMetrics at") && error.contains("more than 2048 bytes (answer_size_limit"), "{answer}");
    until("the refusals to be counted", Duration::from_secs(30), || async {
        let health = remote_health(&client).await;
        (health["refused"].as_i64() > Some(0) && health["last_drop"].as_str()?.contains("HTTP 400")).then_some(())
    })
    .await;
    let metrics = client.bytes("/metrics").await;
    let metrics = String::from_utf8(metrics).unwrap();
    assert!(metrics.lines().any(|line| line.starts_with("evenkeel_metric_remote_refused ") && !line.ends_with(" 0")), "{metrics}");
    // Nobody asks the engine who may not ask us.
    let (status, _) = Client::new(&house.setup.url()).send("GET", "/prometheus/api/v1/query?query=up", None).await;
    assert_eq!(status, 401);
    assert!(server.stop());

    // Away, with room for little: the oldest is dropped and counted, the newest waits.
    let house = House::new(free_port(), page.address, "queue_size_limit: 1KB\n");
    let mut server = house.serve().await;
    let client = house.setup.sign_in(&server).await;
    until("an overflow to be told", Duration::from_mins(2), || async {
        let health = remote_health(&client).await;
        (health["overflowed"].as_i64() > Some(0) && health["last_drop"].as_str()?.contains("queue_size_limit")).then_some(())
    })
    .await;
    assert!(server.stop());

    // A file that is wrong is refused with its line.
    std::fs::write(&house.remote, "engine: influx\nquery_url: http://x\nwrite_url: http://x\n").unwrap();
    let out = house.setup.run(&["serve", "--metric-remote", house.remote.to_str().unwrap()]);
    let said = evenkeel_stories::process::said(&out);
    assert!(!out.status.success() && said.contains("remote.yml:1:9: there is no engine \"influx\""), "{said}");
}
