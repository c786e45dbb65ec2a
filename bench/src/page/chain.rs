//! The two chains: one Evenkeel; and Debian's prometheus, alertmanager and `blackbox_exporter` together. Each from a look at a
//! service to a page at the sink.

use std::{
    fmt::Write as _,
    fs,
    process::{Child, Command, Stdio},
    time::Duration,
};

use evenkeel_stories::{
    client::{self, Client},
    process::{Process, Setup, binary, free_port},
};
use serde_json::{Value, json};

use super::{services::Services, sink::Sink};
use crate::account;

/// How often a trouble is looked at again before it is believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Confirm {
    /// One bad look is a fault.
    First,
    /// It takes a second one: ours comes a quarter of an interval later, as it does when nobody says otherwise; theirs an
    /// interval later, for there is no other.
    Second,
}

/// Processes that together make pages.
pub struct Chain {
    /// Its folder, for as long as it runs.
    _setup: Setup,
    ours: Option<Process>,
    peers: Vec<Child>,
    /// Of Alertmanager's API, version 2.
    pub alerts: Api,
    /// Who is signed in, with ours.
    pub admin: Option<Client>,
}

/// Alertmanager's API of one of the two.
#[derive(Clone)]
pub struct Api {
    http: reqwest::Client,
    base: String,
    token: Option<String>,
}

impl Api {
    pub async fn post(&self, alerts: &[Value]) {
        let mut request = self.http.post(format!("{}/api/v2/alerts", self.base)).json(&alerts);
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        let answer = request.send().await.expect("an answer");
        let status = answer.status();
        assert!(status.is_success(), "{status}: {}", answer.text().await.unwrap_or_default());
    }

    /// Every alert, as text.
    pub async fn list(&self) -> String {
        let mut request = self.http.get(format!("{}/api/v2/alerts", self.base));
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        let answer = request.send().await.expect("an answer").error_for_status().expect("a list");
        answer.text().await.expect("a body")
    }
}

fn empty_setup(database: Option<String>) -> Setup {
    let mut setup = Setup::new(database);
    // On the disk of the checkout; /tmp may be memory.
    setup.folder = tempfile::tempdir_in(".").expect("a folder");
    setup
}

/// Evenkeel on SQLite: a team with one person on call, and these services with a probe each; `more` is added to the configuration.
pub async fn ours(services: Option<(&Services, Confirm)>, sink: &Sink, more: &str) -> Chain {
    ours_on(None, services, sink, more).await
}

/// The same on a `PostgreSQL` database.
pub async fn ours_on(database: Option<String>, services: Option<(&Services, Confirm)>, sink: &Sink, more: &str) -> Chain {
    assert!(binary().ends_with("release/evenkeel"), "a debug build measures nothing: make bench builds and names the release build");
    let mut setup = empty_setup(database);
    let mut config = format!(
        r#"
organisations: [{{ name: keel, display: {{ zh: 稳舵, en: Keel }}, kind: provider }}]
people: [{{ name: han, display: Han, organisation: keel, webhook_url: "{}", locale: en, roles: [engineer] }}]
teams: [{{ name: web, display: {{ zh: 网站, en: Web }}, organisation: keel, members: [han] }}]
rotas: [{{ team: web, zone: Asia/Shanghai, handover: monday 09:00, starts_on: 2026-01-05, members: [han], ack_limit_secs: 86400 }}]
{more}
"#,
        sink.url()
    );
    if let Some((services, confirm)) = services {
        let (mut declared, mut probes) = (String::from("services:\n"), String::from("probes:\n"));
        let failures = if confirm == Confirm::First { 1 } else { 2 };
        for number in 0..services.count() {
            let _ = writeln!(declared, "  - {}", service(&format!("service-{number}"), ""));
            let _ = writeln!(
                probes,
                "  - {{ name: probe-{number}, service: service-{number}, http: {{ url: \"{}\" }}, interval_secs: 1, timeout_secs: 0.9, \
                 failures: {failures}, successes: 1, severity: critical }}",
                services.url(number)
            );
        }
        config.push_str(&declared);
        config.push_str(&probes);
    }
    setup.config(&config);
    let process = setup.serve().await;
    let admin = setup.sign_in(&process).await;
    let permissions = ["alert.read", "alert.write", "incident.read"];
    let made = admin.post("/api/v1/tokens", &json!({ "name": "bench", "permissions": permissions })).await;
    let token = made["secret"].as_str().expect("a token").to_owned();
    let alerts = Api { http: client::http(), base: format!("{}/alertmanager", setup.url()), token: Some(token) };
    Chain { _setup: setup, ours: Some(process), peers: Vec::new(), alerts, admin: Some(admin) }
}

/// A service of the configuration.
pub fn service(name: &str, more: &str) -> String {
    format!("{{ name: {name}, display: {{ zh: {name}, en: {name} }}, team: web, owner: han, criticality: critical{more} }}")
}

