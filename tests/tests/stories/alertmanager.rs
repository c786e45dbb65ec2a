//! Evenkeel as the Alertmanager of a Prometheus and of `amtool`, both as Debian has them; and a parent with 500 dependents.

use std::{
    path::Path,
    process::Command,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use evenkeel_stories::{
    client::{Client, escaped},
    peer::{Counting, Peer},
    process::{free_port, said},
    until,
};
use serde_json::{Value, json};

use crate::kit::Stage;

const PERMISSIONS: [&str; 4] = ["alert.read", "alert.write", "silence.write", "incident.read"];

async fn token(admin: &Client) -> String {
    let made = admin.post("/api/v1/tokens", &json!({ "name": "alerts", "permissions": PERMISSIONS })).await;
    made["secret"].as_str().unwrap().to_owned()
}

/// `amtool` against this server.
struct Amtool {
    url: String,
    config: std::path::PathBuf,
}

impl Amtool {
    fn new(stage: &Stage, token: &str) -> Self {
        let config = stage.setup.folder.path().join("amtool-http.yml");
        std::fs::write(&config, format!("basic_auth: {{ username: story, password: {token} }}\n")).unwrap();
        Self { url: format!("{}/alertmanager", stage.setup.url()), config }
    }

    fn run(&self, args: &[&str]) -> (bool, String) {
        let out = Command::new("amtool")
            .arg(format!("--alertmanager.url={}", self.url))
            .arg(format!("--http.config.file={}", self.config.display()))
            .args(args)
            .output()
            .expect("amtool is installed (apt-get install prometheus-alertmanager)");
        // Answers alone are read: what it says beside them goes to the other stream.
        let text = if out.status.success() { String::from_utf8_lossy(&out.stdout).into_owned() } else { said(&out) };
        (out.status.success(), text)
    }

    #[track_caller]
    fn ok(&self, args: &[&str]) -> String {
        let (ok, text) = self.run(args);
        assert!(ok, "{args:?}: {text}");
        text
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn amtool_adds_shows_silences_and_expires() {
    let stage = Stage::new(None).await;
    let admin = stage.setup.sign_in(&stage.server).await;
    let amtool = Amtool::new(&stage, &token(&admin).await);
    amtool.ok(&["check-config", write(stage.setup.folder.path(), "am.yml", "route: { receiver: x }\nreceivers: [{ name: x }]\n").as_str()]);
    assert!(amtool.ok(&["config", "show"]).contains("receiver: evenkeel"));
    assert!(amtool.ok(&["cluster", "show"]).contains("disabled"));

    let silence =
        amtool.ok(&["silence", "add", "--author=bob", "--comment=cable work", "--duration=1h", "service=shop", "alertname=~Disk.*"]);
    let silence = silence.trim();
    amtool.ok(&["alert", "add", "DiskFull", "service=shop", "severity=critical", "--annotation=summary=the disk is full"]);
    amtool.ok(&["alert", "add", "Slow", "service=shop", "severity=warning"]);
    amtool.ok(&["alert", "add", "Nobody", "service=unknown"]);
    let all: Value = serde_json::from_str(&amtool.ok(&["alert", "query", "-o", "json", "--silenced", "--inhibited", "--active"])).unwrap();
    let state = |name: &str| all.as_array().unwrap().iter().find(|a| a["labels"]["alertname"] == name).unwrap()["status"].clone();
    until("the silenced alert to be known as such", Duration::from_secs(5), || async {
        let held = admin.get("/api/v1/suppressions?by=silence").await;
        (held["items"].as_array()?.len() == 1).then_some(())
    })
    .await;
    assert_eq!((state("Slow")["state"].clone(), state("Nobody")["state"].clone()), (json!("active"), json!("active")));
    let silenced = amtool.ok(&["alert", "query", "--silenced", "-o", "json"]);
    assert!(silenced.contains("DiskFull") && silenced.contains(silence) && !silenced.contains("\"Slow\""), "{silenced}");
    let matching = amtool.ok(&["alert", "query", "-o", "simple", "alertname=~S.*"]);
    assert!(matching.contains("Slow") && !matching.contains("Nobody"), "{matching}");
    let incidents = until("the incident of what is not silenced", Duration::from_secs(10), || async {
        let all = admin.get("/api/v1/incidents").await;
        (!all["items"].as_array()?.is_empty()).then_some(all)
    })
    .await;
    assert_eq!(incidents["items"].as_array().unwrap().len(), 1, "{incidents}");

    let shown = amtool.ok(&["silence", "query", "-o", "extended"]);
    assert!(shown.contains(silence) && shown.contains("bob") && shown.contains("cable work"), "{shown}");
    assert!(amtool.ok(&["silence", "query", "service=shop", "-q"]).contains(silence));
    assert_eq!(amtool.ok(&["silence", "query", "service=bank", "-q"]).trim(), "");
    amtool.ok(&["silence", "update", "--duration=2h", "--comment=longer", silence]);
    assert!(amtool.ok(&["silence", "query", "-o", "extended"]).contains("longer"));
    amtool.ok(&["silence", "expire", silence]);
    until("what was silenced and still fires to be told", Duration::from_secs(10), || async {
        let all = admin.get("/api/v1/incidents").await;
        (all["items"].as_array()?.len() == 2).then_some(())
    })
    .await;
    amtool.ok(&["silence", "expire", silence]);
    // Over by its sender's word.
    let ended = jiff::Timestamp::now().to_string();
    amtool.ok(&["alert", "add", "Slow", "service=shop", "severity=warning", &format!("--end={ended}")]);
    until("the alert to be over", Duration::from_secs(10), || async {
        (!amtool.ok(&["alert", "query", "-o", "simple"]).contains("Slow")).then_some(())
    })
    .await;
    let (ok, told) = Amtool::new(&stage, "evk_forged").run(&["alert", "query"]);
    assert!(!ok, "{told}");
}

fn write(folder: &Path, name: &str, text: &str) -> String {
    let path = folder.join(name);
    std::fs::write(&path, text).unwrap();
    path.display().to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_prometheus_alerts_into_us_and_its_end_arrives() {
    let stage = Stage::new(None).await;
    let admin = stage.setup.sign_in(&stage.server).await;
    let token = token(&admin).await;
    let (folder, target, port) = (stage.setup.folder.path(), Counting::start(), free_port());
    let rules = "groups:\n- name: story\n  interval: 1s\n  rules:\n  - alert: Counted\n    expr: scrapes_total > 2 < 40\n    labels: { service: shop, severity: critical }\n    annotations: { summary: it counts, summary_zh: 它在数 }\n";
    let rules = write(folder, "rules.yml", rules);
    let config = format!(
        "global: {{scrape_interval: 500ms, scrape_timeout: 500ms, evaluation_interval: 1s}}\nrule_files: ['{rules}']\nalerting:\n  alertmanagers:\n  - path_prefix: /alertmanager\n    api_version: v2\n    basic_auth: {{ username: story, password: {token} }}\n    static_configs: [{{targets: ['127.0.0.1:{}']}}]\nscrape_configs:\n- job_name: counting\n  static_configs: [{{targets: ['{}']}}]\n",
        stage.setup.port, target.address
    );
    let config = write(folder, "alerting.yml", &config);
    let args = [
        format!("--config.file={config}"),
        format!("--storage.tsdb.path={}", folder.join("prometheus").display()),
        format!("--web.listen-address=127.0.0.1:{port}"),
        "--rules.alert.resend-delay=1s".to_owned(),
    ];
    let Some(prometheus) = Peer::start("prometheus", &args, &folder.join("prometheus.log")) else { return };
    let incident = until("the incident of Prometheus' alert", Duration::from_secs(30), || async {
        let all = admin.get("/api/v1/incidents").await;
        all["items"].as_array()?.first().cloned()
    })
    .await;
    assert!(incident["title"].as_str().unwrap().contains("it counts"), "{incident}");
    let id = incident["id"].as_str().unwrap().to_owned();
    until("its end", Duration::from_mins(1), || async {
        let now = admin.get(&format!("/api/v1/incidents/{id}")).await;
        (now["firing"] == 0 && !now["restored_at"].is_null()).then_some(())
    })
    .await;
    drop(prometheus);
}

/// One parent and so many services that depend on it, each with a probe of its own port.
fn family(count: usize, parent: u16, child: u16) -> String {
    let mut text = String::new();
    let probe = |name: &str, service: &str, port: u16| {
        format!(
            "  - {{ name: {name}, service: {service}, tcp: {{ address: \"127.0.0.1:{port}\" }}, interval_ms: 2000, timeout_secs: 1, failures: 2, successes: 1, retry_interval_ms: 500 }}\n"
        )
    };
    let mut probes = probe("core", "core", parent);
    let service =
        |name: &str, more: &str| format!("  - {{ name: {name}, display: {{ zh: {name}, en: {name} }}, team: web, owner: han{more} }}\n");
    text.push_str("services:\n");
    text.push_str(&service("core", ""));
    for number in 0..count {
        let name = format!("leaf-{number}");
        text.push_str(&service(&name, ", depends_on: [core]"));
        probes.push_str(&probe(&name, &name, child));
    }
    format!("{text}probes:\n{probes}")
}

#[tokio::test(flavor = "multi_thread")]
async fn five_hundred_dependents_of_one_parent_that_is_down_are_one_page() {
    const COUNT: usize = 500;
    let stage = Stage::new(None).await;
    let admin = stage.setup.sign_in(&stage.server).await;
    let parent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let (port, mails) = (parent.local_addr().unwrap().port(), stage.smtp.mails().len());
    // Everything answers on one port: when it is closed, all are down at once, children as soon as their parent.
    let closing = Arc::new(AtomicBool::new(false));
    let until_closed = Arc::clone(&closing);
    let accepting = std::thread::spawn(move || {
        parent.set_nonblocking(true).unwrap();
        while !until_closed.load(Ordering::Relaxed) {
            match parent.accept() {
                Ok((stream, _)) => drop(stream),
                Err(_) => std::thread::sleep(Duration::from_millis(2)),
            }
        }
    });
    let file = write(stage.setup.folder.path(), "family.yaml", &family(COUNT, port, port));
    let out = stage.setup.run(&["apply", "-f", &file]);
    assert!(out.status.success(), "{}", said(&out));
    until("every probe to be up", Duration::from_mins(1), || async {
        let sli = admin.get("/api/v1/probes?limit=200").await;
        let items = sli["items"].as_array()?;
        (items.len() >= 200 && items.iter().all(|probe| probe["verdict"] == "up")).then_some(())
    })
    .await;
    let closed = std::time::Instant::now();
    closing.store(true, Ordering::Relaxed);
    accepting.join().unwrap();
    let held = until("every dependent to be held back", Duration::from_mins(2), || async {
        let summary = admin.get("/api/v1/suppressions/summary").await;
        let parents = summary.as_array()?.iter().find(|count| count["by"] == "parent")?.clone();
        (parents["holding"].as_u64() == u64::try_from(COUNT).ok()).then_some(parents)
    })
    .await;
    let took = closed.elapsed();
    let incidents = admin.get("/api/v1/incidents").await;
    let incidents = incidents["items"].as_array().unwrap();
    until("the mail about the parent", Duration::from_secs(20), || async { (stage.smtp.mails().len() > mails).then_some(()) }).await;
    let mails = stage.smtp.mails().len() - mails;
    println!("{COUNT} dependents down with their parent: {} incident, {mails} mail after {} ms, {held}", incidents.len(), took.as_millis());
    assert_eq!(incidents.len(), 1, "{incidents:?}");
    assert_eq!(mails, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_can_be_no_alert_is_refused_and_the_rest_is_taken() {
    let stage = Stage::new(None).await;
    let admin = stage.setup.sign_in(&stage.server).await;
    let path = "/alertmanager/api/v2/alerts";
    for wrong in [json!({}), json!([{ "labels": [] }]), json!("x"), json!([{ "labels": { "a": 1 } }])] {
        let (status, said) = admin.send("POST", path, Some(&wrong)).await;
        assert_eq!(status, 400, "{said}");
    }
    let now = jiff::Timestamp::now();
    let mixed = json!([
        { "labels": {} },
        { "labels": { "alertname": "Backwards" }, "startsAt": now, "endsAt": now - jiff::SignedDuration::from_secs(60) },
        { "labels": { "alertname": "Good", "empty": "" } },
    ]);
    let (status, said) = admin.send("POST", path, Some(&mixed)).await;
    assert_eq!(status, 400, "{said}");
    let shown = admin.get(&format!("{path}?filter={}", escaped("alertname=~\".+\""))).await;
    let names: Vec<&str> = shown.as_array().unwrap().iter().map(|alert| alert["labels"]["alertname"].as_str().unwrap()).collect();
    assert_eq!(names, ["Good"]);
    let (status, _) = admin.send("GET", &format!("{path}?filter=x"), None).await;
    assert_eq!(status, 400);
    let silence = |value: &str, is_regex: bool, secs: i64| {
        json!({ "matchers": [{ "name": "service", "value": value, "isRegex": is_regex }], "startsAt": now,
            "endsAt": now + jiff::SignedDuration::from_secs(secs), "createdBy": "bob", "comment": "x" })
    };
    for wrong in [silence("(", true, 60), silence("shop", false, -60), silence("", false, 60), json!({ "matchers": [] })] {
        let (status, said) = admin.send("POST", "/alertmanager/api/v2/silences", Some(&wrong)).await;
        assert_eq!(status, 400, "{wrong}: {said}");
    }
    let anyone = Client::new(&stage.setup.url());
    assert_eq!(anyone.send("POST", path, Some(&json!([]))).await.0, 401);
    assert_eq!(anyone.send("GET", "/alertmanager/-/ready", None).await.0, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn webhooks_of_other_tools_open_incidents_and_forgeries_open_none() {
    let stage = Stage::new(None).await;
    let admin = stage.setup.sign_in(&stage.server).await;
    let kuma = |status: i64| json!({ "heartbeat": { "status": status, "msg": "timeout" }, "monitor": { "name": "shop web", "url": "https://shop/" }, "msg": "x" });
    let path = "/api/v1/hooks/uptime-kuma?service=shop";
    let taken = admin.post(path, &kuma(0)).await;
    assert_eq!(taken, json!({ "fired": 1, "refreshed": 0, "resolved": 0, "unrouted": 0 }));
    assert_eq!(admin.post(path, &kuma(0)).await["refreshed"], 1);
    let open = until("the incident of the monitor", Duration::from_secs(10), || async {
        admin.get("/api/v1/incidents").await["items"].as_array()?.first().cloned()
    })
    .await;
    assert_eq!(admin.post(path, &kuma(1)).await["resolved"], 1);
    let id = open["id"].as_str().unwrap().to_owned();
    until("its end", Duration::from_secs(10), || async {
        (!admin.get(&format!("/api/v1/incidents/{id}")).await["restored_at"].is_null()).then_some(())
    })
    .await;
    // Bad words are refused whole, where they are.
    for (path, body, status) in [
        ("/api/v1/hooks/zabbix", json!({ "event_value": "1" }), 422),
        ("/api/v1/hooks/grafana", json!({ "alerts": [{ "labels": { "a": 1 } }] }), 422),
        ("/api/v1/hooks/nobody", json!({}), 404),
        ("/api/v1/hooks/generic", json!({}), 404),
    ] {
        let (answered, said) = admin.send("POST", path, Some(&body)).await;
        assert_eq!(answered, status, "{path}: {said}");
    }
    // Basic, for senders that can set no header.
    let token = token(&admin).await;
    let http = evenkeel_stories::client::http();
    let url = |path: &str| format!("{}{path}", stage.setup.url());
    let grafana = json!({ "alerts": [{ "status": "firing", "labels": { "alertname": "Slow", "service": "shop" }, "annotations": { "summary": "slow" } }] });
    let answer = http.post(url("/api/v1/hooks/grafana")).basic_auth("grafana", Some(&token)).json(&grafana).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    let answer = http.post(url("/api/v1/hooks/grafana")).basic_auth("grafana", Some("evk_forged")).json(&grafana).send().await.unwrap();
    assert_eq!(answer.status(), 401);

    // One with a key takes nothing that is not signed with it, whoever sends it.
    let hook =
        "webhooks:\n  - { name: till, format: generic, secret_env: PATH, mapping: { labels: { alertname: /title, service: /svc } } }\n";
    let file = write(stage.setup.folder.path(), "hook.yaml", hook);
    let out = stage.setup.run(&["apply", "-f", &file]);
    assert!(out.status.success(), "{}", said(&out));
    let answer = http.post(url("/api/v1/hooks/till")).bearer_auth(&token).json(&json!({ "title": "Jam", "svc": "shop" }));
    let answer = answer.header("Evenkeel-Signature", "t=1,v1=00").send().await.unwrap();
    assert_eq!(answer.status(), 403);
}
