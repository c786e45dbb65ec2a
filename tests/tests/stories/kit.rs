use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use evenkeel_stories::{
    process::{Process, Setup, free_port},
    smtp::Smtp,
    until,
    webhook::Webhook,
};

/// How often the story's probe looks, milliseconds.
pub const INTERVAL_MS: u64 = 500;

/// The configuration of the story: one team of two, one service, one probe, one agreement.
pub fn config(shop: SocketAddr, webhook: &str) -> String {
    format!(
        r#"
organisations:
  - {{ name: keel, display: {{ zh: 稳舵演练, en: Keel Operations }}, kind: provider }}
  - {{ name: acme, display: {{ zh: 甲方集团, en: Acme Group }}, kind: customer }}
calendars:
  - {{ name: always, always: true, zone: Asia/Shanghai }}
people:
  - {{ name: li, display: 李雷, organisation: keel, email: li@keel.example, locale: zh, roles: [engineer] }}
  - {{ name: han, display: Han Mei, organisation: keel, email: han@keel.example, webhook_url: "{webhook}", locale: en, roles: [service_manager] }}
teams:
  - {{ name: web, display: {{ zh: 网站组, en: Web team }}, organisation: keel, members: [li, han] }}
services:
  - name: shop
    display: {{ zh: 演练商城, en: Practice shop }}
    customer: acme
    team: web
    owner: han
    criticality: critical
    rto_secs: 600
    verify_secs: 0
    auto_resolve: true
agreements:
  - name: acme-gold
    display: {{ zh: 金牌协议, en: Gold agreement }}
    layer: sla
    customer: acme
    services: [shop]
    calendar: always
    goals:
      - {{ priority: 1, goal: response, target_secs: 900 }}
      - {{ priority: 1, goal: restore, target_secs: 3600 }}
      - {{ priority: 1, goal: resolve, target_secs: 14400 }}
      - {{ priority: 3, goal: response, target_secs: 1800 }}
      - {{ priority: 3, goal: resolve, target_secs: 28800 }}
    pauses: [{{ hold: customer, owner: customer }}]
    availability_target: 99.9
    attainment_target: 95
probes:
  - name: shop-health
    service: shop
    http: {{ url: "http://{shop}/health" }}
    interval_ms: {INTERVAL_MS}
    timeout_secs: 0.4
    failures: 2
    successes: 2
    retry_interval_ms: 250
    severity: critical
rotas:
  - {{ team: web, zone: Asia/Shanghai, handover: monday 09:00, starts_on: 2026-01-05, members: [han], ack_limit_secs: 30 }}
"#
    )
}

/// A shop, a mail server, a webhook and Evenkeel, all real.
pub struct Stage {
    pub setup: Setup,
    pub server: Process,
    pub shop: Process,
    pub shop_address: SocketAddr,
    pub smtp: Smtp,
    pub webhook: Webhook,
}

impl Stage {
    pub async fn new(database_url: Option<String>) -> Self {
        let smtp = Smtp::start();
        let webhook = Webhook::start();
        let shop_address: SocketAddr = format!("127.0.0.1:{}", free_port()).parse().unwrap();
        let shop = start_shop(shop_address).await;
        let mut setup = Setup::new(database_url);
        setup.smtp_port = Some(smtp.port);
        setup.config(&config(shop_address, &webhook.url));
        let server = setup.serve().await;
        Self { setup, server, shop, shop_address, smtp, webhook }
    }
}

/// Starts the practice shop and waits until it answers.
pub async fn start_shop(address: SocketAddr) -> Process {
    let shop = Process::start(&["practice", "--listen", &address.to_string(), "--traffic", "0"], &[]);
    until("the practice shop to answer", Duration::from_secs(20), || async {
        tokio::net::TcpStream::connect(address).await.ok().map(drop)
    })
    .await;
    shop
}

/// A small disk of its own for a folder; gone when dropped.
pub struct Disk(PathBuf);

impl Disk {
    /// `None`, and said so, when nobody but root may make one.
    pub fn mount(folder: &Path, mib: u64) -> Option<Self> {
        std::fs::create_dir_all(folder).unwrap();
        let size = format!("size={mib}m");
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", &size, "tmpfs"]).arg(folder).status();
        if mounted.is_ok_and(|status| status.success()) {
            return Some(Self(folder.to_owned()));
        }
        eprintln!("not told: a small file system can only be mounted by root");
        None
    }

    /// How much is free, bytes.
    pub fn free(&self) -> u64 {
        let out = Command::new("df").args(["-B1", "--output=avail"]).arg(&self.0).output().unwrap();
        String::from_utf8_lossy(&out.stdout).lines().nth(1).unwrap().trim().parse().unwrap()
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}