/// The peers; `more` is added to Alertmanager's configuration.
pub async fn peers(services: Option<(&Services, Confirm)>, sink: &Sink, more: &str) -> Chain {
    let setup = empty_setup(None);
    let folder = setup.folder.path();
    let (prometheus, alertmanager, blackbox) = (free_port(), free_port(), free_port());
    let write = |name: &str, text: String| {
        let path = folder.join(name);
        fs::write(&path, text).expect("a file");
        path.display().to_string()
    };
    // Everything at once: what it waits for by default (30 s, 5 min) would be no match.
    let config = write(
        "alertmanager.yml",
        format!(
            "route: {{ receiver: sink, group_by: [service], group_wait: 0s, group_interval: 1s }}\n\
             receivers: [{{ name: sink, webhook_configs: [{{ url: '{}' }}] }}]\n{more}\n",
            sink.url()
        ),
    );
    let mut started = vec![start(
        "prometheus-alertmanager",
        &[
            format!("--config.file={config}"),
            format!("--storage.path={}", folder.join("alertmanager").display()),
            format!("--web.listen-address=127.0.0.1:{alertmanager}"),
            "--cluster.listen-address=".to_owned(),
        ],
    )];
    let mut ready = vec![format!("http://127.0.0.1:{alertmanager}/-/ready")];
    if let Some((services, confirm)) = services {
        let modules = write(
            "blackbox.yml",
            "modules: { http_2xx: { prober: http, timeout: 900ms, http: { preferred_ip_protocol: ip4 } } }\n".to_owned(),
        );
        let wait = if confirm == Confirm::First { "0s" } else { "1s" };
        let rules = write(
            "rules.yml",
            format!(
                "groups: [{{ name: services, rules: [{{ alert: unavailable, expr: probe_success == 0, for: {wait}, labels: {{ severity: critical }} }}] }}]\n"
            ),
        );
        let mut targets = String::new();
        for number in 0..services.count() {
            let _ = write!(targets, "{{ targets: ['{}'], labels: {{ service: service-{number} }} }}, ", services.url(number));
        }
        let config = write(
            "prometheus.yml",
            format!(
                "global: {{ scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s }}\nrule_files: ['{rules}']\n\
                 alerting: {{ alertmanagers: [{{ static_configs: [{{ targets: ['127.0.0.1:{alertmanager}'] }}] }}] }}\n\
                 scrape_configs:\n- job_name: blackbox\n  metrics_path: /probe\n  params: {{ module: [http_2xx] }}\n  static_configs: [{targets}]\n  \
                 relabel_configs:\n  - {{ source_labels: [__address__], target_label: __param_target }}\n  \
                 - {{ source_labels: [__param_target], target_label: instance }}\n  - {{ target_label: __address__, replacement: '127.0.0.1:{blackbox}' }}\n"
            ),
        );
        started.push(start(
            "prometheus-blackbox-exporter",
            &[format!("--config.file={modules}"), format!("--web.listen-address=127.0.0.1:{blackbox}")],
        ));
        started.push(start(
            "prometheus",
            &[
                format!("--config.file={config}"),
                format!("--storage.tsdb.path={}", folder.join("prometheus").display()),
                format!("--web.listen-address=127.0.0.1:{prometheus}"),
            ],
        ));
        ready.push(format!("http://127.0.0.1:{prometheus}/-/ready"));
        ready.push(format!("http://127.0.0.1:{blackbox}/-/healthy"));
    }
    let http = client::http();
    for url in ready {
        while !http.get(&url).send().await.is_ok_and(|answer| answer.status().is_success()) {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
    let alerts = Api { http, base: format!("http://127.0.0.1:{alertmanager}"), token: None };
    Chain { _setup: setup, ours: None, peers: started, alerts, admin: None }
}

fn start(program: &str, arguments: &[String]) -> Child {
    let command = Command::new(program).args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
    command.unwrap_or_else(|error| panic!("{program}: {error}; scripts/ensure.sh bench installs it"))
}

impl Chain {
    fn ids(&self) -> Vec<u32> {
        self.ours.iter().map(Process::id).chain(self.peers.iter().map(Child::id)).collect()
    }

    /// Resident memory of all its processes, bytes.
    pub fn resident_bytes(&self) -> f64 {
        self.ids().into_iter().map(|id| account::memory(id, "VmRSS")).sum()
    }

    /// What of it lies in no file, bytes: the system cannot drop it and read it again.
    pub fn anonymous_bytes(&self) -> f64 {
        self.ids().into_iter().map(|id| account::memory(id, "RssAnon")).sum()
    }

    /// CPU time of all its processes so far, seconds.
    pub fn cpu_secs(&self) -> f64 {
        self.ids().into_iter().map(account::cpu_secs).sum()
    }

    /// Waits until nothing of what came in still waits to be acted upon; only ours can say.
    pub async fn caught_up(&self) {
        let admin = self.admin.as_ref().expect("ours");
        loop {
            let health = admin.get("/api/v1/health").await;
            let lag: i64 = health["consumers"].as_array().expect("consumers").iter().filter_map(|consumer| consumer["lag"].as_i64()).sum();
            if lag == 0 && health["outbox"]["queued"] == 0 {
                return;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
}

impl Drop for Chain {
    fn drop(&mut self) {
        for child in &mut self.peers {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}
